// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CONNECTION_POOL_HPP
#define PARTNER_CENTER_DETAIL_CONNECTION_POOL_HPP

#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/connection.hpp>
#include <partner_center/transport_options.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace partner_center::detail {

class lease;

/// A call as the pool knows it: in the list of live calls, to be stopped when the transport closes or its
/// client is destroyed.
class pooled_call : public call_context {
public:
    using call_context::call_context;

private:
    friend class origin_pool; // which guards these with its mutex

    pooled_call* previous_ = nullptr;
    pooled_call* next_ = nullptr;
    const void* owner_ = nullptr;
    bool told_to_stop_ = false;
};

/**
 * The connections to one origin, the calls that wait for one, and all live calls. Thread-safe: one mutex,
 * held for a few list operations at a time, and never while a call is resumed or destroyed.
 */
class origin_pool : public shared_object {
public:
    origin_pool(const base_url& origin, const transport_options& options)
        : origin_(origin)
        , limits_(options)
    {
    }

    const base_url& origin() const noexcept { return origin_; }

    /// Adds to the live calls; false when the transport is closed.
    PARTNER_CENTER_DECL bool enter(pooled_call& call, const void* owner);
    PARTNER_CENTER_DECL void leave(pooled_call& call) noexcept;

    /// Stops the live calls of one owner.
    PARTNER_CENTER_DECL void stop_calls_of(const void* owner) noexcept;

    /// Stops every call, drops every connection, and takes no more.
    PARTNER_CENTER_DECL void close() noexcept;

private:
    friend class lease;

    struct limits {
        explicit limits(const transport_options& options)
            : max_connections(options.max_connections)
            , max_waiters(options.max_waiters)
            , idle_timeout(options.idle_timeout)
            , max_connection_age(options.max_connection_age)
        {
        }
        std::size_t max_connections;
        std::size_t max_waiters;
        steady_clock::duration idle_timeout;
        steady_clock::duration max_connection_age;
    };

    void stop_live_calls(const void* owner, const error_code& reason) noexcept;
    void grant_first(ref<connection> connection) noexcept;
    void unlink(lease& waiting) noexcept;

    base_url origin_;
    limits limits_;
    std::mutex mutex_;
    bool closed_ = false;
    std::size_t open_ = 0;              // connections that exist or may be opened: leased and idle
    std::vector<ref<connection>> idle_; // the last one was used last
    lease* first_waiting_ = nullptr;
    lease* last_waiting_ = nullptr;
    std::size_t waiting_ = 0;
    pooled_call* live_ = nullptr;
};

/**
 * A call's place in the pool: nothing, a place in the queue, or the right to one connection.
 *
 * Gives the right back when it ends, and discards the connection; only @ref keep puts it back into the pool.
 */
class lease {
public:
    explicit lease(ref<origin_pool> pool) noexcept
        : pool_(std::move(pool))
    {
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() { discard(); }

    /**
     * Asks for a connection. When the result is success and @ref granted is false, the call is in the queue,
     * and woken once it is granted.
     *
     * Errors: @ref errc::transport_closed, @ref errc::too_many_waiters.
     */
    PARTNER_CENTER_DECL error_code request(pooled_call& call);

    /// Whether a connection may be used, or opened when there is none.
    PARTNER_CENTER_DECL bool granted();

    /// The connection; empty until one is granted or opened.
    const ref<detail::connection>& connection() const noexcept { return connection_; }

    /// Drops the connection and keeps the right to open another.
    PARTNER_CENTER_DECL void drop_connection() noexcept;

    /// Takes over a connection that was opened under this lease.
    void adopt(ref<detail::connection> opened) noexcept { connection_ = std::move(opened); }

    /// Ends the lease and puts its connection back for others.
    PARTNER_CENTER_DECL void keep() noexcept;

    /// Ends the lease, or the wait for one, and closes its connection.
    PARTNER_CENTER_DECL void discard() noexcept;

private:
    friend class origin_pool;
    enum class state { none, waiting, granted };

    void give_back(ref<detail::connection> reusable) noexcept;

    ref<origin_pool> pool_;
    ref<detail::connection> connection_;
    state state_ = state::none; // guarded by the pool's mutex while waiting
    pooled_call* call_ = nullptr;
    lease* previous_ = nullptr;
    lease* next_ = nullptr;
};

/// All that a transport has: the TLS context, the limits, and a pool for each origin. Thread-safe.
class connection_pool : public shared_object {
public:
    /// Throws `error`, see the constructor of @ref transport.
    PARTNER_CENTER_DECL connection_pool(asio::any_io_executor executor, transport_options options);

    const asio::any_io_executor& executor() const noexcept { return executor_; }
    const transport_options& options() const noexcept { return options_; }
    asio::ssl::context& tls_context() noexcept { return context_; }

    /// The pool of an origin, made when it is asked for the first time.
    PARTNER_CENTER_DECL ref<origin_pool> origin(const base_url& url);

    /// Closes the pool of every origin, and of those to come.
    PARTNER_CENTER_DECL void close() noexcept;

private:
    asio::any_io_executor executor_;
    transport_options options_;
    asio::ssl::context context_;
    std::mutex mutex_;
    bool closed_ = false;
    std::vector<ref<origin_pool>> origins_; // few: a look-up walks them
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/connection_pool.ipp>
#endif

#endif
