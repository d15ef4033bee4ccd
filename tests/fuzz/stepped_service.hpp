// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_FUZZ_STEPPED_SERVICE_HPP
#define PARTNER_CENTER_TESTS_FUZZ_STEPPED_SERVICE_HPP

#include "fuzz_input.hpp"

#include <partner_center/testing/certificates.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace partner_center::testing {

/// The server's end of one connection. Nothing here waits.
class stepped_connection {
public:
    stepped_connection(int socket, SSL_CTX* context, int highest_version)
        : socket_(socket)
        , ssl_(SSL_new(context))
    {
        const int yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        SSL_set_fd(ssl_, socket_);
        SSL_set_max_proto_version(ssl_, highest_version);
        SSL_set_accept_state(ssl_);
    }
    stepped_connection(const stepped_connection&) = delete;
    stepped_connection& operator=(const stepped_connection&) = delete;
    ~stepped_connection()
    {
        end();
        SSL_free(ssl_);
    }

    bool is_open() const noexcept { return socket_ != -1; }
    int version() const noexcept { return SSL_version(ssl_); }

    /// What was decrypted and not taken yet.
    std::string received;
    /// Whole requests that were taken.
    unsigned requests = 0;

    /// Does what can be done at once; returns whether that was anything.
    bool step()
    {
        if (!is_open())
            return false;
        if (broken_)
            return skip_input();
        bool stepped = false;
        char piece[4096];
        for (;;) {
            const int size = SSL_is_init_finished(ssl_) ? SSL_read(ssl_, piece, sizeof piece) : 0;
            if (size > 0) {
                received.append(piece, static_cast<std::size_t>(size));
                stepped = true;
                continue;
            }
            const int result = SSL_is_init_finished(ssl_) ? size : SSL_do_handshake(ssl_);
            if (result == 1) {
                stepped = true;
                continue;
            }
            const int error = SSL_get_error(ssl_, result);
            if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
                return take_requests() || stepped;
            take_requests();
            broken_ = true;
            ERR_clear_error();
            return skip_input() || stepped;
        }
    }

    void write(std::string_view bytes)
    {
        if (may_write() && !bytes.empty())
            SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
        ERR_clear_error();
    }

    void write_below_tls(std::string_view bytes)
    {
        if (is_open())
            ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    void update_keys()
    {
        if (may_write() && SSL_version(ssl_) == TLS1_3_VERSION &&
            SSL_key_update(ssl_, SSL_KEY_UPDATE_REQUESTED) == 1)
            SSL_do_handshake(ssl_);
        ERR_clear_error();
    }

    void notify_close()
    {
        if (may_write())
            SSL_shutdown(ssl_);
        ERR_clear_error();
    }

    void end_writing()
    {
        if (is_open() && ::shutdown(socket_, SHUT_WR) == 0)
            ended_writing_ = true;
    }

    void reset()
    {
        const linger at_once{1, 0};
        if (is_open())
            ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        end();
    }

    void end()
    {
        if (is_open())
            ::close(std::exchange(socket_, -1));
    }

private:
    // A write that fails would break the reading, too, and a second close_notify take what the client sends
    // for the end of it.
    bool may_write() const noexcept
    {
        return is_open() && !broken_ && !ended_writing_ && SSL_is_init_finished(ssl_) &&
               (SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN) == 0;
    }

    // Without TLS there is only to see whether the client has gone.
    bool skip_input()
    {
        char piece[4096];
        const auto size = ::recv(socket_, piece, sizeof piece, MSG_DONTWAIT);
        if (size > 0)
            return true;
        if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
            end();
        return !is_open();
    }

    bool take_requests()
    {
        const unsigned before = requests;
        for (;;) {
            const std::size_t header = received.find("\r\n\r\n");
            if (header == received.npos)
                return requests != before;
            constexpr std::string_view name = "Content-Length: ";
            std::size_t body = 0;
            if (const std::size_t at = received.find(name); at < header)
                std::from_chars(received.data() + at + name.size(), received.data() + header, body);
            if (received.size() < header + 4 + body)
                return requests != before;
            received.erase(0, header + 4 + body);
            ++requests;
        }
    }

    int socket_;
    SSL* ssl_;
    bool broken_ = false;
    bool ended_writing_ = false;
};

/// A server on loopback that does something only when it is told to, in the thread of its client.
class stepped_service {
public:
    stepped_service()
        : context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free)
        , listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
    {
        const certificate_identity identity = authority_.issue();
        const std::unique_ptr<BIO, decltype(&BIO_free)> certificate_text(
            BIO_new_mem_buf(identity.certificate_pem.data(), -1), &BIO_free);
        const std::unique_ptr<BIO, decltype(&BIO_free)> key_text(
            BIO_new_mem_buf(identity.private_key_pem.data(), -1), &BIO_free);
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(
            PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr), &X509_free);
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
            PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
        require(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1 &&
                    SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1,
                "the server has a certificate");
        SSL_CTX_set_num_tickets(context_.get(), 1);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        require(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                    ::listen(listener_, 64) == 0 &&
                    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
                "the server listens");
        port_ = ntohs(address.sin_port);
    }
    stepped_service(const stepped_service&) = delete;
    stepped_service& operator=(const stepped_service&) = delete;
    ~stepped_service() { ::close(listener_); }

    std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
    const certificate_authority& authority() const noexcept { return authority_; }

    /// TLS of connections to come.
    int highest_version = TLS1_3_VERSION;
    /// Whether connections to come are closed at once.
    bool refuses = false;
    /// Whether bytes are read.
    bool reads = true;
    /// What every request is answered with, when there is anything.
    std::string answer;

    /// The newest connection; null when there is none.
    stepped_connection* newest() { return connections_.empty() ? nullptr : connections_.back().get(); }

    /// The one that was accepted as this one, from 1; null when it is gone for good.
    stepped_connection* accepted_as(std::uint64_t number)
    {
        return number > forgotten_ && number <= accepted() ? connections_[number - forgotten_ - 1].get()
                                                           : nullptr;
    }

    std::uint64_t accepted() const noexcept { return forgotten_ + connections_.size(); }

    std::size_t open_connections() const
    {
        std::size_t open = 0;
        for (const auto& connection : connections_)
            open += connection->is_open() ? 1 : 0;
        return open;
    }

    /// Whether it could do anything.
    bool step()
    {
        bool stepped = false;
        for (int socket = accept(); socket != -1; socket = accept()) {
            connections_.push_back(
                std::make_unique<stepped_connection>(socket, context_.get(), highest_version));
            if (refuses)
                connections_.back()->end();
            stepped = true;
        }
        for (const auto& connection : connections_) {
            if (!reads || !connection->step())
                continue;
            stepped = true;
            for (; !answer.empty() && connection->requests != 0; --connection->requests)
                connection->write(answer);
        }
        return stepped;
    }

    /// Forgets requests, and connections that have ended.
    void begin_anew()
    {
        while (connections_.size() > 1 && !connections_.front()->is_open()) {
            connections_.pop_front();
            ++forgotten_;
        }
        for (const auto& connection : connections_) {
            connection->received.clear();
            connection->requests = 0;
        }
    }

private:
    int accept() { return ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }

    certificate_authority authority_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    int listener_;
    std::uint16_t port_ = 0;
    std::uint64_t forgotten_ = 0;
    std::deque<std::unique_ptr<stepped_connection>> connections_;
};

} // namespace partner_center::testing

#endif
