// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What an authority that is slow, refuses, or is out of order means for the calls, and how often, and for how long, it is
// asked for a token whatever the service and the calls do.

#include "fixtures/authority_fixture.hpp"

#include <partner_center/testing/certificates.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
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

TEST_CASE("a client whose calls have little time loses no refresh token, and no token")
{
    authority_fixture fixture;
    fixture.service.add_failure(failure_rule(failure::apply_and_delay(400ms)).path("*/token"));
    std::vector<std::string> stored;
    pc::client_options options = testing::talking_to(fixture.service.base_url());
    options.timeout = 100ms;
    const pc::client client(fixture.transport,
                            credential::refresh_token(app_and_user(fixture.service, &stored)), options);
    const call_result hasty = fixture.get(client);
    CHECK(hasty.ec == errc::call_timeout);
    CHECK(hasty.diag.phase == pc::phase::token);
    CHECK(stored == std::vector<std::string>{fixture.service.refresh_token()});
    const call_result patient = fixture.get(client, pc::call_options().timeout(20s));
    CHECK_MESSAGE(!patient.ec, patient.what());
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("a call that has more time than its client waits for one answer of a slow authority")
{
    authority_fixture fixture;
    fixture.service.add_failure(failure_rule(failure::apply_and_delay(400ms)).path("*/token").always());
    pc::client_options options = testing::talking_to(fixture.service.base_url());
    options.timeout = 100ms;
    const pc::client client(fixture.transport, credential::refresh_token(app_and_user(fixture.service)),
                            options);
    const call_result patient = fixture.get(client, pc::call_options().timeout(20s));
    CHECK_MESSAGE(!patient.ec, patient.what());
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("an authority that asks for more patience than the client has is the error at once")
{
    authority_fixture fixture;
    fixture.service.add_failure(
        failure_rule(failure::answer(503, "later", {{"Retry-After", "20"}})).path("*/token").always());
    pc::client_options options = testing::talking_to(fixture.service.base_url());
    options.timeout = 10s;
    options.retry.max_attempts = 4;
    const pc::client client(fixture.transport, credential::refresh_token(app_and_user(fixture.service)),
                            options);
    const auto begun = std::chrono::steady_clock::now();
    const call_result failed = fixture.get(client);
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    CHECK(failed.ec == errc::authority_unavailable);
    CHECK(failed.diag.retry_after == 20s);
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("an authority that takes the requests for a loop is not asked by each call")
{
    authority_fixture fixture;
    fixture.service.add_failure(failure_rule(failure::oauth(50196)).path("*/token").always());
    const pc::client client =
        fixture.make_client(credential::refresh_token(app_and_user(fixture.service)), 4);
    for (int i = 0; i != 10; ++i) {
        const call_result failed = fixture.get(client);
        CHECK(failed.ec == errc::token_request_failed);
        CHECK(failed.diag.service_code == "AADSTS50196");
        CHECK_MESSAGE(failed.what().find("ask less often") != std::string::npos, failed.what());
    }
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("a service that refuses one operation does not cost a token for each of its calls")
{
    authority_fixture fixture;
    fixture.service.add_failure(failure_rule(failure::answer(401)).method("PUT").always());
    std::vector<std::string> stored;
    const pc::client client =
        fixture.make_client(credential::refresh_token(app_and_user(fixture.service, &stored)), 4);
    for (unsigned i = 0; i != 10; ++i) {
        const call_result read = fixture.get(client);
        CHECK_MESSAGE(!read.ec, read.what());
        const call_result refused = fixture.update(client);
        CHECK(refused.ec == condition::unauthorized);
        CHECK(refused.diag.attempts == (i == 0 ? 2 : 1));
    }
    CHECK(token_requests(fixture.service) == 2);
    CHECK(stored.size() == 2);
}

TEST_CASE("an answer of a service that has not looked at the token does not speak for it")
{
    for (const unsigned status : {408U, 429U, 500U, 503U}) {
        CAPTURE(status);
        authority_fixture fixture;
        fixture.service.add_failure(
            failure_rule({failure::answer(401), failure::answer(status), failure::answer(401)})
                .path("/v1/profiles/organization"));
        const pc::client client =
            fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
        CHECK(fixture.get(client).diag.http_status == status);
        CHECK(fixture.get(client).diag.http_status == 401);
        CHECK(token_requests(fixture.service) == 2);
        const call_result read = fixture.get(client);
        CHECK_MESSAGE(!read.ec, read.what());
    }
}

TEST_CASE("a request for a token that is repeated proves anew who asks")
{
    const testing::certificate_identity identity = testing::make_client_identity();
    testing::emulator_options with_certificate;
    testing::oauth_options oauth;
    oauth.client_certificate_pem = identity.certificate_pem;
    // The refresh token is not what the repetition is refused for.
    oauth.replaced_refresh_token_lifetime = 60s;
    with_certificate.oauth = oauth;
    authority_fixture fixture(with_certificate);
    // The authority knows the assertions that it has seen.
    fixture.service.add_failure(failure_rule(failure::apply_and_close()).path("*/token").times(2));
    pc::refresh_token_options options = app_and_user(fixture.service);
    options.client_secret.clear();
    options.certificate.emplace(identity.certificate_pem, identity.private_key_pem);
    const call_result read = fixture.get(fixture.make_client(credential::refresh_token(options), 4));
    CHECK_MESSAGE(!read.ec, read.what());
    CHECK(token_requests(fixture.service) == 3);
}

TEST_CASE("what the authority refuses is an error with its code that says whether a person is needed")
{
    struct row {
        int code;
        errc expected;
    };
    for (const row& r : {row{50076, errc::sign_in_required}, row{50078, errc::sign_in_required},
                         row{700082, errc::sign_in_required}, row{7000215, errc::invalid_credential},
                         row{7000222, errc::invalid_credential}, row{700007, errc::invalid_credential}}) {
        authority_fixture fixture;
        fixture.service.add_failure(failure_rule(failure::oauth(r.code)).path("*/token").always());
        const pc::client client =
            fixture.make_client(credential::refresh_token(app_and_user(fixture.service)), 4);
        std::deque<call_result> results;
        fixture.begin_reads(client, results, 10);
        fixture.run();
        for (const call_result& failed : results) {
            CHECK(failed.ec == r.expected);
            CHECK(failed.ec == condition::unauthorized);
            CHECK(failed.diag.service_code == "AADSTS" + std::to_string(r.code));
            CHECK(failed.diag.phase == pc::phase::token);
            CHECK(failed.diag.attempts == 0);
            CHECK(failed.diag.method == "GET");
        }
        CHECK(token_requests(fixture.service) == 1);
        // The authority locks out who asks in a loop.
        CHECK(fixture.get(client).ec == r.expected);
        CHECK(token_requests(fixture.service) == 1);
    }
}

TEST_CASE("an authority that is out of order for a moment is asked again")
{
    for (const unsigned status : {429U, 500U, 503U}) {
        authority_fixture fixture;
        fixture.service.add_failure(
            failure_rule(failure::answer(status, "later", {{"Retry-After", "0"}})).path("*/token").times(2));
        const pc::client client =
            fixture.make_client(credential::refresh_token(app_and_user(fixture.service)), 4);
        const call_result read = fixture.get(client);
        CHECK_MESSAGE(!read.ec, read.what());
        CHECK(read.diag.attempts == 1);
        CHECK(token_requests(fixture.service) == 3);
    }
}

TEST_CASE("an authority that stays out of order is asked as often as a token may cost, whatever the call may")
{
    authority_fixture fixture;
    fixture.service.add_failure(
        failure_rule(failure::answer(503, "later", {{"Retry-After", "0"}})).path("*/token").always());
    const pc::client client =
        fixture.make_client(credential::refresh_token(app_and_user(fixture.service)), 3);
    const call_result failed = fixture.get(client);
    CHECK(failed.ec == errc::authority_unavailable);
    CHECK(failed.diag.attempts == 0);
    CHECK(token_requests(fixture.service) == 3);
}

TEST_CASE("an authority that asks for more patience than there is, is left alone so long")
{
    authority_fixture fixture;
    fixture.service.add_failure(
        failure_rule(failure::answer(429, "too many", {{"Retry-After", "3600"}})).path("*/token").always());
    const pc::client client =
        fixture.make_client(credential::refresh_token(app_and_user(fixture.service)), 4);
    for (int i = 0; i != 3; ++i) {
        const call_result failed = fixture.get(client);
        CHECK(failed.ec == errc::authority_unavailable);
        CHECK(failed.ec == condition::transient);
        CHECK(failed.diag.retry_after == 3600s);
        CHECK(failed.diag.http_status == 429);
    }
    CHECK(token_requests(fixture.service) == 1);
}

TEST_CASE("an authority that cannot be reached is named in the error")
{
    authority_fixture fixture;
    fixture.service.add_failure(failure_rule(failure::reset()).path("*/token").always());
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    const call_result failed = fixture.get(client);
    CHECK(failed.ec == condition::connection_failed);
    CHECK_MESSAGE(failed.diag.description.find("POST " + fixture.service.base_url()) != std::string::npos,
                  failed.what());
    CHECK(failed.diag.phase == pc::phase::token);
}

TEST_CASE("a service that refuses every token does not have the authority asked for one by each call")
{
    authority_fixture fixture;
    fixture.service.add_failure(
        failure_rule(failure::answer(401)).path("/v1/profiles/organization").always());
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    for (int i = 0; i != 10; ++i)
        CHECK(fixture.get(client).diag.http_status == 401);
    CHECK(token_requests(fixture.service) == 2);
}

TEST_CASE("a wait that a refusal asks for does not keep the next call from asking")
{
    authority_fixture fixture;
    fixture.service.add_failure(
        failure_rule(failure::answer(400, R"({"error":"no_idea"})", {{"Retry-After", "99999999"}}))
            .path("*/token"));
    const pc::client client = fixture.make_client(credential::refresh_token(app_and_user(fixture.service)));
    CHECK(fixture.get(client).ec == errc::token_request_failed);
    CHECK_FALSE(fixture.get(client).ec);
}
