// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_NETWORK_SERVICE_HPP
#define PARTNER_CENTER_NETWORK_SERVICE_HPP

#include "child.hpp"
#include "testbed.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace network {

/// How a service differs from one that answers at once and keeps its connections.
struct service_options {
    /// The service itself: Node's https server, or Python's h11.
    enum class language { node, python };
    language written_in = language::node;
    /// How long an answer takes. What was asked for is done before.
    std::chrono::milliseconds delay{0};
    /// How long a connection may be idle.
    std::chrono::milliseconds keep_alive{60'000};
    /// Answers in chunks; ends the connection after each. Of h11 only.
    bool chunked = false;
    bool close = false;
};

/// What speaks TLS in front of a service.
struct gateway_options {
    enum class program { haproxy, nginx };
    program which = program::haproxy;
    /// More lines for HAProxy's frontend, or for nginx's server.
    std::string rules = {};
    /// More words of HAProxy about the service behind it.
    std::string server = {};
};

/// A service in the server's namespace, as a process of its own, with a gateway or without. It writes down
/// every update that it applies before it answers, and knows them again when it was killed and started anew.
class service {
public:
    service(testbed& bed, service_options options);
    service(testbed& bed, service_options options, gateway_options gateway);

    /// Starts what was killed, and waits until it listens.
    void start();

    /// Kills it, and what is in front of it too.
    void kill() noexcept;

    /// Kills and starts one of both.
    void restart_gateway();
    void kill_service() noexcept;

    /// SIGSTOP or SIGCONT for the service.
    void signal(int number) const;

    /// How often it has applied what each request id asked for.
    [[nodiscard]] std::map<std::string, unsigned> applied() const;
    /// How many requests came once more, and were not applied again.
    [[nodiscard]] std::size_t repeated() const;

private:
    [[nodiscard]] std::vector<std::string> service_command() const;
    [[nodiscard]] std::vector<std::string> gateway_command() const;
    void start_one(std::unique_ptr<child>& process, const std::vector<std::string>& command,
                   unsigned short port);
    [[nodiscard]] std::filesystem::path journal() const;

    testbed& bed_;
    service_options options_;
    gateway_options gateway_options_;
    bool has_gateway_;
    std::unique_ptr<child> service_;
    std::unique_ptr<child> gateway_;
};

} // namespace network

#endif
