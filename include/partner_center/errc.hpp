// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_ERRC_HPP
#define PARTNER_CENTER_ERRC_HPP

#include <partner_center/detail/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <type_traits>

namespace partner_center {

using boost::system::error_code;

/**
 * The failures that this library itself detects.
 *
 * A call can also complete with
 *  - an HTTP status, in @ref http_status_category, when the service answered with one that has no
 *    closer name here;
 *  - an error of the system, the resolver or OpenSSL, unchanged, when the connection failed;
 *  - `asio::error::operation_aborted`, when it was cancelled.
 *
 * Compare with a @ref condition where the difference does not matter.
 */
enum class errc {
    /// The base URL is not of the form `https://host[:port][/path]`.
    invalid_base_url = 1,
    /// The base URL says `http://`: a bearer token is sent over TLS only.
    insecure_base_url,
    /// An option or header value cannot be sent; `diagnostics::description` names it and says why.
    invalid_argument,
    /// The transport was closed or destroyed.
    transport_closed,
    /// More calls wait for a connection than `transport_options::max_waiters` allows.
    too_many_waiters,
    /// The CA file or the TLS settings cannot be used; `diagnostics::description` says why.
    invalid_tls_settings,
    /// The server's certificate was refused (unknown issuer, expired, other host name, ...).
    untrusted_certificate,
    /// No connection within `transport_options::connect_timeout` (name resolution and proxy included).
    connect_timeout,
    /// No TLS session within `transport_options::handshake_timeout`.
    handshake_timeout,
    /// No complete response within `transport_options::attempt_timeout`.
    attempt_timeout,
    /// The whole call took longer than its `timeout`.
    call_timeout,
    /// The server, or the proxy, closed the connection before the first byte of a response.
    connection_closed,
    /// The connection ended inside the response.
    truncated_response,
    /// The server does not keep to the protocol: bytes that are not an HTTP/1.1 response, a success that is
    /// reported before the change was sent, or TLS messages without end.
    malformed_response,
    /// The response's header or body is larger than the transport's limits, or interim responses do not end.
    response_too_large,
    /// The response is compressed although nobody asked for that; `diagnostics::description` names the
    /// coding.
    unexpected_content_encoding,
    /// 200 without a body.
    empty_body,
    /// 200 with a body that does not say it is JSON, such as a gateway's HTML page.
    unexpected_content_type,
    /// 200 with a body that is not JSON, or JSON that ends too early or nests too deep.
    malformed_json,
    /// JSON of another shape than the resource; the message names the JSON path.
    unexpected_json_type,
    /// The resource was changed by somebody else: 400 with code 2055, 417 with code 800036. (412 stays HTTP
    /// 412.)
    stale_etag,
    /// 401 with code 900420: the token was issued for another audience than Partner Center. Ask the authority
    /// for one with the scope (v2) or resource (v1) of Partner Center; the same one again will not help.
    wrong_token_audience,
    /// 401 that asks for multi-factor authentication (code 900421): a refreshed token will not help. A person
    /// must sign in again, with a second factor.
    mfa_required,
    /// The proxy wants other credentials than it got (407, of some proxies 401).
    proxy_authentication_required,
    /// The proxy does not connect to the server: it answered `CONNECT` with a 3xx or 4xx, which
    /// `diagnostics::description` names.
    proxy_refused,
    /// The proxy cannot connect to the server now: it answered `CONNECT` with 408, 429 or a 5xx, which
    /// `diagnostics::description` names.
    proxy_unavailable,
    /// The authority gives no more tokens for this refresh token (it is expired or revoked, or multi-factor
    /// authentication or consent is missing): a person must sign in again. `diagnostics::service_code` is the
    /// AADSTS code.
    sign_in_required,
    /// The authority does not know what the credential is set up with, or does not take it: the tenant, the
    /// client id, its secret or certificate, the scope. Nothing helps but to correct that.
    /// `diagnostics::service_code` is the AADSTS code.
    invalid_credential,
    /// The authority cannot give a token now: it answered with 408, 429 or a 5xx, or says so, or did not
    /// answer before the code of a sign-in ended.
    authority_unavailable,
    /// The authority's answer to the request for a token is neither a token nor any other error named here;
    /// `diagnostics::description` says what it is.
    token_request_failed,
    /// `refresh_token_options::on_refresh_token` threw; `diagnostics::description` is its `what()`. The new
    /// refresh token is kept, and handed over again before the next call goes on.
    refresh_token_not_stored,
    /// The person who was asked to sign in declined.
    sign_in_declined,
    /// The person who was asked to sign in did not do it in time.
    sign_in_expired,
    /// Not sent: the service has throttled an earlier call of the client, and its `Retry-After` is over only
    /// after this call's deadline; see `diagnostics::retry_after`.
    throttled,
    /// The resource breaks documented limits, and nothing was sent; `diagnostics::description` lists
    /// them. See @ref validate and `client_options::validate`.
    invalid_profile,
    /// Of `client::async_modify` only: the function that changes the resource threw. Nothing was sent;
    /// `diagnostics::description` is its `what()`.
    change_failed,
    /// Of a sign-in by device code only: the function that shows the code to the person threw;
    /// `diagnostics::description` is its `what()`.
    prompt_failed,
};

/// The category of @ref errc. Thread-safe.
PARTNER_CENTER_DECL const boost::system::error_category& partner_center_category() noexcept;

/// Makes an `error_code` of an @ref errc, `e`. Never throws.
inline error_code make_error_code(errc e) noexcept
{
    return error_code(static_cast<int>(e), partner_center_category());
}

} // namespace partner_center

template <>
struct boost::system::is_error_code_enum<partner_center::errc> : std::true_type {
};

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/errc.ipp>
#endif

#endif
