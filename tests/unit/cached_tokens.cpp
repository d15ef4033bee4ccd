// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/cached_tokens.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

namespace pc = partner_center;
using namespace std::chrono_literals;
using pc::detail::refresh_time;
using time_point = std::chrono::system_clock::time_point;

TEST_CASE("the next token is asked for in time, and never soon after one came")
{
    const time_point now = time_point() + 1'000'000h / 4;
    struct row {
        std::chrono::seconds expires_in;
        std::optional<std::chrono::seconds> refresh_in;
        std::chrono::seconds margin;
        std::chrono::seconds expected;
    };
    const row rows[] = {
        {3600s, std::nullopt, 300s, 3300s},
        {3600s, std::nullopt, 0s, 3600s},
        {3600s, std::nullopt, 3600s, 1800s}, // a margin that is longer than half its life
        {400s, std::nullopt, 300s, 200s},
        {80s, std::nullopt, 30s, 50s}, // shorter than half, not than a third
        {61s, std::nullopt, 30s, 30s}, // as long as half of it, to the second
        {1s, std::nullopt, 300s, 0s},
        {86400s, 43200s, 300s, 43200s},
        {86400s, 80000s, 300s, 80000s},
        {86400s, 100s, 300s, 100s},
        {86400s, 1s, 300s, 30s},  // an authority that would be asked all the time
        {86400s, -5s, 300s, 30s}, // or is wrong
        {20s, 0s, 300s, 10s},
        {86400s, 100000s, 300s, 86400s}, // or forgets when it expires
        {0s, std::nullopt, 300s, 0s},
        {-10s, std::nullopt, 300s, -10s},
    };
    for (const row& r : rows) {
        pc::access_token given("token", now + r.expires_in);
        if (r.refresh_in)
            given.refresh_at = now + *r.refresh_in;
        const auto until = std::chrono::floor<std::chrono::seconds>(refresh_time(given, now, r.margin) - now);
        CAPTURE(r.expires_in.count());
        CHECK(until.count() == r.expected.count());
    }
}

TEST_CASE("a token whose end is not known is not renewed in this life")
{
    const time_point now = std::chrono::system_clock::now();
    const pc::access_token for_ever("token");
    CHECK(refresh_time(for_ever, now, 5min) > now + 24h * 365 * 100);
    CHECK(refresh_time(for_ever, now, std::chrono::seconds::max()) > now + 24h * 365 * 100);
}
