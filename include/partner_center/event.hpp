// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EVENT_HPP
#define PARTNER_CENTER_EVENT_HPP

#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace partner_center {

/// What happened.
enum class event_kind {
    connection_opened, ///< A connection was made, TLS included.
    connection_failed, ///< No connection could be made.
    connection_reused, ///< A call was given a kept connection.
    connection_closed, ///< A connection was closed, by us or after the server did.
    attempt_started,   ///< A request begins to be sent.
    attempt_finished,  ///< Its response was read, or it ended without one. Always follows, unless the
                       ///< execution context is destroyed or memory runs out.
    retry_scheduled,   ///< The request will be sent again.
};

/// Why a connection was closed.
enum class close_reason {
    none,             ///< It was not: the event is of another kind.
    idle_timeout,     ///< It was idle for longer than `transport_options::idle_timeout`.
    max_age,          ///< It is older than `transport_options::max_connection_age`.
    closed_by_peer,   ///< The peer closed it, or sent something unasked, before it was used again; or it was
                      ///< not trusted any more, after another one had gone silent.
    not_reusable,     ///< Its response allows no further request.
    call_ended,       ///< Its call failed or was cancelled.
    transport_closed, ///< The transport was closed.
};

/// Why a request is sent again.
enum class retry_reason {
    none,               ///< It is not: the event is of another kind.
    stale_connection,   ///< A kept connection died before the first byte of a response.
    expectation_failed, ///< The server does not know `Expect: 100-continue`.
    token_refused,      ///< The service answered 401: a new token is asked for.
    connection_failed,  ///< No connection could be made, or it broke.
    timeout,            ///< A step or the attempt took too long.
    throttled,          ///< The service answered 429.
    status,             ///< The service answered with another status of `retry_options::statuses`.
};

/**
 * One thing that happened on a transport: for logs, metrics and traces.
 *
 * Never holds a token, a credential of a proxy, or any part of a body. The views are valid until the hook
 * returns; `describe` makes a text of its own. What does not belong to the kind of event is left at its
 * default.
 */
struct event {
    /// Of the clock that all times of an event are taken by.
    using duration = std::chrono::steady_clock::duration;

    /// What happened.
    event_kind kind = event_kind::connection_opened;

    /// The host of the service.
    std::string_view host;
    /// Its port, as text.
    std::string_view port;
    /// `host:port` of the proxy in between; empty without one.
    std::string_view proxy;
    /// The connection's number in its transport, from 1; 0 for one that failed to open.
    std::uint64_t connection = 0;

    /// The call's method, as in @ref diagnostics; like the next three, not for `connection_closed`.
    std::string_view method;
    /// The absolute URL asked for.
    std::string_view url;
    /// The MS-RequestId sent.
    std::string_view request_id;
    /// The MS-CorrelationId sent.
    std::string_view correlation_id;
    /// Which attempt of the call it is, or is for: from 1.
    unsigned attempt = 0;

    /// How it ended; success while it did not fail.
    error_code ec;
    /// How far the call came.
    partner_center::phase phase = partner_center::phase::prepare;
    /// `attempt_finished`: the response's status; 0 without one.
    unsigned http_status = 0;
    /// `attempt_finished`: bytes of HTTP that were sent, counted before they are encrypted.
    std::uint64_t bytes_sent = 0;
    /// `attempt_finished`: bytes of HTTP that were received, counted after they are decrypted.
    std::uint64_t bytes_received = 0;

    /// From the beginning to the end: of an attempt, of the opening of a connection, or, when it is closed,
    /// of its life.
    duration elapsed{};
    /// `connection_opened`: the part of `elapsed` that it took to resolve the host name.
    duration resolve_time{};
    /// `connection_opened`: the part until one of the addresses answered.
    duration connect_time{};
    /// `connection_opened`: the part until the proxy had made the tunnel.
    duration proxy_time{};
    /// `connection_opened`: the part that the TLS handshake took.
    duration handshake_time{};
    /// `connection_opened`: the version of TLS, such as "TLSv1.3".
    std::string_view tls_version;
    /// `connection_opened`: whether an earlier TLS session was resumed.
    bool tls_resumed = false;

    /// `connection_closed`: why.
    close_reason why_closed = close_reason::none;
    /// `retry_scheduled`: why.
    retry_reason why_retried = retry_reason::none;
    /// `retry_scheduled`: the wait before the next attempt.
    duration delay{};

    /// Nothing known.
    event() noexcept {}
};

/// The kind `value` in words, such as "connection opened". Never throws.
PARTNER_CENTER_DECL std::string_view to_string(event_kind value) noexcept;

/// The reason `value` in words; empty for `none`. Never throws.
PARTNER_CENTER_DECL std::string_view to_string(close_reason value) noexcept;
/// The reason `value` in words; empty for `none`. Never throws.
PARTNER_CENTER_DECL std::string_view to_string(retry_reason value) noexcept;

/**
 * One line for a log: the kind of the event `e`, and what belongs to it.
 *
 * @throws std::bad_alloc Memory is exhausted.
 */
PARTNER_CENTER_DECL std::string describe(const event& e);

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/event.ipp>
#endif

#endif
