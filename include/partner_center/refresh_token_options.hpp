// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_REFRESH_TOKEN_OPTIONS_HPP
#define PARTNER_CENTER_REFRESH_TOKEN_OPTIONS_HPP

#include <partner_center/application_options.hpp>
#include <partner_center/errc.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace partner_center {

/**
 * What it takes to get tokens for an application and a user (App+User) by a refresh token: the way that
 * Partner Center demands for everything that a partner's people could do themselves.
 *
 * `tenant`, `client_id` and `refresh_token` are required. Checked when a credential is made of it.
 *
 * @see Partner Center, "Enabling the Secure Application Model framework"
 */
struct refresh_token_options : application_options {
    /// The refresh token to begin with. The authority may replace it with each use; then the old one may stop
    /// to work, so the new one must be stored: see `on_refresh_token`.
    std::string refresh_token;

    /// How long before it expires a token is refreshed, unless the authority names a time; half its life
    /// before, when that is less. Not negative.
    std::chrono::seconds refresh_margin = std::chrono::minutes(5);

    /**
     * Is told of each refresh token that the authority gives instead of the one it got, before the access
     * token that came with it is used: to be stored for the next start of the program.
     *
     * Called on a thread of the client's executor, never twice at the same time for one credential; all calls
     * that need a token wait until it returns. When it throws, the calls that wait fail with
     * @ref errc::refresh_token_not_stored. The new refresh token is kept, and before the next call goes on it
     * is handed over again. It must not wait for a call of a client with this credential.
     *
     * A token may be asked for in advance, by itself: then this is called after the last call has ended, and
     * the client and the credential are gone. What it refers to must live until the execution context has run
     * out of work, or is destroyed; it is safest to capture by value.
     */
    std::function<void(const std::string& new_refresh_token)> on_refresh_token;

    /// The defaults.
    refresh_token_options() noexcept {}

    /// An `application` whose user has signed in, which brought `refresh_token_`.
    refresh_token_options(application_options application, std::string refresh_token_)
        : application_options(std::move(application))
        , refresh_token(std::move(refresh_token_))
    {
    }
};

/**
 * Looks for mistakes in the options, without asking anybody.
 *
 * @param options What to look at.
 * @param reason Set to the name of the member at fault and what is wrong with it, when the result is an
 *        error. It shows no secret.
 * @return Nothing, @ref errc::invalid_argument, or for the authority @ref errc::invalid_base_url and
 *         @ref errc::insecure_base_url.
 * @throws std::bad_alloc Memory is exhausted.
 */
[[nodiscard]] PARTNER_CENTER_DECL error_code check(const refresh_token_options& options, std::string& reason);

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/refresh_token_options.ipp>
#endif

#endif
