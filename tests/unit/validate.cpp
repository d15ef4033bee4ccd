// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/diagnostics.hpp>
#include <partner_center/validate.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace pc = partner_center;

static_assert(std::regular<pc::violation>);
static_assert(!std::is_aggregate_v<pc::violation>);

namespace {

struct limited {
    std::optional<std::string> pc::Address::*member;
    const char* path;
    std::size_t least;
    std::size_t most;
};

const limited lengths[] = {
    {&pc::Address::state, "defaultAddress.state", 0, 2},
    {&pc::Address::address_line1, "defaultAddress.addressLine1", 1, 200},
    {&pc::Address::address_line2, "defaultAddress.addressLine2", 0, 200},
    {&pc::Address::first_name, "defaultAddress.firstName", 1, 50},
    {&pc::Address::middle_name, "defaultAddress.middleName", 1, 50},
    {&pc::Address::last_name, "defaultAddress.lastName", 1, 50},
};

std::vector<pc::violation> validate_with(std::optional<std::string> pc::Address::*member, std::string text)
{
    pc::OrganizationProfile profile;
    profile.default_address.emplace().*member = std::move(text);
    return pc::validate(profile);
}

std::string repeat(const std::string& character, std::size_t times)
{
    std::string text;
    while (times-- != 0)
        text += character;
    return text;
}

} // namespace

TEST_CASE("a profile, an address and members that are absent break no limit")
{
    pc::OrganizationProfile profile;
    CHECK(pc::validate(profile).empty());
    profile.default_address.emplace();
    CHECK(pc::validate(profile).empty());
    profile.default_address->extra["middleName"] = nullptr; // null
    CHECK(pc::validate(profile).empty());
}

TEST_CASE("the documented example breaks no limit")
{
    pc::OrganizationProfile profile;
    profile.company_name = "TEST_TEST_BugBash1";
    pc::Address& address = profile.default_address.emplace();
    address.country = "US";
    address.city = "Redmond";
    address.state = "WA";
    address.address_line1 = "Two Microsoft Way";
    address.address_line2 = "";
    address.postal_code = "98052";
    address.first_name = "Test";
    address.last_name = "Account";
    address.phone_number = "";
    CHECK(pc::validate(profile).empty());
}

TEST_CASE("each length is allowed up to its limits and not beyond them, counted in code points")
{
    for (const char* const bytes : {"x", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        const std::string character = bytes;
        for (const limited& l : lengths) {
            CAPTURE(l.path);
            CAPTURE(character);
            CHECK(validate_with(l.member, repeat(character, l.least)).empty());
            CHECK(validate_with(l.member, repeat(character, l.most)).empty());
            const auto found = validate_with(l.member, repeat(character, l.most + 1));
            REQUIRE(found.size() == 1);
            CHECK(found[0].path == l.path);
            CHECK(found[0].problem == "expected " + std::to_string(l.least) + " to " +
                                          std::to_string(l.most) + " characters, got " +
                                          std::to_string(l.most + 1));
            CHECK(found[0].problem.find(character + character) == std::string::npos);
        }
    }
    for (const limited& l : lengths)
        CHECK_MESSAGE(validate_with(l.member, "").size() == l.least, l.path);
}

TEST_CASE("a country is two letters")
{
    for (const char* good : {"US", "de", "zZ"})
        CHECK_MESSAGE(validate_with(&pc::Address::country, good).empty(), good);
    for (const std::string& bad :
         {std::string(), std::string("U"), std::string("USA"), std::string("U1"), std::string("U "),
          std::string("\xC3\xBC"), std::string("U\0", 2), std::string("\xC3\x84\xC3\x96")}) {
        const auto found = validate_with(&pc::Address::country, bad);
        REQUIRE_MESSAGE(found.size() == 1, bad);
        CHECK(found[0].path == "defaultAddress.country");
        CHECK(found[0].problem == "expected an ISO 3166 code of 2 letters");
    }
}

TEST_CASE("members without a documented limit may be of any length")
{
    pc::OrganizationProfile profile;
    const std::string long_text(100'000, 'x');
    profile.company_name = long_text;
    profile.email = long_text;
    profile.culture = "";
    pc::Address& address = profile.default_address.emplace();
    for (auto member : {&pc::Address::id, &pc::Address::region, &pc::Address::city, &pc::Address::district,
                        &pc::Address::address_line3, &pc::Address::postal_code, &pc::Address::phone_number,
                        &pc::Address::email_address})
        address.*member = long_text;
    CHECK(pc::validate(profile).empty());
}

TEST_CASE("all limits that are broken are listed, in the order of the documentation")
{
    pc::OrganizationProfile profile;
    pc::Address& address = profile.default_address.emplace();
    address.country = "Germany";
    for (const limited& l : lengths)
        address.*l.member = std::string(l.most + 1, 'x');
    const auto found = pc::validate(profile);
    REQUIRE(found.size() == 1 + std::size(lengths));
    CHECK(found[0].path == "defaultAddress.country");
    for (std::size_t i = 0; i != std::size(lengths); ++i)
        CHECK(found[i + 1].path == lengths[i].path);
}

TEST_CASE("text that is not UTF-8 is counted all the same")
{
    CHECK(validate_with(&pc::Address::state, "\xFF\xFE").empty());
    CHECK(validate_with(&pc::Address::state, "\xFF\xFE\xFF").size() == 1);
    CHECK(validate_with(&pc::Address::first_name, "\x80\x80").size() == 1);
}

TEST_CASE("violations are listed by path in one bounded text")
{
    CHECK(pc::detail::list_violations({}).empty());
    pc::OrganizationProfile profile;
    pc::Address& address = profile.default_address.emplace();
    address.country = "Germany";
    address.state = "Bayern";
    CHECK(pc::detail::list_violations(pc::validate(profile)) ==
          "defaultAddress.country: expected an ISO 3166 code of 2 letters; "
          "defaultAddress.state: expected 0 to 2 characters, got 6");
    for (const limited& l : lengths)
        address.*l.member = std::string(l.most + 1, 'x');
    const std::string all = pc::detail::list_violations(pc::validate(profile));
    CHECK(all.size() <= pc::diagnostics::max_text_size);
    for (const limited& l : lengths)
        CHECK(all.find(l.path) != std::string::npos);

    std::vector<pc::violation> many(1000);
    for (pc::violation& v : many) {
        v.path = "a.b";
        v.problem = "expected c";
    }
    const std::string some = pc::detail::list_violations(many);
    CHECK(some.size() <= pc::diagnostics::max_text_size);
    CHECK(some.find("; and 972 more") != std::string::npos);
    many.resize(1);
    many[0].problem.assign(10'000, 'x');
    CHECK(pc::detail::list_violations(many).size() <= pc::diagnostics::max_text_size);
}
