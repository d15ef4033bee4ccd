// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Reads the organization profile some times and prints every event of its connections and attempts.

#include "common/program.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <ostream>

struct arguments {
    examples::service_options service;
    unsigned calls = 3;
    unsigned pause = 0;

    void check() const {}
};

asio::awaitable<void> trace_calls(pc::client client, const arguments& given)
{
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (unsigned i = 0; i != given.calls; ++i) {
        if (i != 0 && given.pause != 0) {
            timer.expires_after(std::chrono::seconds(given.pause));
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_await client.get();
    }
}

int main(int argc, char** argv)
{
    CLI::App app{"Reads the organization profile some times and prints what happens on its connections."};
    arguments given;
    given.service.add_to(app);
    app.add_option("--calls", given.calls, "How many times")->capture_default_str();
    app.add_option("--pause", given.pause, "Seconds between two calls")->capture_default_str();
    // One thread runs this program's calls. Where several do, they call the hook at the same time.
    given.service.on_event = [](const pc::event& e) { std::cout << describe(e) << '\n'; };

    return examples::run(app, argc, argv, given, trace_calls);
}
