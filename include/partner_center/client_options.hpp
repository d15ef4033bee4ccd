// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CLIENT_OPTIONS_HPP
#define PARTNER_CENTER_CLIENT_OPTIONS_HPP

#include <partner_center/cloud.hpp>
#include <partner_center/retry_options.hpp>

#include <chrono>
#include <string>

namespace partner_center {

/// All that can be set for a client; the defaults are fit for production. Checked by the client's
/// constructor.
struct client_options {
    /// The national cloud: decides the base URL unless `base_url` is set.
    partner_center::cloud cloud = partner_center::cloud::global;

    /// The API's base URL instead of the cloud's: `https://host[:port][/path]`, without query and fragment.
    std::string base_url;

    /// MS-PartnerCenter-Application: a name for the application in the service's logs. Not sent when empty.
    std::string application_name;

    /// X-Locale: the language of the service's messages. Not sent when empty; the service then takes "en-US".
    std::string locale;

    /// Whether updates ask `Expect: 100-continue`, as the documented request does: a request that the service
    /// refuses by its header then never carries the profile over the network.
    bool expect_continue = true;

    /// How long an update waits for `100 Continue` before it sends the body all the same (RFC 9110,
    /// section 10.1.1, allows that). More than zero.
    std::chrono::steady_clock::duration continue_timeout = std::chrono::seconds(1);

    /// Whether an update that breaks a documented limit (@ref validate) fails with @ref errc::invalid_profile
    /// before anything is sent.
    bool validate = true;

    /// Whether calls ask, by `ValidateMfa`, whether the token was issued with multi-factor authentication;
    /// the answer is in `diagnostics::mfa_compliant`.
    bool validate_mfa = false;

    /// How often a modify reads, changes and writes when somebody else writes in between, the first time
    /// included. At least 1.
    unsigned max_modify_rounds = 32;

    /// The most time that a whole call may take, waiting and repeated attempts included. More than zero;
    /// `duration::max()` is no limit.
    std::chrono::steady_clock::duration timeout = std::chrono::seconds(100);

    /// When a failed attempt is repeated.
    retry_options retry;

    /// The defaults.
    client_options() {}
};

} // namespace partner_center

#endif
