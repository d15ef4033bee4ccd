// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_FAULT_TABLE_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_FAULT_TABLE_HPP

#include "client_fixture.hpp"
#include "scripted_names.hpp"
#include "tls_scripted_peer.hpp"

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// What is called when the fault strikes.
enum class request {
    get,
    put,           ///< An update that sends its body at once.
    put_expecting, ///< An update that waits for `100 Continue`.
};

inline constexpr request all_requests[] = {request::get, request::put, request::put_expecting};

inline std::string to_string(request how)
{
    return how == request::get ? "get" : how == request::put ? "put" : "put with Expect";
}

/// The deadline of a row in which one is to strike; in the other rows all are far away.
inline constexpr std::chrono::milliseconds short_time{1000};
inline constexpr std::chrono::seconds margin{5};

/// How much of a request is more than the buffers between a client and a peer that receives little.
inline constexpr std::size_t too_much_to_buffer = std::size_t{5} << 20U;

inline const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
inline const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");

/// One row: how a peer misbehaves during a call, and how the call has to end.
///
/// A row is written as a sentence: the request, the phrase, what the peer does on each of its connections,
/// how the call ends. Without more words a row expects one attempt, on a fresh connection that is not kept,
/// and that nothing can have been applied. What every row expects is in fault_play.hpp.
class fault {
public:
    using script = std::function<void(tls_script&)>;

    fault(request asked_for, std::string phrase)
        : how{asked_for}
        , name{to_string(asked_for) + ": " + std::move(phrase)}
    {
    }

    /// What the peer does on the connection of the call; given again, on the next one.
    fault& peer(script connection)
    {
        connections.push_back(std::move(connection));
        return *this;
    }

    /// The fault meets a connection that has served a call before.
    fault& reused()
    {
        on_reused = true;
        name += ", on a reused connection";
        return *this;
    }

    /// The next look-up of the host name fails with this code of getaddrinfo, or hangs.
    fault& name_fails(int error)
    {
        lookups.push_back([error](scripted_name& host) { host.then_fails(error); });
        return *this;
    }
    fault& name_hangs()
    {
        lookups.push_back([](scripted_name& host) { host.then_hangs(); });
        return *this;
    }

    /// Nobody listens yet, or the queue of the listener is full.
    fault& nobody_listens()
    {
        listening = listener::none;
        return *this;
    }
    fault& queue_is_full()
    {
        listening = listener::full;
        return *this;
    }

    /// The peer is a proxy, and behind its tunnel the server.
    fault& through_proxy()
    {
        proxied = true;
        return *this;
    }

    /// The header, or the body, is too_much_to_buffer.
    fault& large_header()
    {
        token_size = too_much_to_buffer;
        return *this;
    }
    fault& large_body()
    {
        body_size = too_much_to_buffer;
        return *this;
    }

    /// How long to wait for `100 Continue`; otherwise that never ends.
    fault& patience(std::chrono::milliseconds time)
    {
        continue_timeout = time;
        return *this;
    }

    /// The call ends with this error, or one of these, in this phase, or one of these. A deadline among the
    /// errors is set to short_time.
    fault& ends(std::vector<error_code> any_of, std::vector<phase> in)
    {
        codes = std::move(any_of);
        phases = std::move(in);
        return *this;
    }
    fault& ends(error_code ec, phase in) { return ends(std::vector{ec}, std::vector{in}); }
    fault& ends(errc ec, phase in) { return ends(make_error_code(ec), in); }

    /// The call ends with an error of OpenSSL.
    fault& ends_in_tls(phase in)
    {
        codes.clear();
        phases = {in};
        return *this;
    }

    /// The fault is no failure: the response is delivered.
    fault& succeeds() { return ends(error_code(), phase::done); }

    fault& attempts(unsigned number)
    {
        expected_attempts = number;
        return *this;
    }
    fault& maybe_applied(bool maybe = true)
    {
        may_have_been_applied = maybe;
        return *this;
    }

    /// The next call uses the connection again.
    fault& keeps_connection()
    {
        kept = true;
        return *this;
    }

    [[nodiscard]] bool expects(errc code) const
    {
        return std::find(codes.begin(), codes.end(), make_error_code(code)) != codes.end();
    }
    [[nodiscard]] bool expects_deadline() const
    {
        return expects(errc::connect_timeout) || expects(errc::handshake_timeout) ||
               expects(errc::attempt_timeout);
    }
    [[nodiscard]] bool expects_success() const
    {
        return std::find(codes.begin(), codes.end(), error_code()) != codes.end();
    }

    enum class listener { ready, none, full };

    request how;
    std::string name;
    std::vector<script> connections;
    std::vector<std::function<void(scripted_name&)>> lookups;
    listener listening = listener::ready;
    std::size_t token_size = 0;
    std::size_t body_size = 0;
    std::optional<std::chrono::milliseconds> continue_timeout;
    std::vector<error_code> codes;
    std::vector<phase> phases;
    unsigned expected_attempts = 1;
    bool may_have_been_applied = false;
    bool on_reused = false;
    bool proxied = false;
    bool kept = false;
};

/// A whole request, as the peer reads it.
inline tls_script& read_request(tls_script& connection, request how)
{
    if (how == request::get)
        return connection.expect_request("GET ");
    if (how == request::put)
        return connection.expect_request("PUT ");
    return connection.expect_head("PUT ").reply(go_on).expect_body();
}

/// As much of a request as comes without any answer of the peer.
inline tls_script& read_unanswered(tls_script& connection, request how)
{
    return how == request::put_expecting ? connection.expect_head("PUT ") : read_request(connection, how);
}

/// The ways in which a peer stops in the middle.
enum class ending { close, drop, reset, silence };

inline constexpr ending all_endings[] = {ending::close, ending::drop, ending::reset, ending::silence};
/// Those that the client sees at once.
inline constexpr ending deaths[] = {ending::close, ending::drop, ending::reset};

inline std::string to_string(ending how)
{
    switch (how) {
    case ending::close: return "close_notify and FIN";
    case ending::drop: return "a FIN";
    case ending::reset: return "a RST";
    case ending::silence: return "silence";
    }
    return "?";
}

inline void stop(tls_script& connection, ending how)
{
    switch (how) {
    case ending::close: connection.close(); break;
    case ending::drop: connection.drop(); break;
    case ending::reset: connection.reset(); break;
    case ending::silence: connection.expect_close(); break;
    }
}

/// What becomes of a call when its connection ends in that way before the first byte of the response.
inline error_code lost_by(ending how)
{
    switch (how) {
    case ending::reset: return asio::error::connection_reset;
    case ending::silence: return errc::attempt_timeout;
    default: return errc::connection_closed;
    }
}

/// The same after the first byte.
inline error_code cut_by(ending how)
{
    return how == ending::silence ? errc::attempt_timeout : errc::truncated_response;
}

/// The rows, in the order of their making; references stay valid.
class fault_table {
public:
    fault& add(request how, std::string phrase) { return rows_.emplace_back(how, std::move(phrase)); }

    [[nodiscard]] const std::deque<fault>& rows() const { return rows_; }

private:
    std::deque<fault> rows_;
};

} // namespace partner_center::testing

#endif
