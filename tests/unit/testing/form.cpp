// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/form.hpp>

#include <doctest/doctest.h>

#include <string>

using partner_center::testing::detail::form;

TEST_CASE("a form's fields are decoded")
{
    const auto fields = form::parse("a=1&b+c=d%20e%2Bf+g&empty=&h=%c3%A4&i=x=y&&");
    CHECK_FALSE(fields.has_value()); // for an empty field has no name
    const auto good = form::parse("a=1&b+c=d%20e%2Bf+g&empty=&h=%c3%A4&i=x=y&");
    REQUIRE(good.has_value());
    CHECK(good->find("a") == "1");
    CHECK(good->find("b c") == "d e+f g");
    CHECK(good->find("h") == "\xc3\xa4");
    CHECK(good->find("i") == "x=y");
    CHECK_FALSE(good->find("empty").has_value());
    CHECK_FALSE(good->find("none").has_value());
    CHECK(form::parse("").has_value());
}

TEST_CASE("a malformed form is none")
{
    for (const char* const body : {"a", "a=1&b", "a=%", "a=%1", "a=%1g", "%zz=1", "a=1&a=2", "=1&=2", "&"}) {
        CAPTURE(body);
        CHECK_FALSE(form::parse(body).has_value());
    }
    std::string many;
    for (int i = 0; i != 101; ++i)
        many += "f" + std::to_string(i) + "=1&";
    CHECK_FALSE(form::parse(many).has_value());
}
