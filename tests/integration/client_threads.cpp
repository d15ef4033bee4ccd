// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Eight threads, one client, thousands of calls, a server that does wrong, and callers that change their
// mind.

#include "fixtures/client_crowd.hpp"
#include "fixtures/faulty_server.hpp"

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <random>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using boost::system::error_code;
using pc::errc;
using testing::call_result;
using testing::caller;
using testing::crowd;
using testing::faulty_server;
using testing::moods;
using testing::planned_call;

namespace {

// A run with other faults each time; a failure tells the seed that repeats it.
unsigned fresh_seed()
{
    const char* given = std::getenv("PARTNER_CENTER_SEED");
    return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
}

bool is_one_of(const error_code& ec, std::initializer_list<error_code> list)
{
    return std::find(list.begin(), list.end(), ec) != list.end();
}

// What the faults, the callers and their deadlines can lead to.
bool is_expected(const planned_call& call)
{
    const error_code& ec = call.result.ec;
    if (ec == asio::error::operation_aborted)
        return call.cancel_after.has_value() || call.how == testing::form::race;
    return is_one_of(ec, {error_code(), errc::call_timeout, errc::attempt_timeout, errc::handshake_timeout,
                          errc::connection_closed, errc::truncated_response, errc::malformed_response,
                          pc::make_http_status_code(503), asio::error::connection_reset,
                          asio::error::broken_pipe, asio::error::eof});
}

void check_call(const planned_call& call, const faulty_server& server)
{
    const call_result& result = call.result;
    if (!result.ec) {
        CHECK_FALSE(result.diag.may_have_been_applied);
        if (!call.result_lost)
            CHECK(result.profile.id == result.diag.request_id); // nobody else's answer
    } else if (!call.change || result.diag.attempts == 0) {
        CHECK_FALSE(result.diag.may_have_been_applied);
    } else if (server.has_body_of(result.diag.request_id)) {
        CHECK_MESSAGE(result.diag.may_have_been_applied, result.what());
    }
}

} // namespace

TEST_CASE("thousands of calls on eight threads end once each, whatever server and callers do")
{
    const unsigned seed = fresh_seed();
    CAPTURE(seed);
    const auto mood = std::make_shared<moods>(seed);
    const faulty_server server([mood](bool first) { return (*mood)(first); });
    crowd callers(server, 2000, seed);
    mood->well_behaved = false;
    callers.begin();
    callers.finish();
    std::size_t succeeded = 0;
    std::size_t calls = 0;
    for (const caller& c : callers.all())
        for (const planned_call& call : c.calls()) {
            ++calls;
            CHECK(call.completions == 1);
            CHECK_MESSAGE(is_expected(call), call.result.what());
            check_call(call, server);
            succeeded += call.result.ec ? 0U : 1U;
        }
    CHECK(calls == 2000);
    CHECK(succeeded > 500);
    CHECK(succeeded < 1800);
    mood->well_behaved = true;
    for (const call_result& result : callers.more_calls()) {
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(result.profile.id == result.diag.request_id);
    }
}

TEST_CASE("a transport that closes under the calls of eight threads ends them all")
{
    const unsigned seed = fresh_seed();
    CAPTURE(seed);
    for (unsigned round = 0; round != 8; ++round) {
        const auto mood = std::make_shared<moods>(seed + round);
        const faulty_server server([mood](bool first) { return (*mood)(first); });
        crowd callers(server, 400, seed + round * 100, true, round % 2 == 0);
        mood->well_behaved = false;
        callers.begin();
        callers.wait_for(20 + round * 20);
        callers.close_transport();
        callers.finish();
        std::size_t closed = 0;
        for (const caller& c : callers.all())
            for (const planned_call& call : c.calls()) {
                CHECK(call.completions == 1);
                const bool by_closing = call.result.ec == errc::transport_closed;
                closed += by_closing ? 1U : 0U;
                CHECK_MESSAGE((by_closing || is_expected(call)), call.result.what());
                check_call(call, server);
            }
        CHECK(closed != 0);
        for (const call_result& result : callers.more_calls())
            CHECK(result.ec == errc::transport_closed);
    }
}

TEST_CASE("clients that are destroyed on eight threads end their calls, and the transport serves others")
{
    const unsigned seed = fresh_seed();
    CAPTURE(seed);
    const auto mood = std::make_shared<moods>(seed);
    const faulty_server server([mood](bool first) { return (*mood)(first); });
    for (unsigned round = 0; round != 8; ++round) {
        crowd callers(server, 400, seed + round * 100, false);
        std::size_t last_call = 0;
        for (caller& c : callers.all())
            c.leave_during(1 + last_call++ % 5);
        mood->well_behaved = false;
        callers.begin();
        callers.finish();
        std::size_t aborted = 0;
        for (const caller& c : callers.all()) {
            REQUIRE_FALSE(c.calls().empty());
            for (const planned_call& call : c.calls()) {
                CHECK(call.completions == 1);
                const bool by_leaving =
                    &call == &c.calls().back() && call.result.ec == asio::error::operation_aborted;
                aborted += by_leaving ? 1U : 0U;
                CHECK_MESSAGE((by_leaving || is_expected(call)), call.result.what());
                check_call(call, server);
            }
        }
        CHECK(aborted != 0);
        mood->well_behaved = true;
        for (const call_result& result : callers.more_calls())
            CHECK_MESSAGE(!result.ec, result.what());
    }
}

TEST_CASE("a context that is stopped under the calls of eight threads is destroyed with them")
{
    const unsigned seed = fresh_seed();
    CAPTURE(seed);
    for (unsigned round = 0; round != 8; ++round) {
        const auto mood = std::make_shared<moods>(seed + round);
        const faulty_server server([mood](bool first) { return (*mood)(first); });
        crowd callers(server, 400, seed + round * 100, true, round % 2 == 0);
        mood->well_behaved = false;
        callers.begin();
        callers.wait_for(20 + round * 20);
        callers.io().stop();
        callers.join();
        std::size_t unfinished = 0;
        for (const caller& c : callers.all())
            for (const planned_call& call : c.calls()) {
                CHECK(call.completions <= 1);
                if (call.completions == 0) {
                    ++unfinished;
                    continue;
                }
                CHECK_MESSAGE(is_expected(call), call.result.what());
                check_call(call, server);
            }
        CHECK(unfinished != 0);
    }
}
