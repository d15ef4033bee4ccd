// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_LEASE_IPP
#define PARTNER_CENTER_IMPL_LEASE_IPP

#include <partner_center/detail/lease.hpp>

#include <chrono>
#include <memory>
#include <new>
#include <utility>

namespace partner_center::detail {

inline void origin_pool::unlink(lease& waiting) noexcept
{
    (waiting.previous_ ? waiting.previous_->next_ : first_waiting_) = waiting.next_;
    (waiting.next_ ? waiting.next_->previous_ : last_waiting_) = waiting.previous_;
    waiting.previous_ = waiting.next_ = nullptr;
    --waiting_;
}

inline void origin_pool::grant_first(ref<connection> connection) noexcept
{
    lease& waiting = *first_waiting_;
    unlink(waiting);
    waiting.connection_ = std::move(connection);
    waiting.state_ = lease::state::granted;
}

PARTNER_CENTER_DECL error_code lease::request(pooled_call& call)
{
    // Also when there is no memory for more: a watched connection is kept by its watch.
    struct ends_dropped {
        const origin_pool& pool;
        origin_pool::closed_connections dropped;

        ~ends_dropped()
        {
            for (const auto& [closed, why] : dropped)
                pool.end_connection(*closed, why);
        }
    } at_the_end{*pool_, {}};
    const std::lock_guard lock(pool_->mutex_);
    return request_locked(call, at_the_end.dropped);
}

inline error_code lease::request_locked(pooled_call& call, origin_pool::closed_connections& dropped)
{
    origin_pool& pool = *pool_;
    if (pool.closed_)
        return errc::transport_closed;
    if (!pool.idle_.empty()) {
        const auto now = steady_clock::now();
        const bool ask_them = now - pool.looked_at_idle_ >= std::chrono::seconds(1);
        if (ask_them)
            pool.looked_at_idle_ = now;
        pool.drop_dead_connections(now, ask_them, dropped);
    }
    if (!pool.idle_.empty()) {
        connection_ = std::move(pool.idle_.back());
        pool.idle_.pop_back();
        pool.cancel_watch(*connection_);
        state_ = state::granted;
        return {};
    }
    if (pool.open_ < pool.limits_.max_connections) {
        pool.idle_.reserve(pool.open_ + 1); // giving back must not fail
        ++pool.open_;
        state_ = state::granted;
        return {};
    }
    if (pool.waiting_ >= pool.limits_.max_waiters)
        return errc::too_many_waiters;
    call_ = &call;
    previous_ = pool.last_waiting_;
    (previous_ ? previous_->next_ : pool.first_waiting_) = this;
    pool.last_waiting_ = this;
    ++pool.waiting_;
    state_ = state::waiting;
    return {};
}

PARTNER_CENTER_DECL bool lease::granted()
{
    const std::lock_guard lock(pool_->mutex_);
    return state_ == state::granted;
}

PARTNER_CENTER_DECL void lease::drop_connection(close_reason why) noexcept
{
    if (connection_)
        pool_->end_connection(*connection_, why);
    connection_.reset();
}

// Returns whether the connection found a place.
inline bool lease::give_back(const ref<detail::connection>& reusable) noexcept
{
    std::shared_ptr<call_context> next;
    {
        const std::lock_guard lock(pool_->mutex_);
        if (state_ == state::waiting)
            pool_->unlink(*this);
        const bool had_right = std::exchange(state_, state::none) == state::granted;
        if (!had_right)
            return false;
        if (pool_->first_waiting_ && !pool_->closed_) {
            next = pool_->first_waiting_->call_->weak_from_this().lock();
            pool_->grant_first(reusable);
        } else if (reusable && !pool_->closed_) {
            pool_->idle_.push_back(reusable);
            pool_->begin_watch(reusable);
        } else {
            --pool_->open_;
            pool_->end_unneeded_watch();
            return false;
        }
    }
    try {
        if (next)
            next->post_wake();
    } catch (const std::bad_alloc&) {
        // It finds its connection when its timer wakes it.
    }
    return true;
}

PARTNER_CENTER_DECL void lease::keep() noexcept
{
    if (!connection_)
        return discard();
    const auto now = steady_clock::now();
    // A waiting call would take it without a look at its age.
    if (now - connection_->opened >= pool_->limits_.max_connection_age)
        return discard(close_reason::max_age);
    connection_->idle_since = now;
    if (give_back(connection_))
        connection_.reset();
    else
        drop_connection(close_reason::transport_closed);
}

PARTNER_CENTER_DECL void lease::discard(close_reason why) noexcept
{
    // While the lease waits, another thread may be handing it a connection.
    give_back(nullptr);
    drop_connection(why);
}

} // namespace partner_center::detail

#endif
