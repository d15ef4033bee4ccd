// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Reads, changes and updates a profile; tells what the service had before and has now.

#include <partner_center.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;

namespace {

asio::awaitable<std::string> move_to(pc::client client, std::string city)
{
    pc::OrganizationProfile profile = co_await client.get();
    profile.default_address.value().city = std::move(city);
    const pc::OrganizationProfile stored = co_await client.update(profile);
    co_return stored.default_address.value().city.value();
}

} // namespace

int main()
{
    pc::testing::emulator service;
    const std::string before = service.profile().default_address.value().city.value();

    pc::transport_options net;
    net.tls.emplace(asio::ssl::context::tls_client).add_certificate_authority(asio::buffer(service.ca_pem()));
    pc::client_options options;
    options.base_url = service.base_url();

    asio::io_context context;
    pc::transport transport(context, std::move(net));
    std::string stored;
    std::exception_ptr failure;
    asio::co_spawn(
        context, move_to(pc::client(transport, pc::credential::bearer(service.token()), options), "Tallinn"),
        [&](std::exception_ptr thrown, std::string city) {
            failure = std::move(thrown);
            stored = std::move(city);
        });
    context.run();

    try {
        if (failure)
            std::rethrow_exception(failure);
        std::cout << "partner_center " PARTNER_CENTER_VERSION_STRING ": " << before << ", then " << stored
                  << ", kept as " << service.profile().default_address.value().city.value() << '\n';
    } catch (const pc::error& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
