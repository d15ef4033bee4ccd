// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What most files of a program look like: they are handed a client, and call it.

#include <partner_center.hpp>

#include <boost/asio/awaitable.hpp>

namespace asio = boost::asio;
namespace pc = partner_center;

asio::awaitable<void> change_phone(pc::client& client)
{
    pc::OrganizationProfile profile = co_await client.get();
    profile.default_address->phone_number = "4255550101";
    pc::OrganizationProfile stored = co_await client.update(profile);
}
