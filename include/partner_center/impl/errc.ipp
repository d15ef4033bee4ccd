// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_ERRC_IPP
#define PARTNER_CENTER_IMPL_ERRC_IPP

#include <partner_center/errc.hpp>

#include <partner_center/detail/own_category.hpp>

#include <string>

namespace partner_center {
namespace detail {

inline const char* errc_text(int value) noexcept
{
    switch (static_cast<errc>(value)) {
    case errc::invalid_base_url: return "the base URL is not of the form https://host[:port][/path]";
    case errc::insecure_base_url:
        return "the base URL is plain http, and a bearer token is sent over TLS only";
    case errc::invalid_argument: return "an option or header value cannot be sent";
    case errc::transport_closed: return "the transport is closed";
    case errc::too_many_waiters: return "too many calls wait for a connection";
    case errc::invalid_tls_settings: return "the TLS settings cannot be used";
    case errc::untrusted_certificate: return "the server's certificate is not trusted";
    case errc::connect_timeout: return "no connection within the connect timeout";
    case errc::handshake_timeout: return "no TLS session within the handshake timeout";
    case errc::attempt_timeout: return "no complete response within the attempt timeout";
    case errc::call_timeout: return "the call's time is over";
    case errc::connection_closed: return "the server closed the connection without a response";
    case errc::truncated_response: return "the connection ended inside the response";
    case errc::malformed_response: return "the bytes received are not an HTTP/1.1 response";
    case errc::response_too_large: return "the response is larger than the limits allow";
    case errc::unexpected_content_encoding: return "the response has a content coding that was not asked for";
    case errc::empty_body: return "the response has no body";
    case errc::unexpected_content_type: return "the response is not JSON";
    case errc::malformed_json: return "the response's JSON cannot be parsed";
    case errc::unexpected_json_type: return "the JSON has another shape than the resource";
    case errc::stale_etag: return "the resource was changed by somebody else since it was read";
    case errc::wrong_token_audience:
        return "the token was issued for another audience than Partner Center: ask for one with its scope";
    case errc::mfa_required:
        return "the token was issued without multi-factor authentication: sign in again with a second factor";
    case errc::proxy_authentication_required: return "the proxy wants other credentials";
    case errc::proxy_refused: return "the proxy refused to connect to the server";
    case errc::proxy_unavailable: return "the proxy cannot connect to the server now";
    case errc::sign_in_required: return "a person must sign in again";
    case errc::invalid_credential: return "the authority does not accept the credential as it is set up";
    case errc::authority_unavailable: return "the authority cannot give a token now";
    case errc::token_request_failed: return "the authority gave no token";
    case errc::refresh_token_not_stored: return "the new refresh token could not be stored";
    case errc::sign_in_declined: return "the sign-in was declined";
    case errc::sign_in_expired: return "nobody signed in in time";
    case errc::throttled: return "the service has asked for a pause that is longer than the call's time";
    case errc::invalid_profile: return "the resource breaks documented limits";
    case errc::change_failed: return "the function that was to change the resource threw";
    case errc::prompt_failed: return "the function that was to show the code threw";
    }
    return "unknown error of the Partner Center client";
}

class partner_center_category_type final : public own_category {
public:
    constexpr partner_center_category_type() noexcept
        : own_category(0x9f3a1c5d7e42b608)
    {
    }
    const char* name() const noexcept override { return "partner_center"; }
    std::string message(int value) const override { return errc_text(value); }
};

} // namespace detail

PARTNER_CENTER_DECL const boost::system::error_category& partner_center_category() noexcept
{
    static const detail::partner_center_category_type category;
    return category;
}

} // namespace partner_center

#endif
