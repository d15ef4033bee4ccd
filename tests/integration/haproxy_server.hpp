// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_HAPROXY_SERVER_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_HAPROXY_SERVER_HPP

#include "server_process.hpp"

#include <partner_center/testing/certificates.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// Debian's HAProxy as a child process: a load balancer no part of which is ours.
class haproxy_server {
public:
    /// Where HAProxy is, if it is installed.
    static std::optional<std::filesystem::path> find_program()
    {
        return server_process::find_program("haproxy");
    }

    /// @param sections Its configuration behind `global`, in which `"${LISTEN}"` is the address to listen on,
    ///        and `"${DIRECTORY}"` holds server.pem, a certificate of @ref ca_pem with its key, and
    ///        trusted.pem.
    /// @param trusted_pem The certificates that are in trusted.pem.
    /// @throws std::runtime_error It does not start; the text has its own words.
    haproxy_server(const std::filesystem::path& program, std::string sections,
                   const std::string& trusted_pem = {})
        : sections_(std::move(sections))
        , process_(program)
    {
        const certificate_identity identity = authority_.issue();
        process_.write("server.pem", identity.certificate_pem + identity.private_key_pem);
        process_.write("trusted.pem", trusted_pem);
        process_.start([this](unsigned short port) {
            const std::string here = process_.directory().string();
            // By default it shares its port with whoever asks for that, so that two tests would share one.
            process_.write("haproxy.cfg", "global\n  noreuseport\n  nbthread 1\n  maxconn 200\n"
                                          "  log stdout format raw local0 info\n"
                                          "  setenv LISTEN 127.0.0.1:" +
                                              std::to_string(port) + "\n  setenv DIRECTORY " + here + "\n" +
                                              sections_);
            return std::vector<std::string>{"-db", "-f", here + "/haproxy.cfg"};
        });
    }

    [[nodiscard]] unsigned short port() const noexcept { return process_.port(); }

    /// Its address as a server, and as a proxy with or without credentials as a URL has them.
    [[nodiscard]] std::string base_url() const { return "https://localhost:" + std::to_string(port()); }
    [[nodiscard]] std::string proxy_url(const std::string& credentials = {}) const
    {
        return "http://" + credentials + (credentials.empty() ? "" : "@") +
               "127.0.0.1:" + std::to_string(port());
    }

    /// The authority of its own certificate.
    [[nodiscard]] const std::string& ca_pem() const { return authority_.pem(); }

    /// The lines of its log that contain a word, when there are so many: it writes one as soon as it knows
    /// all that the configured format has.
    [[nodiscard]] std::vector<std::string> log(std::size_t count, std::string_view word = {}) const
    {
        return process_.wait_for_lines(count, "output", word);
    }

private:
    certificate_authority authority_;
    std::string sections_;
    server_process process_;
};

} // namespace partner_center::testing

#endif
