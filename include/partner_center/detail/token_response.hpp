// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TOKEN_RESPONSE_HPP
#define PARTNER_CENTER_DETAIL_TOKEN_RESPONSE_HPP

#include <partner_center/access_token.hpp>
#include <partner_center/detail/response_reader.hpp>
#include <partner_center/detail/token_error.hpp>
#include <partner_center/diagnostics.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace partner_center::detail {

/// What the authority gives.
struct token_grant {
    access_token access;
    std::string refresh_token; ///< Empty: keep the one that was sent.

    token_grant() noexcept {}
};

/**
 * Interprets the answer to a request for a token, by a refresh token or by a device code.
 *
 * Everything in it may be wrong: what is not of the type or form that it should have ends in `failed`, and a
 * number out of all bounds is brought back into them.
 *
 * @param secrets What was sent and must not show: it is left out of every text, as it is and as the value of
 *        a form.
 * @param sent_at When the request was sent: what the life of the token is counted from, so that it ends too
 *        early rather than too late. A token may be granted that has expired then.
 * @param to Set when the outcome is `granted`, and left alone otherwise, but for a new refresh token, which
 *        counts also beside an access token that is of no use.
 * @param diag Left alone when the outcome is `granted`. Otherwise `http_status`, `service_code` (the AADSTS
 *        code, or else OAuth's error), `description` (the authority's words, and what to do), `retry_after`,
 *        `content_type` and `body_excerpt` are set or emptied; the last is set only when the body is no JSON
 *        and no success.
 */
PARTNER_CENTER_DECL token_outcome interpret_token_response(const http_response& response,
                                                           std::span<const std::string_view> secrets,
                                                           std::chrono::system_clock::time_point sent_at,
                                                           token_grant& to, diagnostics& diag);

/// What the authority gives for a sign-in by device code (RFC 8628, section 3.2).
struct device_authorization {
    std::string device_code; ///< A secret: what is asked with.
    std::string user_code;   ///< What the person types at `verification_uri`.
    std::string verification_uri;
    std::string message;               ///< The authority's words to the person; may be empty.
    std::chrono::seconds expires_in{}; ///< How long the codes are good for, from `sent_at` on.
    std::chrono::seconds interval{5};  ///< How long to wait between two questions; 1 to 60.

    device_authorization() noexcept {}
};

/// Interprets the answer to the request that begins a sign-in by device code, in the same way. All texts but
/// the device code are fit to be shown at a terminal.
PARTNER_CENTER_DECL token_outcome interpret_device_code_response(
    const http_response& response, std::span<const std::string_view> secrets,
    std::chrono::system_clock::time_point sent_at, device_authorization& to, diagnostics& diag);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/token_response.ipp>
#endif

#endif
