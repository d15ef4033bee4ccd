// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/failure_script.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using partner_center::testing::failure;
using partner_center::testing::failure_rule;
using partner_center::testing::detail::failure_script;
using ending = failure::ending;

namespace {

constexpr auto path = "/v1/profiles/organization";

// One letter for each GET: what happened to it.
std::string fates(failure_script& script, int requests)
{
    std::string result;
    for (int i = 0; i != requests; ++i) {
        const auto struck = script.next("GET", path);
        result += !struck                          ? '.'
                  : struck->how() == ending::reset ? 'r'
                  : struck->how() == ending::close ? 'c'
                                                   : 'a';
    }
    return result;
}

} // namespace

TEST_CASE("each failure says what it does")
{
    struct row {
        failure what;
        ending how;
        bool applies;
    };
    const std::vector<row> rows = {
        {failure::answer(503), ending::answer, false},
        {failure::oauth(50076), ending::answer, false},
        {failure::close(), ending::close, false},
        {failure::reset(), ending::reset, false},
        {failure::apply_and_answer(), ending::answer, true},
        {failure::apply_and_close(), ending::close, true},
        {failure::apply_and_reset(), ending::reset, true},
        {failure::delay(std::chrono::milliseconds{1}), ending::as_usual, true},
        {failure::apply_and_delay(std::chrono::milliseconds{1}), ending::as_usual, true},
    };
    for (const row& r : rows) {
        CHECK(r.what.how() == r.how);
        CHECK(r.what.applies() == r.applies);
    }
    CHECK(failure::apply_and_answer().status() == 503);
    CHECK(failure::delay(std::chrono::milliseconds{1}).time_before().count() == 1);
    CHECK(failure::apply_and_delay(std::chrono::milliseconds{1}).time_after().count() == 1);
    CHECK(failure::close().after(std::chrono::milliseconds{2}).time_before().count() == 2);
}

TEST_CASE("an answer takes its headers apart")
{
    const failure what =
        failure::answer(429, "slow", {{"Retry-After", "1"}, {"content-type", "text/plain"}, {"X-A", ""}});
    CHECK(what.status() == 429);
    CHECK(what.body() == "slow");
    CHECK(what.content_type() == "text/plain");
    CHECK(what.header_lines() == "Retry-After: 1\r\nX-A: \r\n");
}

TEST_CASE("a failure that cannot be is refused with its reason")
{
    const auto refused = [](auto make, const char* text) {
        try {
            static_cast<void>(make());
            FAIL("accepted: " << text);
        } catch (const std::invalid_argument& e) {
            CHECK(std::string(e.what()).find(text) != std::string::npos);
        }
    };
    refused([] { return failure::answer(100); }, "the status 100");
    refused([] { return failure::answer(600); }, "the status 600");
    refused([] { return failure::answer(500, "", {{"A b", "c"}}); }, "'A b'");
    refused([] { return failure::answer(500, "", {{"", "c"}}); }, "''");
    refused([] { return failure::answer(500, "", {{"X-A", "a\r\nb"}}); }, "X-A");
    refused([] { return failure::answer(500, "", {{"content-length", "1"}}); }, "content-length");
    refused([] { return failure::apply_and_answer(500, "", {{"Connection", "close"}}); }, "Connection");
    refused([] { return failure::delay(std::chrono::milliseconds{-1}); }, "the time");
    refused([] { return failure::apply_and_delay(std::chrono::hours{25}); }, "the time");
    refused([] { return failure::close().after(std::chrono::hours{25}); }, "the time");
    refused([] { return failure_rule(std::vector<failure>()); }, "no failure");
    refused([] { return failure_rule(failure::close()).randomly(1.1, 1); }, "probability");
    refused([] { return failure_rule(failure::close()).randomly(0.0 / 0.0, 1); }, "probability");
}

TEST_CASE("a rule strikes as often as it says")
{
    failure_script script;
    SUBCASE("once by itself")
    {
        script.add(failure::reset());
        CHECK(fates(script, 3) == "r..");
    }
    SUBCASE("a number of times")
    {
        script.add(failure_rule(failure::reset()).times(2));
        CHECK(fates(script, 4) == "rr..");
    }
    SUBCASE("after some that pass")
    {
        script.add(failure_rule(failure::reset()).skip(2).times(2));
        CHECK(fates(script, 5) == "..rr.");
    }
    SUBCASE("for ever")
    {
        script.add(failure_rule(failure::reset()).always());
        CHECK(fates(script, 5) == "rrrrr");
        script.clear();
        CHECK(fates(script, 2) == "..");
    }
    SUBCASE("never")
    {
        script.add(failure_rule(failure::reset()).times(0));
        CHECK(fates(script, 2) == "..");
    }
    SUBCASE("each of its failures in turn")
    {
        script.add(failure_rule({failure::reset(), failure::close()}));
        CHECK(fates(script, 3) == "rc.");
        script.add(failure_rule({failure::reset(), failure::close()}).times(3));
        CHECK(fates(script, 4) == "rcr.");
    }
    SUBCASE("one rule after the other")
    {
        script.add(failure::reset());
        script.add(failure_rule(failure::close()).skip(1));
        CHECK(fates(script, 4) == "r.c.");
    }
}

TEST_CASE("a rule is for the requests that it names")
{
    struct row {
        const char* method;
        const char* pattern;
        bool strikes;
    };
    const row rows[] = {
        {"", path, true},
        {"GET", path, true},
        {"PUT", path, false},
        {"get", path, false},
        {"", "/v1/profiles", false},
        {"", "*", true},
        {"", "/v1/*", true},
        {"", "*/organization", true},
        {"", "/v1/*/organization", true},
        {"", "*o*g*n*", true},
        {"", "*/organization/*", false},
        {"", "*/token", false},
        {"", "", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.pattern);
        failure_script script;
        script.add(failure_rule(failure::close()).method(r.method).path(r.pattern));
        CHECK(script.next("GET", path).has_value() == r.strikes);
    }
    failure_script others;
    others.add(failure_rule(failure::close()).method("PUT").skip(1));
    CHECK(fates(others, 3) == "...");
    CHECK_FALSE(others.next("PUT", path).has_value());
    CHECK(others.next("PUT", path).has_value());
}

TEST_CASE("chance is the same in each run")
{
    const auto make = [](std::uint64_t seed) {
        failure_script script;
        script.add(failure_rule({failure::reset(), failure::close()}).randomly(0.1, seed));
        return fates(script, 10'000);
    };
    const std::string one = make(42);
    CHECK(one == make(42));
    CHECK(one != make(43));
    // On any machine: the engine is specified, and nothing of the standard library lies between.
    CHECK(one.substr(0, 40) == ".....r...c.......c........c.............");
    const auto count = [&](char c) { return std::count(one.begin(), one.end(), c); };
    CHECK(count('r') + count('c') > 900);
    CHECK(count('r') + count('c') < 1100);
    CHECK(count('r') > 400);
    CHECK(count('c') > 400);

    failure_script script;
    script.add(failure_rule(failure::reset()).randomly(1, 1).times(2));
    CHECK(fates(script, 3) == "rr.");
    script.clear();
    script.add(failure_rule({failure::reset(), failure::close(), failure::answer(503)}).randomly(1, 42));
    CHECK(fates(script, 20) == "ararcrcaaaaccacaraca");
    script.clear();
    script.add(failure_rule(failure::reset()).randomly(0, 1));
    CHECK(fates(script, 100) == std::string(100, '.'));
}
