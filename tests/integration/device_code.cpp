// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A person signs in by a device code, with the emulator as the authority.

#include "fixtures/sign_in_fixture.hpp"

#include <partner_center/refresh_token.hpp>
#include <partner_center/testing/certificates.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using testing::approve;
using testing::authority_fixture;
using testing::code_requests;
using testing::failure;
using testing::failure_rule;
using testing::nobody;
using testing::quick;
using testing::sign_in;
using testing::sign_in_result;
using testing::sign_in_to;
using testing::token_requests;

TEST_CASE("a person is shown a code and an address, and what they sign in to can be used")
{
    authority_fixture fixture(quick());
    std::vector<pc::device_code_prompt> shown;
    const sign_in_result result =
        sign_in(fixture, sign_in_to(fixture.service), [&](const pc::device_code_prompt& prompt) {
            shown.push_back(prompt);
            CHECK(fixture.service.pending_user_codes() == std::vector<std::string>{prompt.user_code});
            CHECK(fixture.service.approve_device_code(prompt.user_code));
        });
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.diag.phase == pc::phase::done);
    CHECK(result.diag.attempts == 1);
    CHECK(result.diag.url.ends_with("/oauth2/v2.0/token"));
    REQUIRE(shown.size() == 1);
    CHECK(shown[0].verification_uri == fixture.service.base_url() + "/devicelogin");
    CHECK(shown[0].message.find(shown[0].user_code) != std::string::npos);
    CHECK(shown[0].expires_in == 15min);
    CHECK(result.tokens.access.expires > std::chrono::system_clock::now() + 50min);
    CHECK(code_requests(fixture.service) == 1);
    CHECK(token_requests(fixture.service) == 1);
    for (const auto& request : fixture.service.requests())
        CHECK_FALSE(request.header("Authorization"));

    CHECK_FALSE(fixture.get(fixture.make_client(pc::credential::bearer(result.tokens.access.token))).ec);
    pc::refresh_token_options application = testing::app_and_user(fixture.service);
    application.refresh_token = result.tokens.refresh_token;
    CHECK_FALSE(fixture.get(fixture.make_client(pc::credential::refresh_token(application))).ec);
}

TEST_CASE("the awaitable form returns the tokens or throws")
{
    testing::oauth_options oauth;
    oauth.approve_device_code_after = 1;
    authority_fixture fixture(quick(oauth));
    std::optional<pc::signed_in> tokens;
    asio::co_spawn(fixture.io,
                   pc::sign_in_by_device_code(fixture.transport, sign_in_to(fixture.service), nobody),
                   [&](const std::exception_ptr& thrown, pc::signed_in given) {
                       CHECK_FALSE(thrown);
                       tokens = std::move(given);
                   });
    std::string message;
    pc::device_code_options mistaken = sign_in_to(fixture.service);
    mistaken.client_id = "my-app";
    asio::co_spawn(fixture.io, pc::sign_in_by_device_code(fixture.transport, mistaken, nobody),
                   [&](const std::exception_ptr& thrown, const pc::signed_in&) {
                       try {
                           REQUIRE(thrown);
                           std::rethrow_exception(thrown);
                       } catch (const pc::error& e) {
                           CHECK(e.code() == errc::invalid_argument);
                           message = e.what();
                       }
                   });
    fixture.run();
    REQUIRE(tokens);
    CHECK_FALSE(tokens->refresh_token.empty());
    CHECK(token_requests(fixture.service) == 2);
    CHECK(message.find("device_code_options::client_id: it is not a GUID") != std::string::npos);
}

TEST_CASE("an application proves itself by a secret, or by a new assertion for each question")
{
    const testing::certificate_identity identity = testing::make_client_identity();
    testing::oauth_options oauth;
    oauth.client_certificate_pem = identity.certificate_pem;
    oauth.approve_device_code_after = 1;
    authority_fixture fixture(quick(oauth));
    pc::device_code_options options = sign_in_to(fixture.service);
    options.certificate.emplace(identity.certificate_pem, identity.private_key_pem);
    const sign_in_result by_certificate = sign_in(fixture, options, nobody);
    CHECK_MESSAGE(!by_certificate.ec, by_certificate.what());
    CHECK(token_requests(fixture.service) == 2);

    options.certificate.reset();
    options.client_secret = fixture.service.client_secret();
    CHECK_FALSE(sign_in(fixture, options, approve(fixture)).ec);
    options.client_secret = "fake-other-secret";
    const sign_in_result refused = sign_in(fixture, options, approve(fixture));
    CHECK(refused.ec == errc::invalid_credential);
    CHECK(refused.diag.service_code == "AADSTS7000215");
    CHECK(refused.diag.http_status != 0);
}

TEST_CASE("a person who declines, or comes too late, ends the sign-in")
{
    authority_fixture fixture(quick());
    const sign_in_result declined =
        sign_in(fixture, sign_in_to(fixture.service), [&](const pc::device_code_prompt& prompt) {
            CHECK(fixture.service.decline_device_code(prompt.user_code));
        });
    CHECK(declined.ec == errc::sign_in_declined);
    CHECK(declined.ec == pc::condition::unauthorized);
    const sign_in_result expired =
        sign_in(fixture, sign_in_to(fixture.service), [&](const pc::device_code_prompt& prompt) {
            CHECK(fixture.service.expire_device_code(prompt.user_code));
        });
    CHECK(expired.ec == errc::sign_in_expired);
    CHECK(expired.ec == pc::condition::timeout);
    CHECK(token_requests(fixture.service) == 2);
}

TEST_CASE("a code ends by the clock, too, and nobody is asked after that")
{
    testing::oauth_options oauth;
    oauth.device_code_lifetime = 2s;
    authority_fixture fixture(quick(oauth));
    const sign_in_result result = sign_in(fixture, sign_in_to(fixture.service), nobody);
    CHECK(result.ec == errc::sign_in_expired);
    CHECK(result.diag.description == "the code was good for 2 s");
    CHECK(result.diag.http_status == 0);
    CHECK(token_requests(fixture.service) == 1);

    // An answer that does not come does not make its life longer.
    fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/token").always());
    const auto begun = std::chrono::steady_clock::now();
    CHECK(sign_in(fixture, sign_in_to(fixture.service), nobody).ec);
    CHECK(std::chrono::steady_clock::now() - begun < 20s);
}

TEST_CASE("an authority that gives no refresh token has not given what was asked for")
{
    authority_fixture fixture(quick());
    pc::device_code_options options = sign_in_to(fixture.service);
    options.scope = "https://api.partnercenter.microsoft.com/user_impersonation";
    const sign_in_result result = sign_in(fixture, options, approve(fixture));
    CHECK(result.ec == errc::token_request_failed);
    CHECK_MESSAGE(result.diag.description.find("offline_access") != std::string::npos, result.what());
    CHECK(result.diag.http_status == 200);
}

TEST_CASE("what the authority refuses is named, without what it was sent")
{
    authority_fixture fixture(quick());
    pc::device_code_options options = sign_in_to(fixture.service);
    options.client_secret = fixture.service.client_secret();
    fixture.service.add_failure(failure_rule(failure::answer(401, R"({"error":"invalid_client",)"
                                                                  R"("error_description":"AADSTS7000215: )" +
                                                                      options.client_secret + R"("})"))
                                    .path("*/devicecode"));
    const sign_in_result refused = sign_in(fixture, options, nobody);
    CHECK(refused.ec == errc::invalid_credential);
    CHECK(refused.diag.description.find("***") != std::string::npos);

    options.tenant = "99999999-9999-9999-9999-999999999999";
    CHECK(sign_in(fixture, options, nobody).diag.service_code == "AADSTS90002");
    fixture.service.add_failure(failure_rule(failure::oauth(50076)).path("*/token"));
    const sign_in_result more =
        sign_in(fixture, sign_in_to(fixture.service), [](const pc::device_code_prompt&) {});
    CHECK(more.ec == errc::sign_in_required);
    CHECK(more.diag.service_code == "AADSTS50076");
    fixture.service.add_failure(failure_rule(failure::answer(200, "<html>")).path("*/devicecode"));
    CHECK(sign_in(fixture, sign_in_to(fixture.service), nobody).ec == errc::token_request_failed);
}

TEST_CASE("a mistake in the options is found before anything is sent")
{
    authority_fixture fixture(quick());
    pc::device_code_options options = sign_in_to(fixture.service);
    options.authority = "http://localhost";
    const sign_in_result insecure = sign_in(fixture, options, nobody);
    CHECK(insecure.ec == errc::insecure_base_url);
    CHECK(insecure.diag.description.starts_with("device_code_options::authority: "));
    CHECK(insecure.diag.url.empty());
    const sign_in_result silent = sign_in(fixture, sign_in_to(fixture.service), nullptr);
    CHECK(silent.ec == errc::invalid_argument);
    CHECK(silent.diag.description.starts_with("on_prompt: "));
    CHECK(fixture.service.requests().empty());

    pc::transport moved_to(std::move(fixture.transport));
    CHECK_THROWS_AS((void)pc::sign_in_by_device_code(fixture.transport, options, nobody), pc::error);
}

TEST_CASE("a function that cannot show the code ends the sign-in, with its words")
{
    authority_fixture fixture(quick());
    pc::device_code_options options = sign_in_to(fixture.service);
    options.client_secret = fixture.service.client_secret();
    const sign_in_result failed = sign_in(fixture, options, [&](const pc::device_code_prompt&) {
        throw std::runtime_error("no terminal for " + options.client_secret);
    });
    CHECK(failed.ec == errc::prompt_failed);
    CHECK(failed.diag.description == "no terminal for ***");
    const sign_in_result odd = sign_in(fixture, options, [](const pc::device_code_prompt&) { throw 7; });
    CHECK(odd.ec == errc::prompt_failed);
    CHECK(odd.diag.description == "it threw what is no std::exception");
    CHECK(token_requests(fixture.service) == 0);
}

TEST_CASE("an authority that has no words for the person gets the sign-in's own")
{
    authority_fixture fixture(quick());
    fixture.service.add_failure(
        failure_rule(failure::answer(200, R"({"device_code":"fake-device-code","user_code":"FAKE-CODE",)"
                                          R"("verification_uri":"https://a.test/device"})"))
            .path("*/devicecode"));
    std::string shown;
    const sign_in_result result =
        sign_in(fixture, sign_in_to(fixture.service), [&](const pc::device_code_prompt& prompt) {
            shown = prompt.message;
            throw std::runtime_error("that is enough");
        });
    CHECK(result.ec == errc::prompt_failed);
    CHECK(shown ==
          "To sign in, open the page https://a.test/device in a browser and enter the code FAKE-CODE.");
}

TEST_CASE("many people sign in at once, over one transport, on several threads")
{
    testing::oauth_options oauth;
    oauth.approve_device_code_after = 1;
    testing::emulator service(quick(oauth));
    asio::io_context io;
    const pc::transport transport(io, testing::trusting(service.ca_pem()));
    std::mutex mutex;
    std::vector<std::string> refresh_tokens;
    std::vector<std::thread> threads;
    for (int i = 0; i != 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j != 8; ++j)
                pc::async_sign_in_by_device_code(transport, sign_in_to(service), nobody,
                                                 [&](const pc::error_code& ec, pc::signed_in tokens) {
                                                     const std::lock_guard lock(mutex);
                                                     CHECK_FALSE(ec);
                                                     refresh_tokens.push_back(tokens.refresh_token);
                                                 });
            io.run_for(30s);
        });
    for (std::thread& thread : threads)
        thread.join();
    std::sort(refresh_tokens.begin(), refresh_tokens.end());
    CHECK(refresh_tokens.size() == 32);
    CHECK(std::unique(refresh_tokens.begin(), refresh_tokens.end()) == refresh_tokens.end());
}
