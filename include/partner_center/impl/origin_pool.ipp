// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_ORIGIN_POOL_IPP
#define PARTNER_CENTER_IMPL_ORIGIN_POOL_IPP

#include <partner_center/detail/origin_pool.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL void add_call(event& e, const diagnostics& diag) noexcept
{
    e.method = diag.method;
    e.url = diag.url;
    e.request_id = diag.request_id;
    e.correlation_id = diag.correlation_id;
    e.attempt = diag.attempts;
    e.phase = diag.phase;
}

inline steady_clock::time_point saturating_add(steady_clock::time_point time, steady_clock::duration more)
{
    return more < steady_clock::time_point::max() - time ? time + more : steady_clock::time_point::max();
}

PARTNER_CENTER_DECL origin_pool::origin_pool(const asio::any_io_executor& executor, const base_url& origin,
                                             const proxy* via, const transport_options& options)
    : executor_(executor)
    , origin_(origin)
    , on_event_(options.on_event)
    , limits_(options)
    , watch_timer_(executor)
{
    if (via)
        via_ = *via;
}

PARTNER_CENTER_DECL void origin_pool::tell(event& e) const noexcept
{
    e.host = origin_.host;
    e.port = origin_.port;
    if (via_)
        e.proxy = via_->name;
    try {
        on_event_(e);
    } catch (...) {
        // Who only looks on changes nothing.
    }
}

PARTNER_CENTER_DECL void origin_pool::end_connection(connection& ended, close_reason why) const noexcept
{
    ended.close();
    if (!observed())
        return;
    event e;
    e.kind = event_kind::connection_closed;
    e.connection = ended.number;
    e.elapsed = steady_clock::now() - ended.opened;
    e.why_closed = why;
    tell(e);
}

PARTNER_CENTER_DECL tls_ticket origin_pool::take_ticket()
{
    constexpr std::chrono::hours trusted{1};
    const std::lock_guard lock(mutex_);
    tls_ticket newest;
    // Each is used once: a server could tell by a second use that both connections are ours (RFC 8446,
    // appendix C.4).
    while (!tickets_.empty() && !newest.session) {
        if (steady_clock::now() - tickets_.back().verified < trusted)
            newest = std::move(tickets_.back());
        tickets_.pop_back();
    }
    return newest;
}

PARTNER_CENTER_DECL void origin_pool::keep_ticket(tls_ticket ticket) noexcept
{
    if (!ticket.session || !limits_.resume_tls)
        return;
    try {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return;
        if (tickets_.size() >= limits_.max_connections)
            tickets_.erase(tickets_.begin());
        tickets_.push_back(std::move(ticket));
    } catch (const std::bad_alloc&) {
        // The next connection makes a full handshake.
    }
}

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

PARTNER_CENTER_DECL call_memory origin_pool::take_memory()
{
    {
        const std::lock_guard lock(mutex_);
        if (!memory_.empty()) {
            call_memory taken = std::move(memory_.back());
            memory_.pop_back();
            return taken;
        }
    }
    return {make_call_strand(executor_), nullptr};
}

PARTNER_CENTER_DECL void origin_pool::keep_memory(call_memory left) noexcept
{
    try {
        const std::lock_guard lock(mutex_);
        if (!closed_ && memory_.size() < limits_.max_connections)
            memory_.push_back(std::move(left));
    } catch (const std::bad_alloc&) {
        // The next call gets new memory.
    }
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
        tickets_.clear();
        memory_.clear();
        watch_timer_.cancel();
    }
    for (const auto& idle : dropped)
        end_connection(*idle, close_reason::transport_closed);
    stop_live_calls(nullptr, errc::transport_closed);
}

inline close_reason origin_pool::outdated(const connection& idle, steady_clock::time_point now) const noexcept
{
    if (now - idle.opened >= limits_.max_connection_age)
        return close_reason::max_age;
    if (now - idle.idle_since >= limits_.idle_timeout)
        return close_reason::idle_timeout;
    return close_reason::none;
}

inline void origin_pool::drop_dead_connections(steady_clock::time_point now, bool ask_them,
                                               closed_connections& dropped)
{
    for (std::size_t i = 0; i != idle_.size();) {
        close_reason why = outdated(*idle_[i], now);
        if (why == close_reason::none && ask_them && !idle_[i]->is_quiet())
            why = close_reason::closed_by_peer;
        if (why == close_reason::none) {
            ++i;
            continue;
        }
        dropped.push_back({idle_[i], why});
        idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
        --open_;
    }
}

inline void origin_pool::set_watch_timer()
{
    if (idle_.empty())
        return;
    auto first = steady_clock::time_point::max();
    for (const auto& idle : idle_)
        first = std::min({first, saturating_add(idle->opened, limits_.max_connection_age),
                          saturating_add(idle->idle_since, limits_.idle_timeout)});
    if (watch_timer_set_ && watch_timer_for_ <= first)
        return;
    watch_timer_for_ = first;
    if (std::exchange(watch_timer_set_, true)) {
        watch_timer_.cancel(); // and set again by its handler
        return;
    }
    watch_timer_.expires_at(first);
    watch_timer_.async_wait(watch{this, nullptr, 0});
}

inline void origin_pool::begin_watch(const ref<connection>& idle) noexcept
{
    if (!limits_.watch_idle)
        return;
    try {
        idle->socket().async_wait(asio::socket_base::wait_read, watch{this, idle, ++idle->watch});
        set_watch_timer();
    } catch (const std::bad_alloc&) {
        // It is looked at again before it is used.
    }
}

inline void origin_pool::cancel_watch(connection& idle) noexcept
{
    if (!limits_.watch_idle)
        return;
    error_code ignored;
    ++idle.watch;
    idle.socket().cancel(ignored);
}

// The timer alone would keep the execution context at work.
inline void origin_pool::end_unneeded_watch() noexcept
{
    if (idle_.empty() && watch_timer_set_)
        watch_timer_.cancel();
}

PARTNER_CENTER_DECL void origin_pool::end_watch(const watch& ended, const error_code& ec)
{
    if (ec == asio::error::operation_aborted)
        return;
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find(idle_.begin(), idle_.end(), ended.idle);
        // What was given to a call and back meanwhile has another watch.
        if (found == idle_.end() || ended.idle->watch != ended.number)
            return;
        idle_.erase(found);
        --open_;
        end_unneeded_watch();
    }
    end_connection(*ended.idle, close_reason::closed_by_peer);
}

PARTNER_CENTER_DECL void origin_pool::look_at_clock()
{
    closed_connections dropped;
    try {
        const std::lock_guard lock(mutex_);
        watch_timer_set_ = false;
        if (closed_)
            return;
        drop_dead_connections(steady_clock::now(), false, dropped);
        set_watch_timer();
    } catch (const std::bad_alloc&) {
        // What is left is looked at when it is asked for.
    }
    for (const auto& [closed, why] : dropped)
        end_connection(*closed, why);
}

} // namespace partner_center::detail

#endif
