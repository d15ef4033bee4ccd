// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/json_document.hpp>
#include <partner_center/organization_profile.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <boost/system/system_error.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace json = boost::json;
namespace pc = partner_center;
using pc::Address;
using pc::errc;
using pc::Link;
using pc::LinkHeader;
using pc::Links;
using pc::OrganizationProfile;
using pc::ResourceAttributes;

namespace partner_center {

// A type of the kinds that the organization profile does not have.
struct TestCounter {
    std::optional<std::int64_t> count;
    std::optional<bool> on;
    std::optional<std::vector<TestCounter>> more;
    json::object extra;

    TestCounter() noexcept {}

    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("count", self.count);
        visit("on", self.on);
        visit("more", self.more);
    }

    friend bool operator==(const TestCounter& a, const TestCounter& b) { return detail::equal_members(a, b); }
};

} // namespace partner_center

namespace {

template <class T>
T read(const std::string& text)
{
    return json::value_to<T>(json::parse(text));
}

template <class T>
std::string write(const T& from)
{
    return json::serialize(json::value_from(from));
}

template <class T>
std::string complaint(const std::string& text)
{
    const json::value document = json::parse(text);
    const boost::system::result<T> result = json::try_value_to<T>(document);
    CHECK(result.has_error());
    CHECK(result.error() == errc::unexpected_json_type);
    try {
        (void)json::value_to<T>(document);
    } catch (const boost::system::system_error& e) {
        CHECK(e.code() == errc::unexpected_json_type);
        const std::string what = e.what();
        return what.substr(0, what.rfind(" [") == what.npos ? what.size() : what.rfind(" ["));
    }
    return "nothing";
}

template <class T>
constexpr bool is_resource_like = pc::json_mapped<T>&& std::regular<T> && !std::is_aggregate_v<T> &&
                                  std::is_nothrow_default_constructible_v<T>;

static_assert(is_resource_like<OrganizationProfile>);
static_assert(is_resource_like<Address>);
static_assert(is_resource_like<Links>);
static_assert(is_resource_like<Link>);
static_assert(is_resource_like<LinkHeader>);
static_assert(is_resource_like<ResourceAttributes>);
static_assert(pc::json_mapped<pc::TestCounter>);
static_assert(pc::resource<OrganizationProfile>);
static_assert(!pc::resource<Address>);
static_assert(!pc::json_mapped<std::string>);

} // namespace

TEST_CASE("absent, null and empty are three different things")
{
    const auto absent = read<Address>("{}");
    const auto null = read<Address>(R"({"state":null})");
    const auto empty = read<Address>(R"({"state":""})");
    CHECK_FALSE(absent.state.has_value());
    CHECK_FALSE(null.state.has_value());
    CHECK(empty.state == "");
    CHECK(write(absent) == "{}");
    CHECK(write(null) == R"({"state":null})");
    CHECK(write(empty) == R"({"state":""})");
    CHECK(absent != null);
    CHECK(null != empty);
    CHECK(absent != empty);
}

TEST_CASE("a member that is set wins over the null that was read")
{
    auto address = read<Address>(R"({"state":null,"city":null})");
    address.state = "WA";
    CHECK(write(address) == R"({"state":"WA","city":null})");
    auto same = read<Address>(R"({"state":"WA","city":null})");
    CHECK(address == same);
    CHECK(same == address);
    same.city = "x";
    CHECK(address != same);
    address.extra.clear();
    address.state.reset();
    CHECK(write(address) == "{}");
}

TEST_CASE("unknown members are kept at every level, in their order")
{
    const std::string text =
        R"({"companyName":"a","defaultAddress":{"city":"b","x":1},"links":{"self":{"uri":"u","headers":)"
        R"([{"key":"k","value":"v","x":2}],"body":{"y":[]}},"last":{"uri":"z"}},)"
        R"("attributes":{"etag":"e","x":[3]},)"
        R"("x":{"y":{"z":null}},"A":0,"":"no name"})";
    const auto profile = read<OrganizationProfile>(text);
    CHECK(write(profile) == text);
    CHECK(profile.extra.size() == 3);
    CHECK(profile.default_address->extra.at("x") == 1);
    CHECK(profile.links->extra.contains("last"));
    CHECK(profile.links->self->extra.contains("body"));
    CHECK(profile.links->self->headers->at(0).extra.at("x") == 2);
    CHECK(profile.attributes->extra.contains("x"));
}

TEST_CASE("a link may come without uri, and its headers are a list")
{
    const auto links =
        read<Links>(R"({"self":{"method":"GET","headers":[{"key":"a","value":"b"},{}]},"next":{}})");
    CHECK_FALSE(links.self->uri.has_value());
    CHECK(links.self->headers->size() == 2);
    CHECK(links.self->headers->at(0).key == "a");
    CHECK(links.self->headers->at(0).value == "b");
    CHECK(links.next == Link());
    CHECK_FALSE(links.previous.has_value());
    CHECK(read<Link>(R"({"headers":[]})").headers->empty());
    CHECK(read<Link>(R"({"headers":[]})") != Link());
}

TEST_CASE("a number, a truth value and a list are written as they were read, in both ways")
{
    for (const char* text : {R"({"count":-9223372036854775808,"on":true,"more":[{"count":0},{"on":false}]})",
                             R"({"count":9223372036854775807,"more":[]})", R"({"count":null,"x":[]})"}) {
        const boost::system::result<pc::TestCounter> counter =
            json::try_value_to<pc::TestCounter>(json::parse(text));
        REQUIRE(counter.has_value());
        CHECK(write(*counter) == text);
        CHECK(pc::detail::write_document(*counter) == text);
    }
}

TEST_CASE("a wrong type names the JSON path")
{
    CHECK(complaint<OrganizationProfile>("[]").starts_with("the document: expected object, got array"));
    CHECK(complaint<OrganizationProfile>(R"({"id":7})").starts_with("/id: expected string, got number"));
    CHECK(complaint<OrganizationProfile>(R"({"id":{}})").starts_with("/id: expected string, got object"));
    CHECK(complaint<OrganizationProfile>(R"({"defaultAddress":{"postalCode":98052}})")
              .starts_with("/defaultAddress/postalCode: expected string, got number"));
    CHECK(complaint<OrganizationProfile>(R"({"defaultAddress":[]})")
              .starts_with("/defaultAddress: expected object, got array"));
    CHECK(complaint<OrganizationProfile>(R"({"links":{"self":{"headers":{}}}})")
              .starts_with("/links/self/headers: expected array, got object"));
    CHECK(complaint<OrganizationProfile>(R"({"attributes":{"etag":true}})")
              .starts_with("/attributes/etag: expected string, got boolean"));
    CHECK(complaint<OrganizationProfile>(R"({"links":{"self":{"headers":[7]}}})")
              .starts_with("/links/self/headers/0: expected object, got number"));
    CHECK(complaint<OrganizationProfile>(R"({"links":{"self":{"headers":[{"key":"k"},{"key":false}]}}})")
              .starts_with("/links/self/headers/1/key: expected string, got boolean"));
    // The first in the order of the members, whatever the order of the document.
    CHECK(complaint<OrganizationProfile>(R"({"culture":1,"id":2})").starts_with("/id:"));
}

TEST_CASE("numbers, booleans and nested lists are mapped too")
{
    const std::string text =
        R"({"count":-9223372036854775808,"on":false,"more":[{"count":1},{"on":true,"x":0}]})";
    CHECK(write(read<pc::TestCounter>(text)) == text);
    CHECK(complaint<pc::TestCounter>(R"({"count":1.5})")
              .starts_with("/count: expected integer of 64 bits, got number"));
    CHECK(complaint<pc::TestCounter>(R"({"count":9223372036854775808})")
              .starts_with("/count: expected integer of 64 bits"));
    CHECK(complaint<pc::TestCounter>(R"({"count":"1"})").starts_with("/count: expected integer, got string"));
    CHECK(complaint<pc::TestCounter>(R"({"on":0})").starts_with("/on: expected boolean, got number"));
}

TEST_CASE("a JSON path is written by RFC 6901")
{
    using pc::detail::json_location;
    const json_location root;
    const json_location list{&root, "a/b~c"};
    const json_location element{&list, {}, 12};
    const json_location member{&element, ""};
    CHECK(pc::detail::to_json_pointer(root).empty());
    CHECK(pc::detail::to_json_pointer(list) == "/a~1b~0c");
    CHECK(pc::detail::to_json_pointer(element) == "/a~1b~0c/12");
    CHECK(pc::detail::to_json_pointer(member) == "/a~1b~0c/12/");
}

TEST_CASE("resources are equal when they would be sent as the same document")
{
    const auto a = read<OrganizationProfile>(R"({"id":"1","x":1,"y":2})");
    const auto b = read<OrganizationProfile>(R"({"y":2,"x":1,"id":"1"})");
    CHECK(a == b);
    CHECK(a != read<OrganizationProfile>(R"({"id":"1","x":1})"));
    CHECK(read<OrganizationProfile>(R"({"id":"1","x":1})") != a);
    CHECK(a != read<OrganizationProfile>(R"({"id":"1","x":1,"y":3})"));
    CHECK(a != read<OrganizationProfile>(R"({"id":"2","x":1,"y":2})"));
    CHECK(a != read<OrganizationProfile>(R"({"x":1,"y":2})"));
    CHECK(a != read<OrganizationProfile>(R"({"id":"1","x":1,"z":2})"));

    auto hidden = a; // a value of `extra` under the name of a set member is not sent
    hidden.extra["id"] = nullptr;
    CHECK(hidden == a);
    CHECK(a == hidden);
    hidden.id.reset();
    CHECK(hidden != a);

    OrganizationProfile with;
    with.default_address.emplace();
    CHECK(with != OrganizationProfile());
    with.default_address->extra["x"] = 1;
    OrganizationProfile other;
    other.default_address.emplace();
    CHECK(with != other);
}

TEST_CASE("a resource copies and moves as a value")
{
    auto profile = read<OrganizationProfile>(R"({"id":"1","defaultAddress":{"x":[1,2,3]}})");
    const OrganizationProfile copy = profile;
    profile.default_address->extra["x"].as_array().clear();
    CHECK(copy.default_address->extra.at("x").as_array().size() == 3);
    OrganizationProfile moved = std::move(profile);
    CHECK(moved.id == "1");
    moved = copy;
    CHECK(moved == copy);
}

TEST_CASE("numbers that nobody knows are kept exactly, or refused")
{
    struct row {
        std::string_view number;
        bool kept;
    };
    const row rows[] = {
        {"0", true},
        {"-1.5", true},
        {"18446744073709551615", true},
        {"-9223372036854775808", true},
        {"9007199254740992.0", true},
        {"18446744073709551616", false},
        {"-9223372036854775809", false},
        {"1e17", false},
        {"1e400", false},
        {"-1e400", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.number);
        const json::value document =
            json::parse("{\"defaultAddress\":{\"geo\":[{\"n\":" + std::string(r.number) + "}]}}");
        if (r.kept) {
            CHECK(json::value_from(json::value_to<pc::OrganizationProfile>(document)) == document);
            continue;
        }
        try {
            json::value_to<pc::OrganizationProfile>(document);
            FAIL_CHECK("kept");
        } catch (const boost::system::system_error& e) {
            CHECK(e.code() == pc::errc::unexpected_json_type);
            CHECK(std::string_view(e.what()).starts_with("/defaultAddress/geo/0/n: the number cannot"));
        }
    }
}

TEST_CASE("a number that JSON cannot write is refused before it is sent")
{
    pc::OrganizationProfile profile;
    profile.extra["n"] = json::array{1, std::numeric_limits<double>::infinity()};
    try {
        json::value_from(profile);
        FAIL_CHECK("written");
    } catch (const boost::system::system_error& e) {
        CHECK(e.code() == pc::errc::invalid_argument);
        CHECK(std::string_view(e.what()).starts_with("/n/1: "));
    }
    profile.extra["n"] = 1e300;
    CHECK(json::value_from(profile).at("n") == 1e300);
}
