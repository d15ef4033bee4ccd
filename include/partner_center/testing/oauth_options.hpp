// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_OAUTH_OPTIONS_HPP
#define PARTNER_CENTER_TESTING_OAUTH_OPTIONS_HPP

#include <partner_center/testing/throttle_options.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace partner_center::testing {

/// What the authority that an emulator contains knows of its one application and its one user.
///
/// Times are at most a year. Not an aggregate, so that it may be built inside a `co_await` expression.
class oauth_options {
public:
    /// The defaults.
    oauth_options() {}

    /// The tenant: the first part of the endpoints' paths. `common` and `organizations` lead to it as well.
    std::string tenant = "22222222-2222-2222-2222-222222222222";

    /// The application.
    std::string client_id = "44444444-4444-4444-4444-444444444444";

    /// The application's secret; an empty one stands for a new random one.
    std::string client_secret;

    /// The application's certificate as PEM, with an RSA key of 2048 bits or more; without it, no client
    /// assertion is accepted. See make_client_identity().
    std::optional<std::string> client_certificate_pem;

    /// Whether a refresh token is accepted without a secret or an assertion.
    bool public_client = false;

    /// The refresh token to begin with; an empty one stands for a new random one.
    std::string refresh_token;

    /// Whether each use of a refresh token brings a new one; otherwise the answer has none.
    bool rotate_refresh_tokens = true;

    /// How long a refresh token is still good after it was replaced; 0 or more.
    std::chrono::milliseconds replaced_refresh_token_lifetime{0};

    /// How long a refresh token may lie unused before it is refused (AADSTS700082); more than 0.
    std::chrono::milliseconds refresh_token_lifetime{std::chrono::hours{24 * 90}};

    /// How long an access token is accepted; more than 0. The answer says it in whole seconds, rounded down.
    std::chrono::milliseconds access_token_lifetime{std::chrono::hours{1}};

    /// What the v2.0 endpoint says in `refresh_in`, if anything; 0 or more.
    std::optional<std::chrono::seconds> refresh_in;

    /// What access tokens must be for: the `resource` of v1, the scope without its last part of v2.0. The API
    /// answers one for something else with 401, code 900420. Empty: anything will do.
    std::string audience;

    /// How long a device code may be used; more than 0.
    std::chrono::milliseconds device_code_lifetime{std::chrono::minutes{15}};

    /// The least time between two polls; 0 or more.
    std::chrono::seconds device_code_interval{5};

    /// How much that grows by each poll that comes too soon (RFC 8628, section 3.5); 0 or more.
    std::chrono::seconds device_code_slow_down{5};

    /// After how many answers of `authorization_pending` a device code counts as approved without
    /// emulator::approve_device_code().
    std::optional<std::size_t> approve_device_code_after;

    /// Bounds the requests of the token endpoints, whose 429 is plain text.
    std::optional<throttle_options> throttle;
};

} // namespace partner_center::testing

#endif
