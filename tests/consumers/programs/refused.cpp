// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls a service that is not there, and tells what kind of failure that is.

#include <partner_center.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <iostream>
#include <string>

namespace asio = boost::asio;
namespace pc = partner_center;

int main()
{
    asio::io_context context;
    // A port that is taken, and at which nobody listens.
    asio::ip::tcp::socket taken(context, {asio::ip::make_address("127.0.0.1"), 0});
    const std::string port = std::to_string(taken.local_endpoint().port());

    pc::client_options options;
    options.base_url = "https://127.0.0.1:" + port;
    options.retry.max_attempts = 1;
    pc::client client(context, pc::credential::bearer("no-token"), options);

    int status = 1;
    pc::diagnostics diag;
    client.async_get(diag, [&](boost::system::error_code ec, pc::OrganizationProfile) {
        const bool expected = ec == pc::condition::connection_failed && !diag.may_have_been_applied;
        std::cout << (expected ? "connection failed" : ec.message()) << " in the phase "
                  << to_string(diag.phase) << '\n';
        status = expected ? 0 : 1;
    });
    context.run();
    return status;
}
