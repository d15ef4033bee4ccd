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
#include <utility>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
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

} // namespace

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
