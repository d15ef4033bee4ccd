// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CONNECTION_POOL_IPP
#define PARTNER_CENTER_IMPL_CONNECTION_POOL_IPP

#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/error.hpp>

#include <array>
#include <new>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL bool origin_pool::enter(pooled_call& call, const void* owner)
{
    const std::lock_guard lock(mutex_);
    if (closed_)
        return false;
    call.owner_ = owner;
    call.next_ = live_;
    if (live_)
        live_->previous_ = &call;
    live_ = &call;
    return true;
}

PARTNER_CENTER_DECL void origin_pool::leave(pooled_call& call) noexcept
{
    const std::lock_guard lock(mutex_);
    if (!call.owner_)
        return;
    call.owner_ = nullptr;
    (call.previous_ ? call.previous_->next_ : live_) = call.next_;
    if (call.next_)
        call.next_->previous_ = call.previous_;
    call.previous_ = call.next_ = nullptr;
}

// Without memory, for destructors call it; and not under the mutex, for what is posted may be destroyed at
// once. A call that is being destroyed by another thread is still in the list, waiting in leave().
inline void origin_pool::stop_live_calls(const void* owner, const error_code& reason) noexcept
{
    std::array<std::shared_ptr<call_context>, 16> batch;
    for (;;) {
        std::size_t size = 0;
        {
            const std::lock_guard lock(mutex_);
            for (pooled_call* call = live_; call && size != batch.size(); call = call->next_) {
                if (call->told_to_stop_ || (owner && call->owner_ != owner))
                    continue;
                batch[size] = call->weak_from_this().lock();
                if (!batch[size])
                    continue;
                call->told_to_stop_ = true;
                ++size;
            }
        }
        if (size == 0)
            return;
        for (std::size_t i = 0; i != size; ++i) {
            try {
                batch[i]->post_stop(reason);
            } catch (const std::bad_alloc&) {
                // It ends by its deadline.
            }
            batch[i].reset();
        }
    }
}

PARTNER_CENTER_DECL void origin_pool::stop_calls_of(const void* owner) noexcept
{
    stop_live_calls(owner, asio::error::operation_aborted);
}

PARTNER_CENTER_DECL void origin_pool::close() noexcept
{
    std::vector<ref<connection>> dropped;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        open_ -= idle_.size();
        dropped.swap(idle_);
    }
    stop_live_calls(nullptr, errc::transport_closed);
}

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
    std::vector<ref<detail::connection>> outdated; // destroyed after the lock
    const std::lock_guard lock(pool_->mutex_);
    if (pool_->closed_)
        return errc::transport_closed;
    const auto now = steady_clock::now();
    while (!pool_->idle_.empty()) {
        auto candidate = std::move(pool_->idle_.back());
        pool_->idle_.pop_back();
        if (now - candidate->idle_since <= pool_->limits_.idle_timeout &&
            now - candidate->opened <= pool_->limits_.max_connection_age) {
            connection_ = std::move(candidate);
            state_ = state::granted;
            return {};
        }
        --pool_->open_;
        outdated.push_back(std::move(candidate));
    }
    if (pool_->open_ < pool_->limits_.max_connections) {
        pool_->idle_.reserve(pool_->open_ + 1); // giving back must not fail
        ++pool_->open_;
        state_ = state::granted;
        return {};
    }
    if (pool_->waiting_ >= pool_->limits_.max_waiters)
        return errc::too_many_waiters;
    call_ = &call;
    previous_ = pool_->last_waiting_;
    (previous_ ? previous_->next_ : pool_->first_waiting_) = this;
    pool_->last_waiting_ = this;
    ++pool_->waiting_;
    state_ = state::waiting;
    return {};
}

PARTNER_CENTER_DECL bool lease::granted()
{
    const std::lock_guard lock(pool_->mutex_);
    return state_ == state::granted;
}

PARTNER_CENTER_DECL void lease::drop_connection() noexcept
{
    if (connection_)
        connection_->close();
    connection_.reset();
}

inline void lease::give_back(ref<detail::connection> reusable) noexcept
{
    std::shared_ptr<call_context> next;
    {
        const std::lock_guard lock(pool_->mutex_);
        if (state_ == state::waiting)
            pool_->unlink(*this);
        const bool had_right = std::exchange(state_, state::none) == state::granted;
        if (!had_right)
            return;
        if (pool_->first_waiting_ && !pool_->closed_) {
            next = pool_->first_waiting_->call_->weak_from_this().lock();
            pool_->grant_first(std::move(reusable));
        } else if (reusable && !pool_->closed_) {
            pool_->idle_.push_back(std::move(reusable));
        } else {
            --pool_->open_;
        }
    }
    try {
        if (next)
            next->post_wake();
    } catch (const std::bad_alloc&) {
        // It finds its connection when its timer wakes it.
    }
}

PARTNER_CENTER_DECL void lease::keep() noexcept
{
    if (connection_)
        connection_->idle_since = steady_clock::now();
    give_back(std::exchange(connection_, nullptr));
}

PARTNER_CENTER_DECL void lease::discard() noexcept
{
    // While the lease waits, another thread may be handing it a connection.
    give_back(nullptr);
    drop_connection();
}

inline void throw_invalid_option(const char* name, const char* why)
{
    diagnostics diag;
    diag.description.append(name).append(" ").append(why);
    throw error(errc::invalid_argument, std::move(diag));
}

inline transport_options checked(transport_options options)
{
    using duration = transport_options::duration;
    if (options.max_connections == 0)
        throw_invalid_option("transport_options::max_connections", "is 0");
    if (options.max_response_header < 256)
        throw_invalid_option("transport_options::max_response_header", "is less than 256 bytes");
    if (options.max_response_body == 0)
        throw_invalid_option("transport_options::max_response_body", "is 0");
    if (options.idle_timeout < duration::zero())
        throw_invalid_option("transport_options::idle_timeout", "is negative");
    if (options.max_connection_age < duration::zero())
        throw_invalid_option("transport_options::max_connection_age", "is negative");
    if (options.connect_timeout <= duration::zero())
        throw_invalid_option("transport_options::connect_timeout", "is not more than zero");
    if (options.handshake_timeout <= duration::zero())
        throw_invalid_option("transport_options::handshake_timeout", "is not more than zero");
    if (options.attempt_timeout <= duration::zero())
        throw_invalid_option("transport_options::attempt_timeout", "is not more than zero");
    return options;
}

PARTNER_CENTER_DECL connection_pool::connection_pool(asio::any_io_executor executor,
                                                     transport_options options)
    : executor_(std::move(executor))
    , options_(checked(std::move(options)))
    , context_(make_tls_context(options_))
{
    options_.tls.reset();
}

PARTNER_CENTER_DECL ref<origin_pool> connection_pool::origin(const base_url& url)
{
    const std::lock_guard lock(mutex_);
    for (const auto& known : origins_)
        if (known->origin().host == url.host && known->origin().port == url.port)
            return known;
    ref<origin_pool> made(new origin_pool(url, options_));
    origins_.push_back(std::move(made));
    if (closed_)
        origins_.back()->close();
    return origins_.back();
}

PARTNER_CENTER_DECL void connection_pool::close() noexcept
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const auto& pool : origins_)
        pool->close();
}

} // namespace partner_center::detail

#endif
