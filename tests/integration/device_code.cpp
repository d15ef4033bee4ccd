// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A person signs in by a device code, with the emulator as the authority.

#include "fixtures/authority_fixture.hpp"
#include "fixtures/transcript.hpp"

#include <partner_center/device_code.hpp>
#include <partner_center/refresh_token.hpp>
#include <partner_center/testing/certificates.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using testing::authority_fixture;
using testing::failure;
using testing::failure_rule;
using testing::token_requests;

namespace {

// The shortest interval that a sign-in keeps to.
testing::emulator_options quick(testing::oauth_options oauth = {})
{
    testing::emulator_options options;
    oauth.device_code_interval = 1s;
    options.oauth = std::move(oauth);
    return options;
}

pc::device_code_options sign_in_to(const testing::emulator& authority)
{
    pc::device_code_options options;
    options.tenant = authority.tenant();
    options.client_id = authority.client_id();
    options.authority = authority.base_url();
    return options;
}

std::size_t code_requests(const testing::emulator& authority)
{
    std::size_t count = 0;
    for (const auto& request : authority.requests())
        count += request.target.ends_with("/devicecode");
    return count;
}

class sign_in_result {
public:
    sign_in_result() {}

    pc::error_code ec;
    pc::signed_in tokens;
    pc::diagnostics diag;
    unsigned completions = 0;

    [[nodiscard]] std::string what() const { return describe(ec, diag); }
};

// Of none of the secrets that the emulator gives, which all have such a beginning and an id.
bool shows_a_secret(const std::string& text)
{
    for (const std::string_view beginning : {"device.", "refresh.", "access.", "secret."})
        if (text.find(beginning) != text.npos)
            return true;
    return false;
}

void begin(const pc::transport& over, pc::device_code_options options,
           pc::device_code_prompt_function on_prompt, sign_in_result& result,
           asio::cancellation_slot slot = {})
{
    pc::async_sign_in_by_device_code(
        over, std::move(options), std::move(on_prompt), result.diag,
        asio::bind_cancellation_slot(slot, [&result](const pc::error_code& ec, pc::signed_in tokens) {
            ++result.completions;
            result.ec = ec;
            result.tokens = std::move(tokens);
        }));
}

void check_end(const sign_in_result& result)
{
    testing::write_down(result.ec, result.diag);
    REQUIRE(result.completions == 1);
    CHECK_FALSE(shows_a_secret(result.what()));
    CHECK_FALSE(shows_a_secret(result.diag.body_excerpt));
    CHECK(result.tokens.refresh_token.empty() == static_cast<bool>(result.ec));
    CHECK(result.tokens.access.token.empty() == static_cast<bool>(result.ec));
}

sign_in_result sign_in(authority_fixture& fixture, const pc::device_code_options& options,
                       pc::device_code_prompt_function on_prompt)
{
    sign_in_result result;
    begin(fixture.transport, options, std::move(on_prompt), result);
    fixture.run();
    check_end(result);
    return result;
}

// Somebody who decides as soon as there is a code.
auto approve(authority_fixture& fixture)
{
    return [&fixture](const pc::device_code_prompt& prompt) {
        CHECK(fixture.service.approve_device_code(prompt.user_code));
    };
}

void nobody(const pc::device_code_prompt&) {}

} // namespace

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

TEST_CASE("an authority that asks for it is asked less often")
{
    authority_fixture fixture(quick());
    fixture.service.add_failure(failure_rule(failure::oauth(70016, "slow_down")).path("*/token"));
    asio::cancellation_signal signal;
    sign_in_result result;
    begin(fixture.transport, sign_in_to(fixture.service), nobody, result, signal.slot());
    fixture.io.run_for(2400ms);
    CHECK(result.completions == 0);
    CHECK(token_requests(fixture.service) == 1);
    signal.emit(asio::cancellation_type::terminal);
    fixture.run();
    check_end(result);
    CHECK(result.ec == asio::error::operation_aborted);
}

TEST_CASE("an authority that is out of order for a moment is asked again")
{
    testing::oauth_options oauth;
    authority_fixture fixture(quick(oauth));
    fixture.service.add_failure(
        failure_rule(failure::answer(503, "later", {{"Retry-After", "0"}})).path("*/devicecode").times(2));
    fixture.service.add_failure(
        failure_rule({failure::answer(503), failure::reset(), failure::reset(), failure::answer(429, "no")})
            .path("*/token"));
    const sign_in_result result = sign_in(fixture, sign_in_to(fixture.service), approve(fixture));
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(code_requests(fixture.service) == 3);
    CHECK(token_requests(fixture.service) == 5);
}

TEST_CASE("a question that the authority does not answer in time is asked again, less often")
{
    authority_fixture fixture(quick());
    fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/token"));
    pc::transport_options network = testing::trusting(fixture.service.ca_pem());
    network.attempt_timeout = 300ms;
    const pc::transport impatient(fixture.io, std::move(network));
    sign_in_result result;
    const auto begun = std::chrono::steady_clock::now();
    begin(impatient, sign_in_to(fixture.service), approve(fixture), result);
    fixture.run();
    check_end(result);
    CHECK_MESSAGE(!result.ec, result.what());
    // RFC 8628, section 3.5: the second interval of a second is twice as long.
    CHECK(std::chrono::steady_clock::now() - begun >= 3s);
}

TEST_CASE("an authority that is out of order to the end is the error")
{
    testing::oauth_options oauth;
    oauth.device_code_lifetime = 3s;
    authority_fixture fixture(quick(oauth));
    fixture.service.add_failure(failure_rule(failure::answer(503)).path("*/token").always());
    const sign_in_result result = sign_in(fixture, sign_in_to(fixture.service), approve(fixture));
    CHECK(result.ec == errc::authority_unavailable);
    CHECK(result.diag.http_status == 503);
    CHECK(token_requests(fixture.service) == 2);

    fixture.service.add_failure(
        failure_rule(failure::answer(503, "later", {{"Retry-After", "3600"}})).path("*/devicecode"));
    const sign_in_result none = sign_in(fixture, sign_in_to(fixture.service), nobody);
    CHECK(none.ec == errc::authority_unavailable);
    CHECK(none.diag.retry_after == 3600s);
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

TEST_CASE("an authority that gives no code in time is not waited for")
{
    authority_fixture fixture(quick());
    fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/devicecode"));
    pc::device_code_options options = sign_in_to(fixture.service);
    options.timeout = 200ms;
    CHECK(sign_in(fixture, options, nobody).ec == errc::call_timeout);
}

namespace {

// Where a sign-in is when something happens to it.
enum class moment { begun, asks_for_code, waits, asks_for_token };

// Brings a sign-in there and lets it happen.
sign_in_result interrupt(moment when, const std::function<void(authority_fixture&)>& then,
                         asio::cancellation_slot slot = {})
{
    authority_fixture fixture(quick());
    if (when == moment::asks_for_code)
        fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/devicecode"));
    if (when == moment::asks_for_token)
        fixture.service.add_failure(failure_rule(failure::apply_and_delay(60s)).path("*/token"));
    sign_in_result result;
    bool prompted = false;
    begin(
        fixture.transport, sign_in_to(fixture.service),
        [&](const pc::device_code_prompt& prompt) {
            prompted = true;
            CHECK(fixture.service.approve_device_code(prompt.user_code));
        },
        result, slot);
    const auto there = [&] {
        switch (when) {
        case moment::begun: return true;
        case moment::asks_for_code: return fixture.service.connections_accepted() == 1;
        case moment::waits: return prompted;
        case moment::asks_for_token: return token_requests(fixture.service) == 1;
        }
        return true;
    };
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while (!there() && std::chrono::steady_clock::now() < patience)
        fixture.io.run_for(10ms);
    REQUIRE(there());
    REQUIRE(result.completions == 0);
    const auto begun = std::chrono::steady_clock::now();
    then(fixture);
    fixture.run();
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    check_end(result);
    return result;
}

constexpr moment moments[] = {moment::begun, moment::asks_for_code, moment::waits, moment::asks_for_token};

} // namespace

TEST_CASE("a sign-in can be cancelled at every moment, in every way")
{
    for (const moment when : moments)
        for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                asio::cancellation_type::total}) {
            if (type != asio::cancellation_type::total && when == moment::asks_for_token)
                continue; // a second each
            CAPTURE(static_cast<int>(when));
            asio::cancellation_signal signal;
            const auto cancel = [&](authority_fixture&) { signal.emit(type); };
            const sign_in_result result = interrupt(when, cancel, signal.slot());
            CHECK(result.ec == asio::error::operation_aborted);
            CHECK(result.diag.http_status == 0);
        }
}

TEST_CASE("closing the transport ends a sign-in at every moment")
{
    for (const moment when : moments) {
        CAPTURE(static_cast<int>(when));
        const auto close = [](authority_fixture& fixture) { fixture.transport.close(); };
        CHECK(interrupt(when, close).ec == errc::transport_closed);
    }
    authority_fixture fixture(quick());
    fixture.transport.close();
    CHECK(sign_in(fixture, sign_in_to(fixture.service), nobody).ec == errc::transport_closed);
}

TEST_CASE("a sign-in that is under way when its execution context is destroyed is let go")
{
    const auto held = std::make_shared<int>(7);
    {
        authority_fixture fixture(quick());
        bool prompted = false;
        pc::async_sign_in_by_device_code(
            fixture.transport, sign_in_to(fixture.service),
            [&prompted, held](const pc::device_code_prompt&) { prompted = true; },
            [held](const pc::error_code&, const pc::signed_in&) { FAIL("it completed"); });
        for (int i = 0; i != 1000 && !prompted; ++i)
            fixture.io.run_for(10ms);
        REQUIRE(prompted);
    }
    CHECK(held.use_count() == 1);
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
