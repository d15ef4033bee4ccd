// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The client through tinyproxy, a proxy no part of which is ours.

#include "fixtures/proxy_fixture.hpp"
#include "fixtures/tinyproxy_server.hpp"

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using testing::by_url;
using testing::call_result;
using testing::check_refused;
using testing::proxied;
using testing::tinyproxy_server;

namespace {

/// Sets a variable of the environment for as long as it lives.
class environment_variable {
public:
    environment_variable(const char* name, const std::string& value)
        : name_(name)
    {
        if (const char* before = std::getenv(name))
            before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    environment_variable(const environment_variable&) = delete;
    environment_variable& operator=(const environment_variable&) = delete;
    ~environment_variable()
    {
        if (before_)
            ::setenv(name_, before_->c_str(), 1);
        else
            ::unsetenv(name_);
    }

private:
    const char* name_;
    std::optional<std::string> before_;
};

pc::proxy_options from_environment(const std::string& proxy, const std::string& bypass)
{
    const environment_variable url("https_proxy", proxy);
    const environment_variable list("no_proxy", bypass);
    return pc::proxy_options::from_environment();
}

} // namespace

TEST_CASE("calls through tinyproxy keep one tunnel, which shows nothing of them")
{
    const auto program = tinyproxy_server::find_or_skip();
    if (!program)
        return;
    const tinyproxy_server proxy(*program);
    const testing::emulator service;
    proxied fixture(service, by_url(proxy.url()));
    use(fixture);
    use(fixture);
    CHECK(service.connections_accepted() == 1);
    REQUIRE(proxy.connects().size() == 1);
    const std::string target = " CONNECT localhost:" + std::to_string(service.port()) + " HTTP/1.1";
    CHECK(proxy.connects().front().ends_with(target));
    CHECK(proxy.log().find(service.token()) == std::string::npos);
}

TEST_CASE("calls at the same time go through tinyproxy by a tunnel for each connection")
{
    const auto program = tinyproxy_server::find_or_skip();
    if (!program)
        return;
    const tinyproxy_server proxy(*program);
    const testing::emulator service;
    proxied fixture(service, by_url(proxy.url()));
    std::deque<call_result> results(100);
    for (int round = 0; round != 2; ++round) {
        for (call_result& result : results) {
            result = call_result();
            fixture.client.async_get(result.diag, testing::keep_in(result));
        }
        fixture.run();
        for (const call_result& result : results)
            CHECK_MESSAGE((result.completions == 1 && !result.ec), result.what());
    }
    CHECK(service.connections_accepted() == 8);
    CHECK(proxy.connects().size() == 8);
}

TEST_CASE("tinyproxy wants credentials, and gets those of the options or of the URL")
{
    const auto program = tinyproxy_server::find_or_skip();
    if (!program)
        return;
    const tinyproxy_server proxy(*program, "BasicAuth alice s3cr-et.1");
    const testing::emulator service;
    const pc::proxy_options right[] = {
        by_url(proxy.url(), "alice", "s3cr-et.1"),
        by_url(proxy.url("alice:s3cr%2Det%2e1")),
        by_url(proxy.url("alice:wrong"), "alice", "s3cr-et.1"),
    };
    for (const pc::proxy_options& options : right) {
        proxied fixture(service, options);
        use(fixture);
    }
    CHECK(service.connections_accepted() == 3);
    CHECK(proxy.connects().size() == 3);

    const call_result missing = proxied(service, by_url(proxy.url())).update();
    check_refused(missing, errc::proxy_authentication_required, "407");

    // To credentials that it does not know it says 401.
    const pc::proxy_options wrong[] = {
        by_url(proxy.url(), "alice", "wrong"),
        by_url(proxy.url(), "bob", "s3cr-et.1"),
        by_url(proxy.url("alice:s3cr%2Det")),
    };
    for (const pc::proxy_options& options : wrong) {
        const call_result result = proxied(service, options).update();
        check_refused(result, errc::proxy_authentication_required, "401");
        CHECK(result.what().find("s3cr") == std::string::npos);
        CHECK(result.what().find("wrong") == std::string::npos);
    }
    CHECK(service.connections_accepted() == 3);
}

TEST_CASE("what tinyproxy does not let through is an error that names its status")
{
    const auto program = tinyproxy_server::find_or_skip();
    if (!program)
        return;
    const testing::emulator service;
    {
        const tinyproxy_server proxy(*program, "ConnectPort 443");
        check_refused(proxied(service, by_url(proxy.url())).update(), errc::proxy_refused, "403");
        CHECK(proxy.connects().size() == 1);
    }
    {
        const tinyproxy_server proxy(*program, "", "^localhost$\n");
        check_refused(proxied(service, by_url(proxy.url())).update(), errc::proxy_refused, "403");
    }
    CHECK(service.connections_accepted() == 0);
    {
        const tinyproxy_server proxy(*program, "ConnectPort " + std::to_string(service.port()));
        proxied fixture(service, by_url(proxy.url()));
        use(fixture);
        CHECK(service.connections_accepted() == 1);
    }
}

TEST_CASE("a service that tinyproxy cannot reach is the proxy's refusal, a proxy that is gone no connection")
{
    const auto program = tinyproxy_server::find_or_skip();
    if (!program)
        return;
    testing::emulator service;
    tinyproxy_server proxy(*program);
    proxied fixture(service, by_url(proxy.url()));
    use(fixture);

    proxy.restart();
    use(fixture);
    CHECK(service.connections_accepted() == 2);

    proxy.stop();
    const call_result gone = fixture.update();
    CHECK_MESSAGE(gone.ec == asio::error::connection_refused, gone.what());
    CHECK(gone.diag.phase == pc::phase::connect);

    proxy.restart();
    service.stop();
    check_refused(fixture.update(), errc::proxy_unavailable, "50");
}

TEST_CASE("a tinyproxy that is full makes a new tunnel wait, as long as connecting may take")
{
    const auto program = tinyproxy_server::find_or_skip();
    if (!program)
        return;
    const tinyproxy_server proxy(*program, "MaxClients 1");
    const testing::emulator service;
    auto first = std::make_unique<proxied>(service, by_url(proxy.url()));
    use(*first);

    pc::transport_options impatient = testing::trusting(service.ca_pem());
    impatient.connect_timeout = 300ms;
    proxied second(service, std::move(impatient), by_url(proxy.url()));
    const call_result late = second.update();
    CHECK_MESSAGE(late.ec == errc::connect_timeout, late.what());
    CHECK(late.diag.phase == pc::phase::proxy);
    CHECK(late.diag.attempts == 0);
    CHECK_FALSE(late.diag.may_have_been_applied);
    use(*first);
    CHECK(service.connections_accepted() == 1);

    first.reset();
    proxied third(service, by_url(proxy.url()));
    use(third);
}

TEST_CASE("the environment names the proxy and what does not go through it")
{
    const auto program = tinyproxy_server::find_or_skip();
    if (!program)
        return;
    const tinyproxy_server proxy(*program, "BasicAuth alice secret");
    // Before the emulator's thread is there: the environment is nobody else's.
    const auto through = from_environment(proxy.url("alice:secret"), ".example.com,10.0.0.0/8");
    const auto around = from_environment(proxy.url("alice:secret"), "example.com, localhost");
    const testing::emulator service;
    {
        proxied fixture(service, around);
        use(fixture);
        CHECK(service.connections_accepted() == 1);
        CHECK(proxy.connects().empty());
    }
    proxied fixture(service, through);
    use(fixture);
    CHECK(service.connections_accepted() == 2);
    CHECK(proxy.connects().size() == 1);
}
