// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/request_log.hpp>

#include <doctest/doctest.h>

#include <string>

using partner_center::testing::recorded_request;
using partner_center::testing::detail::request_log;

namespace {

recorded_request make_request(const std::string& body)
{
    recorded_request request;
    request.raw_head = "PUT /x HTTP/1.1\r\nHost: localhost\r\nX-Empty:\r\nx-two:  b c \r\n\r\n";
    request.body = body;
    return request;
}

} // namespace

TEST_CASE("a logged request is taken apart when it is asked for")
{
    request_log log(10, 10'000);
    log.add(make_request("{}"));
    const auto entries = log.entries();
    REQUIRE(entries.size() == 1);
    const recorded_request& request = entries[0];
    CHECK(request.method == "PUT");
    CHECK(request.target == "/x");
    REQUIRE(request.headers.size() == 3);
    CHECK(request.headers[0].first == "Host");
    CHECK(request.headers[2].second == "b c");
    CHECK(request.header("hOST") == "localhost");
    CHECK(request.header("X-EMPTY") == "");
    CHECK_FALSE(request.header("X-None").has_value());
}

TEST_CASE("a malformed head is logged as it is")
{
    for (const char* const head : {"", "GET", "GET /\r\n", "\x16\x03\x01", "GET / HTTP/1.1"}) {
        request_log log(10, 10'000);
        recorded_request request;
        request.raw_head = head;
        log.add(request);
        CHECK(log.entries()[0].raw_head == head);
        CHECK(log.entries()[0].method.empty());
        CHECK(log.entries()[0].headers.empty());
    }
}

TEST_CASE("the log keeps the last requests within its bounds")
{
    request_log few(2, 10'000);
    for (const char* const body : {"a", "b", "c"})
        few.add(make_request(body));
    REQUIRE(few.entries().size() == 2);
    CHECK(few.entries()[0].body == "b");

    request_log small(10, 1000);
    small.add(make_request(std::string(800, 'a')));
    small.add(make_request(std::string(800, 'b')));
    REQUIRE(small.entries().size() == 1);
    CHECK(small.entries()[0].body[0] == 'b');
    small.add(make_request(std::string(2000, 'c')));
    CHECK(small.entries().empty());
    small.add(make_request("d"));
    CHECK(small.entries().size() == 1);
    small.clear();
    CHECK(small.entries().empty());
}
