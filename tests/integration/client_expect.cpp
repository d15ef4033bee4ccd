// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Expect: 100-continue, by the rules of RFC 9110, section 10.1.1.

#include "fixtures/attack_connection.hpp"
#include "fixtures/attacker.hpp"
#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/ssl/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::errc;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");

pc::client_options patient_for(std::string base_url, std::chrono::milliseconds time)
{
    pc::client_options options = testing::talking_to(std::move(base_url));
    options.continue_timeout = time;
    return options;
}

} // namespace

TEST_CASE("the body is sent after 100 Continue, and the connection is kept")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_head("PUT ")
        .reply(go_on)
        .expect_body()
        .reply(stored)
        .expect_head("PUT ")
        .reply(go_on)
        .expect_body()
        .reply(stored);
    // No answer within the test's time would make it fail: the body comes because of the 100.
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    for (int i = 0; i != 2; ++i) {
        const call_result result = fixture.update();
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(result.profile.id == "1");
    }
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    CHECK(peer.requests().at(0).header("Expect") == "100-continue");
    CHECK(peer.requests().at(0).body.find("4255550101") != std::string::npos);
    CHECK(peer.requests().at(0).header("MS-RequestId") != peer.requests().at(1).header("MS-RequestId"));
}

TEST_CASE("without 100 Continue in time the body is sent all the same")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").expect_body().reply(stored).expect_request("GET ").reply(stored);
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::milliseconds{50}));
    const auto begin = std::chrono::steady_clock::now();
    const call_result result = fixture.update();
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds{50});
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.diag.attempts == 1);
    CHECK_FALSE(fixture.get().ec);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a 100 Continue that comes after the body is passed over")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_head("PUT ")
        .expect_body()
        .reply(go_on)
        .reply(stored)
        .expect_request("GET ")
        .reply(stored);
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::milliseconds{10}));
    const call_result result = fixture.update();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.profile.id == "1");
    CHECK_FALSE(fixture.get().ec);
    CHECK(peer.connections() == 1);
}

TEST_CASE("a final status instead of 100 ends the call: no body, another connection")
{
    for (const char* status : {"400 Bad Request", "401 Unauthorized", "403 Forbidden", "413 Too Large",
                               "429 Too Many Requests", "500 Internal Server Error", "503 Unavailable"}) {
        CAPTURE(status);
        tls_scripted_peer peer;
        peer.on_connection().expect_head("PUT ").reply(json_reply(status, "{\"code\":1}")).expect_close();
        peer.on_connection().expect_request("GET ").reply(stored);
        client_fixture fixture(testing::trusting(peer.ca_pem()),
                               patient_for(peer.base_url(), std::chrono::hours{1}));
        const call_result refused = fixture.update();
        CHECK(refused.ec.message().substr(0, 3) == std::string(status, 3));
        CHECK_FALSE(refused.diag.may_have_been_applied);
        CHECK(refused.diag.attempts == 1);
        CHECK(refused.diag.service_code == "1");
        CHECK_FALSE(fixture.get().ec);
        const auto outcome = peer.verify();
        CHECK_MESSAGE(outcome.ok, outcome.mismatch);
        CHECK(peer.requests().at(0).body.empty());
    }
}

TEST_CASE("a success that is reported before the change was sent is none")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").reply(stored).expect_close();
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    const call_result result = fixture.update();
    CHECK(result.ec == pc::errc::malformed_response);
    CHECK(result.diag.description == "it reports success before the change was sent");
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(result.profile == pc::OrganizationProfile());
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a client may wait for 100 Continue as long as its deadline lets it")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_head("PUT ")
        .reply("HTTP/1.1 100 Continue\r\n\r\n")
        .expect_body()
        .reply(stored);
    pc::client_options patient = testing::talking_to(peer.base_url());
    patient.continue_timeout = std::chrono::steady_clock::duration::max();
    client_fixture fixture(testing::trusting(peer.ca_pem()), std::move(patient));
    const call_result result = fixture.update();
    CHECK_MESSAGE(!result.ec, result.what());
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("other interim responses do not release the body")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_head("PUT ")
        .reply("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        .reply(json_reply("403 Forbidden", "{}"))
        .expect_close();
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    const call_result result = fixture.update();
    CHECK(result.ec == pc::condition::forbidden);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("interim responses may come before and after the body")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_head("PUT ")
        .reply("HTTP/1.1 102 Processing\r\n\r\n" + go_on)
        .expect_body()
        .reply("HTTP/1.1 103 Early Hints\r\n\r\n" + stored);
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    const call_result result = fixture.update();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.profile.id == "1");
}

TEST_CASE("417 is tried once more without Expect, with the same ids")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").reply(json_reply(
        "417 Expectation Failed", R"({"code":7,"description":"no","source":"x"})", "Retry-After: 1\r\n"));
    peer.on_connection().expect_request("PUT ").reply(stored);
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    const call_result result = fixture.update();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.diag.attempts == 2);
    CHECK(result.diag.http_status == 200);
    // Nothing of the first answer is left.
    CHECK(result.diag.service_code.empty());
    CHECK(result.diag.description.empty());
    CHECK(result.diag.source.empty());
    CHECK(result.diag.body_excerpt.empty());
    CHECK_FALSE(result.diag.retry_after.has_value());
    const auto requests = peer.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].header("Expect") == "100-continue");
    CHECK_FALSE(requests[1].header("Expect").has_value());
    CHECK(requests[0].header("MS-RequestId") == requests[1].header("MS-RequestId"));
    CHECK(requests[0].header("MS-CorrelationId") == requests[1].header("MS-CorrelationId"));
    CHECK(requests[1].header("MS-RequestId") == result.diag.request_id);
    CHECK(requests[1].body.find("4255550101") != std::string::npos);
}

TEST_CASE("a second 417 is the error")
{
    tls_scripted_peer peer;
    const std::string refusal = json_reply("417 Expectation Failed", R"({"code":7,"description":"no"})");
    peer.on_connection().expect_head("PUT ").reply(refusal);
    peer.on_connection().expect_request("PUT ").reply(refusal);
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    const call_result result = fixture.update();
    CHECK(result.ec == pc::make_http_status_code(417));
    CHECK(result.diag.attempts == 2);
    CHECK(result.diag.service_code == "7");
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(result.what().find("attempts 2") != std::string::npos);
}

TEST_CASE("a 417 that speaks of the etag is not tried again")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").reply(
        json_reply("417 Expectation Failed", R"({"code":800036})"));
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    const call_result result = fixture.update();
    CHECK(result.ec == errc::stale_etag);
    CHECK(result.diag.attempts == 1);
    CHECK(peer.connections() == 1);
}

TEST_CASE("a server that closes instead of 100 leaves the change alone")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").close();
    client_fixture fixture(testing::trusting(peer.ca_pem()),
                           patient_for(peer.base_url(), std::chrono::hours{1}));
    const call_result result = fixture.update();
    CHECK(result.ec == errc::connection_closed);
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(peer.requests().at(0).body.empty());
}

TEST_CASE("a body that TLS could no longer encrypt leaves the change alone")
{
    constexpr unsigned char application_data = 23;
    bool sent = false;
    testing::attacker peer([&](testing::attack_connection& c) {
        // At once: the go-ahead is read before what follows it fails.
        sent = c.shake_hands() && c.read_some() &&
               c.send_raw(c.forge_record(go_on, application_data) + "no record of TLS");
        while (c.wait(std::chrono::seconds{1})) {
        }
    });
    pc::client_options options = patient_for(peer.base_url(), std::chrono::hours{1});
    options.retry.max_attempts = 1;
    client_fixture fixture(testing::trusting(peer.ca_pem()), options);
    const call_result result = fixture.update();
    REQUIRE(peer.wait_until_over());
    CHECK(sent);
    CHECK(result.ec.category() == boost::asio::error::get_ssl_category());
    CHECK(result.diag.phase == pc::phase::wait_continue);
    CHECK_FALSE(result.diag.may_have_been_applied);
}

TEST_CASE("a server that closes after the body may have applied the change")
{
    for (bool expect : {true, false}) {
        tls_scripted_peer peer;
        if (expect)
            peer.on_connection().expect_head("PUT ").reply(go_on).expect_body().close();
        else
            peer.on_connection().expect_request("PUT ").close();
        client_fixture fixture(testing::trusting(peer.ca_pem()),
                               patient_for(peer.base_url(), std::chrono::hours{1}));
        const call_result result =
            fixture.update(testing::some_profile(), pc::call_options{}.expect_continue(expect));
        CHECK(result.ec == errc::connection_closed);
        CHECK(result.diag.may_have_been_applied);
        CHECK(result.diag.attempts == 1);
    }
}
