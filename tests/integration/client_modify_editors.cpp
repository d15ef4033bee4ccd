// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Editors that modify one resource at the same time lose nothing.

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <string>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;

namespace {

void count_up(pc::OrganizationProfile& profile)
{
    profile.company_name = std::to_string(std::stoi(profile.company_name.value()) + 1);
}

asio::awaitable<void> count_up_often(pc::client client, int times)
{
    for (int i = 0; i != times; ++i)
        (void)co_await client.modify(count_up);
}

} // namespace

TEST_CASE("eight editors count up two hundred times each, and none of it is lost")
{
    testing::emulator service;
    service.edit([](pc::OrganizationProfile& profile) { profile.company_name = "0"; });
    testing::client_fixture fixture(testing::trusting(service.ca_pem()),
                                    testing::talking_to(service.base_url()), service.token());
    int ended = 0;
    for (int editor = 0; editor != 8; ++editor)
        asio::co_spawn(fixture.io, count_up_often(fixture.client, 200), [&ended](std::exception_ptr thrown) {
            ++ended;
            CHECK_NOTHROW(thrown ? std::rethrow_exception(thrown) : void());
        });
    fixture.run();
    CHECK(ended == 8);
    CHECK(service.profile().company_name == "1600");
}
