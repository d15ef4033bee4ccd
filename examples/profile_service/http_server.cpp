// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "http_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace profile_service {

namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

http::status status_of(const error_code& unreadable)
{
    if (unreadable == http::error::body_limit)
        return http::status::payload_too_large;
    if (unreadable == http::error::header_limit)
        return http::status::request_header_fields_too_large;
    return http::status::bad_request;
}

// Of a peer that went away, or was too slow, nobody is left to be told.
bool is_worth_an_answer(const error_code& unreadable)
{
    return unreadable.category() == make_error_code(http::error::body_limit).category() &&
           unreadable != http::error::end_of_stream && unreadable != http::error::partial_message;
}

} // namespace

response make_response(http::status status, std::string body)
{
    response made(status, 11);
    made.set(http::field::content_type, "application/json");
    made.set(http::field::cache_control, "no-store");
    made.body() = std::move(body);
    made.prepare_payload();
    return made;
}

struct http_server::connection {
    explicit connection(tcp::socket socket)
        : stream(std::move(socket))
    {
    }
    beast::tcp_stream stream;
    beast::flat_buffer buffer{max_head + max_body};
    bool answering = false;
};

http_server::http_server(asio::io_context& context, const tcp::endpoint& address, handler answer)
    : context_(context)
    , acceptor_(context)
    , pause_(context)
    , answer_(std::move(answer))
{
    try {
        acceptor_.open(address.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(address);
        acceptor_.listen();
    } catch (const boost::system::system_error& e) {
        throw std::runtime_error("cannot listen on " + address.address().to_string() + ":" +
                                 std::to_string(address.port()) + ": " + e.code().message());
    }
}

unsigned short http_server::port() const
{
    return acceptor_.local_endpoint().port();
}

void http_server::start()
{
    asio::co_spawn(context_, accept(), asio::detached);
}

void http_server::stop(std::function<void()> drained)
{
    stopped_ = true;
    drained_ = std::move(drained);
    acceptor_.close();
    pause_.cancel();
    for (connection* const peer : connections_)
        if (!peer->answering)
            peer->stream.cancel();
    tell_when_drained();
}

void http_server::tell_when_drained()
{
    if (stopped_ && connections_.empty() && drained_)
        std::exchange(drained_, nullptr)();
}

asio::awaitable<void> http_server::accept()
{
    while (!stopped_) {
        auto [ec, socket] = co_await acceptor_.async_accept(as_result);
        if (!ec && connections_.size() < max_connections)
            asio::co_spawn(context_, serve(std::move(socket)), asio::detached);
        else if (ec && !stopped_) {
            // Such as too many open files: there will be some again.
            pause_.expires_after(std::chrono::milliseconds(100));
            co_await pause_.async_wait(as_result);
        }
    }
}

asio::awaitable<void> http_server::serve(tcp::socket socket)
{
    connection peer(std::move(socket));
    connections_.insert(&peer);
    try {
        for (bool goes_on = !stopped_; goes_on;)
            goes_on = co_await serve_one(peer);
    } catch (const std::exception&) {
        // Out of memory: this connection is given up.
    }
    error_code ignored;
    peer.stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    connections_.erase(&peer);
    tell_when_drained();
}

// False when the connection is to be closed.
asio::awaitable<bool> http_server::serve_one(connection& peer)
{
    http::request_parser<http::string_body> parser;
    parser.header_limit(max_head);
    parser.body_limit(max_body);
    peer.stream.expires_after(patience);
    const auto [unreadable, size] = co_await http::async_read(peer.stream, peer.buffer, parser, as_result);
    if (unreadable && !is_worth_an_answer(unreadable))
        co_return false;

    response answer;
    peer.answering = true;
    peer.stream.expires_never(); // the handler has a limit of its own
    if (unreadable)
        answer = make_response(status_of(unreadable), R"({"error":"this is no request that can be read"})");
    else if (stopped_)
        answer = make_response(http::status::service_unavailable, R"({"error":"shutting down"})");
    else
        answer = co_await try_to_answer(parser.get());
    answer.keep_alive(!unreadable && !stopped_ && parser.get().keep_alive());
    if (parser.get().method() == http::verb::head)
        answer.body().clear(); // what Content-Length tells stays

    peer.stream.expires_after(patience);
    const auto [unwritable, written] = co_await http::async_write(peer.stream, answer, as_result);
    peer.answering = false;
    co_return !unwritable && !stopped_ && answer.keep_alive();
}

asio::awaitable<response> http_server::try_to_answer(const request& asked)
{
    try {
        co_return co_await answer_(asked);
    } catch (const std::exception&) {
    }
    co_return make_response(http::status::internal_server_error, R"({"error":"internal error"})");
}

} // namespace profile_service
