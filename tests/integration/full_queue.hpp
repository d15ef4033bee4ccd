// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_FULL_QUEUE_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_FULL_QUEUE_HPP

#include <partner_center/detail/config.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace partner_center::testing {

/// Connections that fill a listener's queue, so that the system ignores all others.
class full_queue {
public:
    explicit full_queue(unsigned short port)
    {
        const asio::ip::tcp::endpoint to(asio::ip::make_address("127.0.0.1"), port);
        for (int i = 0; i != 8; ++i) {
            bool connected = false;
            asio::ip::tcp::socket& socket = sockets_.emplace_back(io_);
            socket.async_connect(to, [&](boost::system::error_code ec) { connected = !ec; });
            io_.run_for(std::chrono::milliseconds{20});
            io_.restart();
            if (connected)
                continue;
            socket.close();
            io_.run();
            sockets_.pop_back();
            return;
        }
    }

    [[nodiscard]] std::size_t size() const { return sockets_.size(); }

private:
    asio::io_context io_;
    std::vector<asio::ip::tcp::socket> sockets_;
};

} // namespace partner_center::testing

#endif
