// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A service over HTTP that reads and changes the profile, and ends without losing a change.
//
// It has no authentication: who reaches the port may change the profile, so it listens on loopback only.

#include "../common/program.hpp"
#include "http_server.hpp"
#include "json_log.hpp"
#include "profile_api.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <utility>

using namespace profile_service;

struct arguments {
    examples::service_options service;
    unsigned short port = 8080;
    unsigned max_calls = 16;
    unsigned call_seconds = 30;
    unsigned grace_seconds = 40;
};

/// Ends the service: the first signal lets calls that are under way come to their end within a time, the next
/// one ends them.
class graceful_end {
public:
    graceful_end(asio::io_context& context, http_server& server, pc::transport& transport, json_log& log,
                 std::chrono::seconds grace)
        : server_(server)
        , transport_(transport)
        , log_(log)
        , grace_(grace)
        , signals_(context, SIGINT, SIGTERM)
        , timer_(context)
    {
        wait();
    }

    /// Whether calls were ended that were under way.
    bool was_forced() const noexcept { return forced_; }

private:
    void wait()
    {
        signals_.async_wait([this](const pc::error_code& ec, int signal) {
            if (!ec)
                end(signal);
        });
    }

    void end(int signal)
    {
        log_.write({{"event", "stopping"}, {"signal", signal}});
        if (std::exchange(ending_, true))
            return force();
        wait();
        timer_.expires_after(grace_);
        timer_.async_wait([this](const pc::error_code& ec) {
            if (!ec)
                force();
        });
        server_.stop([this] {
            signals_.cancel();
            timer_.cancel();
            transport_.close(); // idle connections are watched, which is work for the io_context
        });
    }

    // Every call ends with transport_closed, and every request with an answer that says so.
    void force()
    {
        forced_ = true;
        transport_.close();
    }

    http_server& server_;
    pc::transport& transport_;
    json_log& log_;
    std::chrono::seconds grace_;
    asio::signal_set signals_;
    asio::steady_timer timer_;
    bool ending_ = false;
    bool forced_ = false;
};

void serve(arguments given)
{
    given.service.check();
    const auto emulator = examples::start_emulator(given.service);
    asio::io_context context(1);
    json_log log(std::cout);
    pc::transport_options net = examples::network(given.service.ca_file, emulator.get());
    net.max_connections = given.max_calls;
    net.watch_idle_connections = true;
    net.on_event = [&log](const pc::event& e) { log.write(e); };
    pc::transport transport(context, std::move(net));
    pc::client_options settings = examples::settings(given.service);
    settings.timeout = std::chrono::seconds(given.call_seconds);
    const pc::client client(transport, pc::credential::bearer(given.service.token), settings);

    profile_api api(client, given.max_calls, log);
    http_server server(context, {asio::ip::address_v4::loopback(), given.port},
                       [&api](const request& asked) { return api.answer(asked); });
    server.start();
    graceful_end end(context, server, transport, log, std::chrono::seconds(given.grace_seconds));
    log.write({{"event", "listening"}, {"port", server.port()}});
    context.run();
    log.write({{"event", "stopped"}});
    if (end.was_forced())
        throw std::runtime_error("calls that were under way have been ended");
}

int main(int argc, char** argv)
{
    CLI::App app{
        "Serves the organization profile on loopback: GET /profile, PATCH /profile (a JSON merge patch),\n"
        "GET /health. Logs JSON lines. SIGTERM ends it when the calls that are under way have ended."};
    arguments given;
    given.service.add_to(app);
    app.add_option("--port", given.port, "The port to listen on; 0 takes a free one, which the log tells")
        ->capture_default_str();
    app.add_option("--max-calls", given.max_calls, "Requests beyond so many at a time are answered with 503")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
    app.add_option("--call-seconds", given.call_seconds, "The most time for a call to Partner Center")
        ->check(CLI::Range(1U, 3600U))
        ->capture_default_str();
    app.add_option("--grace-seconds", given.grace_seconds,
                   "The most time for calls that are under way at the end")
        ->check(CLI::Range(1U, 3600U))
        ->capture_default_str();

    return examples::run(app, argc, argv, [&] { serve(std::move(given)); });
}
