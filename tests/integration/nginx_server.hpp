// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_NGINX_SERVER_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_NGINX_SERVER_HPP

#include <partner_center/testing/certificates.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

extern char** environ;

namespace partner_center::testing {

/// Debian's nginx as a child process: a server no part of which is ours. It serves one document over TLS, in
/// a temporary directory of its own, and is killed and reaped by the destructor.
class nginx_server {
public:
    /// Where nginx is, if it is installed.
    static std::optional<std::filesystem::path> find_program()
    {
        for (const char* path : {"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"})
            if (std::filesystem::exists(path))
                return path;
        return std::nullopt;
    }

    /// @param document What GET and PUT of the organization profile are answered with.
    /// @throws std::runtime_error It does not start; the text has its own words.
    nginx_server(const std::filesystem::path& program, const std::string& document)
    {
        std::string name = (std::filesystem::temp_directory_path() / "partner_center-nginx-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::system_error(errno, std::generic_category(), "a temporary directory for nginx");
        directory_ = name;
        const certificate_identity identity = authority_.issue();
        write("certificate.pem", identity.certificate_pem);
        write("key.pem", identity.private_key_pem);
        write("profile.json", document);
        // A free port may be taken by somebody else before nginx binds it.
        for (int attempt = 0; attempt != 5 && !start(program); ++attempt)
            stop();
        if (child_ == 0) {
            const std::string words = read("error.log") + read("output");
            std::filesystem::remove_all(directory_);
            throw std::runtime_error("nginx does not start: " + words);
        }
    }

    nginx_server(const nginx_server&) = delete;
    nginx_server& operator=(const nginx_server&) = delete;

    ~nginx_server()
    {
        stop();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    [[nodiscard]] std::string base_url() const { return "https://localhost:" + std::to_string(port_); }
    [[nodiscard]] const std::string& ca_pem() const { return authority_.pem(); }

    /// One line for each request answered: connection, number on that connection, method, status, Expect.
    ///
    /// @param count How many there will be; nginx writes a line after it has sent the answer.
    [[nodiscard]] std::vector<std::string> log(std::size_t count) const
    {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        for (;;) {
            std::istringstream text(read("access.log"));
            std::vector<std::string> lines;
            for (std::string line; std::getline(text, line);)
                lines.push_back(line);
            if ((lines.size() >= count && text.str().ends_with('\n')) ||
                std::chrono::steady_clock::now() > until)
                return lines;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }

private:
    void write(const char* name, std::string_view content) const
    {
        std::ofstream(directory_ / name) << content;
    }

    [[nodiscard]] std::string read(const char* name) const
    {
        std::ostringstream text;
        text << std::ifstream(directory_ / name).rdbuf();
        return text.str();
    }

    // The body of a PUT reaches a second server over a socket in the directory: so it is really read.
    [[nodiscard]] std::string configuration() const
    {
        const std::string here = directory_.string();
        std::string text = "daemon off;\nmaster_process off;\npid " + here + "/pid;\nerror_log " + here +
                           "/error.log;\nevents {}\nhttp {\n  access_log off;\n"
                           "  log_format requests '$connection $connection_requests $request_method $status "
                           "$http_expect';\n";
        for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            text += "  " + std::string(kind) + "_temp_path " + here + "/" + kind + ";\n";
        text +=
            "  default_type application/json;\n"
            "  server {\n    listen 127.0.0.1:" +
            std::to_string(port_) +
            " ssl;\n"
            "    ssl_certificate " +
            here + "/certificate.pem;\n    ssl_certificate_key " + here +
            "/key.pem;\n"
            "    access_log " +
            here +
            "/access.log requests;\n"
            "    keepalive_requests 10000;\n    keepalive_timeout 60s;\n"
            "    location = /v1/profiles/organization {\n"
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

    bool start(const std::filesystem::path& program)
    {
        {
            asio::io_context io;
            asio::ip::tcp::acceptor free(io, asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
            port_ = free.local_endpoint().port();
        }
        std::error_code ignored;
        std::filesystem::remove(directory_ / "socket", ignored);
        write("nginx.conf", configuration());
        const std::string file = (directory_ / "nginx.conf").string();
        const std::string prefix = directory_.string();
        const std::string output = (directory_ / "output").string();
        const char* arguments[] = {program.c_str(), "-c", file.c_str(), "-p", prefix.c_str(), nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        posix_spawn_file_actions_adddup2(&actions, 1, 2);
        const int failure =
            posix_spawn(&child_, program.c_str(), &actions, nullptr, const_cast<char**>(arguments), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (failure != 0) {
            child_ = 0;
            return false;
        }
        return wait_until_it_listens();
    }

    // False when it has ended instead, or takes longer than anybody would wait.
    bool wait_until_it_listens()
    {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (std::chrono::steady_clock::now() < until) {
            if (::waitpid(child_, nullptr, WNOHANG) != 0) {
                child_ = 0;
                return false;
            }
            asio::io_context io;
            asio::ip::tcp::socket probe(io);
            boost::system::error_code ec;
            probe.connect(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), port_), ec);
            if (!ec && ::waitpid(child_, nullptr, WNOHANG) == 0)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        return false;
    }

    void stop()
    {
        if (child_ == 0)
            return;
        ::kill(child_, SIGKILL);
        while (::waitpid(child_, nullptr, 0) == -1 && errno == EINTR) {
        }
        child_ = 0;
    }

    certificate_authority authority_;
    std::filesystem::path directory_;
    unsigned short port_ = 0;
    pid_t child_ = 0;
};

} // namespace partner_center::testing

#endif
