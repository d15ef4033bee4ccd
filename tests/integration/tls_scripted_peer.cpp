// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "fixtures/tls_scripted_peer.hpp"
#include "fixtures/tls_raw_client.hpp"

#include <boost/system/system_error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace testing = partner_center::testing;

namespace {

constexpr auto get = "GET /v1/profiles/organization HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr auto put = "PUT /v1/profiles/organization HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";

} // namespace

TEST_CASE("a scripted peer plays one script per connection, in order")
{
    testing::tls_scripted_peer peer;
    peer.on_connection()
        .expect_request("GET /v1/")
        .reply(testing::json_reply("200 OK", "{}"))
        .expect_request("PUT /v1/")
        .reply(testing::json_reply("503 Service Unavailable", "", "Retry-After: 1\r\n"))
        .then_close();
    peer.on_connection().expect_head("PUT").reset();

    testing::tls_raw_client first(peer.port(), peer.ca_pem());
    CHECK(first.exchange(get).body == "{}");
    const auto refused = first.exchange(put);
    CHECK(refused.status == 503);
    CHECK(refused.header("retry-after") == "1");
    CHECK(first.read_until_closed().empty());

    testing::tls_raw_client second(peer.port(), peer.ca_pem());
    second.send(put);
    CHECK(second.read_until_closed().empty());

    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    const auto requests = peer.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].header("host") == "localhost");
    CHECK(requests[1].connection == 1);
    CHECK(requests[1].body == "{}");
    CHECK(requests[2].connection == 2);
    CHECK(peer.connections() == 2);
    CHECK(peer.handshakes() == 2);
}

TEST_CASE("a connection without a script is reset")
{
    testing::tls_scripted_peer peer;
    CHECK_THROWS(testing::tls_raw_client(peer.port(), peer.ca_pem()));
    CHECK(peer.verify().ok);
}

TEST_CASE("a client that does otherwise than the script says is named")
{
    testing::tls_scripted_peer peer;
    peer.on_connection().expect_request("PUT /").reply(testing::json_reply("200 OK", "{}"));
    testing::tls_raw_client client(peer.port(), peer.ca_pem());
    client.send(get);
    CHECK(client.read_until_closed().empty());
    CHECK(
        peer.verify().mismatch ==
        "connection 1, step 1 (expect_head): expected 'PUT /', got 'GET /v1/profiles/organization HTTP/1.1'");
}

TEST_CASE("a script that nobody played is a mismatch")
{
    testing::tls_scripted_peer peer;
    peer.on_connection().expect_close();
    CHECK(peer.verify(std::chrono::milliseconds{1}).mismatch == "1 of 1 scripts never got a connection");
}

TEST_CASE("bytes after the end of a script are a mismatch")
{
    testing::tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(testing::json_reply("200 OK", "{}"));
    peer.on_connection().expect_request().reply(testing::json_reply("200 OK", "{}")).expect_close();
    testing::tls_raw_client client(peer.port(), peer.ca_pem());
    CHECK(client.exchange(get).status == 200);
    client.send(get);
    CHECK(client.read_until_closed().empty());
    CHECK(peer.verify().mismatch.find("after the script's end") != std::string::npos);
}

TEST_CASE("a scripted peer can refuse TLS, drip, cut and keep silent")
{
    testing::tls_scripted_peer peer;
    peer.on_connection().refuse_tls();
    CHECK_THROWS_WITH_AS(testing::tls_raw_client(peer.port(), peer.ca_pem()), doctest::Contains("handshake"),
                         boost::system::system_error);

    peer.on_connection()
        .expect_request()
        .reply_slowly(testing::json_reply("200 OK", "{}"), 10, std::chrono::milliseconds{1})
        .drop();
    testing::tls_raw_client dripped(peer.port(), peer.ca_pem());
    CHECK(dripped.exchange(get).body == "{}");
    CHECK(dripped.read_until_closed().empty());

    peer.on_connection().expect_head().silence();
    testing::tls_raw_client ignored(peer.port(), peer.ca_pem(), std::chrono::milliseconds{300});
    CHECK_THROWS_AS(ignored.exchange(get), std::runtime_error);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a scripted peer can answer a ClientHello with anything")
{
    testing::tls_scripted_peer peer;
    peer.on_connection().without_tls().expect_client_hello().reply("HTTP/1.1 400 Bad\r\n\r\n").expect_end();
    CHECK_THROWS_WITH_AS(testing::tls_raw_client(peer.port(), peer.ca_pem()), doctest::Contains("handshake"),
                         boost::system::system_error);
    peer.on_connection().without_tls().expect_client_hello().reset();
    CHECK_THROWS(testing::tls_raw_client(peer.port(), peer.ca_pem()));
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    CHECK(peer.handshakes() == 0);
}

TEST_CASE("a reply without end lasts as long as the client")
{
    testing::tls_scripted_peer peer;
    peer.on_connection().expect_head().reply_without_end("x");
    peer.on_connection()
        .expect_head()
        .reply(testing::json_reply("200 OK", "{}"))
        .reply_without_end("x", std::chrono::milliseconds{1});
    {
        testing::tls_raw_client flooded(peer.port(), peer.ca_pem());
        flooded.send(get);
    }
    {
        testing::tls_raw_client dripped(peer.port(), peer.ca_pem());
        CHECK(dripped.exchange(get).body == "{}");
    }
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a scripted peer can leave TLS behind, and can read a part only")
{
    testing::tls_scripted_peer peer;
    peer.on_connection().expect_request().below_tls().reply("no TLS").expect_end();
    peer.on_connection().read_slowly(std::chrono::milliseconds{1}, std::chrono::milliseconds{20}).reset();
    testing::tls_raw_client first(peer.port(), peer.ca_pem());
    first.send(get);
    CHECK(first.read_until_closed().empty());
    first.drop();
    testing::tls_raw_client second(peer.port(), peer.ca_pem());
    second.send(std::string(100'000, 'x'));
    CHECK(second.read_until_closed().empty());
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    CHECK(peer.requests().size() == 1);
}

TEST_CASE("a deaf peer has a port, and takes connections when it is told to")
{
    const testing::certificate_authority authority;
    testing::tls_scripted_peer peer(authority.issue(), authority.pem(), testing::tls_scripted_peer::deaf);
    peer.on_connection().expect_request().reply(testing::json_reply("200 OK", "{}"));
    CHECK_THROWS_WITH_AS(testing::tls_raw_client(peer.port(), peer.ca_pem()), doctest::Contains("connect"),
                         boost::system::system_error);
    peer.listen();
    peer.begin_to_accept();
    testing::tls_raw_client client(peer.port(), peer.ca_pem());
    CHECK(client.exchange(get).body == "{}");
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    CHECK(peer.connections() == 1);
}

TEST_CASE("a client that refuses the certificate can be expected")
{
    const testing::certificate_authority stranger;
    testing::tls_scripted_peer peer;
    peer.on_connection().expect_tls_refused();
    CHECK_THROWS(testing::tls_raw_client(peer.port(), stranger.pem()));
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    CHECK(peer.handshakes() == 0);
    CHECK(peer.requests().empty());
}
