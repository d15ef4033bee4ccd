// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/event.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::close_reason;
using pc::event;
using pc::event_kind;
using pc::retry_reason;

namespace {

event of_call(event_kind kind)
{
    event e;
    e.kind = kind;
    e.host = "api.test";
    e.port = "443";
    e.method = "PUT";
    e.url = "https://api.test/v1/profiles/organization";
    e.request_id = "00000000-0000-4000-8000-000000000001";
    e.attempt = 1;
    return e;
}

} // namespace

TEST_CASE("an opened connection is described with its parts")
{
    event e = of_call(event_kind::connection_opened);
    e.attempt = 0;
    e.connection = 7;
    e.proxy = "proxy.test:3128";
    e.elapsed = std::chrono::microseconds{12'340};
    e.resolve_time = std::chrono::microseconds{1'200};
    e.connect_time = std::chrono::microseconds{109};
    e.handshake_time = std::chrono::milliseconds{11};
    e.tls_version = "TLSv1.3";
    e.tls_resumed = true;
    CHECK(describe(e) ==
          "connection opened #7 through proxy.test:3128, PUT "
          "https://api.test/v1/profiles/organization, after 12.34 ms, resolve 1.20 ms, connect 0.10 ms, "
          "handshake 11.00 ms, TLSv1.3 resumed, request id 00000000-0000-4000-8000-000000000001");
}

TEST_CASE("an attempt is described with its outcome")
{
    event e = of_call(event_kind::attempt_finished);
    e.connection = 1;
    e.phase = pc::phase::receive;
    e.bytes_sent = 900;
    e.bytes_received = 1200;
    e.http_status = 200;
    e.elapsed = std::chrono::milliseconds{5};
    const std::string id = ", request id 00000000-0000-4000-8000-000000000001";
    const std::string begin = "attempt finished #1, attempt 1, PUT https://api.test/v1/profiles/organization";
    CHECK(describe(e) == begin + ", status 200, 900 bytes sent, 1200 received, after 5.00 ms" + id);
    e.http_status = 0;
    e.bytes_received = 0;
    e.ec = pc::errc::attempt_timeout;
    CHECK(describe(e) == begin +
                             ", 900 bytes sent, 0 received, no complete response within the attempt timeout "
                             "while waiting for the response, after 5.00 ms" +
                             id);
}

TEST_CASE("the end of a connection and a retry are described with their reasons")
{
    event e;
    e.kind = event_kind::connection_closed;
    e.host = "api.test";
    e.port = "443";
    e.connection = 3;
    e.elapsed = std::chrono::minutes{10};
    e.why_closed = close_reason::max_age;
    CHECK(describe(e) == "connection closed #3 to api.test:443, after 600000.00 ms, too old");
    e = of_call(event_kind::retry_scheduled);
    e.attempt = 2;
    e.why_retried = retry_reason::stale_connection;
    CHECK(describe(e) ==
          "retry scheduled, attempt 2, PUT https://api.test/v1/profiles/organization, the "
          "kept connection was dead, in 0.00 ms, request id 00000000-0000-4000-8000-000000000001");
    e = of_call(event_kind::connection_failed);
    e.ec = asio::error::connection_refused;
    e.phase = pc::phase::connect;
    CHECK(describe(e).find(e.ec.message() + " while connecting") != std::string::npos);
}

TEST_CASE("every kind of event and every reason has words of its own")
{
    std::set<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(event_kind::retry_scheduled); ++i)
        words.insert(to_string(static_cast<event_kind>(i)));
    CHECK(words.size() == static_cast<std::size_t>(event_kind::retry_scheduled) + 1);
    CHECK(words.count("unknown event") == 0);
    CHECK(to_string(static_cast<event_kind>(99)) == "unknown event");
    words.clear();
    for (int i = 0; i <= static_cast<int>(close_reason::transport_closed); ++i)
        words.insert(to_string(static_cast<close_reason>(i)));
    CHECK(words.size() == static_cast<std::size_t>(close_reason::transport_closed) + 1);
    CHECK(words.count("unknown reason") == 0);
    CHECK(to_string(static_cast<close_reason>(99)) == "unknown reason");
    CHECK(to_string(static_cast<retry_reason>(99)) == "unknown reason");
    words.clear();
    for (int i = 0; i <= static_cast<int>(retry_reason::status); ++i)
        words.insert(to_string(static_cast<retry_reason>(i)));
    CHECK(words.size() == static_cast<std::size_t>(retry_reason::status) + 1);
    CHECK(words.count("unknown reason") == 0);
}
