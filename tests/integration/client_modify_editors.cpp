// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Editors that modify one resource at the same time lose nothing.

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <random>
#include <string>
#include <utility>

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

// Eight editors count up two hundred times each.
void let_them_count(testing::emulator& service, pc::client_options options)
{
    service.edit([](pc::OrganizationProfile& profile) { profile.company_name = "0"; });
    testing::client_fixture fixture(testing::trusting(service.ca_pem()), std::move(options), service.token());
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

} // namespace

TEST_CASE("eight editors count up two hundred times each, and none of it is lost")
{
    testing::emulator service;
    let_them_count(service, testing::talking_to(service.base_url()));
}

TEST_CASE("none of it is lost or applied twice when one request in ten fails, before or after it is applied")
{
    using testing::failure;
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    testing::emulator_options unreliable;
    unreliable.max_logged_requests = 100'000;
    testing::emulator service(unreliable);
    service.add_failure(testing::failure_rule({failure::answer(503), failure::close(), failure::reset(),
                                               failure::apply_and_answer(503), failure::apply_and_close(),
                                               failure::apply_and_reset()})
                            .randomly(0.1, seed));
    pc::client_options options = testing::talking_to(service.base_url());
    options.retry.max_attempts = 16; // all of them fail once in 10^16 calls
    options.retry.base_delay = std::chrono::milliseconds(1);
    options.retry.max_delay = std::chrono::milliseconds(10);
    let_them_count(service, options);

    std::size_t requests = 0;
    std::size_t writes = 0;
    std::size_t failed = 0;
    std::size_t applied_unsaid = 0;
    for (const auto& request : service.requests()) {
        ++requests;
        writes += request.applied;
        failed += request.failed_on_purpose;
        applied_unsaid += request.failed_on_purpose && request.applied;
    }
    MESSAGE("seed " << seed << ": " << requests << " requests, of which " << failed << " failed, "
                    << applied_unsaid << " of them after the change was applied");
    CHECK(writes == 1600);
    CHECK(failed > requests / 15);
    CHECK(failed < requests / 7);
    CHECK(applied_unsaid > 30);
}
