// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the client does with a service that works: the emulator.

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace json = boost::json;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;

namespace {

json::object without_etag(json::object document)
{
    if (json::value* attributes = document.if_contains("attributes"))
        attributes->as_object().erase("etag");
    return document;
}

std::string_view header(const testing::recorded_request& request, std::string_view name)
{
    const auto value = request.header(name);
    REQUIRE_MESSAGE(value.has_value(), name);
    return *value;
}

bool is_v4(std::string_view guid)
{
    if (guid.size() != 36 || guid[14] != '4' ||
        std::string_view("89ab").find(guid[19]) == std::string_view::npos)
        return false;
    for (std::size_t i = 0; i != guid.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? guid[i] != '-'
                 : std::string_view("0123456789abcdef").find(guid[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

} // namespace

TEST_CASE("a profile is read, changed and written back")
{
    testing::emulator service;
    client_fixture fixture(service);

    call_result read = fixture.get();
    REQUIRE_MESSAGE(!read.ec, read.what());
    CHECK(read.profile == service.profile());

    read.profile.default_address->phone_number = "4255550101";
    const call_result stored = fixture.update(read.profile);
    REQUIRE_MESSAGE(!stored.ec, stored.what());
    CHECK(stored.profile == service.profile());
    CHECK(stored.profile.default_address->phone_number == "4255550101");
    CHECK(stored.profile.attributes->etag != read.profile.attributes->etag);
    CHECK(service.requests().at(1).applied);
}

TEST_CASE("members that nobody knows, nulls and empty strings survive a read and an update at every level")
{
    testing::emulator service;
    service.set_document(json::parse(R"({
        "id": "11111111-1111-1111-1111-111111111111",
        "companyName": "",
        "domain": null,
        "later": {"a": [1, 2.5, -3, true, null, {"b": "\ud83d\ude00"}]},
        "nothing": null,
        "defaultAddress": {"country": "US", "state": null, "addressLine2": "", "later": [[]], "none": null},
        "links": {
            "self": {"method": "GET", "headers": [{"key": "k", "value": "", "later": 1}, {}],
                     "body": {"x": 0}},
            "next": null,
            "later": {"uri": "/x"}
        },
        "profileType": "OrganizationProfile",
        "attributes": {"objectType": "OrganizationProfile", "later": 18446744073709551615, "none": null}
    })")
                             .as_object());
    const json::object before = service.document();
    client_fixture fixture(service);

    const call_result read = fixture.get();
    REQUIRE_MESSAGE(!read.ec, read.what());
    const call_result stored = fixture.update(read.profile);
    REQUIRE_MESSAGE(!stored.ec, stored.what());

    CHECK(service.requests().back().applied);
    CHECK(json::parse(service.requests().back().body) == before);
    CHECK(without_etag(service.document()) == without_etag(before));
    CHECK(service.etag() != before.at("attributes").at("etag").as_string());
}

TEST_CASE("the ids given for a call are in the request, the diagnostics and the sentence")
{
    testing::emulator service;
    client_fixture fixture(service);
    const std::string request_id = "fe76387b-9658-47d7-939d-0c70032ef589";
    const std::string correlation_id = "CB9F3209-d020-4bf9-871c-e1f1c75348f8";

    const call_result read =
        fixture.get(pc::call_options{}.request_id(request_id).correlation_id(correlation_id));
    REQUIRE_MESSAGE(!read.ec, read.what());
    const testing::recorded_request request = service.requests().at(0);
    CHECK(header(request, "MS-RequestId") == request_id);
    CHECK(header(request, "MS-CorrelationId") == correlation_id);
    CHECK(read.diag.request_id == request_id);
    CHECK(read.diag.correlation_id == correlation_id);
    CHECK(read.what().find(request_id) != std::string::npos);
    CHECK(read.what().find(correlation_id) != std::string::npos);
    CHECK(read.diag.method == "GET");
    CHECK(read.diag.url == service.base_url() + "/v1/profiles/organization");
    CHECK(read.diag.phase == pc::phase::done);
    CHECK(read.diag.attempts == 1);
    CHECK(read.diag.http_status == 200);
    CHECK_FALSE(read.diag.may_have_been_applied);
}

TEST_CASE("each call has new random ids")
{
    testing::emulator service;
    client_fixture fixture(service);
    for (int i = 0; i != 3; ++i)
        REQUIRE_FALSE(fixture.get().ec);
    std::set<std::string> ids;
    for (const auto& request : service.requests())
        for (const char* name : {"MS-RequestId", "MS-CorrelationId"}) {
            CHECK_MESSAGE(is_v4(header(request, name)), header(request, name));
            ids.emplace(header(request, name));
        }
    CHECK(ids.size() == 6);
}

TEST_CASE("calls share one connection, and an idle one keeps nothing running")
{
    testing::emulator service;
    client_fixture fixture(service);
    for (int i = 0; i != 3; ++i)
        REQUIRE_FALSE(fixture.get().ec); // returns because io_context::run does
    REQUIRE_FALSE(fixture.update(fixture.get().profile).ec);
    for (const auto& request : service.requests())
        CHECK(request.connection == 1);
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("an update has the method, target, headers and body of the documented request")
{
    testing::emulator service;
    client_fixture fixture(service);
    call_result read = fixture.get();
    read.profile.profile_type.reset(); // the documented request has none
    REQUIRE_FALSE(fixture.update(read.profile).ec);

    const testing::recorded_request request = service.requests().back();
    CHECK(request.raw_head.starts_with("PUT /v1/profiles/organization HTTP/1.1\r\n"));
    std::vector<std::string> names;
    for (const auto& [name, value] : request.headers)
        names.push_back(name);
    std::sort(names.begin(), names.end());
    const std::vector<std::string> documented{"Accept", "Authorization",    "Content-Length",
                                              "Expect", "MS-CorrelationId", "MS-RequestId"};
    std::vector<std::string> ours;
    std::set_difference(names.begin(), names.end(), documented.begin(), documented.end(),
                        std::back_inserter(ours));
    CHECK(std::includes(names.begin(), names.end(), documented.begin(), documented.end()));
    CHECK(ours == std::vector<std::string>{"Content-Type", "Host", "MS-Contract-Version"});
    CHECK(header(request, "Authorization") == "Bearer " + service.token());
    CHECK(header(request, "Accept") == "application/json");
    CHECK(header(request, "Content-Type") == "application/json");
    CHECK(header(request, "MS-Contract-Version") == "v1");
    CHECK(header(request, "Host") == service.base_url().substr(8));
    CHECK(header(request, "Expect") == "100-continue");
    CHECK(header(request, "Content-Length") == std::to_string(request.body.size()));
    CHECK(request.waited_for_continue);

    const json::value documented_body = json::parse(R"({
        "id":"", "companyName":"", "defaultAddress":{"country":"", "city":"", "state":"", "addressLine1":"",
        "addressLine2":"", "postalCode":"", "firstName":"", "lastName":"", "phoneNumber":""}, "tenantId":"",
        "domain":"", "email":"", "language":"", "culture":"", "links":{"self":{"uri":"", "method":"",
        "headers":[]}}, "attributes":{"etag":"", "objectType":""}})");
    const auto members = [](const json::value& object) {
        std::vector<std::string> result;
        for (const auto& member : object.as_object())
            result.emplace_back(member.key());
        return result;
    };
    const json::value body = json::parse(request.body);
    CHECK(members(body) == members(documented_body));
    CHECK(members(body.at("defaultAddress")) == members(documented_body.at("defaultAddress")));
    CHECK(members(body.at("links").at("self")) == members(documented_body.at("links").at("self")));
    CHECK(members(body.at("attributes")) == members(documented_body.at("attributes")));
    CHECK(body.at("companyName") == "TEST_TEST_BugBash1");
}

TEST_CASE("a read sends neither a body nor what belongs to one")
{
    testing::emulator service;
    client_fixture fixture(service);
    REQUIRE_FALSE(fixture.get().ec);
    const testing::recorded_request request = service.requests().at(0);
    CHECK(request.raw_head.starts_with("GET /v1/profiles/organization HTTP/1.1\r\n"));
    for (const char* name : {"Content-Type", "Content-Length", "Expect", "If-Match", "X-Locale"})
        CHECK_MESSAGE(!request.header(name), name);
}

TEST_CASE("what the options of a client and of a call say is sent")
{
    testing::emulator service;
    pc::client_options options = testing::talking_to(service.base_url());
    options.application_name = "Profile Keeper 1.0";
    options.locale = "de-DE";
    client_fixture fixture(testing::trusting(service.ca_pem()), options, service.token());

    const call_result read = fixture.get();
    REQUIRE_FALSE(read.ec);
    const std::string etag = *read.profile.attributes->etag;
    REQUIRE_FALSE(fixture.update(read.profile, pc::call_options{}.if_match(etag).locale("fr-FR")).ec);
    const auto requests = service.requests();
    CHECK(header(requests.at(0), "MS-PartnerCenter-Application") == "Profile Keeper 1.0");
    CHECK(header(requests.at(0), "X-Locale") == "de-DE");
    CHECK(header(requests.at(1), "X-Locale") == "fr-FR");
    CHECK(header(requests.at(1), "If-Match").find(etag) != std::string_view::npos);
    CHECK(header(requests.at(1), "If-Match").starts_with('"'));

    // The etag is not the present one any more.
    const call_result late = fixture.update(read.profile, pc::call_options{}.if_match(etag));
    CHECK(late.ec == pc::make_http_status_code(412));
    CHECK(late.ec == pc::condition::conflict);
    CHECK_FALSE(late.diag.may_have_been_applied);
    CHECK(fixture.update(read.profile).ec == pc::errc::stale_etag);
}

TEST_CASE("without Expect an update works too, on one connection")
{
    testing::emulator service;
    pc::client_options options = testing::talking_to(service.base_url());
    options.expect_continue = false;
    client_fixture fixture(testing::trusting(service.ca_pem()), options, service.token());

    const call_result read = fixture.get();
    const call_result stored = fixture.update(read.profile);
    REQUIRE_MESSAGE(!stored.ec, stored.what());
    const call_result again = fixture.update(stored.profile, pc::call_options{}.expect_continue(true));
    REQUIRE_MESSAGE(!again.ec, again.what());
    const auto requests = service.requests();
    CHECK_FALSE(requests.at(1).header("Expect").has_value());
    CHECK_FALSE(requests.at(1).waited_for_continue);
    CHECK(requests.at(2).waited_for_continue);
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a call with the MS-RequestId of an earlier one is not applied again")
{
    testing::emulator service;
    client_fixture fixture(service);
    const call_result read = fixture.get();
    const std::string id = "fe76387b-9658-47d7-939d-0c70032ef589";
    const call_result first = fixture.update(read.profile, pc::call_options{}.request_id(id));
    const call_result second = fixture.update(read.profile, pc::call_options{}.request_id(id));
    CHECK_FALSE(first.ec);
    CHECK_FALSE(second.ec);
    CHECK(first.profile == second.profile);
    CHECK(service.requests().at(1).applied);
    CHECK_FALSE(service.requests().at(2).applied);
}

TEST_CASE("clients with different tokens share connections and never a token")
{
    testing::emulator service;
    client_fixture right(service);
    const pc::client wrong(right.transport, pc::credential::bearer("another-token"),
                           testing::talking_to(service.base_url()));
    for (int i = 0; i != 3; ++i) {
        CHECK_FALSE(right.get().ec);
        call_result result;
        wrong.async_get(result.diag, testing::keep_in(result));
        right.run();
        CHECK(result.ec == pc::make_http_status_code(401));
        CHECK(result.ec == pc::condition::unauthorized);
        CHECK_FALSE(result.diag.www_authenticate.empty());
    }
    const auto requests = service.requests();
    REQUIRE(requests.size() == 6);
    for (std::size_t i = 0; i != 6; ++i)
        CHECK(header(requests[i], "Authorization") ==
              "Bearer " + (i % 2 == 0 ? service.token() : "another-token"));
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a base URL may have a path, which goes before that of the resource")
{
    testing::emulator service;
    client_fixture fixture(testing::trusting(service.ca_pem()),
                           testing::talking_to(service.base_url() + "/gateway/"), service.token());
    const call_result result = fixture.get();
    CHECK(result.ec == pc::condition::not_found);
    CHECK(result.diag.url == service.base_url() + "/gateway/v1/profiles/organization");
    CHECK(service.requests().at(0).target == "/gateway/v1/profiles/organization");
}
