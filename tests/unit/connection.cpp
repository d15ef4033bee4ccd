// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/connection.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <doctest/doctest.h>

namespace asio = boost::asio;
namespace pc = partner_center;

TEST_CASE("a connection whose socket is closed is not quiet")
{
    asio::io_context io;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    const pc::detail::ref<pc::detail::connection> one(
        new pc::detail::connection(1, asio::ip::tcp::socket(io), tls));
    CHECK_FALSE(one->is_quiet());
}
