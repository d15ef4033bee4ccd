// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A modify is cancelled at each of its steps.

#include "fixtures/modify_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <iterator>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using asio::cancellation_type;
using std::chrono::milliseconds;
using testing::as_change;
using testing::call_result;
using testing::check_scripts;
using testing::code_of;
using testing::in;
using testing::json_reply;
using testing::modify_fixture;
using testing::modify_in_coroutine;
using testing::never;
using testing::read_with;
using testing::set_name;
using testing::tls_scripted_peer;

TEST_CASE("a modify is cancelled in its read, and in its write, by any type")
{
    for (const auto type :
         {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total}) {
        for (const bool in_write : {false, true}) {
            if (in_write && type == cancellation_type::total)
                continue; // leaves a change alone that has begun to be sent
            tls_scripted_peer peer;
            modify_fixture fixture(peer);
            const auto cancel = in(fixture, [&] { fixture.signal.emit(type); });
            if (in_write)
                peer.on_connection()
                    .expect_request("GET ")
                    .reply(read_with("1"))
                    .expect_request("PUT ")
                    .call(cancel)
                    .expect_close();
            else
                peer.on_connection().expect_request("GET ").call(cancel).expect_close();
            const call_result result = fixture.modify(set_name);
            CHECK(result.ec == asio::error::operation_aborted);
            CHECK(result.diag.may_have_been_applied == in_write);
            CHECK(result.diag.method == (in_write ? "PUT" : "GET"));
            check_scripts(peer);
        }
    }
}

TEST_CASE("a modify that is cancelled at once sends nothing")
{
    tls_scripted_peer peer;
    modify_fixture fixture(peer);
    call_result result;
    fixture.start(set_name, {}, result);
    fixture.signal.emit(cancellation_type::total);
    fixture.run();
    CHECK(result.completions == 1);
    CHECK(result.ec == asio::error::operation_aborted);
    CHECK(result.diag.attempts == 0);
    fixture.signal.emit(cancellation_type::terminal); // too late to do anything
    fixture.run();
    CHECK(result.completions == 1);
}

TEST_CASE("a modify that is cancelled while it changes sends no change")
{
    tls_scripted_peer peer;
    modify_fixture fixture(peer);
    constexpr cancellation_type types[] = {cancellation_type::terminal, cancellation_type::partial,
                                           cancellation_type::total};
    peer.on_connection()
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("GET ")
        .reply(read_with("1"));
    const call_result at_once = fixture.modify([&](pc::OrganizationProfile& p) {
        p.company_name = "B";
        fixture.signal.emit(cancellation_type::total);
    });
    CHECK(at_once.ec == asio::error::operation_aborted);
    CHECK_FALSE(at_once.diag.may_have_been_applied);

    for (const cancellation_type type : types) {
        CAPTURE(static_cast<unsigned>(type));
        const call_result later = fixture.modify([&](pc::OrganizationProfile& p) {
            asio::post(fixture.io, [&] { fixture.signal.emit(type); });
            return never(p);
        });
        CHECK(later.ec == asio::error::operation_aborted);
    }
    CHECK(peer.requests().size() == 1 + std::size(types));
    check_scripts(peer);
}

TEST_CASE("a coroutine that is cancelled between read and write sends no change")
{
    for (const bool later : {false, true}) {
        tls_scripted_peer peer;
        modify_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1"));
        const auto change = [&](pc::OrganizationProfile& p) {
            p.company_name = "B";
            fixture.signal.emit(cancellation_type::terminal);
        };
        const auto change_later = [&](pc::OrganizationProfile& p) -> asio::awaitable<void> {
            change(p);
            co_await never(p);
        };
        const std::exception_ptr thrown =
            later ? fixture.outcome_of(modify_in_coroutine(fixture.client, as_change(change_later)))
                  : fixture.outcome_of(modify_in_coroutine(fixture.client, as_change(change)));
        CHECK(code_of(thrown) == asio::error::operation_aborted);
        CHECK(peer.requests().size() == 1);
        check_scripts(peer);
    }
}

TEST_CASE("a modify that is cancelled after a conflict does not read again")
{
    for (const auto type : {cancellation_type::terminal, cancellation_type::total}) {
        for (const bool at_once : {false, true}) {
            tls_scripted_peer peer;
            modify_fixture fixture(peer);
            peer.on_connection()
                .expect_request("GET ")
                .reply(read_with("1"))
                .expect_request("PUT ")
                .reply(json_reply("409 Conflict", ""));
            fixture.watch = [&](const pc::event& e) {
                if (e.kind != pc::event_kind::attempt_finished || e.http_status != 409)
                    return;
                if (at_once)
                    fixture.signal.emit(type);
                else
                    asio::post(fixture.io, [&] { fixture.signal.emit(type); });
            };
            const call_result result = fixture.modify(set_name);
            CHECK(result.ec == asio::error::operation_aborted);
            CHECK(peer.requests().size() == 2);
            check_scripts(peer);
        }
    }
}

namespace {

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> race(pc::client& client, milliseconds limit, std::size_t& winner)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    const auto result = co_await (client.modify(never) || timer.async_wait(asio::use_awaitable));
    winner = result.index();
    // The caller's own cancellation state is as it was.
    const auto state = co_await asio::this_coro::cancellation_state;
    CHECK(state.cancelled() == cancellation_type::none);
}

asio::awaitable<void> clean_up(pc::client& client, bool& cleaned)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
        (void)co_await client.modify(never);
        FAIL_CHECK("not cancelled");
    } catch (const boost::system::system_error& e) {
        CHECK(e.code() == asio::error::operation_aborted);
    }
    // Cancelled before it begins: that was meant for the first.
    (void)co_await client.modify(set_name);
    CHECK_FALSE(co_await asio::this_coro::throw_if_cancelled());
    cleaned = true;
}

} // namespace

TEST_CASE("a modify in a coroutine loses against a timer")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request("GET ").reply(read_with("1"));
    modify_fixture fixture(peer);
    std::size_t winner = 7;
    CHECK_FALSE(fixture.outcome_of(race(fixture.client, milliseconds{50}, winner)));
    CHECK(winner == 1);
    check_scripts(peer);
}

TEST_CASE("a coroutine that was cancelled before may modify all the same")
{
    tls_scripted_peer peer;
    modify_fixture fixture(peer);
    peer.on_connection()
        .expect_request("GET ")
        .reply(read_with("1"))
        .pause(milliseconds{20})
        .call(in(fixture, [&] { fixture.signal.emit(cancellation_type::terminal); }))
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("PUT ")
        .reply(read_with("2"));
    bool cleaned = false;
    const std::exception_ptr thrown = fixture.outcome_of(clean_up(fixture.client, cleaned));
    if (thrown)
        std::rethrow_exception(thrown);
    CHECK(cleaned);
    check_scripts(peer);
}
