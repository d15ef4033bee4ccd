// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An authority that is silent, or loses what it has answered, while a person signs in.

#include "fixtures/authority_fixture.hpp"
#include "fixtures/transcript.hpp"

#include <partner_center/device_code.hpp>
#include <partner_center/testing/certificates.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using testing::authority_fixture;
using testing::failure;
using testing::failure_rule;
using testing::token_requests;

namespace {

struct ending {
    pc::error_code ec;
    pc::diagnostics diag;
};

pc::device_code_options asking(const testing::emulator& authority)
{
    pc::device_code_options options;
    options.tenant = authority.tenant();
    options.client_id = authority.client_id();
    options.authority = authority.base_url();
    return options;
}

ending sign_in(authority_fixture& fixture, pc::device_code_options options)
{
    ending ended;
    unsigned completions = 0;
    pc::async_sign_in_by_device_code(
        fixture.transport, std::move(options), [](const pc::device_code_prompt&) {}, ended.diag,
        [&](const pc::error_code& ec, const pc::signed_in&) {
            ++completions;
            ended.ec = ec;
        });
    fixture.run();
    CHECK(completions == 1);
    testing::write_down(ended.ec, ended.diag);
    return ended;
}

// Nobody signs in, and of the questions the first ones are answered, or fail, so; the next one is not.
ending sign_in(std::chrono::seconds lifetime, const std::vector<failure>& first)
{
    testing::emulator_options emulated;
    emulated.oauth.device_code_interval = 1s;
    emulated.oauth.device_code_lifetime = lifetime;
    authority_fixture fixture(emulated);
    if (!first.empty())
        fixture.service.add_failure(failure_rule(first).path("*/token"));
    fixture.service.add_failure(failure_rule(failure::delay(60s)).path("*/token").always());
    return sign_in(fixture, asking(fixture.service));
}

} // namespace

TEST_CASE("an authority that is silent until the code ends is the error, and not the person")
{
    const ending silent = sign_in(2s, {});
    CHECK(silent.ec == errc::authority_unavailable);
    CHECK(silent.ec == pc::condition::transient);
    CHECK(silent.diag.description ==
          "the authority did not answer before the code ended, which was good for 2 s");
    CHECK(silent.diag.http_status == 0);
}

TEST_CASE("an authority that fails, and is then silent until the code ends, is the error")
{
    // Two of them: the first strikes a kept connection, whose request is repeated at once.
    const ending lost = sign_in(3s, {failure::reset(), failure::reset()});
    CHECK(lost.ec == pc::condition::connection_failed);
    CHECK(lost.diag.description ==
          "the authority did not answer before the code ended, which was good for 3 s");
    CHECK(lost.diag.http_status == 0);
    const ending out_of_order = sign_in(3s, {failure::answer(503, "later")});
    CHECK(out_of_order.ec == errc::authority_unavailable);
    CHECK(out_of_order.diag.http_status == 0);
}

TEST_CASE("a person who has not signed in when the authority was asked last is the cause")
{
    const ending pending = sign_in(3s, {failure::oauth(70016, "authorization_pending")});
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
    pc::device_code_options options = asking(fixture.service);
    options.certificate.emplace(identity.certificate_pem, identity.private_key_pem);
    const ending signed_in = sign_in(fixture, options);
    CHECK_FALSE(signed_in.ec);
    CHECK_MESSAGE(signed_in.diag.description.empty(), signed_in.diag.description);
    CHECK(token_requests(fixture.service) == 2);
}
