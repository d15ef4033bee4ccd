// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/connector.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;

namespace {

std::string order(std::initializer_list<const char*> addresses)
{
    std::vector<asio::ip::tcp::endpoint> resolved;
    for (const char* address : addresses)
        resolved.emplace_back(asio::ip::make_address(address), 443);
    std::string text;
    for (const auto& endpoint : pc::detail::interleave_families(resolved))
        text += (text.empty() ? "" : " ") + endpoint.address().to_string();
    return text;
}

} // namespace

TEST_CASE("the families take turns, beginning with the resolver's first, each in the resolver's order")
{
    CHECK(order({}).empty());
    CHECK(order({"::1"}) == "::1");
    CHECK(order({"::1", "127.0.0.1"}) == "::1 127.0.0.1");
    CHECK(order({"127.0.0.1", "::1"}) == "127.0.0.1 ::1");
    CHECK(order({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"}) == "::1 10.0.0.1 ::2 10.0.0.2 ::3");
    CHECK(order({"10.0.0.1", "10.0.0.2", "::1", "10.0.0.3"}) == "10.0.0.1 ::1 10.0.0.2 10.0.0.3");
    CHECK(order({"10.0.0.1", "10.0.0.2"}) == "10.0.0.1 10.0.0.2");
    CHECK(order({"::1", "10.0.0.1", "10.0.0.2", "10.0.0.3"}) == "::1 10.0.0.1 10.0.0.2 10.0.0.3");
    CHECK(order({"::1", "::1"}) == "::1 ::1");
}
