// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CONNECTION_IPP
#define PARTNER_CENTER_IMPL_CONNECTION_IPP

#include <partner_center/detail/connection.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL void connection::receive(call_context& context)
{
    socket_.async_read_some(asio::buffer(incoming_), context.complete(received, this));
}

PARTNER_CENTER_DECL void connection::take_received_plain()
{
    const auto received_bytes = asio::buffer(incoming_.data(), received.size);
    buffer.commit(asio::buffer_copy(buffer.prepare(received.size), received_bytes));
}

PARTNER_CENTER_DECL void connection::send_plain(call_context& context, std::string bytes)
{
    outgoing_ = std::move(bytes);
    asio::async_write(socket_, asio::buffer(outgoing_), context.complete(sent, this));
}

PARTNER_CENTER_DECL void connection::send(call_context& context)
{
    outgoing_.clear();
    tls.take_output(outgoing_);
    asio::async_write(socket_, asio::buffer(outgoing_), context.complete(sent, this));
}

PARTNER_CENTER_DECL void connection::send_last_words() noexcept
{
    error_code ignored;
    outgoing_.clear();
    tls.take_output(outgoing_);
    socket_.non_blocking(true, ignored);
    if (!ignored && !outgoing_.empty())
        socket_.write_some(asio::buffer(outgoing_), ignored);
}

PARTNER_CENTER_DECL void connection::close() noexcept
{
    error_code ignored;
    socket_.close(ignored);
}

PARTNER_CENTER_DECL bool connection::is_quiet()
{
    error_code ec;
    if (!socket_.non_blocking())
        socket_.non_blocking(true, ec);
    if (ec)
        return false;
    char byte;
    socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
    return ec == asio::error::would_block || ec == asio::error::try_again;
}

} // namespace partner_center::detail

#endif
