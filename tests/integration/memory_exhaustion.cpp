// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whichever allocation of a call fails, the call ends once and says so, nothing leaks, and the next call on
// the same transport succeeds. The same of a modify and of what is about tokens: memory_exhaustion_modify.cpp,
// memory_exhaustion_tokens.cpp.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tunnel_proxy.hpp"
#include "memory/scenes.hpp"
#include "memory/sweep.hpp"

#include <partner_center/condition.hpp>
#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using testing::allocator_of;
using testing::fail;
using testing::failure;
using testing::failure_rule;
using testing::open_connection;
using testing::outcome;
using testing::play;
using testing::scene;
using testing::sweep;

namespace {

// Has the service close the connection that is kept: it does so when its peer seems to have gone.
void end_kept_connection(const play& now)
{
    for (int socket = 0; socket != 1024; ++socket) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
            peer.sin_family != AF_INET || ntohs(peer.sin_port) != now.service.port())
            continue;
        REQUIRE(::shutdown(socket, SHUT_WR) == 0);
        pollfd closed{socket, POLLRDHUP, 0};
        REQUIRE(::poll(&closed, 1, 10'000) == 1);
        return;
    }
    FAIL("there is none");
}

} // namespace

TEST_CASE("any allocation may fail of a call that opens a connection")
{
    sweep(scene("read on a fresh connection", 65, [](play& now) { now.get(now.results[0]); })).run();
}

TEST_CASE("any allocation may fail of a call on a kept connection")
{
    scene kept("update on a kept connection", 27, [](play& now) { now.update(now.results[0]); });
    kept.is_change = true;
    kept.prepare = [](play& now) { open_connection(now); };
    sweep(kept).run();
}

TEST_CASE("any allocation may fail while one call waits for another's connection")
{
    scene queue("two reads on one connection", 54, [](play& now) {
        now.get(now.results[0]);
        now.get(now.results[1]);
    });
    queue.calls = 2;
    queue.requests = 2;
    queue.prepare = [](play& now) { open_connection(now); };
    queue.look = 2s;
    sweep(queue).run();
}

TEST_CASE("any allocation may fail of a call that is cancelled")
{
    scene cancelled("update that is cancelled", 18, [](play& now) {
        now.cancel_attempt = true;
        now.update(now.results[0]);
    });
    cancelled.usual_end = asio::error::operation_aborted;
    cancelled.requests = std::nullopt; // it may have come to the service before, or after
    cancelled.is_change = true;
    cancelled.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::delay(50ms)).method("PUT"));
    };
    sweep(cancelled).run();
}

TEST_CASE("any allocation may fail of a call that waits for 100 Continue in vain")
{
    scene patient("update that waits for 100 Continue", 27, [](play& now) { now.update(now.results[0]); });
    patient.options = [](pc::client_options& options) { options.continue_timeout = 10ms; };
    patient.is_change = true;
    patient.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::delay(30ms)).method("PUT"));
    };
    sweep(patient).run();
}

TEST_CASE("any allocation may fail of a call whose kept connection is no more")
{
    scene closed("update whose kept connection was closed", 54,
                 [](play& now) { now.update(now.results[0]); });
    closed.connections = 2;
    closed.is_change = true;
    closed.prepare = [](play& now) {
        open_connection(now);
        const testing::plenty not_ours;
        end_kept_connection(now);
    };
    sweep(closed).run();

    // What the service learns of the first attempt, when the connection ends under it.
    const std::pair<std::string, failure> rows[] = {
        {"nothing", failure::close()},
        {"all", failure::apply_and_close()},
    };
    for (const auto& [learnt, rule] : rows) {
        scene stale("update whose kept connection is closed, and " + learnt + " applied", 52,
                    [](play& now) { now.update(now.results[0]); });
        stale.connections = 2;
        stale.requests = 2;
        // What kept the first attempt from being sent has taken the right to another connection with it, and
        // that is the one which is closed.
        stale.other_end = pc::errc::connection_closed;
        // An answer of 100 would show that the connection is alive.
        stale.options = [](pc::client_options& options) { options.expect_continue = false; };
        stale.is_change = true;
        stale.prepare = [rule](play& now) {
            open_connection(now);
            fail(now, failure_rule(rule).method("PUT"));
        };
        sweep(stale).run();
    }
}

TEST_CASE("any allocation may fail of a call that is repeated")
{
    scene repeated("update that is repeated after a 503", 61, [](play& now) { now.update(now.results[0]); });
    repeated.options = [](pc::client_options& options) { options.retry.max_attempts = 2; };
    repeated.requests = 2;
    repeated.connections = 2; // the body that waits for 100 Continue is not sent
    repeated.is_change = true;
    repeated.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::answer(503)));
    };
    sweep(repeated).run();
}

TEST_CASE("any allocation may fail of a call that the service refuses")
{
    scene refused("update that is refused", 36, [](play& now) { now.update(now.results[0]); });
    refused.usual_end = pc::make_http_status_code(400);
    refused.prepare = [](play& now) {
        open_connection(now);
        fail(now,
             failure_rule(failure::answer(400, R"({"code":"2000","description":")" + std::string(2000, 'x') +
                                                   R"(","source":"PartnerFD","data":["a","b"]})")));
    };
    sweep(refused).run();
}

TEST_CASE("any allocation may fail of a call through a proxy")
{
    const testing::tunnel_proxy proxy;
    scene tunnelled("read through a proxy", 72, [](play& now) { now.get(now.results[0]); });
    tunnelled.network = [&](pc::transport_options& network) { network.proxy.url = proxy.url(); };
    sweep(tunnelled).run();
}

TEST_CASE("any allocation may fail of a call that a coroutine awaits")
{
    scene awaited("update that a coroutine awaits", 34, [](play& now) {
        asio::co_spawn(now.io, now.client.update(now.profile),
                       asio::bind_cancellation_slot(now.signal.slot(), outcome::awaiter{&now.results[0]}));
        now.results[0].begun = true;
    });
    awaited.is_change = true;
    awaited.prepare = [](play& now) { open_connection(now); };
    awaited.may_be_destroyed = true;
    sweep(awaited).run();
}

TEST_CASE("a few allocations in a row may fail, from any on")
{
    for (const std::size_t length : {2U, 5U, 10U}) {
        scene fresh("read on a fresh connection, " + std::to_string(length) + " in a row", 64,
                    [](play& now) { now.get(now.results[0]); });
        fresh.length = length;
        fresh.may_be_destroyed = true;
        sweep(fresh).run();
    }
}

TEST_CASE("a few allocations in a row may fail of calls that end because their transport is closed")
{
    struct closes_transport {
        play& now;
        ~closes_transport() { now.transport.close(); }
    };
    for (const std::size_t length : {1U, 2U, 5U}) {
        scene closed("two reads when the transport is closed, " + std::to_string(length) + " in a row", 33,
                     [](play& now) {
                         const closes_transport at_the_end{now};
                         now.get(now.results[0]);
                         now.get(now.results[1]);
                     });
        closed.calls = 2;
        closed.usual_end = pc::errc::transport_closed;
        closed.closes_transport = true;
        closed.options = [](pc::client_options& options) { options.timeout = 300ms; };
        closed.requests = std::nullopt;
        closed.length = length;
        closed.may_be_destroyed = true;
        closed.prepare = [](play& now) { open_connection(now); };
        sweep(closed).run();
    }
}

TEST_CASE("any two allocations near each other may fail")
{
    for (const std::size_t gap : {1U, 2U, 3U, 4U, 5U, 6U}) {
        scene fresh("update on a fresh connection, two with " + std::to_string(gap) + " between", 67,
                    [](play& now) { now.update(now.results[0]); });
        fresh.is_change = true;
        fresh.length = 2;
        fresh.gap = gap;
        sweep(fresh).run();
    }
}

TEST_CASE("any allocation of OpenSSL's may fail of a call that opens a connection")
{
    scene fresh("read on a fresh connection, OpenSSL", 75, [](play& now) { now.get(now.results[0]); });
    fresh.whose = allocator_of::openssl;
    fresh.step = 29; // there are thousands
    sweep(fresh).run();
}

TEST_CASE("no lack of memory makes OpenSSL trust a stranger")
{
    const std::string stranger = testing::certificate_authority().pem();
    scene refused("read from a stranger, OpenSSL", 129, [](play& now) { now.get(now.results[0]); });
    refused.network = [&](pc::transport_options& network) {
        network.tls = std::move(testing::trusting(stranger).tls);
    };
    refused.usual_end = pc::errc::untrusted_certificate;
    refused.requests = 0;
    refused.connections = 0;
    refused.whose = allocator_of::openssl;
    refused.step = 13;
    refused.must_fail = true;
    sweep(refused).run();
}
