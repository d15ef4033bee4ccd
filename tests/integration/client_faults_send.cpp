// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Each fault that a call can meet while it sends its header, waits for 100 Continue, or sends its body.

#include "fixtures/fault_play.hpp"
#include "fixtures/fault_table.hpp"

#include <partner_center/condition.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::errc;
using pc::phase;
using std::chrono::milliseconds;
using testing::all_endings;
using testing::all_requests;
using testing::deaths;
using testing::ending;
using testing::fault_table;
using testing::go_on;
using testing::json_reply;
using testing::request;
using testing::stored;
using testing::tls_script;

namespace {

constexpr milliseconds drip{5};
constexpr milliseconds a_moment{100}; // in which a client fills the buffers

// More than enough for the deadline.
constexpr milliseconds long_enough = 2 * testing::short_time;

// The system tells of a RST once only, and that may be to what is being sent.
const std::vector<pc::error_code> by_reset = {asio::error::connection_reset, errc::connection_closed};

// A peer that goes on to the body of an update.
tls_script& let_send(tls_script& connection, request how)
{
    connection.expect_head("PUT ");
    return how == request::put_expecting ? connection.reply(go_on) : connection;
}

} // namespace

TEST_CASE("faults of the header's sending")
{
    fault_table table;
    for (request how : all_requests) {
        // What follows the header at once may have come as far as it did.
        const bool maybe = how == request::put;
        const phase afterwards = how == request::put_expecting ? phase::wait_continue : phase::receive;
        for (ending end : {ending::close, ending::drop})
            table.add(how, to_string(end) + " as soon as there is a TLS session")
                .peer([=](tls_script& c) { stop(c, end); })
                .ends(errc::connection_closed, afterwards)
                .maybe_applied(maybe);
        table.add(how, "a RST as soon as there is a TLS session")
            .peer([](tls_script& c) { c.reset(); })
            .ends(by_reset, {phase::send, afterwards})
            .maybe_applied(maybe);
        table.add(how, "the peer does not read the header")
            .large_header()
            .peer([](tls_script& c) { c.silence(); })
            .ends(errc::attempt_timeout, phase::send)
            .maybe_applied(maybe);
        table.add(how, "the peer reads the header slowly")
            .large_header()
            .peer([](tls_script& c) { c.read_slowly(drip, long_enough).silence(); })
            .ends(errc::attempt_timeout, phase::send)
            .maybe_applied(maybe);
        table.add(how, "a FIN inside the header")
            .large_header()
            .peer([](tls_script& c) { c.pause(a_moment).drop(); })
            .ends(errc::connection_closed, phase::send)
            .maybe_applied(maybe);
        table.add(how, "a RST inside the header")
            .large_header()
            .peer([](tls_script& c) { c.pause(a_moment).reset(); })
            .ends(by_reset, {phase::send, afterwards})
            .maybe_applied(maybe);
        table.add(how, "rubbish inside the header")
            .large_header()
            .peer([](tls_script& c) { c.pause(a_moment).reply("rubbish\r\n\r\n").expect_end(); })
            .ends(errc::malformed_response, phase::send)
            .maybe_applied(maybe);
    }
    table.add(request::get, "a refusal inside the header")
        .large_header()
        .peer([](tls_script& c) {
            c.pause(a_moment).reply(json_reply("431 Request Header Fields Too Large", "{}")).silence();
        })
        .ends(pc::make_http_status_code(431), phase::send);
    play(table, 25, 4);
}

TEST_CASE("faults of the wait for 100 Continue: nothing was sent that could be applied")
{
    fault_table table;
    const auto add = [&](std::string phrase) -> testing::fault& {
        return table.add(request::put_expecting, std::move(phrase));
    };
    for (ending end : all_endings) {
        const std::string after = " and then " + to_string(end);
        add("nothing" + after)
            .peer([=](tls_script& c) { stop(c.expect_head("PUT "), end); })
            .ends(lost_by(end), phase::wait_continue);
        add("a part of a status line" + after)
            .peer([=](tls_script& c) { stop(c.expect_head("PUT ").reply("HTTP/1.1 1"), end); })
            .ends(cut_by(end), phase::wait_continue);
        add("100 Continue without its end" + after)
            .peer([=](tls_script& c) { stop(c.expect_head("PUT ").reply("HTTP/1.1 100 Continue\r\n"), end); })
            .ends(cut_by(end), phase::wait_continue);
        add("another interim response" + after)
            .peer([=](tls_script& c) {
                stop(c.expect_head("PUT ").reply("HTTP/1.1 102 Processing\r\n\r\n"), end);
            })
            .ends(lost_by(end), phase::wait_continue);
    }
    add("100 Continue drips")
        .peer([](tls_script& c) {
            c.expect_head("PUT ").reply("HTTP/1.1 100 Continue\r\nMS-CV: ").reply_without_end("x", drip);
        })
        .ends(errc::attempt_timeout, phase::wait_continue);
    add("rubbish")
        .peer([](tls_script& c) { c.expect_head("PUT ").reply("rubbish\r\n\r\n").expect_close(); })
        .ends(errc::malformed_response, phase::wait_continue);
    add("bytes that are not TLS")
        .peer([](tls_script& c) { c.expect_head("PUT ").below_tls().reply("rubbish").expect_end(); })
        .ends_in_tls(phase::wait_continue);
    add("another protocol")
        .peer([](tls_script& c) {
            c.expect_head("PUT ").reply("HTTP/1.1 101 Switching Protocols\r\n\r\n").expect_close();
        })
        .ends(errc::malformed_response, phase::wait_continue);
    add("a header without end")
        .peer([](tls_script& c) {
            c.expect_head("PUT ").reply("HTTP/1.1 100 Continue\r\n").reply_without_end("a: b\r\n");
        })
        .ends(errc::response_too_large, phase::wait_continue);
    add("interim responses without end")
        .peer(
            [](tls_script& c) { c.expect_head("PUT ").reply_without_end("HTTP/1.1 102 Processing\r\n\r\n"); })
        .ends(errc::response_too_large, phase::wait_continue);
    add("a refusal")
        .peer(
            [](tls_script& c) { c.expect_head("PUT ").reply(json_reply("500 Broken", "{}")).expect_close(); })
        .ends(pc::make_http_status_code(500), phase::wait_continue);
    add("a success before the change was sent")
        .peer([](tls_script& c) { c.expect_head("PUT ").reply(stored).expect_close(); })
        .ends(errc::malformed_response, phase::decode);
    play(table, 24);
}

TEST_CASE("faults after the wait for 100 Continue: the body was sent all the same")
{
    fault_table table;
    for (ending end : all_endings) {
        table.add(request::put_expecting, "neither 100 Continue nor a response, and then " + to_string(end))
            .patience(milliseconds{50})
            .peer([=](tls_script& c) { stop(c.expect_request("PUT "), end); })
            .ends(lost_by(end), phase::receive)
            .maybe_applied();
        table.add(request::put_expecting, "Expect is not known, and then " + to_string(end))
            .peer([](tls_script& c) {
                c.expect_head("PUT ").reply(json_reply("417 Expectation Failed", "{}")).expect_close();
            })
            .peer([=](tls_script& c) { stop(c.expect_request("PUT "), end); })
            .ends(lost_by(end), phase::receive)
            .attempts(2)
            .maybe_applied();
    }
    for (ending end : deaths) {
        table.add(request::put_expecting, "the wait ends by " + to_string(end) + ", and so does the next one")
            .reused()
            .peer([=](tls_script& c) { stop(c.expect_head("PUT "), end); })
            .peer([=](tls_script& c) { stop(c.expect_head("PUT "), end); })
            .ends(lost_by(end), phase::wait_continue)
            .attempts(2);
        // The service was there.
        table.add(request::put_expecting, "100 Continue, and then " + to_string(end))
            .reused()
            .peer([=](tls_script& c) { stop(read_request(c, request::put_expecting), end); })
            .ends(lost_by(end), phase::receive)
            .maybe_applied();
    }
    play(table, 14);
}

TEST_CASE("faults of the body's sending")
{
    fault_table table;
    for (request how : {request::put, request::put_expecting}) {
        table.add(how, "the peer does not read the body")
            .large_body()
            .peer([=](tls_script& c) { let_send(c, how).silence(); })
            .ends(errc::attempt_timeout, phase::send)
            .maybe_applied();
        table.add(how, "the peer reads the body slowly")
            .large_body()
            .peer([=](tls_script& c) { let_send(c, how).read_slowly(drip, long_enough).silence(); })
            .ends(errc::attempt_timeout, phase::send)
            .maybe_applied();
        for (ending end : {ending::close, ending::drop})
            table.add(how, to_string(end) + " inside the body")
                .large_body()
                .peer([=](tls_script& c) { stop(let_send(c, how).pause(a_moment), end); })
                .ends(errc::connection_closed, phase::send)
                .maybe_applied();
        table.add(how, "a RST inside the body")
            .large_body()
            .peer([=](tls_script& c) { let_send(c, how).pause(a_moment).reset(); })
            .ends(by_reset, {phase::send, phase::receive})
            .maybe_applied();
        table.add(how, "a response that breaks off inside the body")
            .large_body()
            .peer([=](tls_script& c) { let_send(c, how).pause(a_moment).reply("HTTP/1.1 4").close(); })
            .ends(errc::truncated_response, phase::send)
            .maybe_applied();
        table.add(how, "rubbish inside the body")
            .large_body()
            .peer([=](tls_script& c) { let_send(c, how).pause(a_moment).reply("rubbish\r\n").expect_end(); })
            .ends(errc::malformed_response, phase::send)
            .maybe_applied();
        table.add(how, "a refusal inside the body")
            .large_body()
            .peer([=](tls_script& c) {
                let_send(c, how).pause(a_moment).reply(json_reply("413 Too Large", "{}")).silence();
            })
            .ends(pc::make_http_status_code(413), phase::send);
    }
    table.add(request::put, "a RST inside the body, then all is well")
        .large_body()
        .reused()
        .peer([](tls_script& c) { let_send(c, request::put).pause(a_moment).reset(); })
        .peer([](tls_script& c) { c.expect_request("PUT ").reply(stored); })
        .succeeds()
        .attempts(2)
        .keeps_connection();
    table.add(request::put, "a FIN inside the body, then a RST")
        .large_body()
        .reused()
        .peer([](tls_script& c) { let_send(c, request::put).pause(a_moment).drop(); })
        .peer([](tls_script& c) { let_send(c, request::put).pause(a_moment).reset(); })
        .ends(by_reset, {phase::send, phase::receive})
        .attempts(2)
        .maybe_applied();
    play(table, 18, 4);
}
