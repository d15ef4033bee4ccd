// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_EVENT_LOG_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_EVENT_LOG_HPP

#include <partner_center/event.hpp>
#include <partner_center/transport_options.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace partner_center::testing {

/// An event that outlives its hook.
class kept_event {
public:
    explicit kept_event(const event& e)
        : kind{e.kind}
        , connection{e.connection}
        , host{e.host}
        , port{e.port}
        , proxy{e.proxy}
        , method{e.method}
        , url{e.url}
        , request_id{e.request_id}
        , correlation_id{e.correlation_id}
        , attempt{e.attempt}
        , ec{e.ec}
        , phase{e.phase}
        , http_status{e.http_status}
        , bytes_sent{e.bytes_sent}
        , bytes_received{e.bytes_received}
        , elapsed{e.elapsed}
        , parts{e.resolve_time + e.connect_time + e.proxy_time + e.handshake_time}
        , tls_version{e.tls_version}
        , tls_resumed{e.tls_resumed}
        , why_closed{e.why_closed}
        , why_retried{e.why_retried}
        , text{describe(e)}
    {
    }

    event_kind kind;
    std::uint64_t connection;
    std::string host, port, proxy, method, url, request_id, correlation_id;
    unsigned attempt;
    error_code ec;
    partner_center::phase phase;
    unsigned http_status;
    std::uint64_t bytes_sent, bytes_received;
    event::duration elapsed, parts;
    std::string tls_version;
    bool tls_resumed;
    close_reason why_closed;
    retry_reason why_retried;
    std::string text;
};

/// Keeps the events of a transport, and tells them like a transcript. Its members may be called from any
/// thread; it must outlive the execution context.
class event_log {
public:
    event_log() = default;
    event_log(const event_log&) = delete;
    event_log& operator=(const event_log&) = delete;

    /// The options with this log as their hook.
    transport_options observe(transport_options options)
    {
        options.on_event = [this](const event& e) { add(e); };
        return options;
    }

    [[nodiscard]] std::vector<kept_event> all() const
    {
        const std::lock_guard lock(mutex_);
        return events_;
    }

    /// One line for each event: its kind, "#connection", and what it is about.
    [[nodiscard]] std::vector<std::string> lines() const
    {
        std::vector<std::string> result;
        for (const kept_event& e : all()) {
            std::string line(to_string(e.kind));
            if (e.connection != 0)
                line += " #" + std::to_string(e.connection);
            if (e.kind == event_kind::attempt_finished)
                line += " " + (e.ec ? e.ec.message() : std::to_string(e.http_status));
            if (e.kind == event_kind::connection_failed)
                line += " while " + std::string(to_string(e.phase));
            if (e.why_closed != close_reason::none)
                line += ": " + std::string(to_string(e.why_closed));
            if (e.why_retried != retry_reason::none)
                line += ": " + std::string(to_string(e.why_retried));
            if (e.tls_resumed)
                line += " resumed";
            result.push_back(line);
        }
        return result;
    }

    /// Waits until an event of that kind came, or nobody would wait any longer.
    bool wait_for(event_kind kind) const
    {
        std::unique_lock lock(mutex_);
        return added_.wait_for(lock, std::chrono::seconds{20}, [&] {
            for (const kept_event& e : events_)
                if (e.kind == kind)
                    return true;
            return false;
        });
    }

private:
    void add(const event& e)
    {
        const std::lock_guard lock(mutex_);
        events_.emplace_back(e);
        added_.notify_all();
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable added_;
    std::vector<kept_event> events_;
};

} // namespace partner_center::testing

#endif
