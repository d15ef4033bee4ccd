// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Documents made at random survive: parse -> resource -> serialize -> parse gives an equal document.

#include <partner_center/detail/json_document.hpp>
#include <partner_center/organization_profile.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

namespace json = boost::json;
namespace pc = partner_center;

namespace {

class document_maker {
public:
    explicit document_maker(std::uint32_t seed)
        : random_{seed}
    {
    }

    json::value profile()
    {
        json::object to;
        members(to,
                {"id", "companyName", "tenantId", "domain", "email", "language", "culture", "profileType"},
                1);
        if (often())
            to["defaultAddress"] = address();
        if (often())
            to["links"] = links();
        if (often()) {
            json::object attributes;
            members(attributes, {"etag", "objectType"}, 2);
            to["attributes"] = attributes;
        }
        return to;
    }

private:
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    bool often() { return below(4) != 0; }

    std::string text()
    {
        static const std::string pieces[] = {"a",
                                             "Z",
                                             "0",
                                             " ",
                                             "\"",
                                             "\\",
                                             "/",
                                             "\n",
                                             "\t",
                                             "\x7F",
                                             std::string(1, '\0'),
                                             "\x01",
                                             "\xC3\xBC",
                                             "\xE2\x82\xAC",
                                             "\xF0\x9F\x98\x80",
                                             "\xF4\x8F\xBF\xBF",
                                             "\xEF\xBB\xBF",
                                             "\xEF\xBF\xBF",
                                             "&amp;",
                                             "</script>"};
        std::string result;
        for (unsigned n = below(3) == 0 ? 0 : below(12); n != 0; --n)
            result += pieces[below(static_cast<unsigned>(std::size(pieces)))];
        return result;
    }

    // A value that nobody knows, nested at most `deeper` levels.
    json::value anything(int deeper)
    {
        switch (below(deeper > 0 ? 9 : 7)) {
        case 0:
            return nullptr;
        case 1:
            return below(2) == 0;
        case 2:
            return static_cast<std::int64_t>(random_()) * (below(2) == 0 ? 1 : -1);
        case 3:
            return (std::uint64_t{random_()} << 32U) | 0x8000000000000000U;
        case 4:
            return (static_cast<double>(random_()) - 2e9) / 1024;
        case 5:
            return json::value(text());
        case 6:
            return below(2) == 0 ? json::value(json::array()) : json::value(json::object());
        case 7: {
            json::array list;
            for (unsigned n = below(4); n != 0; --n)
                list.push_back(anything(deeper - 1));
            return list;
        }
        default: {
            json::object object;
            for (unsigned n = below(4); n != 0; --n)
                object[text()] = anything(deeper - 1);
            return object;
        }
        }
    }

    // Some of the known members, as text, "" or null, mixed with unknown ones.
    void members(json::object& to, std::initializer_list<std::string_view> known, int level)
    {
        for (std::string_view name : known) {
            if (below(5) == 0)
                to["x-" + text()] = anything(below(3) == 0 ? 31 - level : 3);
            switch (below(5)) {
            case 0:
                break;
            case 1:
                to[name] = nullptr;
                break;
            case 2:
                to[name] = "";
                break;
            default:
                to[name] = json::value(text());
            }
        }
    }

    json::value address()
    {
        json::object to;
        members(to,
                {"id", "country", "region", "city", "state", "district", "addressLine1", "addressLine2",
                 "addressLine3", "postalCode", "firstName", "middleName", "lastName", "phoneNumber",
                 "emailAddress"},
                2);
        return to;
    }

    json::value links()
    {
        json::object to;
        for (const char* name : {"self", "next", "previous"}) {
            if (!often())
                continue;
            json::object link;
            members(link, {"uri", "method"}, 3);
            if (often()) {
                json::array headers;
                for (unsigned n = below(3); n != 0; --n) {
                    json::object header;
                    members(header, {"key", "value"}, 5);
                    headers.push_back(json::value(header));
                }
                link["headers"] = headers;
            }
            to[name] = link;
        }
        to["x"] = anything(2);
        return to;
    }

    std::mt19937 random_;
};

} // namespace

TEST_CASE("any document of the service survives a resource")
{
    for (std::uint32_t seed = 20261; seed != 20261 + 400; ++seed) {
        CAPTURE(seed);
        const json::value document = document_maker(seed).profile();
        const std::string text = json::serialize(document);
        pc::OrganizationProfile profile;
        std::string reason;
        const pc::error_code ec = pc::detail::read_document(text, profile, reason);
        REQUIRE_MESSAGE(!ec, reason);
        const std::string again = pc::detail::write_document(profile);
        REQUIRE(json::parse(again) == json::parse(text));
        CHECK(json::serialize(json::value_from(profile)) == again);

        pc::OrganizationProfile second;
        REQUIRE_FALSE(pc::detail::read_document(again, second, reason));
        CHECK(second == profile);
        CHECK(pc::detail::write_document(second) == again);
    }
}

TEST_CASE("escapes of JSON mean the same as what they stand for")
{
    pc::OrganizationProfile profile;
    std::string reason;
    REQUIRE_FALSE(pc::detail::read_document(
        R"({"id":"\u0000\u00fc\ud83d\ude00\/\"","x\ud83d\ude00":"\u0000","\u0069d2":1})", profile, reason));
    CHECK(profile.id == std::string("\0\xC3\xBC\xF0\x9F\x98\x80/\"", 9));
    CHECK(profile.extra.at("x\xF0\x9F\x98\x80").as_string() == std::string_view("\0", 1));
    CHECK(profile.extra.at("id2") == 1);
    CHECK(pc::detail::write_document(profile) ==
          "{\"id\":\"\\u0000\xC3\xBC\xF0\x9F\x98\x80/\\\"\",\"x\xF0\x9F\x98\x80\":\"\\u0000\",\"id2\":1}");
}

TEST_CASE("unknown members nest to the parser's limit, and one deeper is a clear error")
{
    const auto nested = [](int depth) {
        std::string text = "{\"defaultAddress\":{\"x\":"; // two levels
        for (int i = 2; i != depth; ++i)
            text += i % 2 == 0 ? "[" : "{\"a\":";
        std::string end = "}}";
        for (int i = 2; i != depth; ++i)
            end.insert(0, i % 2 == 0 ? "]" : "}");
        return text + "null" + end;
    };
    pc::OrganizationProfile profile;
    std::string reason;
    REQUIRE_FALSE(pc::detail::read_document(nested(32), profile, reason));
    CHECK(pc::detail::write_document(profile) == nested(32));
    pc::OrganizationProfile deeper;
    CHECK(pc::detail::read_document(nested(33), deeper, reason) == pc::errc::malformed_json);
    CHECK(reason.starts_with("too deep at byte"));
}
