// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CONNECTION_HPP
#define PARTNER_CENTER_DETAIL_CONNECTION_HPP

#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/shared_object.hpp>
#include <partner_center/detail/tls_session.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace partner_center::detail {

/**
 * A TLS connection with the operations that can be under way on it: one that receives and one that sends.
 *
 * Belongs to one call at a time; what is under way holds it.
 */
class connection : public shared_object {
public:
    connection(std::uint64_t number_in_transport, asio::ip::tcp::socket socket, asio::ssl::context& context)
        : number(number_in_transport)
        , opened(steady_clock::now())
        , idle_since(opened)
        , tls(context)
        , socket_(std::move(socket))
    {
    }

    /// Begins to receive encrypted bytes; @ref received is done when some are there.
    PARTNER_CENTER_DECL void receive(call_context& context);

    /// Gives the bytes received to @ref tls.
    void take_received() { tls.add_input(incoming_.data(), received.size); }

    /// Puts the bytes received into @ref buffer as they are, before there is TLS.
    PARTNER_CENTER_DECL void take_received_plain();

    /// Begins to send bytes as they are, before there is TLS; @ref sent is done when all were sent.
    PARTNER_CENTER_DECL void send_plain(call_context& context, std::string bytes);

    /// Begins to send what @ref tls has to send; @ref sent is done when all of it was sent. Not while another
    /// one is under way.
    PARTNER_CENTER_DECL void send(call_context& context);

    /// Sends what fits without waiting, such as a TLS alert, and forgets the rest.
    PARTNER_CENTER_DECL void send_last_words() noexcept;

    /// Closes the socket without waiting for the peer: what is under way ends with `operation_aborted`.
    PARTNER_CENTER_DECL void close() noexcept;

    /// Whether the peer has neither closed the idle connection nor sent anything on it. Does not block.
    PARTNER_CENTER_DECL bool is_quiet();

    asio::ip::tcp::socket& socket() noexcept { return socket_; }

    const std::uint64_t number;
    steady_clock::time_point opened;
    steady_clock::time_point idle_since;
    unsigned watch = 0; ///< Which watch over it is the present one; for the pool.
    tls_session tls;
    boost::beast::flat_buffer buffer; ///< Decrypted bytes that nobody has read yet.
    operation received;
    operation sent;

private:
    asio::ip::tcp::socket socket_;
    std::string outgoing_;
    std::array<char, 8 * 1024> incoming_;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/connection.ipp>
#endif

#endif
