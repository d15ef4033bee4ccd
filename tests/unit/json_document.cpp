// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/json_document.hpp>
#include <partner_center/organization_profile.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/system/system_error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace json = boost::json;
namespace pc = partner_center;
using pc::errc;
using pc::detail::parse_json;
using pc::detail::read_document;
using pc::detail::write_document;

TEST_CASE("a JSON text is parsed, with a byte order mark or without")
{
    for (const std::string_view text :
         {"{\"a\":[1,null]}", "\xEF\xBB\xBF{\"a\":[1,null]}", " \r\n\t{\"a\":[1,null]}\r\n "}) {
        json::value to;
        std::string reason;
        CHECK_FALSE(parse_json(text, to, reason));
        CHECK(to == json::value({{"a", {1, nullptr}}}));
        CHECK(reason.empty());
    }
}

TEST_CASE("what is no JSON text is refused with a reason and a place")
{
    struct row {
        std::string_view text;
        std::string_view reason;
    };
    const row rows[] = {
        {"", "it ends too early, after byte 0"},
        {"   ", "it ends too early, after byte 3"},
        {"\xEF\xBB\xBF", "it ends too early, after byte 3"},
        {"{\"a\":", "it ends too early, after byte 5"},
        {"\"abc", "it ends too early, after byte 4"},
        {"{}x", "at byte 2"},
        {"{} {}", "at byte 3"},
        {"<html>", "at byte 0"},
        {"\xEF\xBB\xBF<html>", "at byte 3"},
        {"\xEF\xBB{}", "at byte 0"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF{}", "at byte 3"},
        {"{'a':1}", "at byte 1"},
        {"[1,]", "at byte 3"},
        {"\"\xFF\"", "at byte 1"},
        {"\"\\ud800\"", "at byte"},
        {"\"a\nb\"", "at byte 2"},
        {"nul", "it ends too early"},
        {"NaN", "at byte 0"},
        {"// a comment\n{}", "at byte 0"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        json::value to;
        std::string reason;
        CHECK(parse_json(r.text, to, reason) == errc::malformed_json);
        CHECK_MESSAGE(reason.find(r.reason) != std::string::npos, reason);
    }
}

namespace {

// clang-format off
template <class Options>
constexpr bool can_be_exact = requires(Options options) { options.numbers; };
// clang-format on

} // namespace

TEST_CASE("fractions are exact up to 15 digits, and beyond where Boost.JSON can")
{
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> fraction(-180, 180);
    int changed = 0;
    for (int i = 0; i != 2000; ++i)
        for (const int digits : {15, 17}) {
            char text[32];
            const int size = std::snprintf(text, sizeof text, "%.*g", digits, fraction(random));
            json::value to;
            std::string reason;
            CHECK_FALSE(parse_json({text, static_cast<std::size_t>(size)}, to, reason));
            const double read = to.to_number<double>();
            const double meant = std::strtod(text, nullptr);
            if (digits == 15 || can_be_exact<json::parse_options>) {
                CHECK_MESSAGE(read == meant, text);
            } else {
                CHECK_MESSAGE(std::abs(read - meant) <= std::abs(meant) * 1e-15, text);
                changed += read != meant ? 1 : 0;
            }
        }
    // Without the choice the documentation's restriction is needed.
    CHECK((changed > 0) == !can_be_exact<json::parse_options>);
}

TEST_CASE("fractions of up to 15 digits and 22 decimals are exact, however small and however written")
{
    std::mt19937_64 random(8);
    for (int i = 0; i != 5000; ++i) {
        const int digits = 1 + static_cast<int>(random() % 15);
        const int decimals = static_cast<int>(random() % 23);
        std::string number = std::to_string(1 + random() % 9);
        while (number.size() != static_cast<std::size_t>(digits))
            number += std::to_string(random() % 10);
        std::string plain = std::string(23, '0') + number;
        plain.insert(plain.size() - static_cast<std::size_t>(decimals), ".");
        plain.erase(0, std::min(plain.find_first_not_of('0'), plain.find('.') - 1));
        for (const std::string& text :
             {plain + (decimals == 0 ? "0" : ""), number + "e-" + std::to_string(decimals)}) {
            json::value to;
            std::string reason;
            REQUIRE_MESSAGE(!parse_json(text, to, reason), text);
            CHECK_MESSAGE(to.to_number<double>() == std::strtod(text.c_str(), nullptr), text);
        }
    }
}

TEST_CASE("a document nests 32 levels deep at most")
{
    for (const bool objects : {true, false})
        for (const int depth : {1, 31, 32, 33, 34, 100000}) {
            CAPTURE(depth);
            std::string text;
            for (int i = 0; i != depth; ++i)
                text += objects ? (i + 1 == depth ? "{" : "{\"a\":") : "[";
            text += std::string(static_cast<std::size_t>(depth), objects ? '}' : ']');
            json::value to;
            std::string reason;
            const pc::error_code ec = parse_json(text, to, reason);
            if (depth <= 32) {
                CHECK_FALSE(ec);
            } else {
                CHECK(ec == errc::malformed_json);
                CHECK_MESSAGE(reason.starts_with("too deep at byte "), reason);
            }
        }
}

TEST_CASE("a resource is read out of a text and written to one")
{
    pc::OrganizationProfile profile;
    std::string reason;
    CHECK_FALSE(read_document("{\"id\":\"1\",\"later\":[true]}", profile, reason));
    CHECK(profile.id == "1");
    CHECK(write_document(profile) == "{\"id\":\"1\",\"later\":[true]}");
    CHECK(write_document(pc::OrganizationProfile()) == "{}");

    pc::OrganizationProfile other;
    CHECK(read_document("{\"id\":", other, reason) == errc::malformed_json);
    CHECK(read_document("[]", other, reason) == errc::unexpected_json_type);
    CHECK(reason == "the document: expected object, got array");
}

TEST_CASE("a resource does not depend on the memory of the text's parser")
{
    pc::OrganizationProfile profile;
    {
        const std::string text = "{\"later\":{\"text\":\"" + std::string(10'000, 'x') + "\"}}";
        std::string reason;
        CHECK_FALSE(read_document(text, profile, reason));
    }
    CHECK(profile.extra.at("later").at("text").as_string().size() == 10'000);
    profile.extra["more"] = json::value({1, 2, 3});
    const pc::OrganizationProfile copy = profile;
    CHECK(copy == profile);
}

// Every byte at every place of a word, for the writer looks at eight at a time.
TEST_CASE("a resource is written as Boost.JSON writes its document, whatever its text holds")
{
    for (int byte = 0; byte != 256; ++byte)
        for (std::size_t at = 0; at != 19; ++at) {
            std::string text(19, 'x');
            text[at] = static_cast<char>(byte);
            pc::OrganizationProfile profile;
            profile.company_name = text;
            profile.default_address.emplace().city = text.substr(0, at + 1);
            if (write_document(profile) != json::serialize(json::value_from(profile)))
                FAIL_CHECK("byte ", byte, " at ", at, ": ", write_document(profile));
        }
}

TEST_CASE("kept members are written after the others, with any name, unless a member has taken their place")
{
    pc::OrganizationProfile profile;
    std::string reason;
    CHECK_FALSE(
        read_document(R"({"domain":null,"a\"b\n":[1,-2.5,{"x":null}],"links":{"later":1,"self":{"headers":[)"
                      R"({"key":"k","value":"v"},{"key":"","value":"\u0000"}]}},"attributes":{}})",
                      profile, reason));
    CHECK(write_document(profile) == json::serialize(json::value_from(profile)));
    CHECK(json::parse(write_document(profile)) == json::value_from(profile));
    // Null was kept; text takes its place.
    profile.domain = "contoso.example";
    CHECK(write_document(profile) == json::serialize(json::value_from(profile)));
    CHECK(write_document(profile).find("null,") == std::string::npos);
    profile.extra["bad"] = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(write_document(profile), boost::system::system_error);
}
