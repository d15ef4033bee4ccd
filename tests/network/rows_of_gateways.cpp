// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "rows.hpp"

#include <partner_center/condition.hpp>

#include <algorithm>

namespace pc = partner_center;
using namespace std::chrono_literals;
using program = network::gateway_options::program;

namespace network {
namespace {

// All calls succeed, whatever the gateway does to some of them.
void all_succeed_behind(stage& s, const gateway_options& gateway, const caller_options& options,
                        pc::retry_reason why)
{
    s.serve({}, gateway);
    caller& client = s.call_with(options);
    s.all_succeed(s.run_for_a_while({}));
    s.require(client.count(why) != 0, "the gateway did nothing of that kind");
    s.everything_works_again();
}

void one_at_a_time(stage& s)
{
    s.serve({.delay = 20ms}, {.server = "maxconn 1"});
    caller& client = s.call_with();
    s.all_succeed(s.run_for_a_while({}));
    s.require(client.count(pc::retry_reason::status) != 0, "no request waited for too long");
    s.everything_works_again();
}

void tarpit(stage& s)
{
    all_succeed_behind(s, {.rules = "  http-request tarpit deny_status 500 if { rand(100) lt 5 }\n"}, {},
                       pc::retry_reason::status);
}

void throttled(stage& s)
{
    s.serve({}, {.rules = "  http-request return status 429 content-type application/json string {}"
                          " hdr Retry-After 1 if { rand(100) lt 2 }\n"});
    caller& client = s.call_with();
    s.begin({.timeout = 60s});
    stage::let_pass(s.for_a_while);
    wait_until([&] { return client.count(pc::retry_reason::throttled) != 0; }, "a call is throttled");
    s.all_succeed(s.end());
    // Calls that were about to be sent just then are sent.
    const auto events = client.events();
    for (const seen_event& refused : events)
        if (refused.http_status == 429)
            s.require(std::none_of(events.begin(), events.end(),
                                   [&](const seen_event& e) {
                                       return e.kind == pc::event_kind::attempt_started &&
                                              e.when > refused.when + 100ms + s.machine_late() &&
                                              e.when < refused.when + 990ms;
                                   }),
                      "a call was sent within the second for which the gateway wants none");
    s.everything_works_again();
}

void unavailable(stage& s)
{
    const auto only_some_wait = [](const finished_calls& calls) {
        return std::any_of(calls.begin(), calls.end(), [](const auto& call) { return call.took > 900ms; }) &&
               std::any_of(calls.begin(), calls.end(), [](const auto& call) { return call.took < 500ms; });
    };
    s.serve({}, {.rules = "  http-request return status 503 content-type text/plain string later"
                          " hdr Retry-After 1 if { rand(100) lt 5 }\n"});
    caller& client = s.call_with();
    s.begin({});
    stage::let_pass(s.for_a_while);
    wait_until([&] { return client.count(pc::retry_reason::status) != 0; }, "a call is refused");
    const auto calls = s.end();
    s.all_succeed(calls);
    s.require(only_some_wait(calls), "Retry-After was not obeyed by those calls alone that got it");
    s.everything_works_again();
}

void silent_drop(stage& s)
{
    all_succeed_behind(s, {.rules = "  http-request silent-drop if { rand(100) lt 5 }\n"},
                       {.attempt_timeout = 300ms}, pc::retry_reason::timeout);
}

// The gateway loses the service, and has to answer for it.
void kill_behind(stage& s, program which)
{
    s.serve({}, {.which = which});
    caller& client = s.call_with();
    s.begin({});
    const auto until = clock_type::now() + s.for_a_while;
    do {
        client.wait_for_successes(100);
        s.server().kill_service();
        s.server().start();
    } while (clock_type::now() < until);
    client.wait_for_successes(50);
    s.all_succeed(s.end());
    s.require(client.count(pc::retry_reason::status) != 0, "the gateway did not answer for the service");
    s.everything_works_again();
}

void kill_behind_haproxy(stage& s)
{
    kill_behind(s, program::haproxy);
}

void kill_behind_nginx(stage& s)
{
    kill_behind(s, program::nginx);
}

void restart_gateway(stage& s, program which)
{
    s.serve({}, {.which = which});
    caller& client = s.call_with();
    s.begin({});
    const auto until = clock_type::now() + s.for_a_while;
    do {
        client.wait_for_successes(100);
        s.server().restart_gateway();
    } while (clock_type::now() < until);
    client.wait_for_successes(50);
    s.all_succeed(s.end());
    s.everything_works_again();
}

void restart_haproxy(stage& s)
{
    restart_gateway(s, program::haproxy);
}

void restart_nginx(stage& s)
{
    restart_gateway(s, program::nginx);
}

void nginx_closes_often(stage& s)
{
    s.serve({}, {.which = program::nginx, .rules = "keepalive_requests 7;\n"});
    s.call_with({.expect_continue = true});
    s.bed.filter("numgen random mod 100 < 2 drop", "numgen random mod 100 < 2 drop");
    s.all_succeed(s.run_for_a_while({}));
    s.everything_works_again();
}

} // namespace

std::vector<row> rows_of_gateways()
{
    return {
        {"HAProxy lets one through at a time, and gives the others 100 ms", one_at_a_time},
        {"HAProxy holds 5 % for 300 ms and answers 500", tarpit},
        {"HAProxy answers 429 with Retry-After", throttled},
        {"HAProxy answers 503 with Retry-After", unavailable},
        {"HAProxy drops 5 % without a word", silent_drop},
        {"service behind HAProxy killed under load", kill_behind_haproxy},
        {"service behind nginx killed under load", kill_behind_nginx},
        {"HAProxy killed and started again under load", restart_haproxy},
        {"nginx killed and started again under load", restart_nginx},
        {"nginx closes after 7 requests, 2 % of the packets lost", nginx_closes_often},
    };
}

} // namespace network
