// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "rows.hpp"

#include <partner_center/condition.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>

namespace pc = partner_center;
using namespace std::chrono_literals;
using pc::errc;
using pc::phase;

namespace network {
namespace {

// One of so many packets is lost, in both directions.
void lose(stage& s, unsigned percent, milliseconds timeout, std::size_t least_percent)
{
    s.serve();
    s.call_with({.expect_continue = true});
    const std::string rule = "numgen random mod 100 < " + std::to_string(percent) + " drop";
    s.bed.filter(rule, rule);
    const auto calls = s.run_for_a_while({.timeout = timeout});
    s.each(calls, "succeed or end at its deadline",
           [](const finished_call& call) { return !call.ec || call.ec == errc::call_timeout; });
    const auto succeeded = static_cast<std::size_t>(
        std::count_if(calls.begin(), calls.end(), [](const finished_call& call) { return !call.ec; }));
    s.require(succeeded * 100 >= calls.size() * least_percent,
              std::to_string(succeeded) + " of " + std::to_string(calls.size()) + " calls succeeded");
    s.everything_works_again();
}

void lose_1(stage& s)
{
    lose(s, 1, 10s, 100);
}

void lose_5(stage& s)
{
    lose(s, 5, 5s, 95);
}

void lose_20(stage& s)
{
    lose(s, 20, 3s, 50);
}

void refused(stage& s)
{
    s.serve();
    s.call_with({.max_attempts = 1});
    s.bed.filter("tcp dport 8443 reject with tcp reset", "accept");
    s.all_fail(s.run({.coroutines = 8, .calls = 4}), boost::asio::error::connection_refused, phase::connect,
               false);
    s.bed.filter("tcp dport 8443 reject with icmp type host-unreachable", "accept");
    s.all_fail(s.run({.coroutines = 8, .calls = 1}), boost::asio::error::host_unreachable, phase::connect,
               false);
    s.everything_works_again();
}

void reset_under_load(stage& s)
{
    s.serve();
    caller& client = s.call_with();
    s.begin({});
    client.wait_for_successes(50);
    s.bed.filter("tcp dport 8443 reject with tcp reset", "accept");
    stage::let_pass(300ms);
    s.bed.clear();
    client.wait_for_successes(50);
    s.each(s.end(), "succeed or tell of a connection that failed",
           [](const finished_call& call) { return !call.ec || call.ec == pc::condition::connection_failed; });
    s.require(client.count(pc::retry_reason::connection_failed) != 0, "nothing was refused");
    s.everything_works_again();
}

void no_new_connections(stage& s)
{
    s.serve({.delay = 50ms});
    s.call_with({.connect_timeout = 500ms, .max_attempts = 1});
    s.all_succeed(s.run({.coroutines = 1, .calls = 1}));
    s.bed.filter("tcp flags & (syn | ack) == syn drop", "accept");
    s.all_succeed(s.run({.coroutines = 1, .calls = 4}));
    // One has the kept connection, while the others need new ones.
    auto calls = s.run({.coroutines = 4, .calls = 1});
    const auto with_kept =
        std::partition(calls.begin(), calls.end(), [](const finished_call& call) { return call.ec; });
    s.require(calls.end() - with_kept == 1, "it was not one call that had a connection");
    calls.erase(with_kept, calls.end());
    s.all_fail(calls, errc::connect_timeout, phase::connect, false);
    s.everything_works_again();
}

void answers_lost(stage& s)
{
    s.serve({.delay = 50ms});
    s.call_with();
    s.all_succeed(s.run({.coroutines = 8, .calls = 1}));
    s.bed.filter("accept", "tcp sport 8443 ip length > 100 drop");
    const auto calls = s.run({.coroutines = 8, .calls = 1, .timeout = 800ms});
    s.all_fail(calls, errc::call_timeout, phase::receive, true);
    s.require(s.server().applied().size() == 16, "a request did not arrive");
    s.everything_works_again();
}

// A lost answer is given again to the same request by another connection.
void answers_lost_once(stage& s)
{
    s.serve({.delay = 50ms});
    caller& client = s.call_with({.attempt_timeout = 400ms});
    s.all_succeed(s.run({.coroutines = 8, .calls = 1}));
    s.bed.filter("accept", "tcp sport 8443 ip length > 100 drop");
    s.begin({.coroutines = 8, .calls = 1});
    wait_until([&] { return client.count(pc::retry_reason::timeout) == 8; }, "all updates are sent again");
    s.bed.clear();
    s.all_succeed(s.end());
    s.require(s.server().repeated() >= 8, "an update did not come twice");
    s.everything_works_again();
}

void acknowledgements_lost(stage& s)
{
    s.serve();
    s.call_with({.max_attempts = 1, .expect_continue = true});
    s.bed.filter("accept", "tcp sport 8443 tcp flags == ack ip length < 70 drop");
    s.all_succeed(s.run_for_a_while({.pause = 20ms}));
    s.everything_works_again();
}

// Small packets pass, large ones do not, and nobody says so.
void black_hole_for_large_packets(stage& s)
{
    s.serve({.delay = 50ms});
    s.call_with({.max_attempts = 1});
    s.all_succeed(s.run({.coroutines = 8, .calls = 1}));
    s.bed.filter("ip length > 1200 drop", "ip length > 1200 drop");
    s.all_succeed(s.run({.coroutines = 8, .calls = 2}));
    s.each(s.run({.coroutines = 4, .calls = 1, .timeout = 800ms, .size = 40'000}),
           "end at its deadline and say that it may have been applied", [](const finished_call& call) {
               return call.ec == errc::call_timeout && call.may_have_been_applied;
           });
    s.require(s.server().applied().size() == 8 + 16, "an update came through in spite of its size");
    s.everything_works_again();
}

} // namespace

std::vector<row> rows_of_packets()
{
    return {
        {"1 % of the packets lost", lose_1},
        {"5 % of the packets lost", lose_5},
        {"20 % of the packets lost", lose_20},
        {"connections refused", refused},
        {"connections reset for 300 ms under load", reset_under_load},
        {"packets that open a connection lost", no_new_connections},
        {"responses lost", answers_lost},
        {"responses lost, and given again to another attempt", answers_lost_once},
        {"server's bare acknowledgements lost", acknowledgements_lost},
        {"large packets lost", black_hole_for_large_packets},
    };
}

} // namespace network
