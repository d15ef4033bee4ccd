// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TOKEN_REQUEST_HPP
#define PARTNER_CENTER_DETAIL_TOKEN_REQUEST_HPP

#include <partner_center/application_options.hpp>
#include <partner_center/detail/base_url.hpp>

#include <string>
#include <string_view>

namespace partner_center::detail {

/**
 * Where tokens are asked for, and on whose behalf: the part of the options that does not change from one
 * request to the next, with the defaults filled in.
 */
struct token_endpoint {
    base_url authority;
    std::string tenant;
    partner_center::oauth_version version = partner_center::oauth_version::v2;
    std::string client_id;
    std::string client_secret; ///< Empty for a certificate or a public client.
    std::string resource;
    std::string scope;

    token_endpoint() noexcept {}

    /// @param options Checked.
    PARTNER_CENTER_DECL explicit token_endpoint(const application_options& options);

    /// The request target of tokens, and of the beginning of a sign-in by device code.
    PARTNER_CENTER_DECL std::string token_target() const;
    PARTNER_CENTER_DECL std::string device_code_target() const;

    /// The absolute URL of tokens: the audience of a client assertion.
    PARTNER_CENTER_DECL std::string token_url() const;
};

/// The body of a request for a token by a refresh token (RFC 6749, section 6).
/// @param client_assertion A signed assertion, or empty when there is a secret or nothing.
PARTNER_CENTER_DECL std::string refresh_token_form(const token_endpoint& endpoint,
                                                   std::string_view refresh_token,
                                                   std::string_view client_assertion);

/// The body of the request that begins a sign-in by device code (RFC 8628, section 3.1).
PARTNER_CENTER_DECL std::string device_code_form(const token_endpoint& endpoint);

/// The body of the request that asks whether the sign-in has happened (RFC 8628, section 3.4).
/// @param client_assertion As for @ref refresh_token_form.
PARTNER_CENTER_DECL std::string device_token_form(const token_endpoint& endpoint,
                                                  std::string_view device_code,
                                                  std::string_view client_assertion);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/token_request.ipp>
#endif

#endif
