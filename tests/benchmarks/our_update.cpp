// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What hand_written.cpp does, with the library.
//
// our_update URL CA_FILE TOKEN COUNT: updates the organization profile COUNT times.

#include <partner_center.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace json = boost::json;
namespace pc = partner_center;

asio::awaitable<void> run(std::string url, std::string ca_file, std::string token, int count)
{
    pc::transport_options network;
    network.ca_file = ca_file;
    pc::transport transport{co_await asio::this_coro::executor, std::move(network)};

    pc::client_options options;
    options.base_url = url;
    pc::client client{transport, pc::credential::bearer(token), options};

    pc::OrganizationProfile profile;
    profile.company_name = "TEST_TEST_BugBash1";
    profile.language = "es";
    profile.culture = "es-US";
    pc::Address& address = profile.default_address.emplace();
    address.country = "US";
    address.city = "Redmond";
    address.state = "WA";
    address.address_line1 = "Two Microsoft Way";
    address.postal_code = "98052";
    address.first_name = "Test";
    address.last_name = "Account";
    address.phone_number = "4255550101";

    for (int i = 0; i < count; ++i) {
        profile = co_await client.update(profile);
    }
    std::cout << json::serialize(json::value_from(profile)) << '\n';
}

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::cerr << "usage: our_update URL CA_FILE TOKEN COUNT\n";
        return 2;
    }
    try {
        asio::io_context context{1};
        std::exception_ptr failure;
        asio::co_spawn(context, run(argv[1], argv[2], argv[3], std::stoi(argv[4])),
                       [&](std::exception_ptr error) { failure = error; });
        context.run();
        if (failure) {
            std::rethrow_exception(failure);
        }
    } catch (const std::exception& error) {
        std::cerr << "our_update: " << error.what() << '\n';
        return 1;
    }
}
