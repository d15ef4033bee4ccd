// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The client gets its tokens from the authority by a refresh token, keeps them, and renews them.

#include "fixtures/authority_fixture.hpp"

#include <partner_center/testing/certificates.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::condition;
using pc::credential;
using pc::errc;
using testing::app_and_user;
using testing::authority_fixture;
using testing::call_result;
using testing::failure;
using testing::failure_rule;
using testing::token_requests;

namespace {

testing::emulator_options with_oauth(const testing::oauth_options& oauth)
{
    testing::emulator_options options;
    options.oauth = oauth;
    return options;
}

std::string message_of(const pc::refresh_token_options& options)
{
    try {
        (void)credential::refresh_token(options);
    } catch (const pc::error& e) {
        return e.what();
    }
    return {};
}

} // namespace

TEST_CASE("a refresh token is all that calls need, and one access token serves many")
{
    authority_fixture fixture;
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    CHECK(fixture.service.requests().empty());
    for (int i = 0; i != 3; ++i) {
        const call_result read = fixture.get(client);
        CHECK_MESSAGE(!read.ec, read.what());
        CHECK(read.diag.phase == pc::phase::done);
    }
    CHECK(fixture.update(client).diag.http_status == 200);
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("both generations of the authority's endpoints give tokens")
{
    for (const auto version : {pc::oauth_version::v1, pc::oauth_version::v2}) {
        authority_fixture fixture;
        pc::refresh_token_options options = app_and_user(fixture.service);
        options.oauth_version = version;
        const call_result read = fixture.get(fixture.make_client(credential::refresh_token(options)));
        CHECK_MESSAGE(!read.ec, read.what());
        const auto asked = fixture.service.requests().front();
        CHECK(asked.target ==
              "/" + fixture.service.tenant() +
                  (version == pc::oauth_version::v1 ? "/oauth2/token" : "/oauth2/v2.0/token"));
        CHECK(asked.header("Content-Type") == "application/x-www-form-urlencoded");
        CHECK(asked.header("Accept") == "application/json");
        CHECK_FALSE(asked.header("Authorization"));
    }
}

TEST_CASE("an application proves itself by a secret, by a certificate, or not at all")
{
    const testing::certificate_identity identity = testing::make_client_identity();
    testing::oauth_options oauth;
    oauth.client_certificate_pem = identity.certificate_pem;
    authority_fixture fixture(with_oauth(oauth));
    pc::refresh_token_options options = app_and_user(fixture.service);
    options.client_secret.clear();
    options.certificate.emplace(identity.certificate_pem, identity.private_key_pem);
    const call_result read = fixture.get(fixture.make_client(credential::refresh_token(options)));
    CHECK_MESSAGE(!read.ec, read.what());

    options.certificate.reset();
    options.refresh_token = fixture.service.refresh_token();
    const call_result refused = fixture.get(fixture.make_client(credential::refresh_token(options)));
    CHECK(refused.ec == errc::invalid_credential);
    CHECK(refused.diag.service_code == "AADSTS7000218");

    oauth.public_client = true;
    authority_fixture open(with_oauth(oauth));
    pc::refresh_token_options without = app_and_user(open.service);
    without.client_secret.clear();
    CHECK_FALSE(open.get(open.make_client(credential::refresh_token(without))).ec);
}

TEST_CASE("a thousand calls without a token ask for one token")
{
    testing::emulator_options logged;
    logged.max_logged_requests = 3000;
    authority_fixture fixture(logged);
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    std::deque<call_result> results;
    fixture.begin_reads(client, results, 1000);
    fixture.run();
    for (const call_result& result : results) {
        REQUIRE(result.completions == 1);
        REQUIRE_MESSAGE(!result.ec, result.what());
    }
    CHECK(token_requests(fixture.service) == 1);

    // All of them find out at the same time that the token is of no use any more.
    fixture.service.revoke_access_tokens();
    fixture.service.clear_requests();
    results.clear();
    fixture.begin_reads(client, results, 1000);
    fixture.run();
    for (const call_result& result : results)
        REQUIRE_MESSAGE(!result.ec, result.what());
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("clients of two execution contexts wait for one question of one credential")
{
    authority_fixture fixture;
    fixture.service.add_failure(failure_rule(failure::apply_and_delay(300ms)).path("*/token"));
    const credential shared = credential::refresh_token(app_and_user(fixture.service));
    const pc::client here = fixture.make_client(shared);
    call_result asks;
    here.async_get(asks.diag, testing::keep_in(asks));
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while (token_requests(fixture.service) == 0 && std::chrono::steady_clock::now() < patience)
        fixture.io.run_for(1ms);

    boost::asio::io_context elsewhere;
    pc::transport network(elsewhere, testing::trusting(fixture.service.ca_pem()));
    const pc::client there(network, shared, testing::talking_to(fixture.service.base_url()));
    call_result waits;
    there.async_get(waits.diag, testing::keep_in(waits));
    std::thread other([&] { elsewhere.run(); });
    fixture.run();
    other.join();
    CHECK_MESSAGE(!asks.ec, asks.what());
    CHECK_MESSAGE(!waits.ec, waits.what());
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("a call whose token is refused is sent once more with another one, as the same call")
{
    authority_fixture fixture;
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    CHECK_FALSE(fixture.get(client).ec);
    fixture.service.revoke_access_tokens();
    fixture.service.clear_requests();
    const call_result updated = fixture.update(client);
    CHECK_MESSAGE(!updated.ec, updated.what());
    CHECK(updated.diag.attempts == 2);
    CHECK_FALSE(updated.diag.may_have_been_applied);
    const auto requests = fixture.service.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].status == 401);
    CHECK(requests[1].target.ends_with("/token"));
    CHECK(requests[2].applied);
    CHECK(requests[0].header("MS-RequestId") == requests[2].header("MS-RequestId"));
    CHECK(requests[0].header("MS-CorrelationId") == requests[2].header("MS-CorrelationId"));
    CHECK(requests[0].header("Authorization") != requests[2].header("Authorization"));
}

TEST_CASE("a call that is refused again is not sent a third time")
{
    authority_fixture fixture;
    fixture.service.add_failure(
        failure_rule(failure::answer(401)).path("/v1/profiles/organization").always());
    const pc::client client =
        fixture.make_client(credential::refresh_token(app_and_user(fixture.service)), 4);
    const call_result refused = fixture.get(client);
    CHECK(refused.ec == condition::unauthorized);
    CHECK(refused.diag.http_status == 401);
    CHECK(refused.diag.attempts == 2);
    CHECK(token_requests(fixture.service) == 2);
}

TEST_CASE("a 401 that no other token helps with is an error at once, and says what to do")
{
    struct row {
        const char* body;
        errc expected;
        const char* advice;
    };
    for (const row& r :
         {row{R"({"code":900420,"description":"audience"})", errc::wrong_token_audience, "scope"},
          row{R"({"code":"900421","description":"mfa"})", errc::mfa_required, "sign in again"}}) {
        authority_fixture fixture;
        fixture.service.add_failure(
            failure_rule(failure::answer(401, r.body)).path("/v1/profiles/organization").always());
        const pc::client client =
            fixture.make_client(credential::refresh_token(app_and_user(fixture.service)), 4);
        const call_result refused = fixture.get(client);
        CHECK(refused.ec == r.expected);
        CHECK(refused.diag.attempts == 1);
        CHECK(token_requests(fixture.service) == 1);
        CHECK_MESSAGE(refused.what().find(r.advice) != std::string::npos, refused.what());
    }
}

TEST_CASE("a fixed token is not asked for again")
{
    authority_fixture fixture;
    const call_result refused = fixture.get(fixture.make_client(credential::bearer("another-token"), 4));
    CHECK(refused.ec == condition::unauthorized);
    CHECK(refused.diag.attempts == 1);
}

TEST_CASE("a new refresh token is handed over before anything that came with it is used")
{
    authority_fixture fixture;
    std::vector<std::string> stored;
    std::size_t requests_before = 0;
    pc::refresh_token_options options = app_and_user(fixture.service);
    options.on_refresh_token = [&](const std::string& token) {
        stored.push_back(token);
        requests_before = fixture.service.requests().size();
    };
    const pc::client client = fixture.make_client(credential::refresh_token(options));
    CHECK_FALSE(fixture.get(client).ec);
    REQUIRE(stored.size() == 1);
    CHECK(stored[0] == fixture.service.refresh_token());
    CHECK(requests_before == 1); // only the one that brought it

    // The next question is asked with the new one.
    fixture.service.revoke_access_tokens();
    CHECK_FALSE(fixture.get(client).ec);
    REQUIRE(stored.size() == 2);
    CHECK(stored[1] == fixture.service.refresh_token());
    CHECK(stored[1] != stored[0]);
}

TEST_CASE("an authority that keeps the refresh token has it used again")
{
    testing::oauth_options oauth;
    oauth.rotate_refresh_tokens = false;
    authority_fixture fixture(with_oauth(oauth));
    std::vector<std::string> stored;
    const pc::client client =
        fixture.make_client(credential::refresh_token(app_and_user(fixture.service, &stored)));
    CHECK_FALSE(fixture.get(client).ec);
    fixture.service.revoke_access_tokens();
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(stored.empty());
    CHECK(token_requests(fixture.service, 200) == 2);
}

TEST_CASE("a new refresh token that cannot be stored fails the calls, loudly, and is not lost")
{
    authority_fixture fixture;
    std::vector<std::string> stored;
    int full = 2;
    pc::refresh_token_options options = app_and_user(fixture.service);
    options.on_refresh_token = [&](const std::string& token) {
        if (full-- > 0)
            throw std::runtime_error("no space left for " + token);
        stored.push_back(token);
    };
    const pc::client client = fixture.make_client(credential::refresh_token(options), 4);
    for (int i = 0; i != 2; ++i) {
        const call_result failed = fixture.get(client);
        CHECK(failed.ec == errc::refresh_token_not_stored);
        CHECK(failed.diag.phase == pc::phase::token);
        CHECK(failed.diag.attempts == 0);
        CHECK(failed.diag.description == "no space left for ***");
        CHECK(failed.what().find(fixture.service.refresh_token()) == std::string::npos);
    }
    // What the authority gave is used then, without asking again.
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(stored == std::vector<std::string>{fixture.service.refresh_token()});
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("a credential with a mistake in it is refused when it is made, by the member's name")
{
    const authority_fixture fixture;
    pc::refresh_token_options options = app_and_user(fixture.service);
    options.client_id = "not a guid";
    CHECK(message_of(options).find("refresh_token_options::client_id") != std::string::npos);
    options = app_and_user(fixture.service);
    options.refresh_token.clear();
    CHECK(message_of(options).find("refresh_token_options::refresh_token") != std::string::npos);
    options = app_and_user(fixture.service);
    options.authority = "http://localhost";
    CHECK(message_of(options).find("refresh_token_options::authority") != std::string::npos);
}

TEST_CASE("a new refresh token is stored although the access token beside it is of no use")
{
    authority_fixture fixture;
    std::vector<std::string> stored;
    fixture.service.add_failure(
        failure_rule(
            failure::answer(200, R"({"access_token":"a b","expires_in":3600,"refresh_token":"fake-new"})"))
            .path("*/token"));
    const call_result failed =
        fixture.get(fixture.make_client(credential::refresh_token(app_and_user(fixture.service, &stored))));
    CHECK(failed.ec == errc::token_request_failed);
    CHECK(stored == std::vector<std::string>{"fake-new"});
}

TEST_CASE(
    "a new refresh token that came with an access token of no use, or to no use, is handed over again, too")
{
    // One that cannot be sent, and one that has expired before it can be used.
    for (const char* answer :
         {R"({"access_token":"a b","expires_in":3600,"refresh_token":"fake-new"})",
          R"({"access_token":"fake-access","expires_in":0,"refresh_token":"fake-new"})"}) {
        CAPTURE(answer);
        authority_fixture fixture;
        std::vector<std::string> stored;
        bool full = true;
        pc::refresh_token_options options = app_and_user(fixture.service);
        options.on_refresh_token = [&](const std::string& token) {
            if (std::exchange(full, false))
                throw std::runtime_error("no space left");
            stored.push_back(token);
        };
        fixture.service.add_failure(failure_rule(failure::answer(200, answer)).path("*/token"));
        const pc::client client = fixture.make_client(credential::refresh_token(options));
        CHECK(fixture.get(client).ec == errc::refresh_token_not_stored);
        CHECK(stored.empty());
        CHECK(token_requests(fixture.service) == 1);
        // The emulator does not know this refresh token: it was asked again, for there was nothing to use.
        CHECK(fixture.get(client).ec == errc::sign_in_required);
        CHECK(stored == std::vector<std::string>{"fake-new"});
        CHECK(token_requests(fixture.service) == 2);
    }
}

TEST_CASE("what a hook throws shows neither the old refresh token nor the application's secret")
{
    authority_fixture fixture;
    pc::refresh_token_options options = app_and_user(fixture.service);
    options.on_refresh_token = [old = options.refresh_token,
                                secret = options.client_secret](const std::string& token) {
        throw std::runtime_error(old + " -> " + token + " by " + secret);
    };
    const call_result failed = fixture.get(fixture.make_client(credential::refresh_token(options)));
    CHECK(failed.diag.description == "*** -> *** by ***");
}
