// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Each fault that a call can meet when its request was sent: nothing of a response, a part of one, or what is
// none.

#include "fixtures/fault_play.hpp"
#include "fixtures/fault_table.hpp"

#include <partner_center/condition.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::errc;
using pc::phase;
using testing::all_endings;
using testing::all_requests;
using testing::deaths;
using testing::ending;
using testing::fault_table;
using testing::json_reply;
using testing::request;
using testing::stored;
using testing::tls_script;

namespace {

constexpr std::chrono::milliseconds drip{5};
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const std::string document = "{\"id\":\"1\"}";

std::string after(ending how)
{
    return " and then " + to_string(how);
}

// The part of a response that ends inside one of its elements, and how that element goes on without end.
struct part {
    const char* name;
    std::string bytes;
    std::string more;
};

const part parts[] = {
    {"a part of the status line", "HTTP/1.1 200 O", "K"},
    {"a part of the header", ok + "MS-CV: ", "x"},
    {"a part of a body with Content-Length", ok + "Content-Length: 4000\r\n\r\n" + document, " "},
    {"a part of a chunked body", ok + "Transfer-Encoding: chunked\r\n\r\nA\r\n" + document + "\r\n",
     "1\r\n \r\n"},
    {"a part of a body that lasts until the end", ok + "\r\n" + document, " "},
};

const part& until_the_end = parts[4];

} // namespace

TEST_CASE("faults of the response: it does not come")
{
    fault_table table;
    for (request how : all_requests)
        for (ending end : all_endings) {
            const bool maybe = how != request::get;
            table.add(how, "nothing" + after(end))
                .peer([=](tls_script& c) { stop(read_request(c, how), end); })
                .ends(lost_by(end), phase::receive)
                .maybe_applied(maybe);
        }
    play(table, 12);
}

TEST_CASE("faults of the response: it breaks off")
{
    fault_table table;
    for (const part& p : parts)
        for (ending end : all_endings) {
            auto& row = table.add(request::get, p.name + after(end)).peer([=](tls_script& c) {
                stop(c.expect_request("GET ").reply(p.bytes), end);
            });
            if (&p == &until_the_end && end == ending::close)
                row.succeeds(); // that is how such a body ends
            else
                row.ends(cut_by(end), phase::receive);
        }
    for (request how : {request::put, request::put_expecting})
        for (const part& p : parts)
            table.add(how, p.name + after(ending::drop))
                .peer([=](tls_script& c) { read_request(c, how).reply(p.bytes).drop(); })
                .ends(errc::truncated_response, phase::receive)
                .maybe_applied();
    play(table, 30);
}

TEST_CASE("faults of the response: it drips")
{
    fault_table table;
    for (const part& p : parts)
        table.add(request::get, std::string(p.name) + ", and the rest drips")
            .peer([=](tls_script& c) {
                c.expect_request("GET ").reply(p.bytes).reply_without_end(p.more, drip);
            })
            .ends(errc::attempt_timeout, phase::receive);
    table.add(request::put, "interim responses drip")
        .peer([](tls_script& c) {
            c.expect_request("PUT ").reply_without_end("HTTP/1.1 102 Processing\r\n\r\n",
                                                       std::chrono::milliseconds{100});
        })
        .ends(errc::attempt_timeout, phase::receive)
        .maybe_applied();
    table.add(request::get, "a TLS record drips")
        .peer([](tls_script& c) {
            c.expect_request("GET ")
                .below_tls()
                .reply(std::string("\x17\x03\x03\x40\x00", 5))
                .reply_without_end("x", drip);
        })
        .ends(errc::attempt_timeout, phase::receive);
    table.add(request::get, "a whole response drips, and ends in time")
        .peer([](tls_script& c) {
            c.expect_request("GET ").reply_slowly(stored, 8, std::chrono::milliseconds{1});
        })
        .succeeds()
        .keeps_connection();
    play(table, 8);
}

TEST_CASE("faults of the response: it is rubbish")
{
    struct row {
        const char* phrase;
        std::string bytes;
    };
    const row rows[] = {
        {"another protocol's greeting", "SSH-2.0-OpenSSH_9.2\r\n"},
        {"HTTP/2", std::string("\x00\x00\x12\x04\x00\x00\x00\x00\x00", 9)},
        {"a header line without a colon", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"},
        {"a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n"},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"},
        {"a chunk whose size is no number", ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
        {"a chunk that is longer than its size",
         ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n"},
        {"a protocol that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n"},
    };
    fault_table table;
    for (const row& r : rows)
        table.add(request::get, r.phrase)
            .peer([bytes = r.bytes](tls_script& c) { c.expect_request("GET ").reply(bytes).expect_close(); })
            .ends(errc::malformed_response, phase::receive);
    for (request how : all_requests)
        table.add(how, "bytes that are not TLS")
            .peer([=](tls_script& c) {
                read_request(c, how).below_tls().reply("HTTP/1.1 200 OK\r\n\r\n").expect_end();
            })
            .ends_in_tls(phase::receive)
            .maybe_applied(how != request::get);
    for (request how : {request::put, request::put_expecting})
        table.add(how, "rubbish")
            .peer([=](tls_script& c) { read_request(c, how).reply("rubbish\r\n\r\n").expect_close(); })
            .ends(errc::malformed_response, phase::receive)
            .maybe_applied();
    play(table, 13);
}

TEST_CASE("faults of the response: it is too large")
{
    struct row {
        const char* phrase;
        std::string begin;
        std::string more;
    };
    const std::string x(512, 'x');
    const row rows[] = {
        {"a status line without end", "HTTP/1.1 200 ", x},
        {"a header line without end", ok + "MS-CV: ", x},
        {"header lines without end", ok, "MS-CV: x\r\n"},
        {"a chunked body without end", ok + "Transfer-Encoding: chunked\r\n\r\n", "200\r\n" + x + "\r\n"},
        {"a chunk's extension without end", ok + "Transfer-Encoding: chunked\r\n\r\n1;a=", x},
        {"a body that lasts without end", ok + "\r\n", x},
        {"interim responses without end", "", "HTTP/1.1 102 Processing\r\n\r\n"},
    };
    fault_table table;
    for (const row& r : rows)
        table.add(request::get, r.phrase)
            .peer([=](tls_script& c) { c.expect_request("GET ").reply(r.begin).reply_without_end(r.more); })
            .ends(errc::response_too_large, phase::receive);
    for (request how : all_requests)
        table.add(how, "a body whose length is too large")
            .peer([=](tls_script& c) {
                read_request(c, how).reply(ok + "Content-Length: 4097\r\n\r\n").expect_close();
            })
            .ends(errc::response_too_large, phase::receive)
            .maybe_applied(how != request::get);
    play(table, 10);
}

TEST_CASE("faults after the response: it is delivered, and the connection is not used again")
{
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\nA\r\n" + document + "\r\n0\r\n\r\n";
    fault_table table;
    for (request how : all_requests) {
        table.add(how, "rubbish follows the response")
            .peer([=](tls_script& c) { read_request(c, how).reply(stored + "rubbish").expect_close(); })
            .succeeds();
        table.add(how, "another response follows the response")
            .peer([=](tls_script& c) { read_request(c, how).reply(stored + stored).expect_close(); })
            .succeeds();
        for (ending end : deaths)
            table.add(how, "the response" + after(end))
                .peer([=](tls_script& c) { stop(read_request(c, how).reply(stored), end); })
                .succeeds();
    }
    table.add(request::get, "rubbish follows a chunked response")
        .peer([=](tls_script& c) { c.expect_request("GET ").reply(chunked + "0\r\n\r\n").expect_close(); })
        .succeeds();
    table.add(request::get, "rubbish follows a refusal")
        .peer([](tls_script& c) {
            c.expect_request("GET ").reply(json_reply("404 Not Found", "{}") + "\r\n").expect_close();
        })
        .ends(pc::make_http_status_code(404), phase::receive);
    table.add(request::get, "bytes that are not TLS follow the response")
        .peer([](tls_script& c) { c.expect_request("GET ").reply(stored).below_tls().reply("rubbish"); })
        .succeeds();
    table.add(request::get, "rubbish comes while the connection is idle")
        .peer([](tls_script& c) {
            c.expect_request("GET ").reply(stored).pause(std::chrono::milliseconds{50}).reply("rubbish");
        })
        .succeeds();
    table.add(request::get, "the response says that the connection will be closed, and it is not")
        .peer([](tls_script& c) {
            c.expect_request("GET ")
                .reply(json_reply("200 OK", document, "Connection: close\r\n"))
                .expect_close();
        })
        .succeeds();
    table.add(request::get, "a refusal that is all right")
        .peer([](tls_script& c) { c.expect_request("GET ").reply(json_reply("503 Unavailable", "{}")); })
        .ends(pc::make_http_status_code(503), phase::receive)
        .keeps_connection();
    play(table, 21);
}

TEST_CASE("faults of a reused connection: when it dies without a byte, the fresh one decides")
{
    fault_table table;
    for (request how : all_requests) {
        const bool maybe = how != request::get;
        // Of an update that waits for 100 Continue the lost attempt has shown no more than the header.
        const bool maybe_lost = how == request::put;
        for (ending end : deaths)
            table.add(how, "nothing" + after(end) + ", then all is well")
                .reused()
                .peer([=](tls_script& c) { stop(read_unanswered(c, how), end); })
                .peer([=](tls_script& c) { read_request(c, how).reply(stored); })
                .succeeds()
                .attempts(2)
                .keeps_connection();
        for (ending end : all_endings)
            table.add(how, "it dies, then nothing" + after(end))
                .reused()
                .peer([=](tls_script& c) { read_unanswered(c, how).close(); })
                .peer([=](tls_script& c) { stop(read_request(c, how), end); })
                .ends(lost_by(end), phase::receive)
                .attempts(2)
                .maybe_applied(maybe);
        table.add(how, "it dies, then a refusal")
            .reused()
            .peer([=](tls_script& c) { read_unanswered(c, how).drop(); })
            .peer([=](tls_script& c) { read_request(c, how).reply(json_reply("400 Bad Request", "{}")); })
            .ends(pc::make_http_status_code(400), phase::receive)
            .attempts(2)
            .maybe_applied(maybe_lost)
            .keeps_connection();
        table.add(how, "bytes that are not TLS, then all is well")
            .reused()
            .peer([=](tls_script& c) { read_unanswered(c, how).below_tls().reply("rubbish").expect_end(); })
            .peer([=](tls_script& c) { read_request(c, how).reply(stored); })
            .succeeds()
            .attempts(2)
            .keeps_connection();
        // The service was there.
        table.add(how, "one byte" + after(ending::close))
            .reused()
            .peer([=](tls_script& c) { read_request(c, how).reply("H").close(); })
            .ends(errc::truncated_response, phase::receive)
            .maybe_applied(maybe);
        table.add(how, "nothing" + after(ending::silence))
            .reused()
            .peer([=](tls_script& c) { read_request(c, how).expect_close(); })
            .ends(errc::attempt_timeout, phase::receive)
            .maybe_applied(maybe);
        table.add(how, "rubbish")
            .reused()
            .peer([=](tls_script& c) { read_request(c, how).reply("rubbish\r\n\r\n").expect_close(); })
            .ends(errc::malformed_response, phase::receive)
            .maybe_applied(maybe);
    }
    play(table, 36);
}
