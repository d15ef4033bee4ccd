// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls in a coroutine: a result is a value, a failure an exception.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>

asio::awaitable<void> change_phone(pc::client client)
{
    pc::OrganizationProfile profile = co_await client.get();
    if (!profile.default_address)
        profile.default_address.emplace();
    profile.default_address->phone_number = "4255550101";
    try {
        // The etag that was read goes with it: a change of somebody else in between is not overwritten.
        profile = co_await client.update(profile);
    } catch (const pc::error& e) {
        if (e.code() == pc::condition::conflict)
            std::cerr << "Somebody else changed the profile: read it again.\n";
        if (e.diagnostics().may_have_been_applied)
            std::cerr << "The change may have been applied all the same.\n";
        throw;
    }
    std::cout << "The phone number is " << profile.default_address.value().phone_number.value() << ".\n";
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport transport(context, env.network());
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());
        asio::co_spawn(context, change_phone(client), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure); // out of context.run()
        });
        context.run();
    });
}
