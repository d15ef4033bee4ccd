// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whichever allocation of a modify fails; see memory_exhaustion.cpp.

#include "memory/scenes.hpp"
#include "memory/sweep.hpp"

#include <partner_center/detail/modification.hpp>
#include <partner_center/error.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using testing::allocator_of;
using testing::ended_well;
using testing::fail;
using testing::failure;
using testing::failure_rule;
using testing::open_connection;
using testing::outcome;
using testing::play;
using testing::scene;
using testing::sweep;

TEST_CASE("any allocation may fail of a modify")
{
    scene modified("modify", 100, [](play& now) {
        outcome& result = now.results[0];
        now.client.async_modify(
            [](pc::OrganizationProfile& profile) { profile.company_name = *profile.company_name + "x"; },
            result.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
    modified.requests = 2;
    modified.is_change = true;
    modified.prepare = [](play& now) {
        const testing::plenty not_ours;
        now.service.edit(
            [](pc::OrganizationProfile& profile) { profile.company_name = "TEST_TEST_BugBash1"; });
        open_connection(now);
    };
    modified.may_be_destroyed = true;
    sweep(modified).run();
}

TEST_CASE("any allocation may fail of a modify that meets another's change")
{
    const std::string others = "4255550199";
    scene modified("modify that meets another's change", 210, [&](play& now) {
        outcome& result = now.results[0];
        now.client.async_modify(
            [&](pc::OrganizationProfile& profile) {
                if (now.changes++ == 0) {
                    const testing::plenty not_ours;
                    now.service.edit([&](pc::OrganizationProfile& stored) {
                        stored.default_address->phone_number = others;
                    });
                }
                profile.company_name = *profile.company_name + "x";
            },
            result.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
    modified.wait = 50ms;
    modified.requests = 4;
    modified.connections = 2; // as above
    modified.is_change = true;
    modified.prepare = [](play& now) {
        const testing::plenty not_ours;
        now.service.edit([](pc::OrganizationProfile& profile) {
            profile.company_name = "TEST_TEST_BugBash1";
            profile.default_address->phone_number = "4255550100";
        });
        open_connection(now);
    };
    modified.afterwards = [&](play& over) {
        const pc::OrganizationProfile stored = over.service.profile();
        const bool changed = stored.company_name == "TEST_TEST_BugBash1x";
        CHECK((changed || stored.company_name == "TEST_TEST_BugBash1"));
        CHECK((changed || !ended_well(over)));
        CHECK((stored.default_address->phone_number == others) == (over.changes != 0));
        CHECK(over.changes <= 2);
    };
    modified.may_be_destroyed = true;
    sweep(modified).run();
}

TEST_CASE("any allocation may fail of a modify that fails and may have been applied")
{
    scene failed("modify that is applied, and answered 503", 100, [](play& now) {
        outcome& result = now.results[0];
        now.client.async_modify([](pc::OrganizationProfile& profile) { profile.company_name = "Contoso"; },
                                result.diag,
                                asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
    failed.usual_end = pc::make_http_status_code(503);
    failed.requests = 2;
    failed.is_change = true;
    failed.prepare = [](play& now) {
        const testing::plenty not_ours;
        now.service.edit([](pc::OrganizationProfile& profile) { profile.company_name = "Fabrikam"; });
        open_connection(now);
        fail(now, failure_rule(failure::apply_and_answer(503)).method("PUT"));
    };
    failed.may_be_destroyed = true;
    sweep(failed).run();
}

TEST_CASE("a modify names its failure, or the lack of memory to do so")
{
    pc::diagnostics why;
    why.may_have_been_applied = true;
    why.method = why.description = why.service_code = why.url = std::string(100, 'x');
    const std::pair<std::exception_ptr, pc::error_code> failures[] = {
        {std::make_exception_ptr(pc::error(pc::errc::stale_etag, why)), pc::errc::stale_etag},
        {std::make_exception_ptr(std::runtime_error(std::string(100, 'x'))), pc::errc::change_failed},
        {std::make_exception_ptr(7), pc::errc::change_failed},
    };
    for (const auto& [thrown, expected] : failures) {
        const bool is_ours = expected == pc::errc::stale_etag;
        bool reached = true;
        std::size_t nth = 1;
        for (; reached && nth < 100; ++nth) {
            pc::diagnostics diag;
            pc::error_code ec;
            {
                const testing::memory_shortage shortage(allocator_of::cpp, nth);
                ec = pc::detail::failure_of_modify(thrown, &diag);
                reached = shortage.reached();
            }
            CHECK(ec == (reached ? make_error_code(boost::system::errc::not_enough_memory) : expected));
            CHECK(diag.may_have_been_applied == is_ours);
        }
        CHECK_FALSE(reached);
        CHECK(nth > 2);
    }
}
