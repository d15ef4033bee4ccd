// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Which TLS sessions a server no part of which is ours sees resumed.

#include "fixtures/client_fixture.hpp"
#include "fixtures/nginx_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;

namespace {

const char* const document = R"({"id":"11111111-1111-1111-1111-111111111111","companyName":"TEST"})";

/// Each request comes on a connection of its own, and its line says whether its session was resumed: "r".
testing::nginx_options one_request_a_connection(const std::string& version,
                                                const std::string& directives = {})
{
    testing::nginx_options options;
    options.keepalive_requests = 1;
    options.log_fields = "$ssl_protocol $ssl_session_reused";
    options.tls_versions = version;
    options.directives = directives;
    return options;
}

void get_times(client_fixture& fixture, unsigned times)
{
    for (unsigned i = 0; i != times; ++i) {
        const call_result result = i % 2 == 0 ? fixture.get() : fixture.update();
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(result.diag.attempts == 1);
    }
}

} // namespace

TEST_CASE("TLS sessions are resumed")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    const std::pair<std::string, std::string> ways[] = {
        {"TLSv1.2", ""},
        {"TLSv1.2", "ssl_session_tickets off; ssl_session_cache shared:sessions:1m;"},
        {"TLSv1.3", ""},
        {"TLSv1.3", "ssl_session_tickets off; ssl_session_cache shared:sessions:1m;"},
    };
    for (const auto& [version, directives] : ways) {
        CAPTURE(version);
        CAPTURE(directives);
        const testing::nginx_server nginx(*program, document, one_request_a_connection(version, directives));
        client_fixture fixture(nginx.base_url(), nginx.ca_pem());
        get_times(fixture, 6);
        const std::vector<std::string> log = nginx.log(6);
        REQUIRE(log.size() == 6);
        CHECK(log[0] == version + " .");
        for (std::size_t i = 1; i != log.size(); ++i)
            CHECK(log[i] == version + " r");
    }
}

TEST_CASE("connections at the same time resume TLS sessions, too")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
        CAPTURE(version);
        const testing::nginx_server nginx(*program, document, one_request_a_connection(version));
        client_fixture fixture(nginx.base_url(), nginx.ca_pem());
        get_times(fixture, 1);
        std::deque<call_result> results(200);
        for (call_result& result : results)
            fixture.client.async_get(result.diag, testing::keep_in(result));
        fixture.run();
        for (const call_result& result : results)
            CHECK_MESSAGE((result.completions == 1 && !result.ec), result.what());
        const std::vector<std::string> log = nginx.log(201);
        CHECK(log.size() == 201);
        const auto resumed = std::count(log.begin(), log.end(), version + " r");
        MESSAGE(version << ": " << resumed << " of " << log.size() << " connections resumed a session");
        // A ticket of TLS 1.3 is for one connection, and comes after the handshake.
        CHECK(resumed >= 150);
    }
}

TEST_CASE("no TLS session is resumed where that is switched off, or by another transport")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
        CAPTURE(version);
        const testing::nginx_server nginx(*program, document, one_request_a_connection(version));
        pc::transport_options network = testing::trusting(nginx.ca_pem());
        network.resume_tls_sessions = false;
        client_fixture without(std::move(network), testing::talking_to(nginx.base_url()));
        get_times(without, 3);
        client_fixture with(nginx.base_url(), nginx.ca_pem());
        get_times(with, 1);
        client_fixture other(nginx.base_url(), nginx.ca_pem());
        get_times(other, 1);
        const std::vector<std::string> log = nginx.log(5);
        CHECK(log.size() == 5);
        CHECK(std::count(log.begin(), log.end(), version + " .") == 5);
    }
}

TEST_CASE("a TLS session that nginx does not know any more costs no call")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    for (const std::string version : {"TLSv1.2", "TLSv1.3"}) {
        CAPTURE(version);
        testing::nginx_server nginx(*program, document, one_request_a_connection(version));
        client_fixture fixture(nginx.base_url(), nginx.ca_pem());
        get_times(fixture, 2);
        REQUIRE(nginx.log(2).size() == 2); // it answers before it writes
        nginx.restart();
        get_times(fixture, 2);
        const std::vector<std::string> log = nginx.log(4);
        REQUIRE(log.size() == 4);
        CHECK(log[1] == version + " r");
        CHECK(log[2] == version + " .");
        CHECK(log[3] == version + " r");
    }
}
