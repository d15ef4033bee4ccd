// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An authority that is slow, silent, out of order, or loses what it has answered, while a person signs in.

#include "fixtures/sign_in_fixture.hpp"

#include <partner_center/testing/certificates.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using testing::approve;
using testing::authority_fixture;
using testing::begin_sign_in;
using testing::check_end;
using testing::code_requests;
using testing::failure;
using testing::failure_rule;
using testing::nobody;
using testing::quick;
using testing::sign_in;
using testing::sign_in_result;
using testing::sign_in_to;
using testing::token_requests;

namespace {

// Nobody signs in, and of the questions the first ones are answered, or fail, so; the next one is not.
sign_in_result sign_in_in_vain(std::chrono::seconds lifetime, const std::vector<failure>& first)
{
    testing::oauth_options oauth;
    oauth.device_code_lifetime = lifetime;
    authority_fixture fixture(quick(oauth));
    if (!first.empty())
        fixture.service.add_failure(failure_rule(first).path("*/token"));
    fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/token").always());
    return sign_in(fixture, sign_in_to(fixture.service), nobody);
}

} // namespace

TEST_CASE("an authority that asks for it is asked less often")
{
    authority_fixture fixture(quick());
    fixture.service.add_failure(failure_rule(failure::oauth(70016, "slow_down")).path("*/token"));
    asio::cancellation_signal signal;
    sign_in_result result;
    begin_sign_in(fixture.transport, sign_in_to(fixture.service), nobody, result, signal.slot());
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
    begin_sign_in(impatient, sign_in_to(fixture.service), approve(fixture), result);
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

TEST_CASE("an authority that gives no code in time is not waited for")
{
    authority_fixture fixture(quick());
    fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/devicecode"));
    pc::device_code_options options = sign_in_to(fixture.service);
    options.timeout = 200ms;
    CHECK(sign_in(fixture, options, nobody).ec == errc::call_timeout);
}

TEST_CASE("an authority that is silent until the code ends is the error, and not the person")
{
    const sign_in_result silent = sign_in_in_vain(2s, {});
    CHECK(silent.ec == errc::authority_unavailable);
    CHECK(silent.ec == pc::condition::transient);
    CHECK(silent.diag.description ==
          "the authority did not answer before the code ended, which was good for 2 s");
    CHECK(silent.diag.http_status == 0);
}

TEST_CASE("an authority that fails, and is then silent until the code ends, is the error")
{
    // Two of them: the first strikes a kept connection, whose request is repeated at once.
    const sign_in_result lost = sign_in_in_vain(3s, {failure::reset(), failure::reset()});
    CHECK(lost.ec == pc::condition::connection_failed);
    CHECK(lost.diag.description ==
          "the authority did not answer before the code ended, which was good for 3 s");
    CHECK(lost.diag.http_status == 0);
    const sign_in_result out_of_order = sign_in_in_vain(3s, {failure::answer(503, "later")});
    CHECK(out_of_order.ec == errc::authority_unavailable);
    CHECK(out_of_order.diag.http_status == 0);
}

TEST_CASE("a person who has not signed in when the authority was asked last is the cause")
{
    const sign_in_result pending = sign_in_in_vain(3s, {failure::oauth(70016, "authorization_pending")});
    CHECK(pending.ec == errc::sign_in_expired);
    CHECK(pending.diag.description == "the code was good for 3 s");
}

TEST_CASE(
    "a question that is repeated, because the connection was lost with its answer, proves anew who asks")
{
    const testing::certificate_identity identity = testing::make_client_identity();
    testing::emulator_options emulated;
    emulated.oauth.client_certificate_pem = identity.certificate_pem;
    emulated.oauth.device_code_interval = 0s; // it is repeated at once
    emulated.oauth.approve_device_code_after = 1;
    authority_fixture fixture(emulated);
    // The authority knows the assertions that it has seen.
    fixture.service.add_failure(failure_rule(failure::apply_and_close()).path("*/token"));
    pc::device_code_options options = sign_in_to(fixture.service);
    options.certificate.emplace(identity.certificate_pem, identity.private_key_pem);
    const sign_in_result signed_in = sign_in(fixture, options, nobody);
    CHECK_FALSE(signed_in.ec);
    CHECK_MESSAGE(signed_in.diag.description.empty(), signed_in.diag.description);
    CHECK(token_requests(fixture.service) == 2);
}
