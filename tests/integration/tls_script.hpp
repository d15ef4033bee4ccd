// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_TLS_SCRIPT_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_TLS_SCRIPT_HPP

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partner_center::testing::detail {

enum class verb {
    hello,
    head,
    body,
    slow_read,
    write,
    slow_write,
    endless_write,
    leave_tls,
    begin_tls,
    pause,
    call,
    client_closes,
    client_ends,
    shut_down,
    cut,
    reset,
    silence
};

struct step {
    verb what;
    const char* name;
    std::string bytes;
    std::size_t chunk = 0;
    std::chrono::milliseconds gap{0};
    std::function<void()> action;
};

// What one connection does from its beginning to its end.
struct play {
    bool plain = false;
    bool tls_must_fail = false;
    std::vector<step> steps;
};

} // namespace partner_center::testing::detail

namespace partner_center::testing {

/// A request that a scripted peer has read.
class received_request {
public:
    received_request() {}

    std::size_t connection = 0; ///< 1 for the first connection accepted.
    std::string head;           ///< Request line and header lines with the empty line that ends them.
    std::string body;

    [[nodiscard]] std::string_view request_line() const
    {
        return std::string_view(head).substr(0, head.find("\r\n"));
    }

    /// The value of the first header line of that name, without white space around it.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const
    {
        std::string_view rest = std::string_view(head).substr(request_line().size());
        while (rest.size() > 4) {
            rest.remove_prefix(2);
            const std::string_view line = rest.substr(0, rest.find("\r\n"));
            const std::size_t colon = line.find(':');
            if (colon != std::string_view::npos && boost::beast::iequals(line.substr(0, colon), name)) {
                const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
                if (begin == std::string_view::npos)
                    return std::string_view();
                return line.substr(begin, line.find_last_not_of(" \t") - begin + 1);
            }
            rest.remove_prefix(line.size());
        }
        return std::nullopt;
    }
};

/// A response with Content-Length and a JSON body, to be given to reply().
///
/// @param status As it stands in the status line: "200 OK".
/// @param more Further header lines, each ended by CRLF.
inline std::string json_reply(std::string_view status, std::string_view body, std::string_view more = {})
{
    std::string reply = "HTTP/1.1 ";
    reply += status;
    reply += "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ";
    reply += std::to_string(body.size());
    reply += "\r\n";
    reply += more;
    reply += "\r\n";
    reply += body;
    return reply;
}

/// The script of one connection; it counts from the end of the full expression that writes it.
class tls_script {
public:
    tls_script(const tls_script&) = delete;
    tls_script& operator=(const tls_script&) = delete;

    /// @param commit Takes the finished script.
    explicit tls_script(std::function<void(detail::play)> commit)
        : commit_{std::move(commit)}
    {
    }

    ~tls_script() { commit_(std::move(play_)); }

    /// Read the record that holds the ClientHello, of a connection without_tls().
    tls_script& expect_client_hello()
    {
        return add({detail::verb::hello, "expect_client_hello", {}, 0, {}, {}});
    }

    /// Read a request's head. @param begins_with What the request line must begin with.
    tls_script& expect_head(std::string begins_with = {})
    {
        return add({detail::verb::head, "expect_head", std::move(begins_with), 0, {}, {}});
    }

    /// Read as many bytes as the Content-Length of the last head says.
    tls_script& expect_body() { return add({detail::verb::body, "expect_body", {}, 0, {}, {}}); }

    /// Read a head and its body.
    tls_script& expect_request(std::string begins_with = {})
    {
        return expect_head(std::move(begins_with)).expect_body();
    }

    /// Read a few bytes with a gap after each time, never catching up, until the client has closed or
    /// `time` is over; what TLS they are is not looked at.
    tls_script& read_slowly(std::chrono::milliseconds gap, std::chrono::milliseconds time)
    {
        return add({detail::verb::slow_read,
                    "read_slowly",
                    {},
                    static_cast<std::size_t>(time / std::max(gap, std::chrono::milliseconds{1})),
                    gap,
                    {}});
    }

    /// The client ends the connection, in whatever way, and sends nothing before that.
    tls_script& expect_close() { return add({detail::verb::client_closes, "expect_close", {}, 0, {}, {}}); }

    /// The client ends the connection, in whatever way, and whatever it sends before that, such as an alert.
    tls_script& expect_end() { return add({detail::verb::client_ends, "expect_end", {}, 0, {}, {}}); }

    /// The client breaks the handshake off (it should be the only verb).
    tls_script& expect_tls_refused()
    {
        play_.tls_must_fail = true;
        return *this;
    }

    /// Send these bytes as they are.
    tls_script& reply(std::string bytes)
    {
        return add({detail::verb::write, "reply", std::move(bytes), 0, {}, {}});
    }

    /// Send the bytes in pieces of `chunk` bytes with a gap after each.
    tls_script& reply_slowly(std::string bytes, std::size_t chunk, std::chrono::milliseconds gap)
    {
        return add({detail::verb::slow_write,
                    "reply_slowly",
                    std::move(bytes),
                    std::max<std::size_t>(chunk, 1),
                    gap,
                    {}});
    }

    /// Send the bytes over and over, with a gap after each time, until the client ends the connection; the
    /// script ends with that.
    tls_script& reply_without_end(std::string bytes, std::chrono::milliseconds gap = {})
    {
        return add({detail::verb::endless_write, "reply_without_end", std::move(bytes), 0, gap, {}});
    }

    /// From here on send past TLS: on the TCP connection below it.
    tls_script& below_tls() { return add({detail::verb::leave_tls, "below_tls", {}, 0, {}, {}}); }

    /// Do the handshake now, of a connection without_tls() up to here.
    tls_script& start_tls() { return add({detail::verb::begin_tls, "start_tls", {}, 0, {}, {}}); }

    /// Wait before the next verb.
    tls_script& pause(std::chrono::milliseconds time)
    {
        return add({detail::verb::pause, "pause", {}, 0, time, {}});
    }

    /// Call a function on the peer's thread; every connection waits for it.
    tls_script& call(std::function<void()> action)
    {
        return add({detail::verb::call, "call", {}, 0, {}, std::move(action)});
    }

    /// End properly: close_notify, then FIN.
    tls_script& close() { return add({detail::verb::shut_down, "close", {}, 0, {}, {}}); }

    /// The same as close().
    tls_script& then_close() { return close(); }

    /// End by FIN without close_notify, as a truncation attack would.
    tls_script& drop() { return add({detail::verb::cut, "drop", {}, 0, {}, {}}); }

    /// End by RST.
    tls_script& reset() { return add({detail::verb::reset, "reset", {}, 0, {}, {}}); }

    /// Neither read nor write nor close until the peer is destroyed.
    tls_script& silence() { return add({detail::verb::silence, "silence", {}, 0, {}, {}}); }

    /// Do no handshake: the verbs that follow act on the bare TCP connection.
    tls_script& without_tls()
    {
        play_.plain = true;
        return *this;
    }

    /// Do as a proxy does that opens a tunnel, and go on as the server at its other end.
    tls_script& open_tunnel()
    {
        return without_tls()
            .expect_head("CONNECT ")
            .reply("HTTP/1.1 200 Connection established\r\n\r\n")
            .start_tls();
    }

    /// Answer the handshake with a fatal alert.
    tls_script& refuse_tls()
    {
        return without_tls().reply(std::string("\x15\x03\x03\x00\x02\x02\x28", 7)).close();
    }

private:
    tls_script& add(detail::step s)
    {
        play_.steps.push_back(std::move(s));
        return *this;
    }

    std::function<void(detail::play)> commit_;
    detail::play play_;
};

} // namespace partner_center::testing

#endif
