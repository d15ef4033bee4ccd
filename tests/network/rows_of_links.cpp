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

// More than the buffers between a sender and a slow link take at once.
constexpr std::size_t large = 900'000;

void cut_before_connecting(stage& s)
{
    s.serve();
    s.call_with({.max_connections = 16});
    s.bed.cut();
    s.all_fail(s.run({.calls = 1, .timeout = 600ms}), errc::call_timeout, phase::connect, false);
    s.everything_works_again();
}

void no_way_to_the_server(stage& s)
{
    s.serve();
    s.call_with({.max_connections = 16, .max_attempts = 1});
    s.bed.cut_here();
    const auto calls = s.run({.calls = 10});
    s.all_fail(calls, boost::asio::error::network_unreachable, phase::connect, false);
    s.each(calls, "end at once",
           [&s](const finished_call& call) { return call.took < 200ms + s.machine_late(); });
    s.everything_works_again();
}

void lost_in_the_handshake(stage& s)
{
    s.serve();
    s.call_with({.max_connections = 16, .handshake_timeout = 500ms, .max_attempts = 2});
    // The server's first message is larger.
    s.bed.filter("accept", "tcp sport 8443 ip length > 150 drop");
    s.all_fail(s.run({.calls = 1}), errc::handshake_timeout, phase::handshake, false);
    s.all_fail(s.run({.calls = 1, .timeout = 400ms}), errc::call_timeout, phase::handshake, false);
    s.everything_works_again();
}

// A connection that dies behind each of many bytes, of the client's or of the server's.
void lost_from_a_byte_on(stage& s, bool of_the_client)
{
    s.serve();
    const auto step = std::max<long long>(20, 125'000 / s.for_a_while.count());
    std::size_t failed = 0;
    for (long long bytes = 100; bytes < 4000; bytes += step) {
        s.call_with({.expect_continue = bytes % 3 == 0});
        const std::string rule = "quota over " + std::to_string(bytes) + " bytes drop";
        s.bed.filter(of_the_client ? rule : "accept", of_the_client ? "accept" : rule);
        const auto calls = s.run({.coroutines = 1, .calls = 1, .timeout = 250ms});
        s.each(calls, "succeed or end at its deadline",
               [](const finished_call& call) { return !call.ec || call.ec == errc::call_timeout; });
        failed += !!calls.front().ec;
    }
    s.require(failed > 3, "no byte was lost");
    s.bed.filter("quota over 1 mbytes drop", "quota over 1 mbytes drop");
    s.all_succeed(s.run({.coroutines = 1, .calls = 4}));
    s.everything_works_again();
}

void lost_from_a_byte_of_the_client(stage& s)
{
    lost_from_a_byte_on(s, true);
}

void lost_from_a_byte_of_the_server(stage& s)
{
    lost_from_a_byte_on(s, false);
}

void cut_while_sending(stage& s)
{
    s.serve();
    s.call_with();
    s.bed.slow_down(2000, 2000);
    const auto before = s.bed.sent();
    s.begin({.coroutines = 1, .calls = 1, .timeout = 2s, .size = large});
    wait_until([&] { return s.bed.sent() > before + 100'000; }, "a part of the request is sent");
    s.bed.cut();
    s.all_fail(s.end(), errc::call_timeout, phase::send, true);
    s.require(s.server().applied().empty(), "half an update was applied");
    s.everything_works_again();
}

void cut_while_waiting(stage& s)
{
    s.serve({.delay = 600ms});
    s.call_with({.max_connections = 16});
    s.begin({.calls = 1, .timeout = 1200ms});
    wait_until([&] { return s.server().applied().size() == 16; }, "all updates are applied");
    s.bed.cut();
    s.all_fail(s.end(), errc::call_timeout, phase::receive, true);
    s.everything_works_again();
}

// A large update the answer to which has begun to come when this returns.
void begin_large_answer(stage& s, milliseconds timeout)
{
    s.serve();
    s.call_with({.max_attempts = 1});
    s.bed.slow_down(100'000, 4000);
    const auto before = s.bed.received();
    s.begin({.coroutines = 1, .calls = 1, .timeout = timeout, .size = large});
    wait_until([&] { return s.bed.received() > before + 50'000; }, "a part of the answer is here");
}

void cut_while_receiving(stage& s)
{
    begin_large_answer(s, 1500ms);
    s.bed.cut();
    s.all_fail(s.end(), errc::call_timeout, phase::receive, true);
    s.everything_works_again();
}

void killed_while_answering(stage& s)
{
    begin_large_answer(s, 20s);
    s.server().kill();
    s.all_fail(s.end(), errc::truncated_response, phase::receive, true);
    s.server().start();
    s.everything_works_again();
}

void interrupted_while_receiving(stage& s)
{
    begin_large_answer(s, 20s);
    s.bed.cut();
    stage::let_pass(300ms);
    s.bed.restore();
    s.all_succeed(s.end());
    s.require(s.client().count(pc::event_kind::connection_opened) == 1, "a second connection was opened");
    s.everything_works_again();
}

void short_cut(stage& s)
{
    s.serve();
    caller& client = s.call_with();
    s.run({.calls = 4});
    const auto opened = client.count(pc::event_kind::connection_opened);
    s.begin({});
    client.wait_for_successes(50);
    s.bed.cut();
    stage::let_pass(300ms);
    s.bed.restore();
    stage::let_pass(s.for_a_while);
    const auto calls = s.end();
    s.all_succeed(calls);
    s.each(calls, "succeed by one attempt", [](const finished_call& call) { return call.attempts == 1; });
    s.require(opened <= 8 && client.count(pc::event_kind::connection_closed) == 0, "a connection was closed");
    s.everything_works_again();
}

// Calls while it is so, and afterwards.
void silent_for_longer_than_a_call(stage& s, void (testbed::*begin)(), void (testbed::*end)())
{
    s.serve();
    caller& client = s.call_with();
    s.begin({.timeout = 400ms});
    client.wait_for_successes(50);
    (s.bed.*begin)();
    stage::let_pass(std::max(s.for_a_while, 1000ms));
    (s.bed.*end)();
    client.wait_for_successes(50);
    const auto calls = s.end();
    s.each(calls, "succeed or end at its deadline", [](const finished_call& call) {
        return !call.ec || (call.ec == errc::call_timeout && call.took >= call.timeout);
    });
    s.require(std::count_if(calls.begin(), calls.end(), [](const auto& call) { return !!call.ec; }) >= 16,
              "the fault was not noticed by every coroutine");
    s.everything_works_again();
}

void long_cut(stage& s)
{
    silent_for_longer_than_a_call(s, &testbed::cut, &testbed::restore);
}

void address_gone(stage& s)
{
    silent_for_longer_than_a_call(s, &testbed::remove_address, &testbed::add_address);
}

// The end of the connections does not reach the client; what it sends next is refused.
void peer_vanished(stage& s)
{
    s.serve({.delay = 50ms});
    caller& client = s.call_with({.max_attempts = 1});
    s.all_succeed(s.run({.coroutines = 8, .calls = 1}));
    s.bed.filter("drop", "drop");
    s.server().kill();
    s.server().start();
    s.bed.clear();
    s.all_succeed(s.run({.coroutines = 8, .calls = 1}));
    s.require(client.count(pc::event_kind::connection_opened) == 16, "a dead connection was used");
    s.everything_works_again();
}

void silent_name_server(stage& s)
{
    s.serve();
    s.bed.filter("udp dport 53 drop", "accept");
    s.call_with({.host = "unknown.test", .max_connections = 16});
    s.all_fail(s.run({.calls = 2, .timeout = 300ms}), errc::call_timeout, phase::resolve, false);
    s.call_with();
    s.everything_works_again();
}

// Of two addresses the first does not answer, or refuses.
void two_addresses(stage& s, const char* what_the_first_does, milliseconds at_least, milliseconds at_most)
{
    s.serve({.delay = 50ms});
    caller& client = s.call_with({.host = "service.test", .max_attempts = 1});
    s.bed.filter("ip daddr " + std::string(testbed::silent_address) + " " + what_the_first_does, "accept");
    s.all_succeed(s.run({.coroutines = 8, .calls = 1, .timeout = 5s}));
    s.all_succeed(s.run_for_a_while({.timeout = 5s}));
    for (const seen_event& e : client.events())
        if (e.kind == pc::event_kind::connection_opened)
            s.require(e.connect_time >= at_least && e.connect_time < at_most + s.machine_late(),
                      "it took " + std::to_string(e.connect_time / 1ms) + " ms to connect");
    s.everything_works_again();
}

void first_address_silent(stage& s)
{
    two_addresses(s, "drop", 250ms, 600ms);
}

void first_address_refuses(stage& s)
{
    two_addresses(s, "tcp dport 8443 reject with tcp reset", 0ms, 200ms);
}

void slow_link(stage& s)
{
    s.serve();
    // 100 Continue may well be later than the patience with it.
    s.call_with({.max_attempts = 1, .expect_continue = true});
    s.bed.slow_down(64, 64);
    s.all_succeed(s.run({.coroutines = 32, .calls = 1, .timeout = 60s}));
    s.everything_works_again();
}

} // namespace

std::vector<row> rows_of_links()
{
    return {
        {"link cut before connecting", cut_before_connecting},
        {"link cut at the near end before connecting", no_way_to_the_server},
        {"server's part of the handshake lost", lost_in_the_handshake},
        {"all lost from the client's byte N on", lost_from_a_byte_of_the_client},
        {"all lost from the server's byte N on", lost_from_a_byte_of_the_server},
        {"link cut while the request is on its way", cut_while_sending},
        {"link cut while waiting for the response", cut_while_waiting},
        {"link cut in the midst of the response", cut_while_receiving},
        {"link cut for 300 ms in the midst of the response", interrupted_while_receiving},
        {"server killed in the midst of the response", killed_while_answering},
        {"link cut for 300 ms under load", short_cut},
        {"link cut for longer than the deadline under load", long_cut},
        {"server's address gone for longer than the deadline", address_gone},
        {"peer of kept connections vanished without a word", peer_vanished},
        {"name server silent", silent_name_server},
        {"first of two addresses silent", first_address_silent},
        {"first of two addresses refuses", first_address_refuses},
        {"64 kbit/s, 32 calls at once", slow_link},
    };
}

} // namespace network
