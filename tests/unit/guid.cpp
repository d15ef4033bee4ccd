// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/guid.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

using partner_center::detail::is_guid;
using partner_center::detail::make_guid;

TEST_CASE("a new GUID is a version 4 UUID in lower case")
{
    std::set<std::string> seen;
    std::set<char> variants;
    for (int i = 0; i != 1000; ++i) {
        const std::string guid = make_guid();
        CHECK(is_guid(guid));
        CHECK(guid.find_first_not_of("0123456789abcdef-") == std::string::npos);
        CHECK(guid[14] == '4');
        variants.insert(guid[19]);
        seen.insert(guid);
    }
    CHECK(seen.size() == 1000);
    CHECK(variants == std::set<char>{'8', '9', 'a', 'b'});
}

TEST_CASE("two GUIDs of one draw are two")
{
    std::set<std::string> seen;
    for (int i = 0; i != 100; ++i) {
        std::string first;
        std::string second;
        partner_center::detail::make_guids(first, second);
        for (const std::string& guid : {first, second}) {
            CHECK(is_guid(guid));
            CHECK(guid[14] == '4');
            seen.insert(guid);
        }
    }
    CHECK(seen.size() == 200);
}

TEST_CASE("a GUID has the form 8-4-4-4-12")
{
    for (const std::string_view good :
         {"fe76387b-9658-47d7-939d-0c70032ef589", "FE76387B-9658-47D7-939D-0C70032EF589",
          "00000000-0000-0000-0000-000000000000"})
        CHECK_MESSAGE(is_guid(good), good);
    for (const std::string_view bad :
         {"", "fe76387b965847d7939d0c70032ef589", "{fe76387b-9658-47d7-939d-0c70032ef589}",
          "fe76387b-9658-47d7-939d-0c70032ef58", "fe76387b-9658-47d7-939d-0c70032ef5890",
          "fe76387b-9658-47d7-939d-0c70032ef58g", "fe76387b-9658-47d7-939d_0c70032ef589",
          "fe76387-b9658-47d7-939d-0c70032ef589", "fe76387b-9658-47d7-939d-0c70032ef58\n",
          "fe76387b--658-47d7-939d-0c70032ef589"})
        CHECK_MESSAGE(!is_guid(bad), bad);
}
