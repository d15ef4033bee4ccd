// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_EMULATOR_OPTIONS_HPP
#define PARTNER_CENTER_TESTING_EMULATOR_OPTIONS_HPP

#include <partner_center/organization_profile.hpp>
#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/conflict_answer.hpp>
#include <partner_center/testing/oauth_options.hpp>
#include <partner_center/testing/throttle_options.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace partner_center::testing {

/// What an emulator is told at its start. The defaults serve a test.
///
/// Not an aggregate, so that it may be built inside a `co_await` expression.
class emulator_options {
public:
    /// The defaults.
    emulator_options() {}

    /// The IP address to listen on.
    std::string address = "127.0.0.1";

    /// The port to listen on; 0 takes any free one.
    unsigned short port = 0;

    /// The bearer token to accept, besides those that the authority issues; an empty one stands for a new
    /// random token.
    std::string token;

    /// The authority that issues tokens, on the same port.
    oauth_options oauth;

    /// The profile to begin with; without it, the one of the documented example with made-up ids.
    /// A state file that exists goes first.
    std::optional<OrganizationProfile> profile;

    /// What a request with an etag that is not the present one gets.
    conflict_answer on_conflict = conflict_answer::by_place;

    /// What the header isMfaCompliant says in the answer to a request with `ValidateMfa: true`; without it,
    /// there is no such header.
    std::optional<bool> mfa_compliant = true;

    /// Bounds the requests of the API; without it, any number is served.
    std::optional<throttle_options> throttle;

    /// Where to keep the profile between runs. Read at the start if it exists; written after each change, by
    /// a temporary file beside it and a rename, so that it is whole at any time.
    std::optional<std::filesystem::path> state_file;

    /// The authority that issues the server's certificate; without it, a new one.
    std::optional<certificate_authority> authority;

    /// The server's certificate; without it, one issued by the authority. With an identity and no authority,
    /// the identity's certificate is what a client has to trust.
    std::optional<certificate_identity> identity;

    /// The largest body of a request, in bytes, at least 1; a larger one is answered with 413.
    std::size_t max_body_size = std::size_t{1} << 20U;

    /// The largest head of a request, in bytes, at least 256; a larger one is answered with 431.
    std::size_t max_head_size = std::size_t{64} << 10U;

    /// How many connections may be open, at least 1; a further one is closed at once.
    std::size_t max_connections = 1000;

    /// How many of the last requests the log keeps.
    std::size_t max_logged_requests = 1000;

    /// How many bytes of heads and bodies it keeps.
    std::size_t max_logged_bytes = std::size_t{64} << 20U;

    /// How long a connection may be silent between two requests; more than 0, a year at most.
    std::chrono::milliseconds idle_timeout{60'000};

    /// How long the handshake, and each request with its response, may take; more than 0, a year at most.
    std::chrono::milliseconds request_timeout{30'000};
};

} // namespace partner_center::testing

#endif
