// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "rows.hpp"

#include <partner_center/condition.hpp>

#include <signal.h>

#include <algorithm>

namespace pc = partner_center;
using namespace std::chrono_literals;
using pc::errc;
using language = network::service_options::language;

namespace network {
namespace {

void kill_often(stage& s, language written_in)
{
    s.serve({.written_in = written_in});
    caller& client = s.call_with();
    s.begin({});
    const auto until = clock_type::now() + s.for_a_while;
    do {
        client.wait_for_successes(100);
        s.server().kill();
        s.server().start();
    } while (clock_type::now() < until);
    client.wait_for_successes(50);
    s.all_succeed(s.end());
    s.require(client.count(pc::retry_reason::connection_failed) != 0, "nobody noticed");
    s.everything_works_again();
}

void kill_node(stage& s)
{
    kill_often(s, language::node);
}

void kill_h11(stage& s)
{
    kill_often(s, language::python);
}

void pause_shortly(stage& s)
{
    s.serve();
    caller& client = s.call_with();
    s.begin({});
    client.wait_for_successes(50);
    s.server().signal(SIGSTOP);
    stage::let_pass(400ms);
    s.server().signal(SIGCONT);
    stage::let_pass(s.for_a_while);
    const auto calls = s.end();
    s.all_succeed(calls);
    s.each(calls, "succeed by one attempt", [](const finished_call& call) { return call.attempts == 1; });
    s.everything_works_again();
}

// What the server finds in its buffers afterwards is from callers that have given up.
void pause_for_long(stage& s)
{
    s.serve();
    caller& client = s.call_with();
    s.begin({.timeout = 400ms});
    client.wait_for_successes(50);
    s.server().signal(SIGSTOP);
    stage::let_pass(std::max(s.for_a_while, 1000ms));
    s.server().signal(SIGCONT);
    client.wait_for_successes(50);
    const auto calls = s.end();
    s.each(calls, "succeed or end at its deadline", [](const finished_call& call) {
        return !call.ec || (call.ec == errc::call_timeout && call.took >= call.timeout);
    });
    s.require(std::count_if(calls.begin(), calls.end(), [](const auto& call) { return !!call.ec; }) >= 16,
              "the pause was not noticed by every coroutine");
    s.everything_works_again();
}

// The server gives idle connections up when they are about to be used.
void close_early(stage& s, language written_in, const caller_options& options)
{
    s.serve({.written_in = written_in, .keep_alive = 20ms});
    caller& client = s.call_with(options);
    s.all_succeed(s.run_for_a_while({.pause = 45ms}));
    s.require(client.count(pc::event_kind::connection_reused) != 0, "no connection was used again");
    s.require(client.count(pc::event_kind::connection_closed) != 0, "no connection was closed");
    s.everything_works_again();
}

void close_early_node(stage& s)
{
    close_early(s, language::node, {.max_connections = 16, .max_attempts = 1});
}

void close_early_node_with_expect(stage& s)
{
    close_early(s, language::node, {.max_connections = 16, .max_attempts = 1, .expect_continue = true});
}

void close_early_h11(stage& s)
{
    close_early(s, language::python, {.max_connections = 16, .max_attempts = 1});
}

void close_early_h11_with_expect(stage& s)
{
    close_early(s, language::python, {.max_connections = 16, .max_attempts = 1, .expect_continue = true});
}

void close_early_watched(stage& s)
{
    close_early(s, language::node,
                {.max_connections = 16, .max_attempts = 1, .watch_idle_connections = true});
}

void chunked(stage& s)
{
    s.serve({.written_in = language::python, .chunked = true});
    caller& client = s.call_with({.max_attempts = 1, .expect_continue = true});
    s.all_succeed(s.run_for_a_while({}));
    s.require(client.count(pc::event_kind::connection_opened) <= 8, "a connection was not kept");
    s.everything_works_again();
}

void close_always(stage& s)
{
    s.serve({.written_in = language::python, .chunked = true, .close = true});
    caller& client = s.call_with({.max_attempts = 1});
    s.all_succeed(s.run_for_a_while({}));
    s.require(client.count(pc::event_kind::connection_reused) == 0, "a connection was used again");
    s.everything_works_again();
}

} // namespace

std::vector<row> rows_of_servers()
{
    return {
        {"Node killed and started again under load", kill_node},
        {"h11 killed and started again under load", kill_h11},
        {"server stopped for 400 ms under load", pause_shortly},
        {"server stopped for longer than the deadline under load", pause_for_long},
        {"Node gives connections up after 20 ms", close_early_node},
        {"Node gives connections up after 20 ms, with Expect", close_early_node_with_expect},
        {"h11 gives connections up after 20 ms", close_early_h11},
        {"h11 gives connections up after 20 ms, with Expect", close_early_h11_with_expect},
        {"Node gives watched connections up after 20 ms", close_early_watched},
        {"h11 answers in chunks", chunked},
        {"h11 closes after each answer", close_always},
    };
}

} // namespace network
