// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_NGINX_SERVER_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_NGINX_SERVER_HPP

#include "server_process.hpp"

#include <partner_center/testing/certificates.hpp>

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// How an nginx differs from the default.
class nginx_options {
public:
    nginx_options() {}

    /// What a line of the log says of a request, in nginx's variables.
    std::string log_fields = "$connection $connection_requests $request_method $status $http_expect";
    /// How long nginx keeps an idle connection, and how many requests it serves on one.
    std::string keepalive_timeout = "60s";
    unsigned keepalive_requests = 10'000;
    /// `ssl_protocols`.
    std::string tls_versions = "TLSv1.2 TLSv1.3";
    /// Further directives of the server, such as `ssl_session_tickets off;`.
    std::string directives;
    /// A master with a worker, as on any real machine: what `reload` and `begin_upgrade` need.
    bool with_master = false;
};

/// Debian's nginx as a child process: a server no part of which is ours. It serves one document over TLS.
class nginx_server {
public:
    /// Where nginx is, if it is installed.
    static std::optional<std::filesystem::path> find_program()
    {
        return server_process::find_program("nginx");
    }

    /// @param document What GET and PUT of the organization profile are answered with.
    /// @throws std::runtime_error It does not start; the text has its own words.
    nginx_server(const std::filesystem::path& program, const std::string& document,
                 nginx_options options = {})
        : options_(std::move(options))
        , process_(program)
    {
        const certificate_identity identity = authority_.issue();
        process_.write("certificate.pem", identity.certificate_pem);
        process_.write("key.pem", identity.private_key_pem);
        process_.write("profile.json", document);
        process_.start(configurator(), options_.with_master ? "pid" : "");
    }

    [[nodiscard]] std::string base_url() const
    {
        return "https://localhost:" + std::to_string(process_.port());
    }
    [[nodiscard]] unsigned short port() const noexcept { return process_.port(); }
    [[nodiscard]] const std::string& ca_pem() const { return authority_.pem(); }

    /// One line for each request answered, by default: connection, number on that connection, method, status,
    /// Expect.
    ///
    /// @param count How many there will be; nginx writes a line after it has sent the answer.
    [[nodiscard]] std::vector<std::string> log(std::size_t count) const
    {
        return process_.wait_for_lines(count, "access.log");
    }

    /// What it says of its own state, and of what went wrong.
    [[nodiscard]] std::string error_log() const { return process_.read("error.log"); }

    /// Kills it with all its connections, and starts it again on the same port.
    void restart() { process_.start_again(configurator(), options_.with_master ? "pid" : ""); }

    /// Lets a new worker take over from the old one, which finishes what it is at. Needs a master.
    void reload() const { signal("pid", SIGHUP); }

    /// Starts a new master on the same listening socket beside the old one. Needs a master.
    void begin_upgrade() const { signal("pid", SIGUSR2); }

    /// Whether the master of an upgrade is there beside the old one.
    [[nodiscard]] bool has_two_masters() const
    {
        return !process_.lines("pid").empty() && !process_.lines("pid.oldbin").empty();
    }

    /// Lets the old master and its worker finish what they are at, and end.
    void finish_upgrade() const { signal("pid.oldbin", SIGQUIT); }

private:
    void signal(const char* pid_file, int number) const
    {
        const auto id = process_.wait_for_lines(1, pid_file);
        if (id.empty() || ::kill(static_cast<pid_t>(std::stol(id.front())), number) != 0)
            throw std::system_error(errno, std::generic_category(), std::string("nginx's ") + pid_file);
    }

    server_process::configurator configurator()
    {
        return [this](unsigned short port) {
            // What a killed nginx leaves behind, a new one would trip over.
            for (const char* leftover : {"socket", "pid", "pid.oldbin"}) {
                std::error_code ignored;
                std::filesystem::remove(process_.directory() / leftover, ignored);
            }
            process_.write("nginx.conf", configuration(port));
            const std::string here = process_.directory().string();
            return std::vector<std::string>{"-c", here + "/nginx.conf", "-p", here};
        };
    }

    // nginx takes SIGUSR2 only when it has detached itself. As root its workers would be nobody, who must not
    // read in the directory.
    [[nodiscard]] std::string main_context() const
    {
        const std::string here = process_.directory().string();
        std::string text = options_.with_master ? "daemon on;\nmaster_process on;\nworker_processes 1;\n"
                                                : "daemon off;\nmaster_process off;\n";
        if (options_.with_master && ::geteuid() == 0)
            text += "user root;\n";
        return text + "pid " + here + "/pid;\nerror_log " + here + "/error.log notice;\nevents {}\n";
    }

    // The body of a PUT reaches a second server over a socket in the directory: so it is really read.
    [[nodiscard]] std::string configuration(unsigned short port) const
    {
        const std::string here = process_.directory().string();
        std::string text = main_context() + "http {\n  access_log off;\n  log_format requests '" +
                           options_.log_fields + "';\n";
        for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            text += "  " + std::string(kind) + "_temp_path " + here + "/" + kind + ";\n";
        text +=
            "  default_type application/json;\n"
            "  server {\n    listen 127.0.0.1:" +
            std::to_string(port) +
            " ssl;\n"
            "    ssl_certificate " +
            here + "/certificate.pem;\n    ssl_certificate_key " + here + "/key.pem;\n    ssl_protocols " +
            options_.tls_versions + ";\n    access_log " + here +
            "/access.log requests;\n"
            "    keepalive_requests " +
            std::to_string(options_.keepalive_requests) + ";\n    keepalive_timeout " +
            options_.keepalive_timeout + ";\n    " + options_.directives +
            "\n    location = /v1/profiles/organization {\n"
            "      proxy_pass http://unix:" +
            here +
            "/socket;\n    }\n  }\n"
            "  server {\n    listen unix:" +
            here +
            "/socket;\n"
            "    location / {\n      root " +
            here +
            ";\n"
            "      error_page 405 =200 /profile.json;\n      try_files /profile.json =404;\n    }\n  }\n}\n";
        return text;
    }

    certificate_authority authority_;
    nginx_options options_;
    server_process process_;
};

} // namespace partner_center::testing

#endif
