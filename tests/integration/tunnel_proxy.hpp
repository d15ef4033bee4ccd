// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_TUNNEL_PROXY_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_TUNNEL_PROXY_HPP

#include <partner_center/detail/config.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace partner_center::testing {

/// A proxy on loopback, with a thread of its own, that opens a tunnel to the port that CONNECT names, of this
/// machine whatever the host.
class tunnel_proxy {
public:
    tunnel_proxy()
        : acceptor_{io_, tcp::endpoint(here(), 0)}
        , port_{acceptor_.local_endpoint().port()}
    {
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }
    tunnel_proxy(const tunnel_proxy&) = delete;
    tunnel_proxy& operator=(const tunnel_proxy&) = delete;
    ~tunnel_proxy()
    {
        io_.stop();
        thread_.join();
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    using tcp = asio::ip::tcp;

    struct tunnel {
        explicit tunnel(asio::io_context& io)
            : client{io}
            , server{io}
        {
        }
        tcp::socket client;
        tcp::socket server;
    };

    static asio::ip::address here() { return asio::ip::make_address("127.0.0.1"); }

    asio::awaitable<void> accept()
    {
        for (;;) {
            const auto opened = std::make_shared<tunnel>(io_);
            boost::system::error_code ec;
            co_await acceptor_.async_accept(opened->client, asio::redirect_error(asio::use_awaitable, ec));
            if (!ec)
                asio::co_spawn(io_, open(opened), asio::detached);
        }
    }

    asio::awaitable<void> open(std::shared_ptr<tunnel> opened)
    {
        boost::system::error_code ec;
        std::string head;
        co_await asio::async_read_until(opened->client, asio::dynamic_buffer(head, 8192), "\r\n\r\n",
                                        asio::redirect_error(asio::use_awaitable, ec));
        if (ec)
            co_return;
        const std::string line = head.substr(0, head.find(" HTTP/"));
        const unsigned long port = std::stoul("0" + line.substr(line.rfind(':') + 1));
        const tcp::endpoint target(here(), static_cast<unsigned short>(port));
        co_await opened->server.async_connect(target, asio::redirect_error(asio::use_awaitable, ec));
        const std::string answer = ec ? "HTTP/1.1 502 Bad Gateway\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n";
        boost::system::error_code lost;
        co_await asio::async_write(opened->client, asio::buffer(answer),
                                   asio::redirect_error(asio::use_awaitable, lost));
        if (ec || lost)
            co_return;
        asio::co_spawn(io_, relay(opened, opened->client, opened->server), asio::detached);
        asio::co_spawn(io_, relay(opened, opened->server, opened->client), asio::detached);
    }

    // The sockets are the tunnel's, which is kept alive beside them.
    static asio::awaitable<void> relay(std::shared_ptr<tunnel> alive, tcp::socket& from, tcp::socket& to)
    {
        boost::system::error_code ec;
        char bytes[16384];
        while (!ec) {
            const std::size_t size = co_await from.async_read_some(
                asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
            boost::system::error_code lost;
            co_await asio::async_write(to, asio::buffer(bytes, size),
                                       asio::redirect_error(asio::use_awaitable, lost));
            if (lost)
                ec = lost;
        }
        alive->client.close(ec);
        alive->server.close(ec);
    }

    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    unsigned short port_;
    std::thread thread_;
};

} // namespace partner_center::testing

#endif
