// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The value of Retry-After: what is taken for seconds is what their digits say, and what is taken for a date
// is the date that the C library writes the same way.

#include "fuzz_input.hpp"

#include <partner_center/detail/retry_after.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::testing::require;
using std::chrono::seconds;
using std::chrono::system_clock;

namespace {

std::string written(const char* form, std::time_t time)
{
    std::tm fields{};
    gmtime_r(&time, &fields);
    std::array<char, 64> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), form, &fields);
    return std::string(text.data(), size);
}

// Years of fewer than four digits, which strftime does not fill up.
bool is_far_back(std::time_t time)
{
    return time < -30'610'224'000; // year 1000
}

void check_form_of_date(std::string_view text, std::chrono::sys_seconds date)
{
    // No weekday, which is not looked at, and no second: 60 is the next minute's 0.
    std::string rest(text.substr(text.find_first_of(", ")));
    const std::size_t second = rest.rfind(':') + 1;
    const bool leap = rest.compare(second, 2, "60") == 0;
    if (leap)
        rest.replace(second, 2, "59");
    const std::time_t time = date.time_since_epoch().count() - (leap ? 1 : 0);
    if (is_far_back(time))
        return;
    const bool known = rest == written(", %d %b %Y %H:%M:%S GMT", time) ||
                       rest == written(", %d-%b-%y %H:%M:%S GMT", time) ||
                       rest == written(" %b %e %H:%M:%S %Y", time) ||
                       rest == written(" %b %d %H:%M:%S %Y", time);
    require(known, "a text that is taken for a date is that date");
}

void check_text(std::string_view text, system_clock::time_point now)
{
    const auto wait = pc::detail::parse_retry_after(text, now);
    require(!wait || (*wait >= seconds(0) && *wait <= pc::detail::max_retry_after),
            "a wait is in its bounds");
    const auto date = pc::detail::parse_http_date(text, now);
    if (date) {
        check_form_of_date(text, *date);
        require(wait.has_value(), "a date is a value of Retry-After");
        require((*wait == seconds(0)) == (*date <= std::chrono::floor<seconds>(now)),
                "there is a wait exactly for dates to come");
    }
    if (!text.empty() && text.find_first_not_of("0123456789") == text.npos) {
        require(wait.has_value(), "digits are a value of Retry-After");
        std::int64_t number = 0;
        for (char c : text)
            if (number <= pc::detail::max_retry_after.count())
                number = number * 10 + (c - '0');
        require(*wait == std::min(seconds(number), pc::detail::max_retry_after), "digits are seconds");
    }
}

// All dates of RFC 9110's four-digit years, and those of two digits that are near enough.
void check_date(std::int64_t any, system_clock::time_point now)
{
    constexpr std::int64_t first = -30'610'224'000; // 1000-01-01
    constexpr std::int64_t last = 253'402'300'799;  // 9999-12-31
    const std::int64_t time = first + (any & INT64_MAX) % (last - first);
    const std::chrono::sys_seconds date{seconds(time)};
    for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"})
        require(pc::detail::parse_http_date(written(form, time), now) == date, "every date is read");
    const std::int64_t present = system_clock::to_time_t(now);
    const std::int64_t near = present + time % (49 * 365LL * 86400);
    require(pc::detail::parse_http_date(written("%A, %d-%b-%y %H:%M:%S GMT", near), now) ==
                std::chrono::sys_seconds{seconds(near)},
            "every date near enough is read when its year has two digits");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    pc::testing::fuzz_input input(data, size);
    // From 1970 to 2106: the clock of a machine, also a wrong one.
    const system_clock::time_point now{seconds(input.number(4))};
    if (input.byte() % 4 == 0)
        check_date(static_cast<std::int64_t>(input.number(8)), now);
    else
        check_text(input.rest(), now);
    return 0;
}
