// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_TINYPROXY_SERVER_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_TINYPROXY_SERVER_HPP

#include "server_process.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace partner_center::testing {

/// Debian's tinyproxy as a child process: an HTTP proxy no part of which is ours.
class tinyproxy_server {
public:
    /// Where tinyproxy is, if it is installed.
    static std::optional<std::filesystem::path> find_program()
    {
        return server_process::find_program("tinyproxy");
    }

    /// @param directives Lines of its configuration beside those that every tinyproxy here has.
    /// @param filter The host names, as regular expressions, that it refuses; one a line.
    /// @throws std::runtime_error It does not start; the text has its own words.
    explicit tinyproxy_server(const std::filesystem::path& program, const std::string& directives = {},
                              const std::string& filter = {})
        : directives_(directives)
        , process_(program)
    {
        if (!filter.empty()) {
            process_.write("filter", filter);
            directives_ += "\nFilter \"" + (process_.directory() / "filter").string() + "\"\n";
        }
        process_.start(configurator());
    }

    [[nodiscard]] unsigned short port() const noexcept { return process_.port(); }

    /// The proxy's address, without credentials or with some that are written as a URL demands.
    [[nodiscard]] std::string url(const std::string& credentials = {}) const
    {
        return "http://" + credentials + (credentials.empty() ? "" : "@") +
               "127.0.0.1:" + std::to_string(port());
    }

    /// The requests for a tunnel so far, also those it has refused. It writes a line before it answers.
    [[nodiscard]] std::vector<std::string> connects() const
    {
        return process_.lines("error.log", ": CONNECT ");
    }

    /// All that it has logged.
    [[nodiscard]] std::string log() const { return process_.read("error.log") + process_.read("output"); }

    /// Kills it with all its tunnels; then starts it again on the same port.
    void stop() noexcept { process_.stop(); }
    void restart() { process_.start_again(configurator()); }

private:
    server_process::configurator configurator()
    {
        return [this](unsigned short port) {
            const std::string here = process_.directory().string();
            process_.write("tinyproxy.conf", "Port " + std::to_string(port) +
                                                 "\nListen 127.0.0.1\nTimeout 60\nLogLevel Info\nLogFile \"" +
                                                 here + "/error.log\"\n" + directives_ + "\n");
            return std::vector<std::string>{"-d", "-c", here + "/tinyproxy.conf"};
        };
    }

    std::string directives_;
    server_process process_;
};

} // namespace partner_center::testing

#endif
