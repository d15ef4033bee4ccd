// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Connections that nobody uses: how long they are kept, and what becomes of those that the server closes.

#include "fixtures/client_fixture.hpp"
#include "fixtures/event_log.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::close_reason;
using pc::event_kind;
using testing::call_result;
using testing::client_fixture;
using testing::event_log;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");

std::vector<close_reason> reasons(const event_log& log)
{
    std::vector<close_reason> found;
    for (const auto& e : log.all())
        if (e.kind == event_kind::connection_closed)
            found.push_back(e.why_closed);
    return found;
}

/// A watched transport on a thread of its own, as in a service.
class watched_service {
public:
    watched_service(const tls_scripted_peer& peer, event_log& log,
                    std::chrono::milliseconds idle_timeout = std::chrono::minutes{1},
                    std::chrono::milliseconds max_age = std::chrono::minutes{1})
        : fixture_{options(peer, log, idle_timeout, max_age), testing::talking_to(peer.base_url())}
        , open_{fixture_.io.get_executor()}
        , thread_{[this] { fixture_.io.run(); }}
    {
    }
    ~watched_service()
    {
        fixture_.transport.close();
        open_.reset();
        thread_.join();
    }
    watched_service(const watched_service&) = delete;
    watched_service& operator=(const watched_service&) = delete;

    pc::error_code get()
    {
        std::promise<pc::error_code> done;
        fixture_.client.async_get(
            [&](pc::error_code ec, const pc::OrganizationProfile&) { done.set_value(ec); });
        return done.get_future().get();
    }

private:
    static pc::transport_options options(const tls_scripted_peer& peer, event_log& log,
                                         std::chrono::milliseconds idle_timeout,
                                         std::chrono::milliseconds max_age)
    {
        pc::transport_options network = log.observe(testing::trusting(peer.ca_pem()));
        network.watch_idle_connections = true;
        network.idle_timeout = idle_timeout;
        network.max_connection_age = max_age;
        return network;
    }

    client_fixture fixture_;
    asio::executor_work_guard<asio::io_context::executor_type> open_; // as a service's listener would keep it
    std::thread thread_;
};

} // namespace

TEST_CASE("a watched connection is dropped when the server closes it, without any call")
{
    tls_scripted_peer peer;
    std::promise<void> answered;
    peer.on_connection()
        .expect_request()
        .reply(stored)
        .expect_request()
        .reply(stored)
        .call([&] { answered.get_future().wait_for(std::chrono::seconds{20}); })
        .close();
    peer.on_connection().expect_request().reply(stored);
    event_log log;
    watched_service service(peer, log);
    CHECK_FALSE(service.get());
    CHECK_FALSE(service.get());
    answered.set_value();
    REQUIRE(log.wait_for(event_kind::connection_closed));
    CHECK(reasons(log) == std::vector{close_reason::closed_by_peer});
    CHECK_FALSE(service.get());
    CHECK(log.lines().back() == "attempt finished #2 200");
}

TEST_CASE("a watched connection is dropped when the server sends what nobody asked for")
{
    tls_scripted_peer peer;
    std::promise<void> answered;
    peer.on_connection()
        .expect_request()
        .reply(stored)
        .call([&] { answered.get_future().wait_for(std::chrono::seconds{20}); })
        .reply(stored);
    event_log log;
    watched_service service(peer, log);
    CHECK_FALSE(service.get());
    answered.set_value();
    REQUIRE(log.wait_for(event_kind::connection_closed));
    CHECK(reasons(log) == std::vector{close_reason::closed_by_peer});
}

TEST_CASE("a watched connection is dropped when its time is over, without any call")
{
    struct row {
        std::chrono::milliseconds idle_timeout;
        std::chrono::milliseconds max_age;
        close_reason why;
    };
    const row rows[] = {
        {std::chrono::milliseconds{50}, std::chrono::minutes{1}, close_reason::idle_timeout},
        {std::chrono::minutes{1}, std::chrono::milliseconds{50}, close_reason::max_age},
    };
    for (const row& r : rows) {
        tls_scripted_peer peer;
        peer.on_connection().expect_request().reply(stored).expect_close();
        event_log log;
        watched_service service(peer, log, r.idle_timeout, r.max_age);
        CHECK_FALSE(service.get());
        REQUIRE(log.wait_for(event_kind::connection_closed));
        CHECK(reasons(log) == std::vector{r.why});
        const auto outcome = peer.verify();
        CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    }
}

TEST_CASE("a watched transport lets its context go when it is closed")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_close();
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.watch_idle_connections = true;
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    call_result result;
    fixture.client.async_get(result.diag, testing::keep_in(result));
    while (result.completions == 0)
        fixture.io.run_one();
    CHECK_FALSE(result.ec);
    fixture.io.run_for(std::chrono::milliseconds{20});
    CHECK_FALSE(fixture.io.stopped()); // the watch is work
    fixture.transport.close();
    fixture.run();
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a context may be destroyed while connections are watched")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_close();
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.watch_idle_connections = true;
    call_result result;
    {
        client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
        fixture.client.async_get(result.diag, testing::keep_in(result));
        while (result.completions == 0)
            fixture.io.run_one();
    }
    CHECK_FALSE(result.ec);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("unwatched connections that are dead are dropped by the next call, all of them")
{
    std::optional<tls_scripted_peer> peer(std::in_place);
    for (int i = 0; i != 3; ++i)
        peer->on_connection().expect_request().reply(stored);
    event_log log;
    client_fixture fixture(log.observe(testing::trusting(peer->ca_pem())),
                           testing::talking_to(peer->base_url()));
    std::vector<call_result> results(3);
    for (call_result& result : results)
        fixture.client.async_get(result.diag, testing::keep_in(result));
    fixture.run();
    for (const call_result& result : results)
        REQUIRE_FALSE(result.ec);
    REQUIRE(peer->connections() == 3);
    peer.reset();
    CHECK(fixture.get().ec == asio::error::connection_refused);
    CHECK(reasons(log) == std::vector(3, close_reason::closed_by_peer));
}

TEST_CASE("unwatched connections whose time is over are dropped by the next call")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_close();
    peer.on_connection().expect_request().reply(stored);
    event_log log;
    pc::transport_options network = log.observe(testing::trusting(peer.ca_pem()));
    network.idle_timeout = std::chrono::milliseconds{0};
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    REQUIRE_FALSE(fixture.get().ec);
    REQUIRE_FALSE(fixture.get().ec);
    CHECK(reasons(log) == std::vector{close_reason::idle_timeout});
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a connection that is too old is not handed to a call that waits")
{
    tls_scripted_peer peer;
    for (int i = 0; i != 3; ++i)
        peer.on_connection().expect_request().reply(stored).expect_close();
    event_log log;
    pc::transport_options network = log.observe(testing::trusting(peer.ca_pem()));
    network.max_connections = 1;
    network.max_connection_age = std::chrono::milliseconds{0};
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    std::vector<call_result> results(3);
    for (call_result& result : results)
        fixture.client.async_get(result.diag, testing::keep_in(result));
    fixture.run();
    for (const call_result& result : results)
        CHECK_MESSAGE(!result.ec, result.what());
    CHECK(reasons(log) == std::vector(3, close_reason::max_age));
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a watched connection is dropped in time although a younger one was idle before it")
{
    tls_scripted_peer peer;
    const std::chrono::milliseconds apart{300};
    peer.on_connection().expect_request().pause(2 * apart).reply(stored).expect_close();
    peer.on_connection().expect_request().reply(stored).expect_close();
    event_log log;
    pc::transport_options network = log.observe(testing::trusting(peer.ca_pem()));
    network.watch_idle_connections = true;
    network.max_connection_age = 4 * apart;
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    std::vector<call_result> results(2);
    fixture.client.async_get(results[0].diag, testing::keep_in(results[0]));
    fixture.io.run_for(apart);
    fixture.client.async_get(results[1].diag, testing::keep_in(results[1]));
    fixture.run(); // until both are gone
    for (const call_result& result : results)
        CHECK_MESSAGE(!result.ec, result.what());
    const std::vector<std::string> lines = log.lines();
    REQUIRE(lines.size() == 8);
    CHECK(lines[6] == "connection closed #1: too old");
    CHECK(lines[7] == "connection closed #2: too old");
}

TEST_CASE("when no connection is idle any more, the watch over them is no work")
{
    for (const bool closed_by_server : {true, false}) {
        tls_scripted_peer peer;
        if (closed_by_server)
            peer.on_connection().expect_request().reply(stored).pause(std::chrono::milliseconds{50}).close();
        else
            peer.on_connection()
                .expect_request()
                .reply(stored)
                .expect_request()
                .reply(json_reply("200 OK", "{\"id\":\"1\"}", "Connection: close\r\n"))
                .expect_close();
        pc::transport_options network = testing::trusting(peer.ca_pem());
        network.watch_idle_connections = true;
        network.idle_timeout = std::chrono::hours{1};
        client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
        call_result first;
        call_result second;
        fixture.client.async_get(first.diag, [&](const pc::error_code& ec, const pc::OrganizationProfile&) {
            first.ec = ec;
            if (!closed_by_server)
                fixture.client.async_get(second.diag, testing::keep_in(second));
        });
        fixture.run(); // or it says that there is still something to do
        CHECK_FALSE(first.ec);
        CHECK_FALSE(second.ec);
        CHECK(second.completions == (closed_by_server ? 0 : 1));
    }
}
