// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_ORIGIN_POOL_HPP
#define PARTNER_CENTER_DETAIL_ORIGIN_POOL_HPP

#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/connection.hpp>
#include <partner_center/detail/proxy.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/event.hpp>
#include <partner_center/transport_options.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace partner_center::detail {

class lease;

/// Memory that a call needs while it has its turn.
class turn_memory {
public:
    turn_memory() = default;
    turn_memory(const turn_memory&) = delete;
    turn_memory& operator=(const turn_memory&) = delete;
    virtual ~turn_memory() = default;
};

/// What one call after the other can use.
struct call_memory {
    asio::any_io_executor strand;
    std::unique_ptr<turn_memory> turn; ///< Null before the first one that has a turn.
};

/// A call as the pool knows it: in the list of live calls, to be stopped when the transport closes or its
/// client is destroyed.
class pooled_call : public call_context {
public:
    pooled_call(const asio::any_io_executor& executor, asio::any_io_executor strand)
        : call_context(executor, std::move(strand))
    {
    }

private:
    friend class origin_pool; // which guards these with its mutex

    pooled_call* previous_ = nullptr;
    pooled_call* next_ = nullptr;
    const void* owner_ = nullptr;
    bool told_to_stop_ = false;
};

/// Adds to an event which call it belongs to and how far that has come.
PARTNER_CENTER_DECL void add_call(event& e, const diagnostics& diag) noexcept;

/**
 * The connections to one origin, directly or through a proxy, the calls that wait for one, all live calls,
 * and the TLS sessions that can be resumed. Thread-safe: one mutex, held for a few list operations at a time,
 * and never while a call is resumed or destroyed or an event told.
 */
class origin_pool : public shared_object {
public:
    /// @param via Null for connections without a proxy.
    PARTNER_CENTER_DECL origin_pool(const asio::any_io_executor& executor, const base_url& origin,
                                    const proxy* via, const transport_options& options);

    const base_url& origin() const noexcept { return origin_; }

    /// The proxy; null without one.
    const proxy* via() const noexcept { return via_ ? &*via_ : nullptr; }

    /// Whether anybody wants to hear of events.
    bool observed() const noexcept { return static_cast<bool>(on_event_); }

    /// Adds where it happened, and tells the event to who wants to hear of it.
    PARTNER_CENTER_DECL void tell(event& e) const noexcept;

    /// A TLS session that a new connection can try to resume; empty when there is none.
    PARTNER_CENTER_DECL tls_ticket take_ticket();

    /// Keeps a session for a connection to come, if it is one.
    PARTNER_CENTER_DECL void keep_ticket(tls_ticket ticket) noexcept;

    /// Adds to the live calls; false when the transport is closed.
    PARTNER_CENTER_DECL bool enter(pooled_call& call, const void* owner);
    PARTNER_CENTER_DECL void leave(pooled_call& call) noexcept;

    /// What another call has left, or a new strand.
    PARTNER_CENTER_DECL call_memory take_memory();
    /// Keeps it for another call, if that is not too much.
    PARTNER_CENTER_DECL void keep_memory(call_memory left) noexcept;

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
            , watch_idle(options.watch_idle_connections)
            , resume_tls(options.resume_tls_sessions)
        {
        }
        std::size_t max_connections;
        std::size_t max_waiters;
        steady_clock::duration idle_timeout;
        steady_clock::duration max_connection_age;
        bool watch_idle;
        bool resume_tls;
    };

    struct closed_connection {
        ref<connection> closed;
        close_reason why;
    };
    using closed_connections = std::vector<closed_connection>;

    // The handler of all waits of a watch: for an idle connection, or, without one, for the time to look.
    struct watch {
        ref<origin_pool> pool;
        ref<connection> idle;
        unsigned number;

        using executor_type = asio::any_io_executor;
        const executor_type& get_executor() const noexcept { return pool->executor_; }
        void operator()(const error_code& ec) { idle ? pool->end_watch(*this, ec) : pool->look_at_clock(); }
    };

    void stop_live_calls(const void* owner, const error_code& reason) noexcept;
    void grant_first(ref<connection> connection) noexcept;
    void unlink(lease& waiting) noexcept;

    // All of these under the mutex.
    close_reason outdated(const connection& idle, steady_clock::time_point now) const noexcept;
    void drop_dead_connections(steady_clock::time_point now, bool ask_them, closed_connections& dropped);
    void begin_watch(const ref<connection>& idle) noexcept;
    void cancel_watch(connection& idle) noexcept;
    void set_watch_timer();
    void end_unneeded_watch() noexcept;

    PARTNER_CENTER_DECL void end_watch(const watch& ended, const error_code& ec);
    PARTNER_CENTER_DECL void look_at_clock();
    PARTNER_CENTER_DECL void end_connection(connection& ended, close_reason why) const noexcept;

    asio::any_io_executor executor_;
    base_url origin_;
    std::optional<proxy> via_;
    std::function<void(const event&)> on_event_;
    limits limits_;
    std::mutex mutex_;
    bool closed_ = false;
    std::size_t open_ = 0;              // connections that exist or may be opened: leased and idle
    std::vector<ref<connection>> idle_; // the last one was used last
    steady_clock::time_point looked_at_idle_;
    std::vector<tls_ticket> tickets_; // the last one is the newest
    std::vector<call_memory> memory_; // that calls have left
    asio::steady_timer watch_timer_;
    bool watch_timer_set_ = false;
    steady_clock::time_point watch_timer_for_;
    lease* first_waiting_ = nullptr;
    lease* last_waiting_ = nullptr;
    std::size_t waiting_ = 0;
    pooled_call* live_ = nullptr;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/origin_pool.ipp>
#endif

#endif
