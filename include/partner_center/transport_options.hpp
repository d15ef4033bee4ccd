// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TRANSPORT_OPTIONS_HPP
#define PARTNER_CENTER_TRANSPORT_OPTIONS_HPP

#include <partner_center/detail/config.hpp>
#include <partner_center/event.hpp>
#include <partner_center/proxy_options.hpp>

#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace partner_center {

/// The lowest version of TLS that a connection may have.
enum class tls_version {
    tls_1_2, ///< RFC 5246
    tls_1_3, ///< RFC 8446
};

/**
 * All that can be set for a transport; the defaults are fit for production. Checked by the transport's
 * constructor. Movable, not copyable.
 */
struct transport_options {
    /// Of the clock that times are measured by.
    using duration = std::chrono::steady_clock::duration;

    /// The most connections to one origin at the same time. More than zero.
    std::size_t max_connections = 8;

    /// The most calls that may wait for a connection to one origin; the next one fails with
    /// @ref errc::too_many_waiters.
    std::size_t max_waiters = 100'000;

    /// A connection that was idle for longer is not used again. Below what servers and load balancers between
    /// here and there allow, so that few requests meet a connection that was just closed.
    duration idle_timeout = std::chrono::seconds(55);

    /// A connection that is older is not used again, so that changed addresses and certificates are noticed.
    duration max_connection_age = std::chrono::minutes(10);

    /// Whether idle connections are watched all the time. If so, one is closed as soon as the server closes
    /// it or its time is over; but watching is work for the execution context: `io_context::run` does not
    /// return while there are idle connections, unless the transport is closed. (It does return once there
    /// are none: this is no executor_work_guard.) If not, idle connections are looked at whenever a call to
    /// their origin begins, once a second at most. Either way none is given to a call without a look at it.
    bool watch_idle_connections = false;

    /// The most time for resolving the host name, connecting, over all its addresses, and asking the proxy
    /// for a tunnel. More than zero.
    duration connect_timeout = std::chrono::seconds(15);

    /// The most time for the TLS handshake. More than zero.
    duration handshake_timeout = std::chrono::seconds(15);

    /// The most time from the first byte of a request to the last of its response. More than zero.
    duration attempt_timeout = std::chrono::seconds(60);

    /// The most bytes in the header of a response. At least 256.
    std::size_t max_response_header = 64 * 1024;

    /// The most bytes in the body of a response. More than zero.
    std::size_t max_response_body = 1024 * 1024;

    /// A TLS context of your own: roots, client certificate, ciphers, whatever OpenSSL can do. Whatever its
    /// verify mode, each connection verifies the peer's certificate and host name; a verify callback of yours
    /// has the last word on that, and is not asked when a session is resumed. It is called on the threads
    /// that run the calls, and must not throw, for OpenSSL cannot pass that on. Default: one that trusts
    /// `ca_file`, or the system's roots.
    std::optional<asio::ssl::context> tls;

    /// A PEM file of the certificates to trust instead of the system's. Not together with `tls`.
    std::string ca_file;

    /// The lowest TLS version, for every connection, of `tls` too unless that demands more.
    tls_version min_tls_version = tls_version::tls_1_2;

    /// Whether a new connection to an origin resumes the TLS session of an earlier one, which saves both
    /// sides the work of the certificates. After an hour the certificate is verified anew.
    bool resume_tls_sessions = true;

    /// The proxy between here and the service. Default: none, whatever the environment says; see
    /// `proxy_options::from_environment`.
    proxy_options proxy;

    /**
     * Is told of every connection and attempt, as they happen: to be logged or counted.
     *
     * Called on the threads that run the calls, on several of them at the same time, and inside functions of
     * the transport and its clients, such as those that begin a call or close connections. It must not block,
     * for calls wait for it. It may use the transport and its clients, and even destroy them. What it throws
     * is dropped.
     *
     * It is copied, and may be called until the last call has completed or the execution context is
     * destroyed, also when the transport and its clients are destroyed before: what it refers to must live
     * that long.
     */
    std::function<void(const event&)> on_event;

    /// The defaults.
    transport_options() noexcept {}
};

} // namespace partner_center

#endif
