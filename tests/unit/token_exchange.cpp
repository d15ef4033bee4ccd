// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What is asked of an authority, what it makes of that, and what its answers come to, without a socket.

#include <partner_center/detail/client_assertion.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/token_request.hpp>
#include <partner_center/detail/token_response.hpp>
#include <partner_center/refresh_token_options.hpp>
#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/detail/oauth_service.hpp>

#include <boost/beast/http/field.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace http = boost::beast::http;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::oauth_version;
using pc::detail::token_endpoint;
using outcome = pc::detail::token_outcome;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};

const testing::certificate_identity& identity()
{
    static const testing::certificate_identity one = testing::make_client_identity();
    return one;
}

enum class proof { secret, certificate, nothing };

pc::refresh_token_options asker(oauth_version version, proof by)
{
    pc::refresh_token_options options;
    options.authority = "https://localhost:8443";
    options.tenant = "22222222-2222-2222-2222-222222222222";
    options.client_id = "44444444-4444-4444-4444-444444444444";
    options.refresh_token = "fake-first";
    options.oauth_version = version;
    if (by == proof::secret)
        options.client_secret = "fake s+cret/&=%~";
    if (by == proof::certificate)
        options.certificate.emplace(identity().certificate_pem, identity().private_key_pem);
    return options;
}

testing::detail::oauth_service authority(proof by)
{
    testing::oauth_options options;
    options.client_secret = "fake s+cret/&=%~";
    options.refresh_token = "fake-first";
    options.audience = pc::base_url(pc::cloud::global);
    options.public_client = by == proof::nothing;
    if (by == proof::certificate)
        options.client_certificate_pem = identity().certificate_pem;
    return testing::detail::oauth_service(options, 10'000, &pc::detail::make_guid, now);
}

pc::detail::http_response ask(testing::detail::oauth_service& service, const std::string& target,
                              std::string_view form, std::chrono::seconds later = 0s)
{
    testing::detail::request_head head;
    head.method(http::verb::post);
    head.target(target);
    head.version(11);
    head.set(http::field::host, "localhost:8443");
    head.set(http::field::content_type, "application/x-www-form-urlencoded");
    const testing::detail::emulator_response answer =
        service.answer(head, testing::detail::make_exchange_ids(), form, now + later);
    pc::detail::http_response response;
    response.result(answer.status);
    if (answer.body)
        response.body() = *answer.body;
    return response;
}

std::string assertion(const pc::refresh_token_options& options, const token_endpoint& endpoint)
{
    if (!options.certificate)
        return {};
    pc::detail::assertion_signer signer;
    REQUIRE(signer.load(*options.certificate) == "");
    return signer.sign(endpoint.token_url(), endpoint.client_id, now);
}

} // namespace

TEST_CASE("an authority gives a token for a refresh token, by either version and every proof of identity")
{
    for (oauth_version version : {oauth_version::v1, oauth_version::v2})
        for (proof by : {proof::secret, proof::certificate, proof::nothing}) {
            CAPTURE(static_cast<int>(version));
            CAPTURE(static_cast<int>(by));
            const pc::refresh_token_options options = asker(version, by);
            std::string reason;
            REQUIRE_FALSE(check(options, reason));
            const token_endpoint endpoint(options);
            auto service = authority(by);
            const auto response =
                ask(service, endpoint.token_target(),
                    refresh_token_form(endpoint, options.refresh_token, assertion(options, endpoint)));
            pc::detail::token_grant grant;
            pc::diagnostics diag;
            const auto result = interpret_token_response(response, {}, now, grant, diag);
            CAPTURE(diag.description);
            REQUIRE(result == outcome::granted);
            CHECK(grant.access.expires == now + 1h);
            CHECK(service.audience_of(grant.access.token, now).has_value());
            CHECK(!grant.refresh_token.empty());
            CHECK(grant.refresh_token != options.refresh_token);
        }
}

TEST_CASE("an authority refuses, and the error says who has to do what")
{
    const pc::refresh_token_options good = asker(oauth_version::v2, proof::secret);
    struct row {
        const char* name;
        void (*spoil)(pc::refresh_token_options&);
        outcome expected;
        std::string_view code;
    };
    const row rows[] = {
        {"the secret", [](pc::refresh_token_options& o) { o.client_secret = "fake-other"; },
         outcome::invalid_credential, "AADSTS7000215"},
        {"no secret", [](pc::refresh_token_options& o) { o.client_secret.clear(); },
         outcome::invalid_credential, "AADSTS7000218"},
        {"the client", [](pc::refresh_token_options& o) { o.client_id.replace(0, 1, "5"); },
         outcome::invalid_credential, "AADSTS700016"},
        {"the tenant", [](pc::refresh_token_options& o) { o.tenant.replace(0, 1, "5"); },
         outcome::invalid_credential, "AADSTS90002"},
        {"the token", [](pc::refresh_token_options& o) { o.refresh_token = "fake-other"; },
         outcome::sign_in_required, "AADSTS"},
    };
    for (const row& r : rows) {
        CAPTURE(r.name);
        pc::refresh_token_options options = good;
        r.spoil(options);
        const token_endpoint endpoint(options);
        auto service = authority(proof::secret);
        const auto response =
            ask(service, endpoint.token_target(), refresh_token_form(endpoint, options.refresh_token, ""));
        pc::detail::token_grant grant;
        pc::diagnostics diag;
        CHECK(interpret_token_response(response, {}, now, grant, diag) == r.expected);
        CHECK(diag.service_code.starts_with(r.code));
        CHECK(diag.description.find(r.code) != std::string::npos);
        CHECK(diag.description.find(r.expected == outcome::sign_in_required
                                        ? "a person must sign in again"
                                        : "signing in again does not help") != std::string::npos);
    }
}

TEST_CASE("a person signs in by a device code")
{
    const pc::refresh_token_options options = asker(oauth_version::v2, proof::nothing);
    const token_endpoint endpoint(options);
    auto service = authority(proof::nothing);
    pc::detail::device_authorization begun;
    pc::diagnostics diag;
    REQUIRE(interpret_device_code_response(
                ask(service, endpoint.device_code_target(), device_code_form(endpoint)), {}, now, begun,
                diag) == outcome::granted);
    CHECK(begun.interval == 5s);
    CHECK(begun.expires_in == 15min);
    CHECK(begun.message.find(begun.user_code) != std::string::npos);

    const std::string form = device_token_form(endpoint, begun.device_code, "");
    pc::detail::token_grant grant;
    const auto poll = [&](std::chrono::seconds later) {
        return interpret_token_response(ask(service, endpoint.token_target(), form, later), {}, now + later,
                                        grant, diag);
    };
    CHECK(poll(5s) == outcome::authorization_pending);
    CHECK(poll(6s) == outcome::slow_down);
    CHECK(poll(20min) == outcome::expired);
    CHECK(grant.refresh_token.empty());
}
