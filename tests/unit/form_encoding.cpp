// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/form_encoding.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using partner_center::detail::append_form_field;
using partner_center::detail::form_escaped;

TEST_CASE("a form's values are escaped, whatever bytes they have")
{
    using namespace std::string_view_literals;
    struct row {
        std::string_view text;
        std::string_view escaped;
    };
    const row rows[] = {
        {"", ""},
        {"azAZ09*-._", "azAZ09*-._"},
        {"a b", "a+b"},
        {"a+b", "a%2Bb"},
        {"a=b&c", "a%3Db%26c"},
        {"100%", "100%25"},
        {"~!'()", "%7E%21%27%28%29"},
        {"/:?#[]@;,$", "%2F%3A%3F%23%5B%5D%40%3B%2C%24"},
        {"\"<>\\^`{|}", "%22%3C%3E%5C%5E%60%7B%7C%7D"},
        {"\r\n\t", "%0D%0A%09"},
        {"\0\x7f\x80\xff"sv, "%00%7F%80%FF"},
        {"\xc3\xa9\xe2\x82\xac", "%C3%A9%E2%82%AC"},
    };
    for (const row& r : rows)
        CHECK(form_escaped(r.text) == r.escaped);
}

TEST_CASE("every byte but the unreserved ones is escaped")
{
    for (int byte = 0; byte != 256; ++byte) {
        const char c = static_cast<char>(byte);
        const std::string escaped = form_escaped(std::string_view(&c, 1));
        const bool stays = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= 'a' && byte <= 'z') || byte == '*' || byte == '-' || byte == '.' ||
                           byte == '_';
        CHECK(escaped.size() == (stays || byte == ' ' ? 1u : 3u));
    }
}

TEST_CASE("a form's fields are joined")
{
    std::string form;
    append_form_field(form, "a", "1");
    CHECK(form == "a=1");
    append_form_field(form, "b c", "&");
    append_form_field(form, "d", "");
    CHECK(form == "a=1&b+c=%26&d=");
}
