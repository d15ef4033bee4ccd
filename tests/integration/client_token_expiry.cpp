// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Tokens expire while calls are under way, and calls are cancelled while they wait for tokens.

#include "fixtures/authority_fixture.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::credential;
using pc::errc;
using testing::app_and_user;
using testing::authority_fixture;
using testing::call_result;
using testing::failure;
using testing::failure_rule;
using testing::token_requests;

namespace {

testing::emulator_options lasting(std::chrono::milliseconds lifetime)
{
    testing::emulator_options options;
    testing::oauth_options oauth;
    oauth.access_token_lifetime = lifetime;
    options.oauth = oauth;
    options.max_logged_requests = 100'000;
    return options;
}

struct tally {
    std::atomic<std::size_t> calls = 0;
    std::atomic<std::size_t> failed = 0;
    std::atomic<bool> enough = false;
};

asio::awaitable<void> call_again_and_again(pc::client client, tally& count)
{
    while (!count.enough) {
        ++count.calls;
        try {
            (void)co_await client.get();
        } catch (const pc::error& e) {
            ++count.failed;
            MESSAGE(e.what());
        }
    }
}

// The failure that keeps an answer of the authority back, for as long as the test likes.
failure_rule slow_token(std::chrono::milliseconds time)
{
    return failure_rule(failure::delay(time)).path("*/token");
}

} // namespace

TEST_CASE("tokens that expire under load fail no call")
{
    // The answers say whole seconds; the API counts to the millisecond.
    authority_fixture fixture(lasting(1900ms));
    std::vector<std::string> stored;
    const pc::client client =
        fixture.make_client(credential::refresh_token(app_and_user(fixture.service, &stored)));
    tally count;
    for (int i = 0; i != 32; ++i)
        asio::co_spawn(fixture.io, call_again_and_again(client, count), asio::detached);
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] { fixture.io.run(); });
    // Some tokens later.
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    while (token_requests(fixture.service) < 6 && std::chrono::steady_clock::now() < give_up)
        std::this_thread::sleep_for(50ms);
    count.enough = true;
    for (std::thread& thread : threads)
        thread.join();
    CHECK(count.failed == 0);
    CHECK(count.calls > 100);
    const std::size_t asked = token_requests(fixture.service);
    CHECK(asked >= 6);
    CHECK(asked < 40);
    CHECK(stored.size() == asked);
}

TEST_CASE("tokens that are refused before their time under load fail no call")
{
    authority_fixture fixture(lasting(1h));
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    tally count;
    for (int i = 0; i != 32; ++i)
        asio::co_spawn(fixture.io, call_again_and_again(client, count), asio::detached);
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] { fixture.io.run(); });
    for (std::size_t round = 1; round <= 5; ++round) {
        const auto give_up = std::chrono::steady_clock::now() + 30s;
        while (token_requests(fixture.service, 200) < round && std::chrono::steady_clock::now() < give_up)
            std::this_thread::sleep_for(5ms);
        const std::size_t before = count.calls;
        while (count.calls < before + 100 && std::chrono::steady_clock::now() < give_up)
            std::this_thread::sleep_for(5ms);
        if (round != 5)
            fixture.service.revoke_access_tokens();
    }
    count.enough = true;
    for (std::thread& thread : threads)
        thread.join();
    CHECK(count.failed == 0);
    CHECK(token_requests(fixture.service) == 5);
}

TEST_CASE("a token that is about to expire is renewed while calls go on with it")
{
    authority_fixture fixture(lasting(4s));
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    CHECK_FALSE(fixture.get(client).ec);
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    // Its successor does not come for a long time.
    fixture.service.add_failure(slow_token(1500ms));
    auto longest = 0ms;
    while (token_requests(fixture.service) < 2 && std::chrono::steady_clock::now() < give_up) {
        call_result result;
        const auto begun = std::chrono::steady_clock::now();
        client.async_get(result.diag, testing::keep_in(result));
        fixture.io.restart();
        while (result.completions == 0)
            fixture.io.run_one();
        longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::steady_clock::now() - begun));
        CHECK_MESSAGE(!result.ec, result.what());
    }
    fixture.run();
    CHECK(token_requests(fixture.service) == 2);
    CHECK(longest < 1200ms);
}

TEST_CASE("a token that cannot be renewed in advance is used to its end")
{
    authority_fixture fixture(lasting(3s));
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    CHECK_FALSE(fixture.get(client).ec);
    fixture.service.add_failure(failure_rule(failure::oauth(50076)).path("*/token").always());
    const auto begun = std::chrono::steady_clock::now();
    call_result result;
    while (std::chrono::steady_clock::now() - begun < 30s) {
        result = fixture.get(client);
        if (result.ec)
            break;
    }
    CHECK(result.ec == errc::sign_in_required);
    CHECK(std::chrono::steady_clock::now() - begun > 1900ms);
    CHECK(token_requests(fixture.service, 400) >= 1);
}

TEST_CASE("a call that is cancelled while it waits for a token takes it away from nobody")
{
    authority_fixture fixture;
    fixture.service.add_failure(slow_token(200ms));
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    std::deque<call_result> results(5);
    std::deque<asio::cancellation_signal> signals(5);
    for (std::size_t i = 0; i != results.size(); ++i)
        client.async_get(results[i].diag,
                         asio::bind_cancellation_slot(signals[i].slot(), testing::keep_in(results[i])));
    // Until the question is under way.
    while (fixture.service.connections_accepted() == 0)
        fixture.io.run_one();
    signals[0].emit(asio::cancellation_type::terminal); // the one that asked
    signals[3].emit(asio::cancellation_type::total);
    fixture.run();
    for (std::size_t i = 0; i != results.size(); ++i) {
        REQUIRE(results[i].completions == 1);
        if (i == 0 || i == 3) {
            CHECK(results[i].ec == asio::error::operation_aborted);
            CHECK(results[i].diag.phase == pc::phase::token);
        } else {
            CHECK_MESSAGE(!results[i].ec, results[i].what());
        }
    }
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("a new refresh token arrives although every call that waited for it is gone")
{
    authority_fixture fixture;
    fixture.service.add_failure(slow_token(200ms));
    std::vector<std::string> stored;
    call_result cancelled;
    {
        const pc::client client =
            fixture.make_client(credential::refresh_token(app_and_user(fixture.service, &stored)));
        client.async_get(cancelled.diag, testing::keep_in(cancelled));
        while (fixture.service.connections_accepted() == 0)
            fixture.io.run_one();
    }
    fixture.run();
    CHECK(cancelled.ec == asio::error::operation_aborted);
    CHECK(stored == std::vector<std::string>{fixture.service.refresh_token()});
}

TEST_CASE("a credential goes on when the transport that it asked over is closed")
{
    authority_fixture fixture;
    fixture.service.add_failure(failure_rule(failure::delay(10s)).path("*/token").times(1));
    const credential shared = credential::refresh_token(app_and_user(fixture.service));
    auto other = std::make_unique<pc::transport>(fixture.io, testing::trusting(fixture.service.ca_pem()));
    const pc::client asking(*other, shared, testing::talking_to(fixture.service.base_url()));
    const pc::client waiting = fixture.make_client(shared);
    call_result closed;
    asking.async_get(closed.diag, testing::keep_in(closed));
    while (fixture.service.connections_accepted() == 0)
        fixture.io.run_one();
    call_result read;
    waiting.async_get(read.diag, testing::keep_in(read));
    fixture.io.poll();
    other.reset();
    fixture.run();
    CHECK(closed.ec == errc::transport_closed);
    CHECK_MESSAGE(!read.ec, read.what());
}

TEST_CASE("a call that has no time to wait for a token ends in time, and the next one has it")
{
    authority_fixture fixture;
    fixture.service.add_failure(slow_token(300ms));
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    const call_result hasty = fixture.get(client, pc::call_options().timeout(50ms));
    CHECK(hasty.ec == errc::call_timeout);
    CHECK(hasty.diag.phase == pc::phase::token);
    CHECK(hasty.diag.attempts == 0);
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(token_requests(fixture.service) == 1);
}
