// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What happens on a transport is told, once, in order, and without secrets.

#include "fixtures/client_fixture.hpp"
#include "fixtures/event_log.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::event_kind;
using testing::call_result;
using testing::client_fixture;
using testing::event_log;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

using lines = std::vector<std::string>;

const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");
const std::string last = json_reply("200 OK", "{\"id\":\"1\"}", "Connection: close\r\n");

client_fixture observed(event_log& log, const tls_scripted_peer& peer)
{
    return client_fixture(log.observe(testing::trusting(peer.ca_pem())),
                          testing::talking_to(peer.base_url()));
}

} // namespace

TEST_CASE("two calls on one connection are told from its opening to its end")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_request("GET ")
        .reply(stored)
        .expect_head("PUT ")
        .reply(go_on)
        .expect_body()
        .reply(last);
    event_log log;
    client_fixture fixture = observed(log, peer);
    const call_result read = fixture.get();
    const call_result written = fixture.update();
    REQUIRE_FALSE(read.ec);
    REQUIRE_FALSE(written.ec);
    CHECK(log.lines() == lines{"connection opened #1", "attempt started #1", "attempt finished #1 200",
                               "connection reused #1", "attempt started #1", "attempt finished #1 200",
                               "connection closed #1: not to be used again"});

    const auto events = log.all();
    const auto& opened = events.at(0);
    CHECK(opened.host == "localhost");
    CHECK(opened.port == std::to_string(peer.port()));
    CHECK(opened.proxy.empty());
    CHECK(opened.request_id == read.diag.request_id);
    CHECK(opened.tls_version == "TLSv1.3");
    CHECK(opened.attempt == 1);
    CHECK(opened.elapsed > pc::event::duration::zero());
    CHECK(opened.parts == opened.elapsed);
    const auto& finished = events.at(5);
    CHECK(finished.method == "PUT");
    CHECK(finished.url == peer.base_url() + "/v1/profiles/organization");
    CHECK(finished.request_id == written.diag.request_id);
    CHECK(finished.correlation_id == written.diag.correlation_id);
    CHECK(finished.attempt == 1);
    CHECK(finished.phase == pc::phase::decode);
    const auto requests = peer.requests();
    REQUIRE(requests.size() == 2);
    CHECK(finished.bytes_sent == requests[1].head.size() + requests[1].body.size());
    CHECK(finished.bytes_received == go_on.size() + last.size());
    CHECK(events.at(6).elapsed > finished.elapsed);
}

TEST_CASE("a dead connection is told, and the attempt on a fresh one that follows")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_head().drop();
    peer.on_connection().expect_request().reply(stored);
    event_log log;
    client_fixture fixture = observed(log, peer);
    REQUIRE_FALSE(fixture.get().ec);
    const call_result second = fixture.get();
    REQUIRE_MESSAGE(!second.ec, second.what());
    CHECK(log.lines() ==
          lines{"connection opened #1", "attempt started #1", "attempt finished #1 200",
                "connection reused #1", "attempt started #1",
                "attempt finished #1 " + pc::make_error_code(pc::errc::connection_closed).message(),
                "connection closed #1: ended by the peer", "retry scheduled: the kept connection was dead",
                "connection opened #2 resumed", "attempt started #2", "attempt finished #2 200"});
    const auto events = log.all();
    CHECK(events.at(5).ec == pc::errc::connection_closed);
    CHECK(events.at(5).attempt == 1);
    CHECK(events.at(7).attempt == 2);
    CHECK(events.at(8).attempt == 2);
    CHECK(events.at(10).attempt == 2);
    CHECK(events.at(10).request_id == events.at(5).request_id);
}

TEST_CASE("when a call gets its connection too late, for the client is held back, that is no fault of the "
          "connection")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_request()
        .reply(json_reply("503 Service Unavailable", "{}"))
        .expect_request()
        .pause(std::chrono::milliseconds{300})
        .reply(json_reply("429 Too Many Requests", "{}", "Retry-After: 60\r\n"));
    event_log log;
    pc::transport_options network = log.observe(testing::trusting(peer.ca_pem()));
    network.max_connections = 1;
    pc::client_options options = testing::talking_to(peer.base_url());
    options.timeout = std::chrono::seconds{20};
    options.retry.max_attempts = 2;
    options.retry.base_delay = std::chrono::milliseconds{1};
    client_fixture fixture(std::move(network), options);
    call_result repeated; // waits for its next connection while the other one is throttled
    call_result throttled;
    fixture.client.async_get(repeated.diag, testing::keep_in(repeated));
    fixture.client.async_get(throttled.diag, testing::keep_in(throttled));
    fixture.run();
    CHECK(repeated.ec == pc::errc::throttled);
    CHECK(repeated.diag.attempts == 1);
    CHECK(throttled.ec == pc::make_http_status_code(429));
    std::vector<pc::retry_reason> why;
    for (const auto& e : log.all())
        if (e.kind == pc::event_kind::retry_scheduled)
            why.push_back(e.why_retried);
    CHECK(why == std::vector{pc::retry_reason::status});
}

TEST_CASE("a server that does not know Expect is told, with the attempt without it")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").reply(
        "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
    peer.on_connection().expect_request("PUT ").reply(stored);
    event_log log;
    client_fixture fixture = observed(log, peer);
    const call_result result = fixture.update();
    REQUIRE_MESSAGE(!result.ec, result.what());
    CHECK(log.lines() ==
          lines{"connection opened #1", "attempt started #1", "attempt finished #1 417 Expectation Failed",
                "connection closed #1: not to be used again", "retry scheduled: the server refuses Expect",
                "connection opened #2 resumed", "attempt started #2", "attempt finished #2 200"});
}

TEST_CASE("a connection that fails to open is told with its phase")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_tls_refused();
    event_log log;
    client_fixture fixture(log.observe(testing::trusting(testing::certificate_authority().pem())),
                           testing::talking_to(peer.base_url()));
    const call_result result = fixture.get();
    REQUIRE(result.ec == pc::errc::untrusted_certificate);
    CHECK(log.lines() == lines{"connection failed while the TLS handshake"});
    CHECK(log.all().at(0).ec == result.ec);
    CHECK(log.all().at(0).request_id == result.diag.request_id);
}

TEST_CASE("a call that times out tells so, and the end of its connection")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().expect_close();
    event_log log;
    pc::transport_options network = log.observe(testing::trusting(peer.ca_pem()));
    network.attempt_timeout = std::chrono::milliseconds{100};
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    REQUIRE(fixture.get().ec == pc::errc::attempt_timeout);
    CHECK(log.lines() ==
          lines{"connection opened #1", "attempt started #1",
                "attempt finished #1 " + pc::make_error_code(pc::errc::attempt_timeout).message(),
                "connection closed #1: its call ended"});
}

TEST_CASE("closing the transport tells the end of every connection, idle or not")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().expect_close();
    peer.on_connection().expect_request().reply(stored).expect_close();
    event_log log;
    client_fixture fixture = observed(log, peer);
    call_result in_flight;
    fixture.client.async_get(in_flight.diag, testing::keep_in(in_flight));
    while (log.all().size() != 2)
        fixture.io.run_one();
    fixture.client.async_get([&](pc::error_code ec, const pc::OrganizationProfile&) {
        CHECK_FALSE(ec);
        fixture.transport.close();
    });
    fixture.run();
    CHECK(in_flight.ec == pc::errc::transport_closed);
    std::size_t closed = 0;
    for (const auto& e : log.all())
        if (e.kind == event_kind::connection_closed) {
            ++closed;
            CHECK(e.why_closed == pc::close_reason::transport_closed);
        }
    CHECK(closed == 2);
}

TEST_CASE("no event holds the token, the body, or what a proxy is told")
{
    tls_scripted_peer peer;
    const std::string echo =
        json_reply("400 Bad Request", std::string("{\"description\":\"") + testing::fake_token + "\"}");
    peer.on_connection().expect_request().reply(echo).expect_head("PUT ").reply(go_on).expect_body().reply(
        echo);
    event_log log;
    client_fixture fixture = observed(log, peer);
    CHECK(fixture.get().ec);
    CHECK(fixture.update().ec);
    CHECK(log.all().size() == 6);
    for (const auto& e : log.all()) {
        CHECK(e.text.find(testing::fake_token) == std::string::npos);
        CHECK(e.text.find("BugBash") == std::string::npos);
    }
}

TEST_CASE("what the hook throws is dropped, and the hook may use the transport")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored);
    pc::transport_options network = testing::trusting(peer.ca_pem());
    unsigned told = 0;
    pc::transport* transport = nullptr;
    network.on_event = [&](const pc::event& e) {
        ++told;
        if (e.kind == event_kind::connection_closed)
            transport->close(); // from inside of close()
        throw std::runtime_error("the log is full");
    };
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    transport = &fixture.transport;
    CHECK_FALSE(fixture.get().ec);
    fixture.transport.close();
    CHECK(told == 4);
}

TEST_CASE("the hook may destroy or replace the transport that tells it")
{
    for (const bool replaced : {false, true}) {
        tls_scripted_peer peer;
        peer.on_connection().expect_request().reply(stored).expect_close();
        asio::io_context io;
        std::optional<pc::transport> transport;
        pc::transport_options network = testing::trusting(peer.ca_pem());
        unsigned closed = 0;
        network.on_event = [&](const pc::event& e) {
            if (e.kind != event_kind::connection_closed)
                return;
            ++closed;
            if (replaced)
                *transport = pc::transport(io);
            else
                transport.reset();
        };
        transport.emplace(io, std::move(network));
        {
            const pc::client client(*transport, pc::credential::bearer(testing::fake_token),
                                    testing::talking_to(peer.base_url()));
            call_result result;
            client.async_get(result.diag, testing::keep_in(result));
            io.run_for(std::chrono::seconds{30});
            REQUIRE_FALSE(result.ec);
        }
        transport->close();
        CHECK(closed == 1);
        CHECK(transport.has_value() == replaced);
    }
}
