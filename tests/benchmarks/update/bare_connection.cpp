// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "bare_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>

namespace benchmarks {

namespace {

void require(bool good, const char* what)
{
    if (!good)
        throw std::runtime_error(what);
}

int connect_to(const std::string& port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    require(socket >= 0 && ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0,
            "no connection");
    return socket;
}

// The size of the header and of the body that it announces; 0 while there is no whole header.
std::size_t size_of_answer(std::string_view answer)
{
    const std::size_t end = answer.find("\r\n\r\n");
    if (end == answer.npos)
        return 0;
    constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t at = answer.find(name);
    require(at < end, "the answer does not tell its length");
    std::size_t size = 0;
    std::from_chars(answer.data() + at + name.size(), answer.data() + end, size);
    return end + 4 + size;
}

} // namespace

bare_context::bare_context(const std::string& ca_file)
    : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free)
{
    require(context_ && SSL_CTX_load_verify_file(context_.get(), ca_file.c_str()) == 1,
            "the CA file cannot be read");
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
}

bare_connection::bare_connection(SSL_CTX* context, const arguments& given, const std::string& authorization,
                                 std::string_view body)
    : tls_(SSL_new(context), &SSL_free)
{
    request_ = std::string("PUT ") + target + " HTTP/1.1\r\nHost: " + given.host_and_port() +
               "\r\nAuthorization: " + authorization +
               "\r\nAccept: application/json\r\nMS-RequestId: " + make_guid();
    id_begin_ = request_.size() - 12;
    request_ += "\r\nMS-CorrelationId: " + make_guid() +
                "\r\nMS-Contract-Version: v1\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n";
    request_ += body;
    require(tls_ && SSL_set_tlsext_host_name(tls_.get(), host) == 1 && SSL_set1_host(tls_.get(), host) == 1 &&
                SSL_set_fd(tls_.get(), connect_to(given.port)) == 1 && SSL_connect(tls_.get()) == 1,
            "no TLS connection");
}

void bare_connection::exchange()
{
    ++count_;
    for (std::size_t i = 0; i != 12; ++i)
        request_[id_begin_ + 11 - i] = static_cast<char>('0' + (count_ >> (3 * i)) % 8);
    const int size = static_cast<int>(request_.size());
    require(SSL_write(tls_.get(), request_.data(), size) == size, "the request cannot be sent");
    std::size_t have = 0;
    for (;;) {
        const int read = SSL_read(tls_.get(), answer_.data() + have, static_cast<int>(answer_.size() - have));
        require(read > 0, "the answer ends too early, or is too large");
        have += static_cast<std::size_t>(read);
        const std::string_view answer(answer_.data(), have);
        if (const std::size_t whole = size_of_answer(answer); whole != 0 && have >= whole)
            return require(answer.starts_with("HTTP/1.1 200 "), "the server does not answer 200");
    }
}

void make_bare_calls(std::vector<std::unique_ptr<bare_connection>>& connections, recorder& calls)
{
    in_threads(connections.size(), [&](std::size_t i) {
        while (calls.take()) {
            stopwatch time(calls);
            connections[i]->exchange();
            time.done();
        }
    });
}

} // namespace benchmarks
