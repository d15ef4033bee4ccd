// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_EXCHANGE_IPP
#define PARTNER_CENTER_IMPL_EXCHANGE_IPP

#include <partner_center/detail/exchange.hpp>

#include <boost/asio/error.hpp>

namespace partner_center::detail {

PARTNER_CENTER_DECL bool exchange::reusable() const
{
    return body_begun_ && connection_->sent.done && !connection_->sent.ec && !receiving_ &&
           reader_.keep_alive() && connection_->buffer.size() == 0 && !connection_->tls.has_input() &&
           !connection_->tls.closed_by_peer() && !connection_->tls.failure();
}

PARTNER_CENTER_DECL error_code exchange::write(std::size_t begin, std::size_t end)
{
    if (connection_->tls.write(request_.data() + begin, end - begin) != tls_session::status::done)
        return connection_->tls.failure();
    bytes_sent_ = end;
    connection_->send(context_);
    return {};
}

// Decrypts what there is into the connection's buffer.
PARTNER_CENTER_DECL tls_session::status exchange::decrypt()
{
    constexpr std::size_t piece = 4 * 1024;
    auto& buffer = connection_->buffer;
    // To ask OpenSSL costs, and it has nothing before the first bytes are here. A failure may have waited
    // behind an interim response.
    if (!connection_->tls.has_input() && !connection_->tls.closed_by_peer() && !connection_->tls.failure())
        return tls_session::status::want_input;
    for (;;) {
        std::size_t size = 0;
        const auto space = buffer.prepare(piece);
        const tls_session::status result =
            connection_->tls.read(static_cast<char*>(space.data()), space.size(), size);
        if (result != tls_session::status::done)
            return result;
        buffer.commit(size);
        bytes_received_ += size;
        // More than the reader ever lets pile up: it has to look first.
        if (buffer.size() > 16 * piece)
            return tls_session::status::done;
    }
}

// Gives the bytes that are there to the reader, and asks for more when it needs them.
PARTNER_CENTER_DECL response_reader::state exchange::advance()
{
    using state = response_reader::state;
    const operation& received = connection_->received;
    if (receiving_ && !received.done)
        return state::need_more;
    if (receiving_)
        connection_->take_received();
    const bool ended = receiving_ && received.ec;
    receiving_ = false;
    for (;;) {
        const tls_session::status tls = decrypt();
        const state read = reader_.feed(connection_->buffer);
        if (read != state::need_more)
            return read;
        if (tls == tls_session::status::failed)
            return reader_.abort(connection_->tls.failure());
        if (tls == tls_session::status::closed || ended)
            return reader_.finish(tls == tls_session::status::closed, received.ec);
        if (tls == tls_session::status::want_input)
            break;
    }
    receiving_ = true;
    connection_->receive(context_);
    return state::need_more;
}

PARTNER_CENTER_DECL task exchange::run(frame_stack&, steady_clock::duration patience)
{
    const bool patient = patience > steady_clock::duration::zero();
    const auto until = time_after(patience);
    const operation& sending = connection_->sent;
    bool body_wanted = false;
    if (const error_code ec = write(0, patient ? header_size_ : request_.size()))
        co_return ec;
    body_begun_ = !patient;
    if (patient)
        context_.wake_at(until);
    for (;;) {
        if (context_.stopped())
            co_return context_.stopped();
        const auto state = advance();
        if (state == response_reader::state::complete)
            break;
        if (state == response_reader::state::failed)
            co_return reader_.failure();
        // Another interim response may come before the news that the header was sent.
        body_wanted = body_wanted || reader_.interim_status() == 100;
        if (!body_begun_ && sending.done && !sending.ec && (body_wanted || steady_clock::now() >= until)) {
            if (const error_code ec = write(header_size_, request_.size()))
                co_return ec;
            body_begun_ = true;
        }
        phase_ = !sending.done ? phase::send : body_begun_ ? phase::receive : phase::wait_continue;
        if (state == response_reader::state::need_more && !connection_->received.done)
            co_await context_.park();
    }
    // With several threads the response may be here before the news that the request was sent, and then the
    // connection would be lost for want of it. A server that answered early may never read the rest.
    if (!context_.settled(sending)) {
        const auto grace = steady_clock::now() + std::chrono::milliseconds(100);
        context_.wake_at(grace);
        while (!context_.settled(sending) && steady_clock::now() < grace)
            co_await context_.park();
    }
    co_return error_code();
}

} // namespace partner_center::detail

#endif
