// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_TLS_RAW_CLIENT_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_TLS_RAW_CLIENT_HPP

#include <partner_center/detail/config.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// A response as it came, taken apart no further than a test needs.
class raw_response {
public:
    raw_response() {}

    unsigned status = 0;
    std::string head; ///< Status line and header lines with the empty line that ends them.
    std::vector<std::pair<std::string, std::string>> headers; ///< In the order received.
    std::string body;

    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const
    {
        for (const auto& [key, value] : headers)
            if (boost::beast::iequals(key, name))
                return std::string_view(value);
        return std::nullopt;
    }
};

/// A blocking TLS client that sends bytes as they are given.
///
/// Each operation ends within the time limit, or throws std::runtime_error that names it.
class tls_raw_client {
public:
    /// Connects to 127.0.0.1 and does the handshake, verifying the certificate for localhost.
    ///
    /// @throws boost::system::system_error The connection or the handshake failed.
    tls_raw_client(unsigned short port, const std::string& ca_pem,
                   std::chrono::milliseconds limit = std::chrono::seconds{20})
        : limit_{limit}
        , context_{make_context(ca_pem)}
        , stream_{io_, context_}
    {
        stream_.set_verify_callback(asio::ssl::host_name_verification("localhost"));
        SSL_set_tlsext_host_name(stream_.native_handle(), "localhost");
        static constexpr unsigned char protocols[] = "\x08http/1.1";
        SSL_set_alpn_protos(stream_.native_handle(), protocols, sizeof protocols - 1);

        const asio::ip::tcp::endpoint peer(asio::ip::make_address("127.0.0.1"), port);
        run("connect", [&](auto done) { stream_.lowest_layer().async_connect(peer, done); });
        stream_.lowest_layer().set_option(asio::ip::tcp::no_delay(true));
        run("handshake", [&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, done); });
    }

    /// Sends all the bytes.
    void send(std::string_view bytes)
    {
        run("send", [&](auto done) {
            asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()),
                              [done](boost::system::error_code ec, std::size_t) { done(ec); });
        });
    }

    /// Reads one response; an interim response (1xx) counts as one.
    ///
    /// @param without_body The request was a HEAD.
    raw_response read_response(bool without_body = false)
    {
        raw_response response;
        std::size_t end = 0;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos)
            receive("read a response's head");
        response.head = received_.substr(0, end + 4);
        received_.erase(0, end + 4);
        parse_head(response);

        std::size_t length = 0;
        if (const auto value = response.header("Content-Length"); value && !without_body)
            length = std::stoul(std::string(*value));
        while (received_.size() < length)
            receive("read a response's body");
        response.body = received_.substr(0, length);
        received_.erase(0, length);
        return response;
    }

    /// Sends the bytes and reads one response.
    raw_response exchange(std::string_view bytes)
    {
        send(bytes);
        return read_response();
    }

    /// Reads until the peer closes, and returns what came before that. Any way of closing will do.
    std::string read_until_closed()
    {
        try {
            for (;;)
                receive("wait for the peer to close");
        } catch (const boost::system::system_error&) {
        }
        return std::exchange(received_, std::string());
    }

    /// The protocol agreed upon by ALPN, or nothing.
    [[nodiscard]] std::string alpn()
    {
        const unsigned char* data = nullptr;
        unsigned int size = 0;
        SSL_get0_alpn_selected(stream_.native_handle(), &data, &size);
        return data == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(data), size);
    }

    /// Drops the connection without a word.
    void drop()
    {
        boost::system::error_code ignored;
        stream_.lowest_layer().close(ignored);
    }

private:
    static asio::ssl::context make_context(const std::string& ca_pem)
    {
        asio::ssl::context context(asio::ssl::context::tls_client);
        context.set_verify_mode(asio::ssl::verify_peer);
        context.add_certificate_authority(asio::buffer(ca_pem));
        return context;
    }

    template <class Start>
    void run(const char* what, Start start)
    {
        std::optional<boost::system::error_code> result;
        start([&result](boost::system::error_code ec) { result = ec; });
        io_.restart();
        io_.run_for(limit_);
        if (!result) {
            // The operation refers to this frame, so it has to end before the frame does.
            drop();
            io_.restart();
            io_.run();
            throw std::runtime_error(std::string("tls_raw_client: no end within the time limit: ") + what);
        }
        if (*result)
            throw boost::system::system_error(*result, std::string("tls_raw_client: ") + what);
    }

    void receive(const char* what)
    {
        char chunk[16384];
        std::size_t size = 0;
        run(what, [&](auto done) {
            stream_.async_read_some(asio::buffer(chunk),
                                    [&size, done](boost::system::error_code ec, std::size_t n) {
                                        size = n;
                                        done(ec);
                                    });
        });
        received_.append(chunk, size);
    }

    static void parse_head(raw_response& response)
    {
        if (response.head.compare(0, 9, "HTTP/1.1 ") != 0)
            throw std::runtime_error("tls_raw_client: not an HTTP/1.1 response: " + response.head);
        response.status = static_cast<unsigned>(std::stoul(response.head.substr(9, 3)));
        std::size_t begin = response.head.find("\r\n") + 2;
        for (;;) {
            const std::size_t end = response.head.find("\r\n", begin);
            if (end == begin)
                return;
            const std::string line = response.head.substr(begin, end - begin);
            const std::size_t colon = line.find(": ");
            if (colon == std::string::npos)
                throw std::runtime_error("tls_raw_client: not a header line: " + line);
            response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
            begin = end + 2;
        }
    }

    std::chrono::milliseconds limit_;
    asio::io_context io_{1};
    asio::ssl::context context_;
    asio::ssl::stream<asio::ip::tcp::socket> stream_;
    std::string received_;
};

} // namespace partner_center::testing

#endif
