// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/throttle.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace std::chrono_literals;
using namespace partner_center::testing;
using detail::throttle;

namespace {

// Mon, 21 Mar 2016 05:48:41 GMT
constexpr throttle::time_point start{1458539321s};

throttle_options two_in_ten_seconds()
{
    throttle_options options;
    options.requests = 2;
    options.window = 10s;
    return options;
}

} // namespace

TEST_CASE("a throttle without options lets everything through")
{
    throttle none;
    for (int i = 0; i != 1000; ++i)
        CHECK_FALSE(none.count(start).has_value());
}

TEST_CASE("a window begins with a request and lets so many through")
{
    throttle limit(two_in_ten_seconds());
    CHECK_FALSE(limit.count(start).has_value());
    CHECK_FALSE(limit.count(start + 1s).has_value());
    REQUIRE(limit.count(start + 2s).has_value());
    CHECK(limit.count(start + 2500ms)->header == "Retry-After: 8\r\n");
    CHECK(limit.count(start + 9999ms)->wait == 1s);
    CHECK_FALSE(limit.count(start + 25s).has_value());
    CHECK_FALSE(limit.count(start + 34s).has_value());
    CHECK(limit.count(start + 34s)->header == "Retry-After: 1\r\n");
    CHECK_FALSE(limit.count(start + 35s).has_value());
}

TEST_CASE("Retry-After has the form and the value that the options say")
{
    struct row {
        retry_after_form form;
        std::optional<std::chrono::seconds> value;
        const char* header;
    };
    const row rows[] = {
        {retry_after_form::seconds, std::nullopt, "Retry-After: 10\r\n"},
        {retry_after_form::seconds, 0s, "Retry-After: 0\r\n"},
        {retry_after_form::seconds, 7200s, "Retry-After: 7200\r\n"},
        {retry_after_form::http_date, std::nullopt, "Retry-After: Mon, 21 Mar 2016 05:48:51 GMT\r\n"},
        {retry_after_form::http_date, -41s, "Retry-After: Mon, 21 Mar 2016 05:48:00 GMT\r\n"},
        {retry_after_form::absent, std::nullopt, ""},
    };
    for (const row& r : rows) {
        throttle_options options = two_in_ten_seconds();
        options.requests = 0;
        options.form = r.form;
        options.retry_after = r.value;
        throttle limit(options);
        const auto refusal = limit.count(start);
        REQUIRE(refusal.has_value());
        CHECK(refusal->header == r.header);
    }
}

TEST_CASE("a date is never before the end of the window")
{
    throttle_options options = two_in_ten_seconds();
    options.requests = 0;
    options.form = retry_after_form::http_date;
    throttle limit(options);
    CHECK(limit.count(start + 1ms)->header == "Retry-After: Mon, 21 Mar 2016 05:48:52 GMT\r\n");
}
