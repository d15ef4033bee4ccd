// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whichever allocation of a call fails, the call ends once and says so, nothing leaks, and the next call on
// the same transport succeeds.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tunnel_proxy.hpp"
#include "memory/sweep.hpp"

#include <partner_center/detail/modification.hpp>
#include <partner_center/device_code.hpp>
#include <partner_center/error.hpp>
#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
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
using testing::failure;
using testing::failure_rule;
using testing::outcome;
using testing::play;
using testing::scene;
using testing::sweep;

namespace {

void open_connection(play& now)
{
    outcome first;
    now.get(first);
    const bool ended = now.run();
    const testing::plenty memory;
    REQUIRE(ended);
    REQUIRE_FALSE(first.ec);
}

// A call that cannot be woken when it gets what it waits for looks for itself, as often as this.
void look_often(pc::transport_options& network)
{
    network.attempt_timeout = 2s;
}

void fail(play& now, const failure_rule& rule)
{
    const testing::plenty not_ours;
    now.service.add_failure(rule);
}

} // namespace

TEST_CASE("any allocation may fail of a call that opens a connection")
{
    sweep(scene("read on a fresh connection", [](play& now) { now.get(now.results[0]); })).run();
}

TEST_CASE("any allocation may fail of a call on a kept connection")
{
    scene kept("update on a kept connection", [](play& now) { now.update(now.results[0]); });
    kept.is_change = true;
    kept.prepare = open_connection;
    sweep(kept).run();
}

TEST_CASE("any allocation may fail while one call waits for another's connection")
{
    scene queue("two reads on one connection", [](play& now) {
        now.get(now.results[0]);
        now.get(now.results[1]);
    });
    queue.prepare = open_connection;
    queue.network = look_often;
    sweep(queue).run();
}

TEST_CASE("any allocation may fail of a call that is cancelled")
{
    scene cancelled("update that is cancelled", [](play& now) {
        now.cancel_attempt = true;
        now.update(now.results[0]);
    });
    cancelled.is_change = true;
    cancelled.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::delay(50ms)).method("PUT"));
    };
    sweep(cancelled).run();
}

TEST_CASE("any allocation may fail of a call that waits for 100 Continue in vain")
{
    scene patient("update that waits for 100 Continue", [](play& now) { now.update(now.results[0]); });
    patient.options = [](pc::client_options& options) { options.continue_timeout = 10ms; };
    patient.is_change = true;
    patient.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::delay(30ms)).method("PUT"));
    };
    sweep(patient).run();
}

TEST_CASE("any allocation may fail of a call that is repeated")
{
    scene repeated("update that is repeated after a 503", [](play& now) { now.update(now.results[0]); });
    repeated.options = [](pc::client_options& options) { options.retry.max_attempts = 2; };
    repeated.is_change = true;
    repeated.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::answer(503)));
    };
    sweep(repeated).run();
}

TEST_CASE("any allocation may fail of a call that gets another token")
{
    scene renewed("read after the token was revoked", [](play& now) { now.get(now.results[0]); });
    renewed.renewable_token = true;
    renewed.network = look_often;
    renewed.prepare = [](play& now) {
        open_connection(now);
        const testing::plenty not_ours;
        now.service.revoke_access_tokens();
    };
    sweep(renewed).run();
}

TEST_CASE("any allocation may fail of a call that the service refuses")
{
    scene refused("update that is refused", [](play& now) { now.update(now.results[0]); });
    refused.prepare = [](play& now) {
        open_connection(now);
        fail(now,
             failure_rule(failure::answer(400, R"({"code":"2000","description":")" + std::string(2000, 'x') +
                                                   R"(","source":"PartnerFD","data":["a","b"]})")));
    };
    sweep(refused).run();
}

TEST_CASE("any allocation may fail of a call through a proxy")
{
    const testing::tunnel_proxy proxy;
    scene tunnelled("read through a proxy", [](play& now) { now.get(now.results[0]); });
    tunnelled.network = [&](pc::transport_options& network) { network.proxy.url = proxy.url(); };
    sweep(tunnelled).run();
}

TEST_CASE("any allocation may fail of a modify")
{
    scene modified("modify", [](play& now) {
        outcome& result = now.results[0];
        now.client.async_modify(
            [](pc::OrganizationProfile& profile) { profile.company_name = *profile.company_name + "x"; },
            result.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
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

TEST_CASE("any allocation may fail of a call that a coroutine awaits")
{
    scene awaited("update that a coroutine awaits", [](play& now) {
        asio::co_spawn(now.io, now.client.update(now.profile),
                       asio::bind_cancellation_slot(now.signal.slot(), outcome::awaiter{&now.results[0]}));
        now.results[0].begun = true;
    });
    awaited.is_change = true;
    awaited.prepare = open_connection;
    awaited.may_be_destroyed = true;
    sweep(awaited).run();
}

TEST_CASE("any allocation may fail of a sign-in")
{
    scene given_up("sign-in that is given up at its prompt", [](play& now) {
        outcome& result = now.results[0];
        pc::device_code_options options;
        {
            const testing::plenty not_ours;
            options.tenant = now.service.tenant();
            options.client_id = now.service.client_id();
            options.authority = now.service.base_url();
        }
        pc::async_sign_in_by_device_code(
            now.transport, std::move(options),
            [&](const pc::device_code_prompt&) {
                const testing::plenty not_ours;
                now.signal.emit(asio::cancellation_type::terminal);
            },
            result.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
    sweep(given_up).run();
}

TEST_CASE("any allocation may fail of a call that gets no other token")
{
    scene refused("read after all tokens were revoked", [](play& now) { now.get(now.results[0]); });
    refused.renewable_token = true;
    refused.network = look_often;
    refused.prepare = [](play& now) {
        open_connection(now);
        const testing::plenty not_ours;
        now.service.revoke_access_tokens();
        now.service.revoke_refresh_tokens();
    };
    refused.must_fail = true;
    sweep(refused).run();
}

TEST_CASE("a few allocations in a row may fail, from any on")
{
    for (const std::size_t length : {2U, 5U, 10U}) {
        scene fresh("read on a fresh connection, " + std::to_string(length) + " in a row",
                    [](play& now) { now.get(now.results[0]); });
        fresh.length = length;
        fresh.may_be_destroyed = true;
        sweep(fresh).run();
    }
}

TEST_CASE("any two allocations near each other may fail")
{
    for (const std::size_t gap : {1U, 2U, 3U, 4U, 5U, 6U}) {
        scene fresh("update on a fresh connection, two with " + std::to_string(gap) + " between",
                    [](play& now) { now.update(now.results[0]); });
        fresh.is_change = true;
        fresh.length = 2;
        fresh.gap = gap;
        sweep(fresh).run();
    }
}

TEST_CASE("any allocation of OpenSSL's may fail of a call that opens a connection")
{
    scene fresh("read on a fresh connection, OpenSSL", [](play& now) { now.get(now.results[0]); });
    fresh.whose = allocator_of::openssl;
    fresh.step = 29; // there are thousands
    sweep(fresh).run();
}

TEST_CASE("no lack of memory makes OpenSSL trust a stranger")
{
    const std::string stranger = testing::certificate_authority().pem();
    scene refused("read from a stranger, OpenSSL", [](play& now) { now.get(now.results[0]); });
    refused.network = [&](pc::transport_options& network) {
        network.tls = std::move(testing::trusting(stranger).tls);
    };
    refused.whose = allocator_of::openssl;
    refused.step = 13;
    refused.must_fail = true;
    sweep(refused).run();
}
