// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_REFRESH_TOKEN_SOURCE_HPP
#define PARTNER_CENTER_DETAIL_REFRESH_TOKEN_SOURCE_HPP

#include <partner_center/access_token.hpp>
#include <partner_center/detail/cached_tokens.hpp>
#include <partner_center/detail/client_assertion.hpp>
#include <partner_center/detail/client_state.hpp>
#include <partner_center/detail/token_request.hpp>
#include <partner_center/detail/token_response.hpp>
#include <partner_center/refresh_token_options.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace partner_center::detail {

/// Asks the authority for access tokens, and sees to it that a new refresh token is stored before anything
/// that came with it is used.
class refresh_token_source final : public cached_tokens {
public:
    /// Throws `error` for what is wrong with the options.
    PARTNER_CENTER_DECL explicit refresh_token_source(refresh_token_options options);

    // The steps of a question; each one ends it or goes on with the next. One question is open at a time, so
    // what they use needs no lock.
    PARTNER_CENTER_DECL void begin(fetch_ender question, const client_state& client);
    PARTNER_CENTER_DECL void accept(fetch_ender question, token_grant&& granted);
    PARTNER_CENTER_DECL void refuse(fetch_ender question, const error_code& ec, std::string&& refresh_token,
                                    fetch_end how);

    /// A proof of who asks, good for one request (RFC 7523, section 3); empty without a certificate.
    PARTNER_CENTER_DECL std::string make_assertion() const;
    /// The form of a request with it.
    PARTNER_CENTER_DECL std::string make_form(std::string_view refresh_token,
                                              std::string_view client_assertion) const;

private:
    PARTNER_CENTER_DECL void ask(ref<token_fetch> to, const call_maker& client) override;
    PARTNER_CENTER_DECL void post_form(fetch_ender& question, const client_state& client);
    void finish_with_token(fetch_ender question);
    void replace(std::string&& refresh_token);
    bool hand_over(token_fetch& asked);

    token_endpoint endpoint_;
    assertion_signer signer_;
    bool has_certificate_;
    std::chrono::seconds margin_;
    std::function<void(const std::string&)> on_refresh_token_;
    std::string refresh_token_;
    bool unstored_ = false; // the refresh token has not been handed over
    std::string replaced_;  // the one before, until then
    access_token granted_;  // has come with it, and is used after that
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/refresh_token_source.ipp>
#endif

#endif
