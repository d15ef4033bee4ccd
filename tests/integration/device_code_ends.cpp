// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A sign-in that is ended at any moment: cancelled, without its transport, or without its execution context.

#include "fixtures/sign_in_fixture.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using testing::authority_fixture;
using testing::begin_sign_in;
using testing::check_end;
using testing::failure;
using testing::failure_rule;
using testing::nobody;
using testing::quick;
using testing::sign_in;
using testing::sign_in_result;
using testing::sign_in_to;
using testing::token_requests;

namespace {

// Where a sign-in is when something happens to it.
enum class moment { begun, asks_for_code, waits, asks_for_token };

// Brings a sign-in there and lets it happen.
sign_in_result interrupt(moment when, const std::function<void(authority_fixture&)>& then,
                         asio::cancellation_slot slot = {})
{
    authority_fixture fixture(quick());
    if (when == moment::asks_for_code)
        fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/devicecode"));
    if (when == moment::asks_for_token)
        fixture.service.add_failure(failure_rule(failure::apply_and_delay(60s)).path("*/token"));
    sign_in_result result;
    bool prompted = false;
    begin_sign_in(
        fixture.transport, sign_in_to(fixture.service),
        [&](const pc::device_code_prompt& prompt) {
            prompted = true;
            CHECK(fixture.service.approve_device_code(prompt.user_code));
        },
        result, slot);
    const auto there = [&] {
        switch (when) {
        case moment::begun: return true;
        case moment::asks_for_code: return fixture.service.connections_accepted() == 1;
        case moment::waits: return prompted;
        case moment::asks_for_token: return token_requests(fixture.service) == 1;
        }
        return true;
    };
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while (!there() && std::chrono::steady_clock::now() < patience)
        fixture.io.run_for(10ms);
    REQUIRE(there());
    REQUIRE(result.completions == 0);
    const auto begun = std::chrono::steady_clock::now();
    then(fixture);
    fixture.run();
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    check_end(result);
    return result;
}

constexpr moment moments[] = {moment::begun, moment::asks_for_code, moment::waits, moment::asks_for_token};

} // namespace

TEST_CASE("a sign-in can be cancelled at every moment, in every way")
{
    for (const moment when : moments)
        for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                asio::cancellation_type::total}) {
            if (type != asio::cancellation_type::total && when == moment::asks_for_token)
                continue; // a second each
            CAPTURE(static_cast<int>(when));
            asio::cancellation_signal signal;
            const auto cancel = [&](authority_fixture&) { signal.emit(type); };
            const sign_in_result result = interrupt(when, cancel, signal.slot());
            CHECK(result.ec == asio::error::operation_aborted);
            CHECK(result.diag.http_status == 0);
        }
}

TEST_CASE("closing the transport ends a sign-in at every moment")
{
    for (const moment when : moments) {
        CAPTURE(static_cast<int>(when));
        const auto close = [](authority_fixture& fixture) { fixture.transport.close(); };
        CHECK(interrupt(when, close).ec == errc::transport_closed);
    }
    authority_fixture fixture(quick());
    fixture.transport.close();
    CHECK(sign_in(fixture, sign_in_to(fixture.service), nobody).ec == errc::transport_closed);
}

TEST_CASE("a sign-in that is under way when its execution context is destroyed is let go")
{
    const auto held = std::make_shared<int>(7);
    {
        authority_fixture fixture(quick());
        bool prompted = false;
        pc::async_sign_in_by_device_code(
            fixture.transport, sign_in_to(fixture.service),
            [&prompted, held](const pc::device_code_prompt&) { prompted = true; },
            [held](const pc::error_code&, const pc::signed_in&) { FAIL("it completed"); });
        for (int i = 0; i != 1000 && !prompted; ++i)
            fixture.io.run_for(10ms);
        REQUIRE(prompted);
    }
    CHECK(held.use_count() == 1);
}
