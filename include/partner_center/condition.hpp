// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CONDITION_HPP
#define PARTNER_CENTER_CONDITION_HPP

#include <partner_center/errc.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_condition.hpp>

#include <type_traits>

namespace partner_center {

/**
 * What a failure means, whichever layer it comes from: `if (ec == condition::throttled)`.
 *
 * One error can meet several conditions: HTTP 504 is a `timeout` and `transient`.
 */
enum class condition {
    /// HTTP 429 and @ref errc::throttled: too many requests. Wait for `diagnostics::retry_after`.
    throttled = 1,
    /// HTTP 401, and the errors that ask for another token.
    unauthorized,
    /// HTTP 403.
    forbidden,
    /// HTTP 404.
    not_found,
    /// The resource was changed meanwhile: HTTP 409, 412 and @ref errc::stale_etag. Read it again.
    conflict,
    /// The request itself is wrong and was not applied: the other HTTP 4xx, and @ref errc::invalid_argument.
    invalid_request,
    /// Out of time: HTTP 408 and 504, this library's timeouts, and the system's.
    timeout,
    /// Worth another try later: HTTP 408, 429, 500, 502, 503, 504, and connections that failed.
    transient,
    /// Cancelled by the caller, or the transport was closed.
    cancelled,
    /// No connection, or a connection that broke: the system's, the resolver's and TLS errors.
    connection_failed,
    /// The server's certificate was refused.
    untrusted_peer,
    /// The server answered with something that Partner Center does not send.
    unexpected_response,
};

/// The category of HTTP statuses: an `error_code` whose value is the status. Thread-safe.
PARTNER_CENTER_DECL const boost::system::error_category& http_status_category() noexcept;

/// The category of @ref condition. Thread-safe.
PARTNER_CENTER_DECL const boost::system::error_category& condition_category() noexcept;

/// Makes an `error_code` of an HTTP `status`. Never throws.
inline error_code make_http_status_code(unsigned status) noexcept
{
    return error_code(static_cast<int>(status), http_status_category());
}

/// Makes an `error_condition` of a @ref condition, `c`. Never throws.
inline boost::system::error_condition make_error_condition(condition c) noexcept
{
    return boost::system::error_condition(static_cast<int>(c), condition_category());
}

} // namespace partner_center

template <>
struct boost::system::is_error_condition_enum<partner_center::condition> : std::true_type {
};

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/condition.ipp>
#endif

#endif
