// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PROFILE_SERVICE_HTTP_SERVER_HPP
#define PROFILE_SERVICE_HTTP_SERVER_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>

namespace profile_service {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

/// A response of one JSON document.
response make_response(http::status status, std::string body);

/// HTTP/1.1 on one address, for an io_context of one thread. Memory and time are bounded, whatever peers do.
class http_server {
public:
    /// Answers a request; what it throws is answered with 500.
    using handler = std::function<asio::awaitable<response>(const request&)>;

    /// Listens at once. @throws std::runtime_error It cannot; the text names the address.
    http_server(asio::io_context& context, const asio::ip::tcp::endpoint& address, handler answer);

    unsigned short port() const;

    /// Accepts connections and serves them until stop().
    void start();

    /// Accepts nothing more and closes the connections on which no request is being answered. The others are
    /// closed after their answer.
    /// @param drained Called when there is no connection any more.
    void stop(std::function<void()> drained);

private:
    static constexpr std::size_t max_connections = 100;
    static constexpr std::uint32_t max_head = 8 * 1024;
    static constexpr std::uint64_t max_body = 64 * 1024;
    static constexpr std::chrono::seconds patience{
        30}; // for a request to come, and for an answer to be taken

    struct connection;

    asio::awaitable<void> accept();
    asio::awaitable<void> serve(asio::ip::tcp::socket socket);
    asio::awaitable<bool> serve_one(connection& peer);
    asio::awaitable<response> try_to_answer(const request& asked);
    void tell_when_drained();

    asio::io_context& context_;
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    handler answer_;
    std::set<connection*> connections_;
    bool stopped_ = false;
    std::function<void()> drained_;
};

} // namespace profile_service

#endif
