// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/emulator_document.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <string>

namespace json = boost::json;
using namespace partner_center::testing::detail;

namespace {

std::string fault_in(const std::string& text)
{
    const auto fault = find_fault(json::parse(text));
    return fault ? fault->path + ": " + fault->reason : std::string("none");
}

std::string address_of(const std::string& member)
{
    return "{\"defaultAddress\":{" + member + "}}";
}

} // namespace

TEST_CASE("a document is checked for what is documented, and nothing else")
{
    const std::string a50(50, 'a');
    const std::string a51(51, 'a');
    const std::string a200(200, 'a');
    const std::string a201(201, 'a');
    std::string wide50;
    for (int i = 0; i != 50; ++i)
        wide50 += "\xC3\xA9";
    struct row {
        std::string text;
        std::string fault;
    };
    const row rows[] = {
        {"{}", "none"},
        {"[]", ": expected object, got array"},
        {"7", ": expected object, got number"},
        {"{\"id\":null,\"x\":{\"y\":[1]}}", "none"},
        {"{\"id\":7}", "/id: expected string, got number"},
        {"{\"culture\":false}", "/culture: expected string, got bool"},
        {"{\"companyName\":[]}", "/companyName: expected string, got array"},
        {"{\"defaultAddress\":null}", "none"},
        {"{\"defaultAddress\":\"\"}", "/defaultAddress: expected object, got string"},
        {address_of("\"country\":\"US\""), "none"},
        {address_of("\"country\":\"us\""), "none"},
        {address_of("\"country\":null"), "none"},
        {address_of("\"country\":\"\""),
         "/defaultAddress/country: expected an ISO country code of 2 letters"},
        {address_of("\"country\":\"USA\""),
         "/defaultAddress/country: expected an ISO country code of 2 letters"},
        {address_of("\"country\":7"), "/defaultAddress/country: expected string, got number"},
        {address_of("\"country\":\"U~\""),
         "/defaultAddress/country: expected an ISO country code of 2 letters"},
        {address_of("\"country\":\"[U\""),
         "/defaultAddress/country: expected an ISO country code of 2 letters"},
        {address_of("\"country\":\"U1\""),
         "/defaultAddress/country: expected an ISO country code of 2 letters"},
        {address_of("\"state\":\"\""), "none"},
        {address_of("\"state\":null"), "none"},
        {address_of("\"state\":\"WAS\""), "/defaultAddress/state: expected 0 to 2 characters, got 3"},
        {address_of("\"addressLine1\":\"\""),
         "/defaultAddress/addressLine1: expected 1 to 200 characters, got 0"},
        {address_of("\"addressLine1\":\"" + a200 + "\""), "none"},
        {address_of("\"addressLine1\":\"" + a201 + "\""),
         "/defaultAddress/addressLine1: expected 1 to 200 characters, got 201"},
        {address_of("\"addressLine2\":\"\""), "none"},
        {address_of("\"addressLine2\":\"" + a201 + "\""),
         "/defaultAddress/addressLine2: expected 0 to 200 characters, got 201"},
        {address_of("\"firstName\":\"\""), "/defaultAddress/firstName: expected 1 to 50 characters, got 0"},
        {address_of("\"middleName\":\"" + a51 + "\""),
         "/defaultAddress/middleName: expected 1 to 50 characters, got 51"},
        {address_of("\"lastName\":\"" + a50 + "\""), "none"},
        {address_of("\"lastName\":\"" + wide50 + "\""), "none"},
        {address_of("\"phoneNumber\":\"\""), "none"},
        {address_of("\"postalCode\":98052"), "/defaultAddress/postalCode: expected string, got number"},
        {"{\"links\":[]}", "/links: expected object, got array"},
        {"{\"links\":{\"self\":{\"method\":\"GET\"}}}", "none"},
        {"{\"links\":{\"next\":{\"uri\":1}}}", "/links/next/uri: expected string, got number"},
        {"{\"links\":{\"previous\":\"\"}}", "/links/previous: expected object, got string"},
        {"{\"links\":{\"self\":{\"headers\":{}}}}", "/links/self/headers: expected array, got object"},
        {"{\"links\":{\"self\":{\"headers\":[{\"key\":\"a\",\"value\":\"b\"},{\"key\":1}]}}}",
         "/links/self/headers/1/key: expected string, got number"},
        {"{\"links\":{\"self\":{\"headers\":[{\"key\":\"a\",\"value\":1}]}}}",
         "/links/self/headers/0/value: expected string, got number"},
        {"{\"links\":{\"self\":{\"headers\":[\"a: b\"]}}}",
         "/links/self/headers/0: expected object, got string"},
        {"{\"links\":{\"self\":{\"method\":1}}}", "/links/self/method: expected string, got number"},
        {"{\"attributes\":7}", "/attributes: expected object, got number"},
        {"{\"attributes\":{\"etag\":7}}", "/attributes/etag: expected string, got number"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        CHECK(fault_in(r.text) == r.fault);
    }
}

TEST_CASE("a document is completed with the service's own members, in the documented places")
{
    json::object document =
        json::parse(R"({"id":"1","x":null,"links":{"y":1},"attributes":{"z":2}})").as_object();
    complete_document(document, "tag");
    CHECK(json::serialize(document) ==
          R"({"id":"1","x":null,"profileType":"OrganizationProfile",)"
          R"("links":{"y":1,"self":{"uri":"/profiles/organization","method":"GET","headers":[]}},)"
          R"("attributes":{"z":2,"etag":"tag","objectType":"OrganizationProfile"}})");
    CHECK(etag_of(document) == "tag");
}

TEST_CASE("a link to itself is kept as it is")
{
    json::object document = json::parse(R"({"links":{"self":{"method":"GET"}}})").as_object();
    complete_document(document, "tag");
    CHECK(json::serialize(document.at("links")) == R"({"self":{"method":"GET"}})");
}

TEST_CASE("the documented profile has no fault")
{
    json::object document = make_documented_profile();
    complete_document(document, "tag");
    CHECK_FALSE(find_fault(document).has_value());
    CHECK(etag_of(json::object()) == "");
}
