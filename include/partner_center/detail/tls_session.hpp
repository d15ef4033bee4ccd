// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TLS_SESSION_HPP
#define PARTNER_CENTER_DETAIL_TLS_SESSION_HPP

#include <partner_center/errc.hpp>
#include <partner_center/transport_options.hpp>

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace partner_center::detail {

/// The context of a transport: the caller's own, or one that trusts the CA file or the system's roots.
/// Throws `error` with @ref errc::invalid_tls_settings.
PARTNER_CENTER_DECL asio::ssl::context make_tls_context(transport_options& options);

/// What a later connection to the same host needs to resume a TLS session (RFC 8446, section 2.2; RFC 5077).
struct tls_ticket {
    struct free_session {
        void operator()(SSL_SESSION* freed) const noexcept { SSL_SESSION_free(freed); }
    };

    std::unique_ptr<SSL_SESSION, free_session> session;
    /// When the server's certificate was verified: resuming does not do that again.
    std::chrono::steady_clock::time_point verified;
};

/**
 * The client's side of a TLS connection, as OpenSSL runs it between two buffers: encrypted bytes in and out,
 * plain bytes in and out. No I/O.
 *
 * `asio::ssl::stream` would do the same with I/O. Its composed operations were a seventh of all the code of a
 * file that updates a profile; this leaves two plain operations on a TCP socket, and a unit that needs no
 * socket.
 */
class tls_session {
public:
    enum class status {
        done,       ///< It did what was asked.
        want_input, ///< Nothing more without bytes of the peer.
        closed,     ///< The peer said that it sends no more (close_notify).
        failed,     ///< See @ref failure.
    };

    /// Throws std::bad_alloc.
    PARTNER_CENTER_DECL explicit tls_session(asio::ssl::context& context);
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;
    PARTNER_CENTER_DECL ~tls_session();

    /**
     * Readies the session for its handshake: SNI (RFC 6066, section 3), the name to verify (RFC 9525), ALPN
     * `http/1.1` (RFC 7301), the lowest version, and verification of the peer whatever the context says.
     *
     * @param host A DNS name or an IP address without brackets.
     */
    PARTNER_CENTER_DECL error_code prepare(const std::string& host, tls_version lowest);

    /// Offers the server to resume a session, of an earlier connection to the same host that the same context
    /// made. Before the handshake.
    PARTNER_CENTER_DECL void offer(tls_ticket ticket);

    /// What a later connection can resume; once, and empty when the server gave nothing. Servers give it
    /// together with their first response.
    PARTNER_CENTER_DECL tls_ticket take_ticket();

    /// Whether the handshake resumed the session that was offered.
    bool resumed() const noexcept { return SSL_session_reused(ssl_.get()) == 1; }

    /// Such as "TLSv1.3".
    std::string_view version() const noexcept { return SSL_get_version(ssl_.get()); }

    /// Goes on with the handshake. There may be @ref take_output afterwards, also after a failure.
    PARTNER_CENTER_DECL status handshake();

    /// Adds bytes that the peer sent.
    PARTNER_CENTER_DECL void add_input(const char* data, std::size_t size);

    /// Decrypts into `to`; `done` when there were bytes, `size` of them. Fails with
    /// @ref errc::malformed_response when the peer makes OpenSSL answer without end instead of sending some.
    PARTNER_CENTER_DECL status read(char* to, std::size_t capacity, std::size_t& size);

    /// Encrypts, to be fetched by @ref take_output.
    PARTNER_CENTER_DECL status write(const char* data, std::size_t size);

    /// Moves what is to be sent to the peer to the end of `to`.
    PARTNER_CENTER_DECL void take_output(std::string& to);

    /// Whether bytes of the peer are left over: nothing may follow a response, so such a connection is not
    /// used again.
    PARTNER_CENTER_DECL bool has_input() const;

    /// Whether the peer has said that it sends no more.
    PARTNER_CENTER_DECL bool closed_by_peer() const;

    /// OpenSSL's reason for `failed`; for a refused certificate @ref errc::untrusted_certificate.
    const error_code& failure() const noexcept { return failure_; }

    /// What is wrong with the peer's certificate, in OpenSSL's words; empty if that was not the reason.
    PARTNER_CENTER_DECL std::string certificate_problem() const;

private:
    PARTNER_CENTER_DECL status interpret(int result);

    static constexpr std::size_t max_answers = 16 * 1024;

    struct free_ssl {
        void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    };

    std::string output_; // outlives ssl_, which writes to it
    std::unique_ptr<SSL, free_ssl> ssl_;
    BIO* input_;      // owned by ssl_
    BIO* output_bio_; // owned by ssl_
    error_code failure_;
    std::chrono::steady_clock::time_point verified_;
    bool certificate_refused_ = false;
    bool ticket_taken_ = false;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/tls_session.ipp>
#endif

#endif
