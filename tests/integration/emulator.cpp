// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "fixtures/tls_raw_client.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace json = boost::json;
namespace testing = partner_center::testing;
using testing::tls_raw_client;

namespace {

// The request example and the response example of the page "Update an organization profile".
constexpr std::string_view request_example =
    R"(PUT https://api.partnercenter.microsoft.com/v1/profiles/organization HTTP/1.1
Authorization: Bearer <token>
Accept: application/json
MS-RequestId: fe76387b-9658-47d7-939d-0c70032ef589
MS-CorrelationId: cb9f3209-d020-4bf9-871c-e1f1c75348f8
Content-Length: 624
Expect: 100-continue

{
    "id":<id>,
    "companyName":"TEST_TEST_BugBash1",
    "defaultAddress":{
        "country":"US",
        "city":"Redmond",
        "state":"WA",
        "addressLine1":"Two Microsoft Way",
        "addressLine2":"",
        "postalCode":"98052",
        "firstName":"Test",
        "lastName":"Account",
        "phoneNumber":""
    },
    "tenantId":<tenantID>,
    "domain":"testtestbugbash1.onmicrosoft.com",
    "email":"test-partner@microsoft.com",
    "language":"es",
    "culture":"es-US",
    "links":{
        "self":{
            "uri":"/profiles/organization",
            "method":"GET",
            "headers":[]
        }
    },
    "attributes":{
        "etag":<etag>,
        "objectType":"OrganizationProfile"
    }
})";

constexpr std::string_view response_example = R"(HTTP/1.1 200 OK
Content-Length: 648
Content-Type: application/json; charset=utf-8
MS-CorrelationId: cb9f3209-d020-4bf9-871c-e1f1c75348f8
MS-RequestId: fe76387b-9658-47d7-939d-0c70032ef589
Date: Mon, 21 Mar 2016 05:48:41 GMT

{
    "id":<id>,
    "companyName":"TEST_TEST_BugBash1",
    "defaultAddress":{
        "country":"US",
        "city":"Redmond",
        "state":"WA",
        "addressLine1":"Two Microsoft Way",
        "addressLine2":"",
        "postalCode":"98052",
        "firstName":"Test",
        "lastName":"Account",
        "phoneNumber":""
    },
    "tenantId":<tenantID>,
    "domain":"testtestbugbash1.onmicrosoft.com",
    "email":"test-partner@microsoft.com",
    "language":"es",
    "culture":"es-US",
    "profileType":"OrganizationProfile",
    "links":{
        "self":{
            "uri":"/profiles/organization",
            "method":"GET",
            "headers":[]
        }
    },
    "attributes":{
        "etag":<etag>,
        "objectType":"OrganizationProfile"
    }
})";

void replace(std::string& text, std::string_view from, const std::string& to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// The text as HTTP: lines of the head end in CRLF, and the placeholders are filled.
std::pair<std::string, std::string> fill(std::string_view example, const testing::emulator& partner_center,
                                         const std::string& etag)
{
    const auto end = example.find("\n\n");
    std::string head(example.substr(0, end + 2));
    std::string body(example.substr(end + 2));
    replace(body, "<id>", "\"11111111-1111-1111-1111-111111111111\"");
    replace(body, "<tenantID>", "\"22222222-2222-2222-2222-222222222222\"");
    replace(body, "<etag>", "\"" + etag + "\"");
    replace(head, "<token>", partner_center.token());
    replace(head, "Content-Length: 624", "Content-Length: " + std::to_string(body.size()));
    replace(head, "\n", "\r\n");
    return {head, body};
}

std::string get_request(const testing::emulator& partner_center, const std::string& more = {})
{
    return "GET /v1/profiles/organization HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           partner_center.token() + "\r\n" + more + "\r\n";
}

std::string put_request(const testing::emulator& partner_center, const std::string& body,
                        const std::string& more = {})
{
    return "PUT /v1/profiles/organization HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           partner_center.token() +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           more + "\r\n" + body;
}

} // namespace

TEST_CASE("the emulator answers the page's request example with the page's response example")
{
    testing::emulator partner_center;
    const auto [head, body] = fill(request_example, partner_center, partner_center.etag());
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());

    client.send(head);
    CHECK(client.read_response().head == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send(body);
    const testing::raw_response answer = client.read_response();

    const auto [expected_head, expected_body] = fill(response_example, partner_center, partner_center.etag());
    std::string masked_head = answer.head;
    const auto mask = [](std::string& text, std::string_view name) {
        const auto begin = text.find(name) + name.size();
        text.replace(begin, text.find("\r\n", begin) - begin, "*");
    };
    std::string masked_expectation = expected_head;
    for (const std::string_view name : {"\r\nContent-Length: ", "\r\nDate: "}) {
        mask(masked_head, name);
        mask(masked_expectation, name);
    }
    CHECK(masked_head == masked_expectation);
    // As text, so that the order of the members counts as well.
    CHECK(answer.body == json::serialize(json::parse(expected_body)));

    const auto requests = partner_center.requests();
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].raw_head == head);
    CHECK(requests[0].body == body);
    CHECK(requests[0].applied);
    CHECK(requests[0].waited_for_continue);
}

TEST_CASE("a profile is read, changed and written back, and a stale one refused")
{
    testing::emulator partner_center;
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.alpn() == "http/1.1");

    const auto before = client.exchange(get_request(partner_center));
    REQUIRE(before.status == 200);
    json::object document = json::parse(before.body).as_object();
    document["defaultAddress"].as_object()["phoneNumber"] = "4255550101";
    document["unknown"] = json::parse(R"({"kept":[null,"",1.5]})");

    const auto after = client.exchange(put_request(partner_center, json::serialize(document)));
    REQUIRE(after.status == 200);
    CHECK(partner_center.profile().default_address->phone_number == "4255550101");
    CHECK(json::serialize(partner_center.document().at("unknown")) ==
          json::serialize(document.at("unknown")));
    CHECK(json::serialize(partner_center.document()) == after.body);

    const auto stale = client.exchange(put_request(partner_center, json::serialize(document)));
    CHECK(stale.status == 400);
    CHECK(json::parse(stale.body).at("code").as_int64() == 2055);

    const auto mismatch = client.exchange(put_request(partner_center, "{}", "If-Match: \"1\"\r\n"));
    CHECK(mismatch.status == 412);
    const auto match =
        client.exchange(put_request(partner_center, "{}", "If-Match: \"" + partner_center.etag() + "\"\r\n"));
    CHECK(match.status == 200);
    CHECK(partner_center.connections_accepted() == 1);
}

TEST_CASE("a repeated MS-RequestId is applied once, over two connections")
{
    testing::emulator partner_center;
    const std::string request = put_request(partner_center, R"({"companyName":"a"})",
                                            "MS-RequestId: 33333333-3333-3333-3333-333333333333\r\n");
    tls_raw_client first(partner_center.port(), partner_center.ca_pem());
    tls_raw_client second(partner_center.port(), partner_center.ca_pem());
    const auto one = first.exchange(request);
    const auto two = second.exchange(request);
    CHECK(one.status == 200);
    CHECK(two.status == 200);
    CHECK(one.body == two.body);
    CHECK(two.header("MS-RequestId") == "33333333-3333-3333-3333-333333333333");
    const auto requests = partner_center.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].applied);
    CHECK_FALSE(requests[1].applied);
    CHECK(requests[0].connection == 1);
    CHECK(requests[1].connection == 2);
}

TEST_CASE("the log shows requests as they came, and forgets when told")
{
    testing::emulator partner_center;
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(get_request(partner_center, "x-lower: a  b\r\n")).status == 200);
    auto requests = partner_center.requests();
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].method == "GET");
    CHECK(requests[0].target == "/v1/profiles/organization");
    CHECK(requests[0].headers.back() == std::pair<std::string, std::string>("x-lower", "a  b"));
    CHECK(requests[0].header("X-Lower") == "a  b");
    CHECK(requests[0].status == 200);
    CHECK_FALSE(requests[0].waited_for_continue);
    partner_center.clear_requests();
    CHECK(partner_center.requests().empty());
}

TEST_CASE("no profile that is set brings an old etag back")
{
    testing::emulator partner_center;
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    const partner_center::OrganizationProfile old = partner_center.profile();
    const std::string etag = partner_center.etag();
    REQUIRE(old.attributes->etag == etag);
    REQUIRE(client.exchange(put_request(partner_center, "{}")).status == 200);
    SUBCASE("by set_profile")
    {
        partner_center.set_profile(old);
    }
    SUBCASE("by edit")
    {
        partner_center.edit([&](partner_center::OrganizationProfile& profile) { profile = old; });
    }
    CHECK(partner_center.etag() != etag);
    CHECK(partner_center.profile().company_name == old.company_name);
    CHECK(client.exchange(put_request(partner_center, "{}", "If-Match: \"" + etag + "\"\r\n")).status == 412);
}

TEST_CASE("profile, document and token can be set while it runs")
{
    testing::emulator partner_center;
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    partner_center::OrganizationProfile profile = partner_center.profile();
    const std::string etag = partner_center.etag();
    profile.company_name = "Contoso";
    partner_center.set_profile(profile);
    CHECK(partner_center.etag() != etag);
    CHECK(client.exchange(get_request(partner_center)).body.find("Contoso") != std::string::npos);

    partner_center.set_document({{"attributes", {{"etag", "\"quoted\""}}}});
    CHECK(partner_center.etag() == "\"quoted\"");
    CHECK_FALSE(partner_center.profile().company_name.has_value());

    const std::string old_request = get_request(partner_center);
    partner_center.set_token("another-token");
    const auto refused = client.exchange(old_request);
    CHECK(refused.status == 401);
    CHECK(refused.header("Content-Length") == "0");
    CHECK(refused.header("WWW-Authenticate") ==
          "OAuth realm=urn:cpsvc:cpid:" + std::string(*refused.header("MS-CorrelationId")));
    CHECK(client.exchange(get_request(partner_center)).status == 200);
    CHECK_THROWS_AS(partner_center.set_token("a\r\nb"), std::invalid_argument);
}
