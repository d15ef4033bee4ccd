// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_EVENT_IPP
#define PARTNER_CENTER_IMPL_EVENT_IPP

#include <partner_center/event.hpp>

namespace partner_center {

PARTNER_CENTER_DECL std::string_view to_string(event_kind value) noexcept
{
    switch (value) {
    case event_kind::connection_opened: return "connection opened";
    case event_kind::connection_failed: return "connection failed";
    case event_kind::connection_reused: return "connection reused";
    case event_kind::connection_closed: return "connection closed";
    case event_kind::attempt_started: return "attempt started";
    case event_kind::attempt_finished: return "attempt finished";
    case event_kind::retry_scheduled: return "retry scheduled";
    }
    return "unknown event";
}

PARTNER_CENTER_DECL std::string_view to_string(close_reason value) noexcept
{
    switch (value) {
    case close_reason::none: return "";
    case close_reason::idle_timeout: return "idle for too long";
    case close_reason::max_age: return "too old";
    case close_reason::closed_by_peer: return "ended by the peer";
    case close_reason::not_reusable: return "not to be used again";
    case close_reason::call_ended: return "its call ended";
    case close_reason::transport_closed: return "the transport was closed";
    }
    return "unknown reason";
}

PARTNER_CENTER_DECL std::string_view to_string(retry_reason value) noexcept
{
    switch (value) {
    case retry_reason::none: return "";
    case retry_reason::stale_connection: return "the kept connection was dead";
    case retry_reason::expectation_failed: return "the server refuses Expect";
    case retry_reason::token_refused: return "the token was refused";
    case retry_reason::connection_failed: return "the connection failed";
    case retry_reason::timeout: return "out of time";
    case retry_reason::throttled: return "throttled";
    case retry_reason::status: return "a passing failure of the service";
    }
    return "unknown reason";
}

namespace detail {

inline std::string in_milliseconds(event::duration time)
{
    const auto hundredths = std::chrono::duration_cast<std::chrono::microseconds>(time).count() / 10;
    const std::string fraction = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + (fraction.size() == 1 ? ".0" : ".") + fraction + " ms";
}

inline void append_part(std::string& text, std::string_view name, event::duration time)
{
    if (time != event::duration::zero())
        text.append(", ").append(name).append(" ").append(in_milliseconds(time));
}

inline void append_times(std::string& text, const event& e)
{
    append_part(text, "resolve", e.resolve_time);
    append_part(text, "connect", e.connect_time);
    append_part(text, "proxy", e.proxy_time);
    append_part(text, "handshake", e.handshake_time);
    if (!e.tls_version.empty())
        text.append(", ").append(e.tls_version).append(e.tls_resumed ? " resumed" : "");
}

inline void append_outcome(std::string& text, const event& e)
{
    if (e.kind == event_kind::attempt_finished) {
        if (e.http_status != 0)
            text.append(", status ").append(std::to_string(e.http_status));
        text.append(", ").append(std::to_string(e.bytes_sent)).append(" bytes sent, ");
        text.append(std::to_string(e.bytes_received)).append(" received");
    }
    if (e.ec)
        text.append(", ").append(e.ec.message()).append(" while ").append(to_string(e.phase));
}

} // namespace detail

PARTNER_CENTER_DECL std::string describe(const event& e)
{
    std::string text(to_string(e.kind));
    if (e.connection != 0)
        text.append(" #").append(std::to_string(e.connection));
    if (e.url.empty())
        text.append(" to ").append(e.host).append(":").append(e.port);
    if (!e.proxy.empty())
        text.append(" through ").append(e.proxy);
    if (e.attempt != 0)
        text.append(", attempt ").append(std::to_string(e.attempt));
    if (!e.method.empty())
        text.append(", ").append(e.method).append(" ").append(e.url);
    detail::append_outcome(text, e);
    detail::append_part(text, "after", e.elapsed);
    detail::append_times(text, e);
    if (e.why_closed != close_reason::none)
        text.append(", ").append(to_string(e.why_closed));
    if (e.why_retried != retry_reason::none)
        text.append(", ").append(to_string(e.why_retried));
    if (e.kind == event_kind::retry_scheduled)
        text.append(", in ").append(detail::in_milliseconds(e.delay));
    if (!e.request_id.empty())
        text.append(", request id ").append(e.request_id);
    return text;
}

} // namespace partner_center

#endif
