// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "without_network.hpp"

#include <partner_center/detail/lease.hpp>
#include <partner_center/detail/origin_pool.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
using namespace std::chrono_literals;
using pc::errc;
using pc::transport_options;
using pc::detail::call_memory;
using pc::detail::lease;
using pc::detail::origin_pool;
using pc::detail::ref;
using pc::detail::steady_clock;
using pc::detail::tls_ticket;
using pc::detail::turn_memory;
using pc::testing::quiet_call;

namespace {

struct pool_fixture {
    transport_options options;
    asio::io_context io;
    ref<origin_pool> pool;

    origin_pool& make()
    {
        pool = ref<origin_pool>(new origin_pool(io.get_executor(), pc::detail::base_url(), nullptr, options));
        return *pool;
    }
    std::shared_ptr<quiet_call> call() { return std::make_shared<quiet_call>(io); }
};

tls_ticket ticket(std::chrono::minutes age)
{
    tls_ticket made;
    made.session.reset(SSL_SESSION_new());
    made.verified = steady_clock::now() - age;
    return made;
}

} // namespace

TEST_CASE_FIXTURE(pool_fixture, "a session is resumed once, within an hour of the look at the certificate")
{
    origin_pool& origin = make();
    CHECK_FALSE(origin.take_ticket().session);
    for (const auto age : {0min, 59min})
        origin.keep_ticket(ticket(age));
    CHECK(steady_clock::now() - origin.take_ticket().verified >= 59min); // the newest one
    CHECK(origin.take_ticket().session);
    CHECK_FALSE(origin.take_ticket().session);

    origin.keep_ticket(ticket(5min));
    origin.keep_ticket(ticket(61min));
    CHECK(steady_clock::now() - origin.take_ticket().verified < 6min);
    CHECK_FALSE(origin.take_ticket().session);
    origin.keep_ticket(tls_ticket());
    CHECK_FALSE(origin.take_ticket().session);
}

TEST_CASE_FIXTURE(pool_fixture,
                  "as many sessions are kept as there may be connections, and none after the end")
{
    options.max_connections = 2;
    origin_pool& origin = make();
    for (const auto age : {10min, 20min, 30min})
        origin.keep_ticket(ticket(age));
    CHECK(steady_clock::now() - origin.take_ticket().verified >= 30min);
    CHECK(steady_clock::now() - origin.take_ticket().verified < 21min);
    CHECK_FALSE(origin.take_ticket().session);
    origin.keep_ticket(ticket(0min));
    origin.close();
    CHECK_FALSE(origin.take_ticket().session);
    origin.keep_ticket(ticket(0min));
    CHECK_FALSE(origin.take_ticket().session);

    options.resume_tls_sessions = false;
    make().keep_ticket(ticket(0min));
    CHECK_FALSE(pool->take_ticket().session);
}

TEST_CASE_FIXTURE(pool_fixture,
                  "what a call leaves is used by the next one, within the number of connections")
{
    options.max_connections = 2;
    origin_pool& origin = make();
    CHECK(origin.take_memory().strand);
    CHECK_FALSE(origin.take_memory().turn);
    for (int i = 0; i != 3; ++i)
        origin.keep_memory(
            {pc::detail::make_call_strand(io.get_executor()), std::make_unique<turn_memory>()});
    for (const bool left : {true, true, false}) {
        const call_memory taken = origin.take_memory();
        CHECK(taken.strand);
        CHECK((taken.turn != nullptr) == left);
    }
    origin.close();
    origin.keep_memory({pc::detail::make_call_strand(io.get_executor()), std::make_unique<turn_memory>()});
    CHECK_FALSE(origin.take_memory().turn);
}

TEST_CASE_FIXTURE(pool_fixture,
                  "the live calls of an owner are stopped with it, and all of them with the pool")
{
    origin_pool& origin = make();
    const int owners[] = {1, 2};
    std::shared_ptr<quiet_call> calls[40];
    for (std::size_t i = 0; i != std::size(calls); ++i) {
        calls[i] = call();
        REQUIRE(origin.enter(*calls[i], &owners[i % 2]));
    }
    origin.leave(*calls[0]);
    origin.leave(*calls[0]); // a second time changes nothing
    origin.leave(*calls[39]);
    origin.stop_calls_of(&owners[0]);
    io.run();
    for (std::size_t i = 0; i != std::size(calls); ++i)
        CHECK((calls[i]->stopped() == asio::error::operation_aborted) == (i % 2 == 0 && i != 0));
    origin.close();
    io.restart();
    io.run();
    for (std::size_t i = 0; i != std::size(calls); ++i)
        CHECK((calls[i]->stopped() == errc::transport_closed) == (i % 2 == 1 && i != 39));
    const auto late = call();
    CHECK_FALSE(origin.enter(*late, &owners[0]));
    for (const auto& each : calls)
        origin.leave(*each);
}

TEST_CASE_FIXTURE(pool_fixture,
                  "calls wait for a connection in the order in which they asked, and no more than may")
{
    options.max_connections = 2;
    options.max_waiters = 2;
    make();
    const auto waiting = call();
    const auto next = call();
    lease first(pool);
    lease second(pool);
    lease third(pool);
    lease fourth(pool);
    lease fifth(pool);
    for (lease* granted : {&first, &second}) {
        CHECK_FALSE(granted->request(*waiting));
        CHECK(granted->granted());
    }
    CHECK_FALSE(third.request(*waiting));
    CHECK_FALSE(fourth.request(*next));
    CHECK(fifth.request(*next) == errc::too_many_waiters);
    for (lease* refused : {&third, &fourth, &fifth})
        CHECK_FALSE(refused->granted());

    first.discard();
    CHECK(third.granted());
    CHECK_FALSE(fourth.granted());
    io.run();
    CHECK(waiting->woken);
    CHECK_FALSE(next->woken);
    fourth.discard(); // it has only waited: that makes room for nobody
    CHECK_FALSE(fifth.request(*next));
    CHECK_FALSE(fifth.granted());
    third.release();
    CHECK(fifth.granted());
    CHECK_FALSE(first.request(*waiting) == errc::too_many_waiters);
    CHECK_FALSE(first.granted());

    pool->close();
    CHECK(fourth.request(*next) == errc::transport_closed);
    second.discard();
    CHECK_FALSE(first.granted()); // nothing is handed over any more
}
