// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls in a stackful coroutine, asio::spawn, for code that looks synchronous.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/spawn.hpp>

#include <exception>
#include <iostream>

void change_city(const pc::client& client, asio::yield_context yield)
{
    pc::diagnostics diag;
    pc::error_code ec;
    // yield[ec] in place of an exception; a plain `yield` throws a system_error without the diagnostics.
    pc::OrganizationProfile profile = client.async_get(diag, yield[ec]);
    if (ec)
        throw pc::error(ec, diag);
    if (!profile.default_address)
        profile.default_address.emplace();
    profile.default_address->city = "Kirkland";
    client.async_update(profile, diag, yield[ec]);
    if (ec)
        throw pc::error(ec, diag);
    std::cout << "The city is Kirkland.\n";
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport transport(context, env.network());
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());
        asio::spawn(
            context, [&](asio::yield_context yield) { change_city(client, yield); },
            [](std::exception_ptr failure) {
                if (failure)
                    std::rethrow_exception(failure);
            });
        context.run();
    });
}
