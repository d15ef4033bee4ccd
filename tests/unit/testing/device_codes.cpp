// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/device_codes.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace partner_center::testing::detail;
using verdict = device_verdict;

namespace {

constexpr device_codes::time_point start{1458539321s};

device_sign_in begun(const std::string& name)
{
    device_sign_in sign_in;
    sign_in.device_code = "device " + name;
    sign_in.user_code = name;
    sign_in.scope = "scope " + name;
    sign_in.expiry = start + 100s;
    return sign_in;
}

verdict poll(device_codes& codes, std::chrono::milliseconds after)
{
    std::string ignored;
    return codes.poll("device A", start + after, ignored);
}

} // namespace

TEST_CASE("a sign-in is pending until somebody decides")
{
    device_codes codes;
    codes.add(begun("A"));
    CHECK(poll(codes, 1s) == verdict::pending);
    SUBCASE("approves it, which counts once")
    {
        CHECK(codes.decide("A", verdict::approved, start));
        CHECK_FALSE(codes.decide("A", verdict::declined, start));
        std::string scope;
        CHECK(codes.poll("device A", start + 6s, scope) == verdict::approved);
        CHECK(scope == "scope A");
        CHECK(poll(codes, 12s) == verdict::unknown);
    }
    SUBCASE("declines it")
    {
        CHECK(codes.decide("A", verdict::declined, start));
        CHECK(poll(codes, 2s) == verdict::declined);
        CHECK(poll(codes, 3s) == verdict::declined);
    }
    SUBCASE("says that it is too late")
    {
        CHECK(codes.decide("A", verdict::expired, start));
        CHECK(poll(codes, 6s) == verdict::expired);
    }
    SUBCASE("or it is too late by itself")
    {
        CHECK(codes.decide("A", verdict::approved, start));
        CHECK(poll(codes, 100s) == verdict::expired);
    }
}

TEST_CASE("nobody decides about a sign-in whose time is up")
{
    for (const verdict decision : {verdict::approved, verdict::declined, verdict::expired}) {
        device_codes codes;
        codes.add(begun("A"));
        CHECK_FALSE(codes.decide("A", decision, start + 100s));
        CHECK(poll(codes, 100s) == verdict::expired);
        CHECK(codes.decide("A", decision, start + 100s - 1ms));
    }
}

TEST_CASE("a poll that comes too soon makes the interval longer")
{
    device_codes codes;
    codes.add(begun("A"));
    CHECK(poll(codes, 0ms) == verdict::pending);
    CHECK(poll(codes, 4999ms) == verdict::slow_down);
    CHECK(poll(codes, 4999ms + 9999ms) == verdict::slow_down);
    CHECK(poll(codes, 4999ms + 9999ms + 15s) == verdict::pending);
    CHECK(codes.decide("A", verdict::approved, start));
    CHECK(poll(codes, 31s) == verdict::slow_down);
    CHECK(poll(codes, 51s) == verdict::approved);
}

TEST_CASE("a sign-in can be approved by being asked for")
{
    for (const std::size_t polls : {0U, 2U}) {
        device_codes codes;
        device_sign_in sign_in = begun("A");
        sign_in.approve_after = polls;
        sign_in.interval = 0s;
        codes.add(sign_in);
        for (std::size_t i = 0; i != polls; ++i)
            CHECK(poll(codes, 1s) == verdict::pending);
        CHECK(poll(codes, 1s) == verdict::approved);
    }
}

TEST_CASE("codes are told apart, and the oldest are forgotten")
{
    device_codes codes;
    codes.add(begun("A"));
    codes.add(begun("B"));
    CHECK_FALSE(codes.decide("C", verdict::approved, start));
    CHECK(codes.pending(start) == std::vector<std::string>{"A", "B"});
    CHECK(codes.decide("B", verdict::approved, start));
    CHECK(codes.pending(start) == std::vector<std::string>{"A"});
    CHECK(codes.pending(start + 100s).empty());
    CHECK(poll(codes, 1s) == verdict::pending);
    for (int i = 0; i != 100; ++i)
        codes.add(begun("X"));
    CHECK(poll(codes, 10s) == verdict::unknown);
}
