// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls without exceptions: co_await gives a tuple of an error_code and the result.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>
#include <tuple>

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> change_city(pc::client client, bool& succeeded)
{
    pc::diagnostics diag;
    auto [ec, profile] = co_await client.async_get(diag, as_result);
    if (!ec) {
        if (!profile.default_address)
            profile.default_address.emplace();
        profile.default_address->city = "Bellevue";
        std::tie(ec, profile) = co_await client.async_update(profile, diag, as_result);
    }

    succeeded = !ec;
    if (!ec)
        std::cout << "The city is Bellevue.\n";
    else if (ec == pc::condition::transient)
        std::cerr << "Try again later: " << describe(ec, diag) << '\n';
    else
        std::cerr << describe(ec, diag) << '\n';
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport transport(context, env.network());
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());
        bool succeeded = false;
        asio::co_spawn(context, change_city(client, succeeded), asio::detached);
        context.run();
        return succeeded ? 0 : 1;
    });
}
