// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Two ways to bound a call's time: a race against whatever can be awaited, and its own timeout.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <variant>

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> change_phone(pc::client client)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, 2s);
    pc::diagnostics diag;
    // The first to succeed wins; the other is cancelled, and has ended when this goes on. A failure has to be
    // a value here: as an exception it would not win, and the race would last until the timer does.
    const auto winner = co_await (client.async_get(diag, asio::as_tuple(asio::use_awaitable)) ||
                                  timer.async_wait(asio::use_awaitable));
    if (winner.index() == 1)
        throw std::runtime_error("no answer within 2 seconds");
    const auto& [ec, profile] = std::get<0>(winner);
    if (ec)
        throw pc::error(ec, diag);
    std::cout << "Company: " << profile.company_name.value_or("(without a name)") << '\n';

    // Whoever loses a race says nothing more. A change has to: its own timeout ends it with an error that
    // tells whether it may have been applied.
    const auto set_phone = [](pc::OrganizationProfile& p) {
        if (!p.default_address)
            p.default_address.emplace();
        p.default_address->phone_number = "4255550103";
    };
    co_await client.modify(set_phone, pc::call_options{}.timeout(2s));
    std::cout << "The phone number is changed.\n";
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport transport(context, env.network());
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());
        asio::co_spawn(context, change_phone(client), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
        context.run();
    });
}
