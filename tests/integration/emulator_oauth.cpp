// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "fixtures/tls_raw_client.hpp"
#include "unit/testing/signed_jwt.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
namespace json = boost::json;
namespace testing = partner_center::testing;
using testing::failure;
using testing::failure_rule;
using testing::tls_raw_client;

namespace {

class peer {
public:
    explicit peer(const testing::emulator& partner_center)
        : emulator_{&partner_center}
        , client_(partner_center.port(), partner_center.ca_pem())
    {
    }

    testing::raw_response post(const std::string& endpoint, const std::string& body)
    {
        return client_.exchange("POST /" + emulator_->tenant() + "/oauth2/" + endpoint +
                                " HTTP/1.1\r\nHost: " + emulator_->base_url().substr(8) +
                                "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body);
    }

    testing::raw_response refresh(const std::string& token)
    {
        return post("v2.0/token",
                    "grant_type=refresh_token&scope=https://api.test/user_impersonation+offline_access"
                    "&client_id=" +
                        emulator_->client_id() + "&client_secret=" + emulator_->client_secret() +
                        "&refresh_token=" + token);
    }

    testing::raw_response get(const std::string& token)
    {
        return client_.exchange("GET /v1/profiles/organization HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                                "Bearer " +
                                token + "\r\n\r\n");
    }

private:
    const testing::emulator* emulator_;
    tls_raw_client client_;
};

std::string member(const testing::raw_response& response, const char* name)
{
    return std::string(json::parse(response.body).as_object().at(name).as_string());
}

std::int64_t code_of(const testing::raw_response& response)
{
    return json::parse(response.body).as_object().at("error_codes").as_array().at(0).as_int64();
}

} // namespace

TEST_CASE("a refresh token brings an access token that the API accepts until it is revoked")
{
    testing::emulator partner_center;
    peer client(partner_center);
    const std::string first = partner_center.refresh_token();
    const auto answer = client.refresh(first);
    REQUIRE(answer.status == 200);
    CHECK(answer.header("Content-Type") == "application/json; charset=utf-8");
    CHECK(answer.header("Cache-Control") == "no-store, no-cache");
    const std::string token = member(answer, "access_token");
    CHECK(client.get(token).status == 200);
    CHECK(client.get(partner_center.token()).status == 200);
    CHECK(client.get("other").status == 401);
    partner_center.revoke_access_tokens();
    const auto refused = client.get(token);
    CHECK(refused.status == 401);
    CHECK(refused.body.empty());
    CHECK(refused.header("WWW-Authenticate").has_value());
    CHECK(client.get(partner_center.token()).status == 200);

    CHECK(partner_center.refresh_token() == member(answer, "refresh_token"));
    CHECK(client.refresh(first).status == 400);
    CHECK(client.refresh(partner_center.refresh_token()).status == 200);
    partner_center.revoke_refresh_tokens();
    CHECK(code_of(client.refresh(partner_center.refresh_token())) == 50173);
    CHECK(client.refresh(partner_center.new_refresh_token()).status == 200);
}

TEST_CASE("an access token expires, and one for another audience is told so")
{
    testing::emulator_options options;
    options.oauth.audience = "https://elsewhere.test";
    testing::emulator partner_center(options);
    peer client(partner_center);
    const auto refused = client.get(member(client.refresh(partner_center.refresh_token()), "access_token"));
    CHECK(refused.status == 401);
    CHECK(json::parse(refused.body).at("code").as_int64() == 900420);

    testing::emulator_options brief;
    brief.oauth.access_token_lifetime = 1ms;
    testing::emulator hasty(brief);
    peer late(hasty);
    const std::string token = member(late.refresh(hasty.refresh_token()), "access_token");
    const auto end = std::chrono::system_clock::now() + 2ms;
    while (std::chrono::system_clock::now() < end) {
    }
    CHECK(late.get(token).status == 401);
}

TEST_CASE("a device signs in when a person approves")
{
    testing::emulator_options options;
    options.oauth.device_code_interval = 0s;
    testing::emulator partner_center(options);
    peer client(partner_center);
    const std::string id = "client_id=" + partner_center.client_id();
    const std::string scope = "&scope=https://api.test/user_impersonation+offline_access";
    const std::string grant = "&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=";

    const auto begun = client.post("v2.0/devicecode", id + scope);
    REQUIRE(begun.status == 200);
    const std::string poll = id + grant + member(begun, "device_code");
    CHECK(member(client.post("v2.0/token", poll), "error") == "authorization_pending");
    REQUIRE(partner_center.pending_user_codes().size() == 1);
    CHECK(partner_center.pending_user_codes()[0] == member(begun, "user_code"));
    CHECK(partner_center.approve_device_code(member(begun, "user_code")));
    CHECK(partner_center.pending_user_codes().empty());
    const auto done = client.post("v2.0/token", poll);
    REQUIRE(done.status == 200);
    CHECK(client.get(member(done, "access_token")).status == 200);
    CHECK(member(done, "refresh_token") == partner_center.refresh_token());

    const auto second = client.post("v2.0/devicecode", id + scope);
    CHECK(partner_center.decline_device_code(member(second, "user_code")));
    CHECK(member(client.post("v2.0/token", id + grant + member(second, "device_code")), "error") ==
          "authorization_declined");
    const auto third = client.post("v2.0/devicecode", id + scope);
    CHECK(partner_center.expire_device_code(member(third, "user_code")));
    CHECK(member(client.post("v2.0/token", id + grant + member(third, "device_code")), "error") ==
          "expired_token");
    CHECK_FALSE(partner_center.approve_device_code("NOBODY"));
}

TEST_CASE("a person is too late for a device code whose time is up")
{
    testing::emulator_options options;
    options.oauth.device_code_lifetime = 1ms;
    testing::emulator partner_center(options);
    peer client(partner_center);
    const auto begun = client.post("v2.0/devicecode", "client_id=" + partner_center.client_id() +
                                                          "&scope=https://api.test/user_impersonation");
    REQUIRE(begun.status == 200);
    const auto end = std::chrono::system_clock::now() + 2ms;
    while (std::chrono::system_clock::now() < end) {
    }
    const std::string code = member(begun, "user_code");
    CHECK_FALSE(partner_center.approve_device_code(code));
    CHECK_FALSE(partner_center.decline_device_code(code));
    CHECK_FALSE(partner_center.expire_device_code(code));
}

TEST_CASE("what the authority has issued is good beside whatever token is set")
{
    testing::emulator partner_center;
    peer client(partner_center);
    const std::string issued = member(client.refresh(partner_center.refresh_token()), "access_token");
    const std::string first = partner_center.token();
    partner_center.set_token("another-token");
    CHECK(client.get(first).status == 401);
    CHECK(client.get("another-token").status == 200);
    CHECK(client.get(issued).status == 200);
}

TEST_CASE("a client assertion is checked for the URL that the client used")
{
    const testing::certificate_identity identity = testing::make_client_identity();
    testing::emulator_options options;
    options.oauth.client_certificate_pem = identity.certificate_pem;
    testing::emulator partner_center(options);
    peer client(partner_center);
    const testing::detail::assertion_checker checker(identity.certificate_pem, partner_center.client_id());
    const auto exp = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + 5min);
    const std::string jwt = testing::signed_jwt(
        {{"alg", "PS256"}, {"x5t#S256", checker.thumbprint()}},
        {{"aud", partner_center.base_url() + "/" + partner_center.tenant() + "/oauth2/token"},
         {"iss", partner_center.client_id()},
         {"sub", partner_center.client_id()},
         {"jti", "1"},
         {"exp", static_cast<std::int64_t>(exp)}},
        identity.private_key_pem);
    const auto body = [&] {
        return "client_id=" + partner_center.client_id() +
               "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_"
               "assertion=" +
               jwt + "&grant_type=refresh_token&resource=https://api.test&refresh_token=" +
               partner_center.refresh_token();
    };
    const auto answer = client.post("token", body());
    CHECK(answer.status == 200);
    CHECK(member(answer, "expires_in") == "3600");
    CHECK(code_of(client.post("token", body())) == 700027);
}

TEST_CASE("token endpoints have failures and a throttle of their own")
{
    testing::emulator_options options;
    options.oauth.throttle.emplace();
    options.oauth.throttle->requests = 4;
    options.oauth.throttle->retry_after = 7s;
    options.throttle.emplace();
    options.throttle->requests = 1;
    testing::emulator partner_center(options);
    peer client(partner_center);
    partner_center.add_failure(failure_rule(failure::oauth(50076)).path("*/oauth2/*"));
    partner_center.add_failure(failure_rule(failure::oauth(7000222)).path("*/token"));
    partner_center.add_failure(failure_rule(failure::answer(500)).path("/v1/*"));

    const std::string token = partner_center.refresh_token();
    const auto person = client.refresh(token);
    CHECK(person.status == 400);
    CHECK(code_of(person) == 50076);
    CHECK(member(person, "correlation_id") == person.header("MS-CorrelationId"));
    const auto set_up = client.refresh(token);
    CHECK(set_up.status == 401);
    CHECK(code_of(set_up) == 7000222);
    CHECK(client.refresh(token).status == 200);
    CHECK(client.refresh("wrong").status == 400);
    const auto refused = client.refresh(partner_center.refresh_token());
    CHECK(refused.status == 429);
    CHECK(refused.header("Retry-After") == "7");
    CHECK(refused.header("Content-Type") == "text/plain; charset=utf-8");
    CHECK(partner_center.requests().back().throttled);

    CHECK(client.get(partner_center.token()).status == 500);
    CHECK(client.get(partner_center.token()).status == 429);
}

TEST_CASE("options of the authority that cannot be are refused by their name")
{
    const auto refused = [](auto change, const char* name) {
        testing::emulator_options options;
        change(options.oauth);
        try {
            const testing::emulator partner_center(options);
            FAIL("accepted: " << name);
        } catch (const std::invalid_argument& e) {
            CHECK(std::string(e.what()).find(name) != std::string::npos);
        }
    };
    refused([](auto& o) { o.tenant = "a/b"; }, "tenant");
    refused([](auto& o) { o.tenant.clear(); }, "tenant");
    refused([](auto& o) { o.client_id.clear(); }, "client_id");
    refused([](auto& o) { o.client_certificate_pem = "x"; }, "client_certificate_pem");
    refused([](auto& o) { o.access_token_lifetime = 0ms; }, "access_token_lifetime");
    refused([](auto& o) { o.refresh_token_lifetime = -1ms; }, "refresh_token_lifetime");
    refused([](auto& o) { o.replaced_refresh_token_lifetime = -1ms; }, "replaced_refresh_token_lifetime");
    refused([](auto& o) { o.refresh_in = -1s; }, "refresh_in");
    refused([](auto& o) { o.device_code_lifetime = 0ms; }, "device_code_lifetime");
    refused([](auto& o) { o.device_code_interval = -1s; }, "device_code_interval");
    refused([](auto& o) { o.device_code_slow_down = -1s; }, "device_code_slow_down");
    refused([](auto& o) { o.throttle.emplace().window = 0ms; }, "window");
}
