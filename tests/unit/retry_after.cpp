// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/retry_after.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

using partner_center::detail::max_retry_after;
using partner_center::detail::parse_http_date;
using partner_center::detail::parse_retry_after;
using clock_time = std::chrono::system_clock::time_point;
using namespace std::chrono_literals;

namespace {

clock_time at(int year, unsigned month, unsigned day, std::chrono::seconds time = 0s)
{
    return std::chrono::sys_days(std::chrono::year_month_day(
               std::chrono::year(year), std::chrono::month(month), std::chrono::day(day))) +
           time;
}

// Sunday
const clock_time now = at(1994, 11, 6, 8h + 49min + 7s);

} // namespace

TEST_CASE("Retry-After says seconds, or a date in one of three forms")
{
    struct row {
        std::string_view value;
        std::optional<std::chrono::seconds> wait;
    };
    const row rows[] = {
        {"0", 0s},
        {"57", 57s},
        {"120", 120s},
        {" 120\t", 120s},
        {"0000000000000000000000000000000000000057", 57s},
        {"31536000", max_retry_after},
        {"31536001", max_retry_after},
        {"2147483648", max_retry_after},
        {"9223372036854775807", max_retry_after},
        {"9223372036854775808", max_retry_after},
        {"99999999999999999999999999999999999999999999", max_retry_after},

        {"Sun, 06 Nov 1994 08:49:37 GMT", 30s},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 30s},
        {"Sun Nov  6 08:49:37 1994", 30s},
        {"  Sun, 06 Nov 1994 08:49:37 GMT ", 30s},
        {"Tue, 15 Nov 1994 08:49:07 GMT", 9 * 24h},
        {"Tue Nov 15 08:49:07 1994", 9 * 24h},
        {"Mon, 06 Nov 1994 08:49:37 GMT", 30s}, // another weekday
        {"Sun, 06 Nov 1994 08:49:60 GMT", 53s}, // a leap second

        {"Sun, 06 Nov 1994 08:49:07 GMT", 0s},
        {"Sun, 06 Nov 1994 08:49:06 GMT", 0s},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0s},
        {"Sat, 01 Jan 0000 00:00:00 GMT", 0s},
        {"Sat Jan  1 00:00:00 0001", 0s},
        {"Friday, 06-Nov-45 08:49:37 GMT", 0s},              // 1945
        {"Sunday, 06-Nov-44 08:49:37 GMT", max_retry_after}, // 2044
        {"Fri, 31 Dec 9999 23:59:59 GMT", max_retry_after},
        {"Fri Dec 31 23:59:59 9999", max_retry_after},

        {"", std::nullopt},
        {" \t ", std::nullopt},
        {"-1", std::nullopt},
        {"+1", std::nullopt},
        {"1.5", std::nullopt},
        {"0x10", std::nullopt},
        {"1e3", std::nullopt},
        {"5 seconds", std::nullopt},
        {"10, 20", std::nullopt},
        {"soon", std::nullopt},
        {"Sun", std::nullopt},
        {"Sunday", std::nullopt},
        {",", std::nullopt},
        {"Sun,", std::nullopt},
        {"\xEF\xBC\x95", std::nullopt},             // a full-width five
        {std::string_view("5\0", 2), std::nullopt}, // a NUL behind it
        {"Sun, 06 Nov 1994 08:49:37", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:37 UTC", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:37 +0000", std::nullopt},
        {"Sun, 6 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 bbb 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 anF 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 94 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:3x GMT", std::nullopt},
        {"Sun, 06 Nov 1994 8:49:37 GMT", std::nullopt},
        {"Sun, 1: Nov 1994 08:49:37 GMT", std::nullopt}, // the character behind the nine
        {"Sun, 2/ Nov 1994 08:49:37 GMT", std::nullopt}, // the one before the zero
        {"Sun,  6 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:37 GMTx", std::nullopt},
        {"Sunday, 06-Nov-94 08:49:37 UTC", std::nullopt},
        {"Someday, 06-Nov-94 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov-1994 08:49:37 GMT", std::nullopt},
        {"Sunday  06-Nov-94 08:49:37 GMT", std::nullopt},
        {"Sunday, 06 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06-Nov-94 08:49:37 GMT", std::nullopt},
        {"Sunday Nov  6 08:49:37 1994", std::nullopt},
        {"Day, 06 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun Nov  6 08:49:37 94", std::nullopt},
        {"Sun Nov   08:49:37 1994", std::nullopt},
        {"Sun Nov x6 08:49:37 1994", std::nullopt},
        {"Sun, 06 Nov 1x94 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1 94 08:49:37 GMT", std::nullopt},
        {"Sun, 00 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 31 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Wed, 29 Feb 1995 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 24:00:00 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:60:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:61 GMT", std::nullopt},
        {"1994-11-06T08:49:37Z", std::nullopt},
    };
    for (const row& r : rows) {
        CAPTURE(std::string(r.value));
        const auto wait = parse_retry_after(r.value, now);
        REQUIRE(wait.has_value() == r.wait.has_value());
        if (wait)
            CHECK(wait->count() == r.wait->count());
    }
}

TEST_CASE("a wait until a date is rounded up, so that it does not end too early")
{
    const std::chrono::system_clock::duration tick(1); // not the same in all standard libraries
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:08 GMT", now + tick)->count() == 1);
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:08 GMT", now + 999ms)->count() == 1);
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:08 GMT", now + 1000ms)->count() == 0);
    CHECK(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", clock_time() - tick)->count() == 1);
}

TEST_CASE("two digits of a year mean the last such year that is at most fifty ahead")
{
    struct row {
        int this_year;
        std::string_view digits;
        int expected;
    };
    const row rows[] = {
        {1994, "94", 1994}, {1994, "95", 1995}, {1994, "44", 2044}, {1994, "45", 1945}, {1994, "00", 2000},
        {2026, "26", 2026}, {2026, "25", 2025}, {2026, "76", 2076}, {2026, "77", 1977}, {2099, "00", 2100},
        {2000, "99", 1999}, {2000, "50", 2050}, {2000, "51", 1951},
    };
    for (const row& r : rows) {
        CAPTURE(r.this_year);
        const std::string text = "Monday, 01-Mar-" + std::string(r.digits) + " 00:00:00 GMT";
        const auto date = parse_http_date(text, at(r.this_year, 6, 1));
        REQUIRE(date);
        CHECK(*date == at(r.expected, 3, 1));
    }
}

TEST_CASE("any clock is good enough to measure a date against")
{
    for (clock_time extreme : {clock_time::min(), clock_time(), clock_time::max()})
        for (std::string_view text :
             {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
              "Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 0000 00:00:00 GMT"}) {
            const auto wait = parse_retry_after(text, extreme);
            REQUIRE(wait);
            CHECK(*wait >= 0s);
            CHECK(*wait <= max_retry_after);
        }
}
