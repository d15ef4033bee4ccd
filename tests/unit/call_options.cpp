// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/call_options.hpp>
#include <partner_center/detail/call.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <utility>

namespace pc = partner_center;
using given = pc::detail::call_options_access;
using std::chrono::seconds;

static_assert(std::regular<pc::call_options>);

TEST_CASE("options say nothing until they are told to")
{
    const pc::call_options options;
    CHECK_FALSE(given::if_match(options).has_value());
    CHECK_FALSE(given::request_id(options).has_value());
    CHECK_FALSE(given::correlation_id(options).has_value());
    CHECK_FALSE(given::locale(options).has_value());
    CHECK_FALSE(given::timeout(options).has_value());
    CHECK_FALSE(given::expect_continue(options).has_value());
    CHECK_FALSE(given::validate(options).has_value());
    CHECK_FALSE(given::validate_mfa(options).has_value());
}

TEST_CASE("options are built in one expression, or step by step")
{
    const pc::call_options at_once = pc::call_options{}
                                         .if_match("etag")
                                         .request_id("r")
                                         .correlation_id("c")
                                         .locale("de-DE")
                                         .timeout(seconds{5})
                                         .expect_continue(false)
                                         .validate(false)
                                         .validate_mfa(true);
    pc::call_options by_steps;
    by_steps.if_match("etag");
    by_steps.request_id("r").correlation_id("c");
    by_steps.locale("de-DE").timeout(seconds{5}).expect_continue(false).validate(false).validate_mfa(true);
    CHECK(at_once == by_steps);
    CHECK(given::if_match(at_once) == "etag");
    CHECK(given::request_id(at_once) == "r");
    CHECK(given::correlation_id(at_once) == "c");
    CHECK(given::locale(at_once) == "de-DE");
    CHECK(given::timeout(at_once) == seconds{5});
    CHECK(given::expect_continue(at_once) == false);
    CHECK(given::validate(at_once) == false);
    CHECK(given::validate_mfa(at_once) == true);
}

TEST_CASE("options differ when one of them differs")
{
    const pc::call_options none;
    CHECK(none == pc::call_options());
    CHECK(none != pc::call_options().if_match(""));
    CHECK(none != pc::call_options().request_id(""));
    CHECK(none != pc::call_options().correlation_id(""));
    CHECK(none != pc::call_options().locale(""));
    CHECK(none != pc::call_options().timeout(seconds{1}));
    CHECK(none != pc::call_options().validate(true));
    CHECK(none != pc::call_options().validate_mfa(false));
    CHECK(pc::call_options().expect_continue(true) != pc::call_options().expect_continue(false));
    pc::call_options copy = pc::call_options().locale("x");
    const pc::call_options moved = std::move(copy);
    CHECK(moved == pc::call_options().locale("x"));
}
