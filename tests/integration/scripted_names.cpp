// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A resolver that fails and hangs on demand, and what it does to a look-up.

#include "fixtures/scripted_names.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <netdb.h>

#include <chrono>
#include <future>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace testing = partner_center::testing;

namespace {

// What Asio makes of a look-up: the addresses, or the error.
std::string resolve(std::string_view name)
{
    asio::io_context io;
    asio::ip::tcp::resolver resolver(io);
    std::string text;
    resolver.async_resolve(name, "443", [&](boost::system::error_code ec, const auto& results) {
        text = ec.message();
        if (!ec)
            text = results.begin()->endpoint().address().to_string();
    });
    io.run_for(std::chrono::seconds{30});
    return text;
}

} // namespace

TEST_CASE("a scripted name answers as it is told, and is the loopback address afterwards")
{
    testing::scripted_name name;
    name.then_fails(EAI_NONAME);
    name.then_fails(EAI_AGAIN);
    name.then_found();
    CHECK(resolve(name.text()) == boost::system::error_code(asio::error::host_not_found).message());
    CHECK(resolve(name.text()) == boost::system::error_code(asio::error::host_not_found_try_again).message());
    CHECK(resolve(name.text()) == "127.0.0.1");
    CHECK(resolve(name.text()) == "127.0.0.1");
}

TEST_CASE("a look-up that hangs comes back when it is answered")
{
    testing::scripted_name name;
    name.then_hangs();
    auto found = std::async(std::launch::async, [&] { return resolve(name.text()); });
    CHECK(found.wait_for(std::chrono::milliseconds{50}) == std::future_status::timeout);
    name.answer();
    CHECK(found.get() == "127.0.0.1");
}

TEST_CASE("names without a script are the system's")
{
    CHECK(resolve("127.0.0.1") == "127.0.0.1");
    CHECK(resolve("::1") == "::1");
}
