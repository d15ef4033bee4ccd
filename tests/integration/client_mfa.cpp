// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The client asks whether its token was issued with multi-factor authentication, and hears the answer.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

std::string stored(const char* more)
{
    return json_reply("200 OK", "{\"id\":\"1\"}", more);
}

client_fixture asking(const tls_scripted_peer& peer, bool ask)
{
    pc::client_options options = testing::talking_to(peer.base_url());
    options.expect_continue = false;
    options.validate_mfa = ask;
    return client_fixture(testing::trusting(peer.ca_pem()), options);
}

} // namespace

TEST_CASE("a client that shall ask sends ValidateMfa with each request, and tells the answer")
{
    tls_scripted_peer peer;
    client_fixture fixture = asking(peer, true);
    peer.on_connection()
        .expect_request("GET ")
        .reply(stored("isMfaCompliant: true\r\n"))
        .expect_request("PUT ")
        .reply(stored("isMfaCompliant: false\r\n"))
        .expect_request("GET ")
        .reply(stored(""))
        .expect_request("GET ")
        .reply(stored(""));
    CHECK(fixture.get().diag.mfa_compliant == true);
    CHECK(fixture.update().diag.mfa_compliant == false);
    CHECK_FALSE(fixture.get().diag.mfa_compliant.has_value());
    CHECK_FALSE(fixture.get(pc::call_options{}.validate_mfa(false)).ec);
    const auto requests = peer.requests();
    REQUIRE(requests.size() == 4);
    for (std::size_t i = 0; i != 3; ++i)
        CHECK(requests[i].header("ValidateMfa") == "true");
    CHECK_FALSE(requests[3].header("ValidateMfa").has_value());
}

TEST_CASE("one call may ask, and a failure tells the answer, too")
{
    tls_scripted_peer peer;
    client_fixture fixture = asking(peer, false);
    peer.on_connection()
        .expect_request("GET ")
        .reply(stored(""))
        .expect_request("GET ")
        .reply(json_reply("403 Forbidden", "{\"code\":2032,\"description\":\"Access denied\"}",
                          "isMfaCompliant: false\r\n"));
    CHECK_FALSE(fixture.get().ec);
    const call_result refused = fixture.get(pc::call_options{}.validate_mfa(true));
    CHECK(refused.ec == pc::condition::forbidden);
    CHECK(refused.diag.mfa_compliant == false);
    CHECK(refused.what().find("without multi-factor authentication") != std::string::npos);
    const auto requests = peer.requests();
    REQUIRE(requests.size() == 2);
    CHECK_FALSE(requests[0].header("ValidateMfa").has_value());
    CHECK(requests[1].header("ValidateMfa") == "true");
}
