// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The client through HAProxy, no part of which is ours: as a proxy in front of tinyproxy, as a load balancer
// that passes TLS on, and as a gateway that ends TLS.

#include "fixtures/haproxy_server.hpp"
#include "fixtures/proxy_fixture.hpp"
#include "fixtures/tinyproxy_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using testing::by_url;
using testing::call_result;
using testing::check_refused;
using testing::client_fixture;
using testing::haproxy_server;
using testing::proxied;
using testing::tinyproxy_server;

namespace {

// A tunnel through HAProxy to another proxy; it logs each request with the names of all its header fields.
std::string connect_through(unsigned short next, const std::string& rules)
{
    return "userlist people\n  user alice insecure-password 's3cr:t@p%rt'\n"
           "defaults\n  mode http\n  log global\n  option http-use-proxy-header\n"
           "  retries 0\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n"
           "frontend proxy\n  bind \"${LISTEN}\"\n"
           "  http-request set-var(txn.names) req.hdr_names\n" +
           rules +
           "  log-format \"%HM %HU %ST %[var(txn.names)]\"\n"
           "  default_backend next\n"
           "backend next\n  server next 127.0.0.1:" +
           std::to_string(next) + "\n";
}

const char* const defaults = "defaults\n  log global\n  retries 0\n  timeout connect 5s\n"
                             "  timeout client 30s\n  timeout server 30s\n";

// HAProxy in front of an emulator, to which it passes every byte.
std::string pass_on(const testing::emulator& service, const std::string& frontend, const std::string& server)
{
    return defaults + ("  mode tcp\n  log-format \"connection of %U and %B bytes\"\nfrontend load_balancer\n"
                       "  bind \"${LISTEN}\"\n" +
                       frontend + "  default_backend emulator\nbackend emulator\n  timeout queue 1s\n" +
                       "  server emulator 127.0.0.1:" + std::to_string(service.port()) + " " + server + "\n");
}

// HAProxy in front of an emulator, with which it speaks TLS on its own behalf.
std::string end_tls(unsigned short backend_port, const std::string& frontend)
{
    return defaults +
           ("  mode http\n  log-format \"%HM %HU %ST %[ssl_fc_is_resumed]\"\n"
            "frontend gateway\n  bind \"${LISTEN}\" ssl crt \"${DIRECTORY}/server.pem\"\n" +
            frontend + "  default_backend emulator\nbackend emulator\n  server emulator 127.0.0.1:" +
            std::to_string(backend_port) +
            " ssl verify required verifyhost localhost sni str(localhost)"
            " ca-file \"${DIRECTORY}/trusted.pem\"\n");
}

/// A client that takes HAProxy for the service.
class fronted : public client_fixture {
public:
    /// @param ca_pem Of whoever speaks TLS.
    fronted(const haproxy_server& front, const std::string& ca_pem, const testing::emulator& service)
        : fronted(front, testing::trusting(ca_pem), service)
    {
    }

    fronted(const haproxy_server& front, pc::transport_options network, const testing::emulator& service)
        : client_fixture(std::move(network), testing::talking_to(front.base_url()), service.token())
    {
    }
};

} // namespace

TEST_CASE("a call through two proxies, HAProxy and tinyproxy, shows HAProxy the request for a tunnel only")
{
    const auto haproxy = haproxy_server::find_or_skip();
    const auto tinyproxy = tinyproxy_server::find_or_skip();
    if (!haproxy || !tinyproxy)
        return;
    const tinyproxy_server inner(*tinyproxy);
    const haproxy_server outer(*haproxy, connect_through(inner.port(), ""));
    const testing::emulator service;
    const std::string target = "localhost:" + std::to_string(service.port());
    {
        proxied fixture(service, by_url(outer.proxy_url()));
        use(fixture);
        use(fixture);
        CHECK(service.connections_accepted() == 1);
        CHECK(inner.connects().size() == 1);
    }
    const auto lines = outer.log(1, "CONNECT ");
    REQUIRE(lines.size() == 1);
    CHECK(lines.front() == "CONNECT " + target + " 200 host");
}

TEST_CASE("HAProxy wants credentials for a tunnel, and takes the right ones only")
{
    const auto haproxy = haproxy_server::find_or_skip();
    const auto tinyproxy = tinyproxy_server::find_or_skip();
    if (!haproxy || !tinyproxy)
        return;
    const tinyproxy_server inner(*tinyproxy);
    const haproxy_server outer(
        *haproxy,
        connect_through(inner.port(), "  http-request auth realm tunnels unless { http_auth(people) }\n"));
    const testing::emulator service;
    {
        proxied fixture(service, by_url(outer.proxy_url(), "alice", "s3cr:t@p%rt"));
        use(fixture);
    }
    {
        proxied fixture(service, by_url(outer.proxy_url("alice:s3cr%3At%40p%25rt")));
        use(fixture);
    }
    const pc::proxy_options wrong[] = {
        by_url(outer.proxy_url()),
        by_url(outer.proxy_url(), "alice", "wrong"),
        by_url(outer.proxy_url("bob:s3cr%3At%40p%25rt")),
    };
    for (const pc::proxy_options& options : wrong)
        check_refused(proxied(service, options).update(), errc::proxy_authentication_required, "407");
    CHECK(service.connections_accepted() == 2);
    CHECK(inner.connects().size() == 2);
    const auto lines = outer.log(5, "CONNECT ");
    REQUIRE(lines.size() == 5);
    std::size_t with_credentials = 0;
    for (const std::string& line : lines)
        with_credentials += line.ends_with(" host,proxy-authorization");
    CHECK(with_credentials == 4);
}

TEST_CASE("HAProxy's limits are refusals that name their status")
{
    const auto haproxy = haproxy_server::find_or_skip();
    const auto tinyproxy = tinyproxy_server::find_or_skip();
    if (!haproxy || !tinyproxy)
        return;
    tinyproxy_server inner(*tinyproxy);
    const testing::emulator service;
    {
        // One tunnel in a while for each address.
        const haproxy_server outer(
            *haproxy,
            connect_through(inner.port(),
                            "  stick-table type ip size 10 expire 60s store http_req_rate(60s)\n"
                            "  http-request track-sc0 src\n"
                            "  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1 }\n"));
        proxied first(service, by_url(outer.proxy_url()));
        use(first);
        check_refused(proxied(service, by_url(outer.proxy_url())).update(), errc::proxy_unavailable, "429");
        use(first);
    }
    {
        // Tunnels to other ports only.
        const haproxy_server outer(
            *haproxy,
            connect_through(inner.port(), "  http-request deny deny_status 403 unless { url_end :443 }\n"));
        check_refused(proxied(service, by_url(outer.proxy_url())).update(), errc::proxy_refused, "403");
    }
    inner.stop();
    const haproxy_server outer(*haproxy, connect_through(inner.port(), ""));
    check_refused(proxied(service, by_url(outer.proxy_url())).update(), errc::proxy_unavailable, "503");
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a load balancer that passes TLS on may drop idle connections")
{
    const auto haproxy = haproxy_server::find_or_skip();
    if (!haproxy)
        return;
    const testing::emulator service;
    const haproxy_server front(*haproxy, pass_on(service, "  timeout client 200ms\n", ""));
    fronted fixture(front, service.ca_pem(), service);
    for (std::size_t i = 1; i != 4; ++i) {
        use(fixture);
        // The line with a connection's bytes comes at its end. One was to see whether HAProxy listens.
        CHECK(front.log(i + 1, "connection ").size() == i + 1);
    }
    CHECK(service.connections_accepted() == 4);
}

TEST_CASE("a load balancer that takes one connection leaves others without an answer, or ends them")
{
    const auto haproxy = haproxy_server::find_or_skip();
    if (!haproxy)
        return;
    const testing::emulator service;
    {
        const haproxy_server front(*haproxy, pass_on(service, "  maxconn 1\n", ""));
        auto first = std::make_unique<fronted>(front, service.ca_pem(), service);
        use(*first);
        pc::transport_options impatient = testing::trusting(service.ca_pem());
        impatient.handshake_timeout = 300ms;
        fronted second(front, std::move(impatient), service);
        const call_result late = second.update();
        CHECK_MESSAGE(late.ec == errc::handshake_timeout, late.what());
        CHECK(late.diag.phase == pc::phase::handshake);
        CHECK_FALSE(late.diag.may_have_been_applied);
        use(*first);
        first.reset();
        use(second);
    }
    const haproxy_server front(*haproxy, pass_on(service, "", "maxconn 1"));
    fronted first(front, service.ca_pem(), service);
    use(first);
    const call_result ended = fronted(front, service.ca_pem(), service).update();
    CHECK_MESSAGE(ended.ec == pc::condition::connection_failed, ended.what());
    CHECK(ended.diag.phase == pc::phase::handshake);
    CHECK_FALSE(ended.diag.may_have_been_applied);
    use(first);
}

TEST_CASE("a gateway that ends TLS is a server like another")
{
    const auto haproxy = haproxy_server::find_or_skip();
    if (!haproxy)
        return;
    const testing::emulator service;
    for (const std::string rules : {"", "  option httpclose\n", "  timeout http-keep-alive 100ms\n"}) {
        CAPTURE(rules);
        const haproxy_server front(*haproxy, end_tls(service.port(), rules), service.ca_pem());
        fronted fixture(front, front.ca_pem(), service);
        for (std::size_t i = 1; i != 4; ++i) {
            use(fixture);
            CHECK(front.log(3 * i, " 200 ").size() == 3 * i);
            std::this_thread::sleep_for(rules.empty() ? 0ms : 150ms);
        }
        const auto resumed = front.log(0, " 200 1");
        CHECK(resumed.size() == (rules.empty() ? 0 : rules.find("httpclose") != rules.npos ? 8 : 6));
    }
    // Of another authority than the gateway's certificate.
    const haproxy_server front(*haproxy, end_tls(service.port(), ""), service.ca_pem());
    CHECK(fronted(front, service.ca_pem(), service).get().ec == errc::untrusted_certificate);
}

TEST_CASE("a gateway's own answers are errors that tell where they come from")
{
    const auto haproxy = haproxy_server::find_or_skip();
    if (!haproxy)
        return;
    testing::emulator service;
    {
        const haproxy_server front(
            *haproxy,
            end_tls(service.port(),
                    "  stick-table type ip size 10 expire 60s store http_req_rate(60s)\n"
                    "  http-request track-sc0 src\n"
                    "  http-request return status 429 hdr Retry-After 7 content-type text/plain"
                    " string slowly if { sc_http_req_rate(0) gt 3 }\n"),
            service.ca_pem());
        fronted fixture(front, front.ca_pem(), service);
        use(fixture);
        const call_result throttled = fixture.update();
        CHECK_MESSAGE(throttled.ec == pc::condition::throttled, throttled.what());
        CHECK(throttled.diag.retry_after == 7s);
        CHECK(throttled.diag.body_excerpt == "slowly");
        CHECK_FALSE(throttled.diag.may_have_been_applied);
    }
    const haproxy_server front(*haproxy, end_tls(service.port(), ""), service.ca_pem());
    fronted fixture(front, front.ca_pem(), service);
    service.stop();
    const call_result unavailable = fixture.update();
    CHECK_MESSAGE(unavailable.ec == pc::condition::transient, unavailable.what());
    CHECK(unavailable.diag.http_status == 503);
    CHECK(unavailable.diag.content_type == "text/html");
}
