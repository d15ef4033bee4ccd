// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_TLS_SCRIPTED_CONNECTION_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_TLS_SCRIPTED_CONNECTION_HPP

#include "tls_script.hpp"

#include <partner_center/detail/config.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace partner_center::testing::detail {

// One connection of a scripted peer. Each verb returns what went wrong, or nothing.
class tls_scripted_connection : public std::enable_shared_from_this<tls_scripted_connection> {
public:
    // Called when a head was read, and once more, with `complete`, when its body was read or broke off.
    using on_request = std::function<void(const received_request&, bool complete)>;

    tls_scripted_connection(asio::ip::tcp::socket socket, asio::ssl::context& context, on_request report)
        : tls_{std::move(socket), context}
        , report_{std::move(report)}
    {
    }

    [[nodiscard]] std::size_t number() const { return request_.connection; }
    [[nodiscard]] bool open() const { return open_; }

    void begin(std::size_t number, bool plain)
    {
        request_.connection = number;
        plain_ = plain;
    }

    asio::awaitable<boost::system::error_code> shake_hands()
    {
        boost::system::error_code ec;
        co_await tls_.async_handshake(asio::ssl::stream_base::server,
                                      asio::redirect_error(asio::use_awaitable, ec));
        co_return ec;
    }

    asio::awaitable<std::string> take(const step& s)
    {
        std::string trouble;
        switch (s.what) {
        case verb::hello: trouble = co_await read_client_hello(); break;
        case verb::head: trouble = co_await read_head(s.bytes); break;
        case verb::body: trouble = co_await read_body(); break;
        case verb::slow_read: co_await read_slowly(s); break;
        case verb::write: trouble = co_await write(s.bytes); break;
        case verb::endless_write: co_await write_without_end(s); break;
        case verb::leave_tls: plain_ = true; break;
        case verb::begin_tls: trouble = co_await begin_tls(); break;
        case verb::slow_write: trouble = co_await write_slowly(s); break;
        case verb::pause: co_await wait(s.gap); break;
        case verb::call: s.action(); break;
        case verb::client_closes: trouble = co_await read_close(); break;
        case verb::client_ends: co_await read_to_the_end(); break;
        case verb::shut_down: co_await shut_down(true); break;
        case verb::cut: co_await shut_down(false); break;
        case verb::reset: hang_up(true); break;
        case verb::silence: break;
        }
        co_return trouble;
    }

    asio::awaitable<std::string> read_close()
    {
        boost::system::error_code ec;
        while (!ec && unread_.empty())
            ec = co_await read_more();
        if (!unread_.empty())
            co_return "expected the client to close, got '" + unread_.substr(0, 80) + "'";
        hang_up(false);
        co_return std::string();
    }

    void hang_up(bool by_reset)
    {
        boost::system::error_code ignored;
        if (by_reset)
            tls_.next_layer().set_option(asio::socket_base::linger(true, 0), ignored);
        tls_.next_layer().close(ignored);
        open_ = false;
    }

private:
    asio::awaitable<boost::system::error_code> read_more()
    {
        char chunk[16384];
        boost::system::error_code ec;
        std::size_t size = 0;
        if (plain_)
            size = co_await tls_.next_layer().async_read_some(asio::buffer(chunk),
                                                              asio::redirect_error(asio::use_awaitable, ec));
        else
            size = co_await tls_.async_read_some(asio::buffer(chunk),
                                                 asio::redirect_error(asio::use_awaitable, ec));
        unread_.append(chunk, size);
        co_return ec;
    }

    asio::awaitable<std::string> read_client_hello()
    {
        constexpr std::size_t record_header = 5; // type, version, length
        constexpr char handshake = 0x16;
        const auto byte = [this](std::size_t at) {
            return std::size_t{static_cast<unsigned char>(unread_[at])};
        };
        while (unread_.size() < record_header || unread_.size() < record_header + (byte(3) << 8U) + byte(4)) {
            const boost::system::error_code ec = co_await read_more();
            if (ec)
                co_return "no whole record in " + std::to_string(unread_.size()) + " bytes: " + ec.message();
            if (unread_[0] != handshake)
                co_return "expected a TLS handshake";
        }
        unread_.clear();
        co_return std::string();
    }

    asio::awaitable<void> read_slowly(const step& s)
    {
        char few[4];
        boost::system::error_code ec;
        for (std::size_t times = 0; times != s.chunk && !ec; ++times) {
            co_await tls_.next_layer().async_read_some(asio::buffer(few),
                                                       asio::redirect_error(asio::use_awaitable, ec));
            co_await wait(s.gap);
        }
    }

    asio::awaitable<std::string> read_head(const std::string& begins_with)
    {
        std::size_t end = 0;
        while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
            const boost::system::error_code ec = co_await read_more();
            if (ec || unread_.size() > (1U << 20U))
                co_return "no end of the head in " + std::to_string(unread_.size()) +
                    " bytes: " + ec.message();
        }
        request_.head = unread_.substr(0, end + 4);
        request_.body.clear();
        unread_.erase(0, end + 4);
        report_(request_, false);
        const std::string line(request_.request_line());
        if (line.compare(0, begins_with.size(), begins_with) != 0)
            co_return "expected '" + begins_with + "', got '" + line + "'";
        if (request_.header("Transfer-Encoding"))
            co_return "the request has a Transfer-Encoding, of which scripts know nothing";
        co_return std::string();
    }

    asio::awaitable<std::string> read_body()
    {
        std::size_t size = 0;
        if (const auto length = request_.header("Content-Length"))
            size = std::strtoul(std::string(*length).c_str(), nullptr, 10);
        boost::system::error_code ec;
        while (!ec && unread_.size() < size)
            ec = co_await read_more();
        const std::size_t got = std::min(unread_.size(), size);
        request_.body = unread_.substr(0, got);
        unread_.erase(0, got);
        report_(request_, true);
        if (got < size)
            co_return std::to_string(got) + " of " + std::to_string(size) + " bytes came: " + ec.message();
        co_return std::string();
    }

    asio::awaitable<std::string> begin_tls()
    {
        plain_ = false;
        if (!unread_.empty())
            co_return "the client went on before it was answered";
        const boost::system::error_code ec = co_await shake_hands();
        co_return ec ? "handshake: " + ec.message() : std::string();
    }

    asio::awaitable<std::string> write(const std::string& bytes)
    {
        boost::system::error_code ec;
        if (plain_)
            co_await asio::async_write(tls_.next_layer(), asio::buffer(bytes),
                                       asio::redirect_error(asio::use_awaitable, ec));
        else
            co_await asio::async_write(tls_, asio::buffer(bytes),
                                       asio::redirect_error(asio::use_awaitable, ec));
        co_return ec ? "cannot send: " + ec.message() : std::string();
    }

    asio::awaitable<std::string> write_slowly(const step& s)
    {
        std::string trouble;
        for (std::size_t at = 0; at < s.bytes.size() && trouble.empty(); at += s.chunk) {
            const std::string piece = s.bytes.substr(at, s.chunk);
            trouble = co_await write(piece);
            co_await wait(s.gap);
        }
        co_return trouble;
    }

    asio::awaitable<void> read_to_the_end()
    {
        boost::system::error_code ec; // co_await as the loop's condition is miscompiled by g++ 12
        while (!ec) {
            ec = co_await read_more();
            unread_.clear();
        }
        hang_up(false);
    }

    asio::awaitable<void> write_without_end(const step& s)
    {
        std::string trouble;
        while (trouble.empty()) {
            trouble = co_await write(s.bytes);
            if (s.gap.count() != 0)
                co_await wait(s.gap);
        }
        hang_up(false);
    }

    asio::awaitable<void> wait(std::chrono::milliseconds time)
    {
        boost::system::error_code ec;
        asio::steady_timer timer(tls_.get_executor(), time);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }

    asio::awaitable<void> shut_down(bool properly)
    {
        boost::system::error_code ec;
        if (properly && !plain_) {
            // As if the client's close_notify had come already: only ours is sent, and none is awaited.
            SSL_set_shutdown(tls_.native_handle(), SSL_RECEIVED_SHUTDOWN);
            co_await tls_.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
        }
        tls_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
        open_ = false;
        // Unread bytes would turn the FIN into a RST, so what still comes is read and dropped.
        asio::co_spawn(tls_.get_executor(), drain(shared_from_this()), asio::detached);
    }

    static asio::awaitable<void> drain(std::shared_ptr<tls_scripted_connection> self)
    {
        char chunk[16384];
        boost::system::error_code ec;
        while (!ec)
            co_await self->tls_.next_layer().async_read_some(asio::buffer(chunk),
                                                             asio::redirect_error(asio::use_awaitable, ec));
        self->tls_.next_layer().close(ec);
    }

    asio::ssl::stream<asio::ip::tcp::socket> tls_;
    on_request report_;
    std::string unread_;
    received_request request_;
    bool plain_ = false;
    bool open_ = true;
};

} // namespace partner_center::testing::detail

#endif
