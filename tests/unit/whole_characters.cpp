// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/whole_characters.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string_view>

using partner_center::detail::whole_characters;

TEST_CASE("a text is cut between two characters")
{
    struct row {
        std::string_view text;
        std::size_t most;
        std::string_view left;
    };
    const row rows[] = {
        {"", 0, ""},
        {"abc", 0, ""},
        {"abc", 2, "ab"},
        {"abc", 3, "abc"},
        {"abc", 4, "abc"},
        {"a\xC3\xBC", 2, "a"},
        {"a\xC3\xBC", 3, "a\xC3\xBC"},
        {"\xE7\xBD\x91x", 1, ""},
        {"\xE7\xBD\x91x", 2, ""},
        {"\xE7\xBD\x91x", 3, "\xE7\xBD\x91"},
        {"a\xF0\x9F\x98\x80", 4, "a"},
        {"a\xF0\x9F\x98\x80", 5, "a\xF0\x9F\x98\x80"},
        {"\x80\x80\x80", 2, ""},             // no beginning of a character
        {"\x80\x80\x80", 3, "\x80\x80\x80"}, // not cut
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        CAPTURE(r.most);
        CHECK(whole_characters(r.text, r.most) == r.left);
    }
}
