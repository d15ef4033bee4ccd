// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls from synchronous code: a future for each, and a thread that does the work.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <string>

// Blocks, so never call it on a thread that runs the calls.
std::string company_name(const pc::client& client)
{
    // The limit belongs to the call: who only stops to wait for the future leaves the call running.
    const auto options = pc::call_options{}.timeout(std::chrono::seconds(30));
    pc::diagnostics diag;
    std::future<pc::OrganizationProfile> reading = client.async_get(options, diag, asio::use_future);
    try {
        return reading.get().company_name.value_or("(without a name)");
    } catch (const boost::system::system_error& e) {
        throw pc::error(e.code(), diag); // says what was asked, what came back, and the ids
    }
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::thread_pool thread(1);
        pc::transport transport(thread, env.network());
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());
        std::cout << "Company: " << company_name(client) << '\n';
    });
}
