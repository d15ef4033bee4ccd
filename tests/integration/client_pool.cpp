// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Which connections are used again, which are not, and who waits for one.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <partner_center/testing/emulator.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::errc;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");

void check(const tls_scripted_peer& peer)
{
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

} // namespace

TEST_CASE("a connection that the server closed between two calls is replaced")
{
    for (bool properly : {true, false}) {
        tls_scripted_peer peer;
        if (properly)
            peer.on_connection().expect_request().reply(stored).close();
        else
            peer.on_connection().expect_request().reply(stored).drop();
        peer.on_connection().expect_request("GET ").reply(stored);
        client_fixture fixture(peer.base_url(), peer.ca_pem());
        REQUIRE_FALSE(fixture.get().ec);
        const call_result result = fixture.get();
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(result.profile.id == "1");
        check(peer);
        CHECK(peer.connections() == 2);
    }
}

TEST_CASE("a kept connection that dies on the next request costs one fresh attempt with the same ids")
{
    enum class death { close, drop, reset };
    for (death how : {death::close, death::drop, death::reset})
        for (bool expect : {true, false}) {
            CAPTURE(expect);
            tls_scripted_peer peer;
            {
                auto script = peer.on_connection();
                script.expect_request("GET ").reply(stored).expect_head("PUT ");
                if (!expect)
                    script.expect_body();
                if (how == death::close)
                    script.close();
                else if (how == death::drop)
                    script.drop();
                else
                    script.reset();
            }
            if (expect)
                peer.on_connection()
                    .expect_head("PUT ")
                    .reply("HTTP/1.1 100 Continue\r\n\r\n")
                    .expect_body()
                    .reply(stored);
            else
                peer.on_connection().expect_request("PUT ").reply(stored);
            client_fixture fixture(peer.base_url(), peer.ca_pem());
            REQUIRE_FALSE(fixture.get().ec);
            const call_result result =
                fixture.update(testing::some_profile(), pc::call_options{}.expect_continue(expect));
            CHECK_MESSAGE(!result.ec, result.what());
            CHECK(result.profile.id == "1");
            CHECK(result.diag.attempts == 2);
            check(peer);
            const auto requests = peer.requests();
            REQUIRE(requests.size() == 3);
            CHECK(requests[1].head == requests[2].head);
            CHECK(requests[2].connection == 2);
        }
}

TEST_CASE("the fresh attempt is the last one")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_request().close();
    peer.on_connection().expect_request().close();
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    REQUIRE_FALSE(fixture.get().ec);
    const call_result result = fixture.get();
    CHECK(result.ec == errc::connection_closed);
    CHECK(result.diag.attempts == 2);
    CHECK(peer.connections() == 2);
}

TEST_CASE("what a lost attempt left open stays open when the fresh one is refused")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request("GET ").reply(stored).expect_request("PUT ").close();
    peer.on_connection().expect_request("PUT ").reply(json_reply("400 Bad Request", "{\"code\":2055}"));
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    REQUIRE_FALSE(fixture.get().ec);
    const call_result result =
        fixture.update(testing::some_profile(), pc::call_options{}.expect_continue(false));
    CHECK(result.ec == errc::stale_etag);
    CHECK(result.diag.attempts == 2);
    CHECK(result.diag.may_have_been_applied);
    check(peer);
}

TEST_CASE("when a kept connection does not answer, the next attempt is made on a fresh one")
{
    tls_scripted_peer peer;
    for (int i = 0; i != 2; ++i)
        peer.on_connection().expect_request().reply(stored).expect_end();
    peer.on_connection().expect_request().reply(stored);
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.attempt_timeout = std::chrono::milliseconds{300};
    pc::client_options options = testing::talking_to(peer.base_url());
    options.retry.max_attempts = 2;
    options.retry.base_delay = std::chrono::milliseconds{1};
    client_fixture fixture(std::move(network), options);
    call_result results[2];
    for (call_result& result : results)
        fixture.client.async_get(result.diag, testing::keep_in(result));
    fixture.run();
    for (const call_result& result : results)
        REQUIRE_MESSAGE(!result.ec, result.what());
    REQUIRE(peer.connections() == 2);
    const call_result result = fixture.get();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.diag.attempts == 2);
    CHECK(peer.connections() == 3);
    check(peer);
}

TEST_CASE("a kept connection that dies inside a response is an error: the service was there")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_request().reply("HTTP/1.1 200 OK\r\n").close();
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    REQUIRE_FALSE(fixture.get().ec);
    const call_result result = fixture.get();
    CHECK(result.ec == errc::truncated_response);
    CHECK(result.diag.attempts == 1);
    CHECK(peer.connections() == 1);
}

TEST_CASE("a connection is not used again when the response forbids it, or something follows it")
{
    const std::string no_more[] = {
        json_reply("200 OK", "{\"id\":\"1\"}", "Connection: close\r\n"),
        json_reply("200 OK", "{\"id\":\"1\"}", "Connection: Keep-Alive, CLOSE\r\n"),
        "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}",
        stored + "x",
        stored + stored, // an answer that nobody asked for must not answer the next call
    };
    for (const std::string& reply : no_more) {
        CAPTURE(reply);
        tls_scripted_peer peer;
        peer.on_connection().expect_request().reply(reply).expect_close();
        peer.on_connection().expect_request().reply(json_reply("200 OK", "{\"id\":\"2\"}"));
        client_fixture fixture(peer.base_url(), peer.ca_pem());
        const call_result first = fixture.get();
        CHECK_MESSAGE(!first.ec, first.what());
        CHECK(first.profile.id == "1");
        const call_result second = fixture.get();
        CHECK_MESSAGE(!second.ec, second.what());
        CHECK(second.profile.id == "2");
        CHECK(second.diag.attempts == 1);
        check(peer);
    }
}

TEST_CASE("a connection is kept after an error that was completely read")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_request()
        .reply(json_reply("404 Not Found", "{}"))
        .expect_request()
        .reply(json_reply("503 Service Unavailable", ""))
        .expect_request()
        .reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        .expect_request()
        .reply(json_reply("200 OK", "no JSON"))
        .expect_request()
        .reply("HTTP/1.1 204 No Content\r\n\r\n")
        .expect_request()
        .reply(stored);
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    CHECK(fixture.get().ec == pc::condition::not_found);
    CHECK(fixture.get().ec == pc::condition::transient);
    CHECK_FALSE(fixture.get().ec);
    CHECK(fixture.get().ec == errc::malformed_json);
    CHECK(fixture.get().diag.http_status == 204);
    CHECK_FALSE(fixture.get().ec);
    check(peer);
    CHECK(peer.connections() == 1);
}

TEST_CASE("a connection that was idle for too long, or is too old, is not used again")
{
    for (bool idle : {true, false}) {
        testing::emulator service;
        pc::transport_options network = testing::trusting(service.ca_pem());
        (idle ? network.idle_timeout : network.max_connection_age) =
            std::chrono::steady_clock::duration::zero();
        client_fixture fixture(std::move(network), testing::talking_to(service.base_url()), service.token());
        for (int i = 0; i != 3; ++i)
            CHECK_FALSE(fixture.get().ec);
        CHECK(service.connections_accepted() == 3);
    }
}

TEST_CASE("calls that wait for the only connection are served in the order of their arrival")
{
    testing::emulator service;
    pc::transport_options network = testing::trusting(service.ca_pem());
    network.max_connections = 1;
    client_fixture fixture(std::move(network), testing::talking_to(service.base_url()), service.token());
    std::deque<call_result> results(10);
    for (call_result& result : results)
        fixture.client.async_get(result.diag, testing::keep_in(result));
    fixture.run();
    const auto requests = service.requests();
    REQUIRE(requests.size() == results.size());
    for (std::size_t i = 0; i != results.size(); ++i) {
        CHECK_FALSE(results[i].ec);
        CHECK(requests[i].header("MS-RequestId") == results[i].diag.request_id);
    }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a failed call passes its right to a connection on")
{
    tls_scripted_peer peer;
    peer.on_connection().refuse_tls();
    peer.on_connection().expect_request().reply("rubbish\r\n\r\n");
    peer.on_connection().expect_request().reply(stored).expect_request().reply(stored);
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.max_connections = 1;
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    std::deque<call_result> results(4);
    for (call_result& result : results)
        fixture.client.async_get(result.diag, testing::keep_in(result));
    fixture.run();
    CHECK(results[0].ec == pc::condition::connection_failed);
    CHECK(results[0].diag.phase == pc::phase::handshake);
    CHECK(results[1].ec == errc::malformed_response);
    CHECK_FALSE(results[2].ec);
    CHECK_FALSE(results[3].ec);
    check(peer);
}

TEST_CASE("more calls than may wait are refused at once")
{
    testing::emulator service;
    pc::transport_options network = testing::trusting(service.ca_pem());
    network.max_connections = 1;
    network.max_waiters = 2;
    client_fixture fixture(std::move(network), testing::talking_to(service.base_url()), service.token());
    std::deque<call_result> results(5);
    for (call_result& result : results)
        fixture.client.async_get(result.diag, testing::keep_in(result));
    fixture.run();
    for (std::size_t i = 0; i != 3; ++i)
        CHECK_MESSAGE(!results[i].ec, results[i].what());
    for (std::size_t i = 3; i != 5; ++i) {
        CHECK(results[i].ec == errc::too_many_waiters);
        CHECK(results[i].ec == pc::condition::transient);
        CHECK(results[i].diag.phase == pc::phase::wait_connection);
        CHECK(results[i].diag.attempts == 0);
    }
    CHECK_FALSE(fixture.get().ec);
}

TEST_CASE("options out of their range are refused by the constructor, which names them")
{
    struct row {
        const char* name;
        void (*spoil)(pc::transport_options&);
    };
    using std::chrono::seconds;
    const row rows[] = {
        {"max_connections", [](pc::transport_options& o) { o.max_connections = 0; }},
        {"idle_timeout", [](pc::transport_options& o) { o.idle_timeout = seconds{-1}; }},
        {"max_connection_age", [](pc::transport_options& o) { o.max_connection_age = seconds{-1}; }},
        {"connect_timeout", [](pc::transport_options& o) { o.connect_timeout = seconds{0}; }},
        {"handshake_timeout", [](pc::transport_options& o) { o.handshake_timeout = seconds{0}; }},
        {"attempt_timeout", [](pc::transport_options& o) { o.attempt_timeout = seconds{-1}; }},
        {"max_response_header", [](pc::transport_options& o) { o.max_response_header = 255; }},
        {"max_response_body", [](pc::transport_options& o) { o.max_response_body = 0; }},
        {"proxy.url", [](pc::transport_options& o) { o.proxy.url = "socks5://proxy.test"; }},
    };
    boost::asio::io_context io;
    for (const row& r : rows) {
        pc::transport_options options;
        r.spoil(options);
        try {
            pc::transport transport(io, std::move(options));
            FAIL_CHECK(r.name);
        } catch (const pc::error& e) {
            CHECK(e.code() == errc::invalid_argument);
            CHECK_MESSAGE(std::string_view(e.what()).find(r.name) != std::string_view::npos, e.what());
        }
    }
}
