// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TRANSPORT_HPP
#define PARTNER_CENTER_TRANSPORT_HPP

#include <partner_center/detail/config.hpp>
#include <partner_center/detail/executor_provider.hpp>
#include <partner_center/detail/shared_object.hpp>
#include <partner_center/transport_options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <utility>

namespace partner_center {

namespace detail {
class connection_pool;
class transport_access;
} // namespace detail

/**
 * The connections of any number of clients: one transport serves all partners of a service.
 *
 * Connections are kept per origin (host and port), never per credential: a token belongs to a request and is
 * never left with a connection. The connection that was used last is used next, and calls that wait for one
 * are served in their order. Unless idle connections are watched
 * (`transport_options::watch_idle_connections`), an idle transport holds no work in its execution context,
 * and `io_context::run` returns when the calls are done.
 *
 * A new connection tries all addresses of the host, a quarter of a second apart, until one answers (RFC
 * 8305), goes through the proxy if there is one, and resumes an earlier TLS session if it can. Nothing is
 * sent or awaited when a connection is closed, no close_notify either.
 *
 * @par Lifetimes
 * Movable, not copyable. Destroying it closes it. Clients may outlive it; their calls then fail with
 * @ref errc::transport_closed. The execution context must outlive the transport and its clients.
 *
 * @par Thread safety
 * All members may be called from any thread. The executor may be that of an `io_context` that runs on any
 * number of threads; no strand is needed.
 */
class transport {
public:
    /**
     * A transport without any connection yet.
     *
     * @param executor Where connections are made and calls run.
     * @param options What holds for all connections.
     * @throws error with @ref errc::invalid_argument for an option out of its range, which the message names;
     *         with @ref errc::invalid_tls_settings when the CA file or the context cannot be used. The
     *         message never holds the URL of a proxy.
     */
    PARTNER_CENTER_DECL explicit transport(asio::any_io_executor executor, transport_options options = {});

    /// As above, on the executor of an execution `context` such as `io_context`, which must outlive the
    /// transport.
    template <detail::executor_provider ExecutionContext>
    explicit transport(ExecutionContext& context, transport_options options = {})
        : transport(asio::any_io_executor(context.get_executor()), std::move(options))
    {
    }

    /// Takes the connections of the other transport, whose clients go on with this one.
    PARTNER_CENTER_DECL transport(transport&& other) noexcept;
    /// Closes this one, and takes the connections of the other.
    PARTNER_CENTER_DECL transport& operator=(transport&& other) noexcept;

    /// Closes it, see @ref close.
    PARTNER_CENTER_DECL ~transport();

    /**
     * Ends every call in flight or waiting with @ref errc::transport_closed and closes every connection, at
     * once: no peer is waited for. Later calls fail with the same error. May be called again.
     */
    PARTNER_CENTER_DECL void close() noexcept;

private:
    friend class detail::transport_access;

    detail::ref<detail::connection_pool> pool_;
};

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/transport.ipp>
#endif

#endif
