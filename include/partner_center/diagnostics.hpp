// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DIAGNOSTICS_HPP
#define PARTNER_CENTER_DIAGNOSTICS_HPP

#include <partner_center/errc.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace partner_center {

/// How far a call had come.
enum class phase {
    prepare,         ///< Checking and formatting the request.
    token,           ///< Waiting for an access token.
    wait_connection, ///< Waiting for a connection of the pool.
    resolve,         ///< Resolving the host name, of the proxy if there is one.
    connect,         ///< Connecting to one of its addresses.
    proxy,           ///< Asking the proxy for a tunnel to the server.
    handshake,       ///< The TLS handshake.
    send,            ///< Sending the request.
    wait_continue,   ///< Waiting for `100 Continue` before the body is sent.
    receive,         ///< Waiting for the response, or reading it.
    wait_retry,      ///< Waiting before another attempt, or while the service throttles the client.
    decode,          ///< Making a resource of the response.
    done,            ///< Completed.
};

/// The phase `value` in words, such as "sending the request". Never throws.
PARTNER_CENTER_DECL std::string_view to_string(phase value) noexcept;

/**
 * All that is known of a call beside its `error_code`: for a log line, a support ticket, and a decision.
 *
 * Filled in on success too. It never holds the token. All text comes from the service or the caller and is
 * bounded; control characters are replaced by spaces. Distinct objects may be used from different threads.
 */
struct diagnostics {
    /// The most of `description` and of `body_excerpt`, in bytes.
    static constexpr std::size_t max_text_size = 512;

    /// "GET" or "PUT".
    std::string method;
    /// The absolute URL asked for.
    std::string url;
    /// The MS-RequestId sent: the same through every attempt of the call.
    std::string request_id;
    /// The MS-CorrelationId sent.
    std::string correlation_id;
    /// How far the call came.
    partner_center::phase phase = partner_center::phase::prepare;
    /// How often the request was sent, or its sending begun.
    unsigned attempts = 0;
    /// Whether the service may have applied the change although the call failed. False for a read, and as
    /// soon as it is known that nothing was applied.
    bool may_have_been_applied = false;

    /// The status of the last response; 0 when there was none. In `phase::token` the response, and all that
    /// is said of one here, is the authority's.
    unsigned http_status = 0;
    /// The service's own error code, such as "2055"; empty when it gave none.
    std::string service_code;
    /// What went wrong, in the words of the service, of OpenSSL, or of this library.
    std::string description;
    /// The part of the service that reports the error, such as "PartnerFD".
    std::string source;
    /// The service's `isRetryable`, where it gave one.
    std::optional<bool> is_retryable;
    /// Whether the token was issued with multi-factor authentication, as the last response's `isMfaCompliant`
    /// says; nothing unless `validate_mfa` asked for it.
    std::optional<bool> mfa_compliant;
    /// The wait that the service asked for in `Retry-After` (RFC 9110, section 10.2.3), a date counted from
    /// when it came; at most a year.
    std::optional<std::chrono::seconds> retry_after;
    /// `WWW-Authenticate` of a 401.
    std::string www_authenticate;
    /// MS-CV, which Microsoft's support asks for.
    std::string correlation_vector;
    /// MS-ServerId, for the same purpose.
    std::string server_id;
    /// `Content-Type` of the last response.
    std::string content_type;
    /// The beginning of the last response's body, when the call failed.
    std::string body_excerpt;

    /// Nothing known.
    diagnostics() noexcept {}
};

/**
 * One sentence for an operator: what was asked, what came back, what the service says, and the ids of the
 * call.
 *
 * @param ec How the call ended.
 * @param diag What is known of it.
 * @throws std::bad_alloc Memory is exhausted.
 */
PARTNER_CENTER_DECL std::string describe(const error_code& ec, const diagnostics& diag);

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/diagnostics.ipp>
#endif

#endif
