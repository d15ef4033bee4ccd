// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_LEASE_HPP
#define PARTNER_CENTER_DETAIL_LEASE_HPP

#include <partner_center/detail/origin_pool.hpp>

#include <utility>

namespace partner_center::detail {

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
    PARTNER_CENTER_DECL void drop_connection(close_reason why) noexcept;

    /// Takes over a connection that was opened under this lease.
    void adopt(ref<detail::connection> opened) noexcept { connection_ = std::move(opened); }

    /// Ends the lease and puts its connection back for others.
    PARTNER_CENTER_DECL void keep() noexcept;

    /// Gives back a right that was not used, and its connection if there is one.
    void release() noexcept
    {
        if (connection_)
            keep();
        else
            discard();
    }

    /// Ends the lease, or the wait for one, and closes its connection.
    PARTNER_CENTER_DECL void discard(close_reason why = close_reason::call_ended) noexcept;

private:
    friend class origin_pool;
    enum class state { none, waiting, granted };

    error_code request_locked(pooled_call& call, origin_pool::closed_connections& dropped);
    bool give_back(const ref<detail::connection>& reusable) noexcept;

    ref<origin_pool> pool_;
    ref<detail::connection> connection_;
    state state_ = state::none; // guarded by the pool's mutex while waiting
    pooled_call* call_ = nullptr;
    lease* previous_ = nullptr;
    lease* next_ = nullptr;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/lease.ipp>
#endif

#endif
