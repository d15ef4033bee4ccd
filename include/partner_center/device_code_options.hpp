// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DEVICE_CODE_OPTIONS_HPP
#define PARTNER_CENTER_DEVICE_CODE_OPTIONS_HPP

#include <partner_center/application_options.hpp>
#include <partner_center/errc.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace partner_center {

/**
 * What it takes to sign a person in by a device code.
 *
 * `tenant` and `client_id` are required; most applications that sign people in so are public clients, with
 * neither secret nor certificate. A `scope` of your own needs `offline_access`: without it the v2 endpoint
 * gives no refresh token, which is what the sign-in is for.
 */
struct device_code_options : application_options {
    /// The most time that it may take until there is a code to show. More than zero; `duration::max()` is no
    /// limit. From then on the code's own life is the limit.
    std::chrono::steady_clock::duration timeout = std::chrono::seconds(100);

    /// The defaults.
    device_code_options() noexcept {}

    /// An `application` with the defaults.
    explicit device_code_options(application_options application)
        : application_options(std::move(application))
    {
    }
};

/// Looks for mistakes in the `options`, without asking anybody; see `check` of @ref refresh_token_options.
[[nodiscard]] PARTNER_CENTER_DECL error_code check(const device_code_options& options, std::string& reason);

/// What a person has to be told to sign in (RFC 8628, section 3.3). All of it is fit for a terminal.
struct device_code_prompt {
    /// What to type.
    std::string user_code;
    /// Where, an `https` address.
    std::string verification_uri;
    /// Both in a sentence: the authority's, in the language that it chose, or one in English.
    std::string message;
    /// How long the code is good for.
    std::chrono::seconds expires_in{};

    /// Nothing to tell.
    device_code_prompt() noexcept {}
};

/// Shows a person what to do. See @ref sign_in_by_device_code.
using device_code_prompt_function = std::function<void(const device_code_prompt&)>;

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/device_code_options.ipp>
#endif

#endif
