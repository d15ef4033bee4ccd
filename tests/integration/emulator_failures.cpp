// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "fixtures/tls_raw_client.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
namespace json = boost::json;
namespace testing = partner_center::testing;
using testing::failure;
using testing::failure_rule;
using testing::tls_raw_client;

namespace {

std::string get_request(const testing::emulator& partner_center, const std::string& more = {})
{
    return "GET /v1/profiles/organization HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           partner_center.token() + "\r\n" + more + "\r\n";
}

std::string put_head(const testing::emulator& partner_center, const std::string& body,
                     const std::string& more = {})
{
    return "PUT /v1/profiles/organization HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           partner_center.token() + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more +
           "\r\n";
}

std::string put_request(const testing::emulator& partner_center, const std::string& body,
                        const std::string& more = {})
{
    return put_head(partner_center, body, more) + body;
}

constexpr auto same_id = "MS-RequestId: 33333333-3333-3333-3333-333333333333\r\n";

} // namespace

TEST_CASE("a scripted answer stands for the service's, and nothing is applied")
{
    testing::emulator partner_center;
    const std::string etag = partner_center.etag();
    partner_center.add_failure(
        failure::answer(503, "busy", {{"Content-Type", "text/plain"}, {"Retry-After", "3"}}));
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());

    const auto failed = client.exchange(put_request(partner_center, "{}"));
    CHECK(failed.status == 503);
    CHECK(failed.header("Retry-After") == "3");
    CHECK(failed.header("Content-Type") == "text/plain");
    CHECK(failed.body == "busy");
    CHECK(partner_center.etag() == etag);
    CHECK(client.exchange(put_request(partner_center, "{}")).status == 200);
    CHECK(partner_center.connections_accepted() == 1);

    const auto requests = partner_center.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].failed_on_purpose);
    CHECK(requests[0].status == 503);
    CHECK_FALSE(requests[0].applied);
    CHECK_FALSE(requests[1].failed_on_purpose);
    CHECK(requests[1].applied);
}

TEST_CASE("a connection ends without an answer, before the request is applied or after")
{
    struct row {
        failure what;
        bool applied;
    };
    const std::vector<row> rows = {
        {failure::close(), false},
        {failure::reset(), false},
        {failure::apply_and_close(), true},
        {failure::apply_and_reset(), true},
    };
    for (const row& r : rows) {
        testing::emulator partner_center;
        const std::string etag = partner_center.etag();
        partner_center.add_failure(failure_rule(r.what).method("PUT"));
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        CHECK(client.exchange(get_request(partner_center)).status == 200);
        client.send(put_request(partner_center, R"({"id":"a"})", same_id));
        CHECK(client.read_until_closed().empty());
        CHECK((partner_center.etag() != etag) == r.applied);

        const auto requests = partner_center.requests();
        REQUIRE(requests.size() == 2);
        CHECK(requests[1].status == 0);
        CHECK(requests[1].applied == r.applied);
        CHECK(requests[1].failed_on_purpose);
        CHECK(requests[1].body == R"({"id":"a"})");

        // What was applied is not applied again under the same id, and its answer is not lost.
        const std::string after = partner_center.etag();
        tls_raw_client again(partner_center.port(), partner_center.ca_pem());
        const auto answer = again.exchange(put_request(partner_center, R"({"id":"a"})", same_id));
        CHECK(answer.status == 200);
        CHECK((partner_center.etag() == after) == r.applied);
        CHECK(answer.body.find(partner_center.etag()) != std::string::npos);
    }
}

TEST_CASE("a body that is too large is not awaited before a connection ends without an answer")
{
    for (const failure& what : {failure::close(), failure::reset()}) {
        testing::emulator_options options;
        options.max_body_size = 100;
        testing::emulator partner_center(options);
        partner_center.add_failure(what);
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        client.send(put_head(partner_center, std::string(101, ' ')));
        CHECK(client.read_until_closed().empty());

        const auto requests = partner_center.requests();
        REQUIRE(requests.size() == 1);
        CHECK(requests[0].failed_on_purpose);
        CHECK(requests[0].status == 0);
        CHECK(requests[0].body.empty());
    }
}

TEST_CASE("closing is in order, and resetting is not")
{
    for (const bool in_order : {true, false}) {
        testing::emulator partner_center;
        partner_center.add_failure(in_order ? failure::close() : failure::reset());
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        boost::system::error_code ec;
        try {
            client.exchange(get_request(partner_center));
        } catch (const boost::system::system_error& e) {
            ec = e.code();
        }
        CHECK((ec == boost::asio::error::eof) == in_order);
        CHECK((ec == boost::asio::error::connection_reset) != in_order);
    }
}

TEST_CASE("an applied request can be answered with 503, and gets its own answer the next time")
{
    testing::emulator partner_center;
    partner_center.add_failure(failure::apply_and_answer());
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(put_request(partner_center, R"({"id":"a"})", same_id)).status == 503);
    const std::string etag = partner_center.etag();
    CHECK(client.exchange(put_request(partner_center, R"({"id":"a"})", same_id)).status == 200);
    CHECK(partner_center.etag() == etag);
    CHECK(partner_center.requests()[0].applied);
    CHECK_FALSE(partner_center.requests()[1].applied);
}

TEST_CASE("a request that waits for 100 is failed at its head or after its body")
{
    testing::emulator partner_center;
    const std::string head = put_head(partner_center, "{}", "Expect: 100-continue\r\n");
    SUBCASE("a scripted answer comes in place of 100")
    {
        partner_center.add_failure(failure::answer(502));
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        const auto answer = client.exchange(head);
        CHECK(answer.status == 502);
        CHECK(answer.header("Connection") == "close");
    }
    SUBCASE("a connection is cut after the body")
    {
        partner_center.add_failure(failure::apply_and_close());
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        CHECK(client.exchange(head).status == 100);
        client.send("{}");
        CHECK(client.read_until_closed().empty());
        CHECK(partner_center.requests()[0].applied);
    }
}

TEST_CASE("a delayed request is applied late, or answered late")
{
    testing::emulator_options options;
    options.request_timeout = 5s;
    testing::emulator partner_center(options);
    const std::string etag = partner_center.etag();
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    const auto begin = std::chrono::steady_clock::now();
    SUBCASE("applied late")
    {
        partner_center.add_failure(failure::delay(100ms));
    }
    SUBCASE("answered late")
    {
        partner_center.add_failure(failure::apply_and_delay(100ms));
    }
    CHECK(client.exchange(put_request(partner_center, "{}")).status == 200);
    CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
    CHECK(partner_center.etag() != etag);
    CHECK(partner_center.requests()[0].failed_on_purpose);
}

TEST_CASE("an emulator that delays a request stops at once")
{
    const auto begin = std::chrono::steady_clock::now();
    {
        testing::emulator partner_center;
        partner_center.add_failure(failure::apply_and_delay(1h));
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        client.send(put_request(partner_center, "{}"));
        while (partner_center.requests().empty())
            std::this_thread::yield();
    }
    CHECK(std::chrono::steady_clock::now() - begin < 30s);
}

TEST_CASE("too many requests are refused, and the log says which")
{
    testing::emulator_options options;
    options.throttle.emplace();
    options.throttle->requests = 2;
    options.throttle->window = 1h;
    testing::emulator partner_center(options);
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(get_request(partner_center)).status == 200);
    CHECK(client.exchange(get_request(partner_center)).status == 200);
    const std::string etag = partner_center.etag();
    const auto refused = client.exchange(put_request(partner_center, "{}"));
    CHECK(refused.status == 429);
    const int wait = std::stoi(std::string(refused.header("Retry-After").value_or("0")));
    CHECK(wait > 3500);
    CHECK(wait <= 3600);
    CHECK(json::parse(refused.body).at("statusCode").as_int64() == 429);
    CHECK(partner_center.etag() == etag);

    partner_center.set_throttle(std::nullopt);
    CHECK(client.exchange(get_request(partner_center)).status == 200);
    const auto requests = partner_center.requests();
    REQUIRE(requests.size() == 4);
    CHECK_FALSE(requests[1].throttled);
    CHECK(requests[2].throttled);
    CHECK_FALSE(requests[3].throttled);

    testing::throttle_options bad;
    bad.retry_after = -1s;
    CHECK_THROWS_AS(partner_center.set_throttle(bad), std::invalid_argument);
    bad = testing::throttle_options();
    bad.window = 0ms;
    CHECK_THROWS_AS(partner_center.set_throttle(bad), std::invalid_argument);
}

TEST_CASE("a second editor changes the profile in one step, from any thread")
{
    testing::emulator partner_center;
    partner_center.edit([](partner_center::OrganizationProfile& profile) { profile.company_name = "0"; });
    const std::string etag = partner_center.etag();
    std::vector<std::thread> editors;
    for (int i = 0; i != 4; ++i)
        editors.emplace_back([&partner_center] {
            for (int n = 0; n != 50; ++n)
                partner_center.edit([](partner_center::OrganizationProfile& profile) {
                    profile.company_name = std::to_string(std::stoi(*profile.company_name) + 1);
                });
        });
    for (std::thread& editor : editors)
        editor.join();
    CHECK(partner_center.profile().company_name == "200");
    CHECK(partner_center.etag() != etag);

    const std::string before = partner_center.etag();
    CHECK_THROWS_AS(partner_center.edit([](partner_center::OrganizationProfile& profile) {
        profile.company_name = "lost";
        throw std::runtime_error("no");
    }),
                    std::runtime_error);
    CHECK(partner_center.etag() == before);
    CHECK(partner_center.profile().company_name == "200");

    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(put_request(partner_center, "{}", "If-Match: \"" + etag + "\"\r\n")).status == 412);
}

TEST_CASE("ValidateMfa is answered when the token is good")
{
    testing::emulator partner_center;
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(get_request(partner_center, "ValidateMfa: true\r\n")).header("isMfaCompliant") ==
          "true");
    CHECK_FALSE(client.exchange(get_request(partner_center)).header("isMfaCompliant").has_value());
}
