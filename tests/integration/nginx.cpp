// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The client against a server no part of which is ours.

#include "fixtures/client_fixture.hpp"
#include "fixtures/nginx_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <string>
#include <vector>

namespace asio = boost::asio;
namespace json = boost::json;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;

namespace {

// The body of the response example of the page "Update an organization profile", with made-up ids.
const char* const response_example = R"({
    "id":"11111111-1111-1111-1111-111111111111",
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
    "tenantId":"22222222-2222-2222-2222-222222222222",
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
        "etag":"-8799889149591823008",
        "objectType":"OrganizationProfile"
    }
})";

asio::awaitable<void> change_phone(pc::client& client)
{
    pc::OrganizationProfile profile = co_await client.get();
    profile.default_address->phone_number = "4255550101";
    pc::OrganizationProfile stored = co_await client.update(profile);
    CHECK(stored == json::value_to<pc::OrganizationProfile>(json::parse(response_example)));
}

} // namespace

TEST_CASE("nginx is read and updated many times over one connection, with Expect and without")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    testing::nginx_server nginx(*program, response_example);
    client_fixture fixture(nginx.base_url(), nginx.ca_pem());
    for (int i = 0; i != 20; ++i) {
        CAPTURE(i);
        const call_result read = fixture.get();
        REQUIRE_MESSAGE(!read.ec, read.what());
        const call_result stored =
            fixture.update(read.profile, pc::call_options{}.expect_continue(i % 2 == 0));
        REQUIRE_MESSAGE(!stored.ec, stored.what());
        CHECK(stored.profile == read.profile);
        CHECK(stored.diag.attempts == 1);
    }
    std::exception_ptr thrown;
    asio::co_spawn(fixture.io, change_phone(fixture.client), [&](std::exception_ptr e) { thrown = e; });
    fixture.run();
    CHECK_FALSE(thrown);

    // A body of many TLS records.
    pc::OrganizationProfile large = fixture.get().profile;
    large.extra["later"] = std::string(300'000, 'x');
    const call_result stored = fixture.update(large);
    CHECK_MESSAGE(!stored.ec, stored.what());

    const std::vector<std::string> log = nginx.log(44);
    REQUIRE(log.size() == 44);
    const std::string connection = log.front().substr(0, log.front().find(' '));
    for (std::size_t i = 0; i != log.size(); ++i) {
        const bool put = i % 2 == 1;
        const bool expects = put && (i >= 40 || i % 4 == 1);
        CHECK(log[i] == connection + " " + std::to_string(i + 1) + (put ? " PUT 200 " : " GET 200 ") +
                            (expects ? "100-continue" : "-"));
    }
}

TEST_CASE("what nginx itself answers is an error with an excerpt of its page")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    testing::nginx_server nginx(*program, response_example);
    client_fixture fixture(nginx.base_url() + "/elsewhere", nginx.ca_pem());
    const call_result result = fixture.get();
    CHECK(result.ec == pc::condition::not_found);
    CHECK(result.diag.content_type == "text/html");
    CHECK(result.what().find("404 Not Found") != std::string::npos);
    CHECK(result.diag.body_excerpt.find("nginx") != std::string::npos);
}
