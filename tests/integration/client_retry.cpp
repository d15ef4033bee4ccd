// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A call is repeated when that can help, as often and as late as it should be, and is one call for the
// service.

#include "fixtures/client_fixture.hpp"
#include "fixtures/event_log.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using pc::condition;
using pc::errc;
using testing::call_result;
using testing::client_fixture;
using testing::event_log;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");
const std::string unavailable = json_reply("503 Service Unavailable", "{}");

std::string throttled(const std::string& retry_after)
{
    return json_reply("429 Too Many Requests", "{}", "Retry-After: " + retry_after + "\r\n");
}

pc::client_options retrying(const tls_scripted_peer& peer)
{
    pc::client_options options = testing::talking_to(peer.base_url());
    options.retry = pc::retry_options();
    options.retry.base_delay = 20ms;
    options.expect_continue = false;
    return options;
}

client_fixture fixture_of(const tls_scripted_peer& peer, const pc::client_options& options)
{
    return client_fixture(testing::trusting(peer.ca_pem()), options);
}

struct timed_result {
    call_result call;
    clock_type::duration took{};
};

template <class Call>
timed_result timed(Call call)
{
    timed_result result;
    const auto begin = clock_type::now();
    result.call = call();
    result.took = clock_type::now() - begin;
    return result;
}

void check_one_call(const tls_scripted_peer& peer, const call_result& result, std::size_t attempts)
{
    const auto requests = peer.requests();
    CHECK(requests.size() == attempts);
    CHECK(result.diag.attempts == attempts);
    for (const auto& request : requests) {
        CHECK(request.header("MS-RequestId") == result.diag.request_id);
        CHECK(request.header("MS-CorrelationId") == result.diag.correlation_id);
        CHECK(request.body == requests.front().body);
    }
}

std::string http_date(std::chrono::seconds from_now)
{
    const std::time_t when =
        std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + from_now);
    char text[64];
    std::tm parts{};
    ::gmtime_r(&when, &parts);
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text;
}

} // namespace

TEST_CASE("a service that always answers 503 is asked four times, on one connection, and no more")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_request("PUT ")
        .reply(unavailable)
        .expect_request("PUT ")
        .reply(unavailable)
        .expect_request("PUT ")
        .reply(unavailable)
        .expect_request("PUT ")
        .reply(unavailable);
    client_fixture fixture = fixture_of(peer, retrying(peer));
    const auto [result, took] = timed([&] { return fixture.update(); });
    CHECK(result.ec == pc::make_http_status_code(503));
    CHECK(result.diag.may_have_been_applied);
    CHECK(took < 20ms + 40ms + 80ms + 5s);
    check_one_call(peer, result, 4);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a change that succeeds at last was applied, whatever came before")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request("PUT ").reset();
    peer.on_connection().expect_request("PUT ").reply("HTTP/1.1 200 OK\r\nContent-Le").drop();
    peer.on_connection().expect_request("PUT ").reply(unavailable).expect_request("PUT ").reply(stored);
    client_fixture fixture = fixture_of(peer, retrying(peer));
    const call_result result = fixture.update();
    REQUIRE_MESSAGE(!result.ec, result.what());
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(result.diag.http_status == 200);
    CHECK(result.profile.id == "1");
    check_one_call(peer, result, 4);
}

TEST_CASE("a new call has a new request id, and its own attempts")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_request()
        .reply(unavailable)
        .expect_request()
        .reply(stored)
        .expect_request()
        .reply(unavailable)
        .expect_request()
        .reply(stored);
    client_fixture fixture = fixture_of(peer, retrying(peer));
    const call_result first = fixture.get();
    const call_result second = fixture.get();
    CHECK(first.diag.attempts == 2);
    CHECK(second.diag.attempts == 2);
    CHECK(first.diag.request_id != second.diag.request_id);
}

TEST_CASE("one setting switches all retries off")
{
    for (const std::string& answer : {unavailable, throttled("0")}) {
        tls_scripted_peer peer;
        peer.on_connection().expect_request().reply(answer);
        pc::client_options options = retrying(peer);
        options.retry.max_attempts = 1;
        client_fixture fixture = fixture_of(peer, options);
        CHECK(fixture.get().ec == condition::transient);
        CHECK(peer.requests().size() == 1);
    }
}

TEST_CASE("what the service marks as not retryable is not retried")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(
        json_reply("503 Service Unavailable", "{\"code\":1,\"message\":\"m\",\"isRetryable\":false}"));
    client_fixture fixture = fixture_of(peer, retrying(peer));
    const call_result result = fixture.get();
    CHECK(result.ec == pc::make_http_status_code(503));
    check_one_call(peer, result, 1);
}

TEST_CASE("Retry-After is obeyed in all its forms, and garbage is not")
{
    struct row {
        std::string value;
        clock_type::duration at_least;
        clock_type::duration less_than;
    };
    const row rows[] = {
        {"1", 1s, 6s},
        {"0", 0s, 1s},
        {http_date(3s), 1s, 9s}, // the fraction of a second that has passed is lost
        {http_date(-100s), 0s, 1s},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 0s, 1s},
        {"Sun Nov  6 08:49:37 1994", 0s, 1s},
        {"soon", 0s, 1s}, // and then the client's own wait
    };
    for (const row& r : rows) {
        CAPTURE(r.value);
        tls_scripted_peer peer;
        peer.on_connection().expect_request().reply(throttled(r.value)).expect_request().reply(stored);
        client_fixture fixture = fixture_of(peer, retrying(peer));
        const auto [result, took] = timed([&] { return fixture.get(); });
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(took >= r.at_least);
        CHECK(took < r.less_than);
        check_one_call(peer, result, 2);
    }
}

TEST_CASE("a wait that does not fit into the call's time ends it at once, and says how long it would be")
{
    for (const std::string value : {"120", "99999999999999999999"}) {
        tls_scripted_peer peer;
        peer.on_connection().expect_request().reply(throttled(value));
        client_fixture fixture = fixture_of(peer, retrying(peer));
        const auto [result, took] = timed([&] { return fixture.get(); });
        CHECK(result.ec == condition::throttled);
        CHECK(result.diag.http_status == 429);
        REQUIRE(result.diag.retry_after);
        CHECK(*result.diag.retry_after >= 120s);
        CHECK(took < 5s);
        CHECK(peer.requests().size() == 1);
    }
}

TEST_CASE("after 429 the whole client holds back, and a call without the time for that fails at once")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_request()
        .reply(throttled("2"))
        .expect_request()
        .reply(stored)
        .expect_request()
        .reply(stored);
    pc::client_options options = retrying(peer);
    options.retry.max_attempts = 1;
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.max_connections = 1;
    client_fixture fixture(std::move(network), options);
    const auto begin = clock_type::now();
    REQUIRE(fixture.get().ec == condition::throttled);

    const auto [hasty, took] = timed([&] { return fixture.get(pc::call_options{}.timeout(200ms)); });
    CHECK(hasty.ec == errc::throttled);
    CHECK(hasty.ec == condition::throttled);
    CHECK(hasty.diag.attempts == 0);
    CHECK(hasty.diag.phase == pc::phase::wait_retry);
    REQUIRE(hasty.diag.retry_after);
    CHECK(*hasty.diag.retry_after > 0s);
    CHECK(*hasty.diag.retry_after <= 2s);
    CHECK(took < 150ms);

    const pc::client copy = fixture.client;
    call_result results[2];
    fixture.client.async_get(results[0].diag, testing::keep_in(results[0]));
    copy.async_get(results[1].diag, testing::keep_in(results[1]));
    fixture.run();
    for (const call_result& result : results)
        CHECK_MESSAGE(!result.ec, result.what());
    CHECK(clock_type::now() - begin >= 2s);
}

TEST_CASE("a call that holds back may be cancelled, and has sent nothing then")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(throttled("60"));
    pc::client_options options = retrying(peer);
    options.retry.max_attempts = 1;
    client_fixture fixture = fixture_of(peer, options);
    REQUIRE(fixture.get().ec == condition::throttled);
    asio::cancellation_signal signal;
    call_result result;
    fixture.client.async_get(result.diag,
                             asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
    fixture.io.restart();
    fixture.io.run_for(50ms);
    CHECK(result.completions == 0);
    signal.emit(asio::cancellation_type::terminal);
    fixture.run();
    CHECK(result.ec == asio::error::operation_aborted);
    CHECK(result.diag.phase == pc::phase::wait_retry);
    CHECK(result.diag.attempts == 0);
    CHECK(peer.requests().size() == 1);
}

TEST_CASE("another client on the same transport does not hold back")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(throttled("100")).expect_request().reply(stored);
    pc::client_options options = retrying(peer);
    client_fixture fixture = fixture_of(peer, options);
    REQUIRE(fixture.get(pc::call_options{}.timeout(10s)).ec == condition::throttled);
    const pc::client other(fixture.transport, pc::credential::bearer("other"), options);
    call_result result;
    other.async_get(result.diag, testing::keep_in(result));
    fixture.run();
    CHECK_MESSAGE(!result.ec, result.what());
}

TEST_CASE("a client that shall not hold back does not")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(throttled("100")).expect_request().reply(stored);
    pc::client_options options = retrying(peer);
    options.retry.hold_back = false;
    client_fixture fixture = fixture_of(peer, options);
    REQUIRE(fixture.get(pc::call_options{}.timeout(10s)).ec == condition::throttled);
    CHECK_FALSE(fixture.get(pc::call_options{}.timeout(10s)).ec);
}

TEST_CASE("a call that waits for its next attempt has no connection, and may be cancelled")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(throttled("60")).expect_request("PUT ").reply(stored);
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.max_connections = 1;
    pc::client_options options = retrying(peer);
    options.retry.hold_back = false;
    event_log log;
    client_fixture fixture(log.observe(std::move(network)), options);
    asio::cancellation_signal signal;
    call_result waiting;
    fixture.client.async_get(waiting.diag,
                             asio::bind_cancellation_slot(signal.slot(), testing::keep_in(waiting)));
    while (log.lines().size() < 4)
        fixture.io.run_one();
    CHECK(log.lines()[3] == "retry scheduled: throttled");
    call_result other;
    fixture.client.async_update(testing::some_profile(), other.diag,
                                [&](pc::error_code ec, const pc::OrganizationProfile&) {
                                    other.ec = ec;
                                    signal.emit(asio::cancellation_type::total);
                                });
    fixture.run();
    CHECK_FALSE(other.ec);
    CHECK(waiting.completions == 1);
    CHECK(waiting.ec == asio::error::operation_aborted);
    CHECK(waiting.diag.phase == pc::phase::wait_retry);
    CHECK(waiting.diag.http_status == 429);
}

TEST_CASE("connections that fail are made again, and the attempt that follows is told")
{
    tls_scripted_peer peer;
    peer.on_connection().without_tls().reset();
    peer.on_connection().expect_request().reply(stored);
    event_log log;
    client_fixture fixture(log.observe(testing::trusting(peer.ca_pem())), retrying(peer));
    const call_result result = fixture.get();
    REQUIRE_MESSAGE(!result.ec, result.what());
    CHECK(result.diag.attempts == 1);
    const auto events = log.all();
    REQUIRE(events.size() == 5);
    CHECK(events[0].kind == pc::event_kind::connection_failed);
    CHECK(events[1].kind == pc::event_kind::retry_scheduled);
    CHECK(events[1].why_retried == pc::retry_reason::connection_failed);
}

TEST_CASE("an update that the server cannot answer in time is repeated, and then open")
{
    tls_scripted_peer peer;
    for (int i = 0; i != 4; ++i)
        peer.on_connection().expect_request("PUT ").expect_close();
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.attempt_timeout = 100ms;
    client_fixture fixture(std::move(network), retrying(peer));
    const call_result result = fixture.update();
    CHECK(result.ec == errc::attempt_timeout);
    CHECK(result.diag.may_have_been_applied);
    check_one_call(peer, result, 4);
}
