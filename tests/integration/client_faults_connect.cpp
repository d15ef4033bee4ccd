// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Each fault that a call can meet before it has a connection: nothing is sent, and nothing is left behind.

#include "fixtures/fault_play.hpp"
#include "fixtures/fault_table.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <netdb.h>

#include <chrono>
#include <string>

namespace asio = boost::asio;
namespace testing = partner_center::testing;
using partner_center::errc;
using partner_center::phase;
using testing::all_requests;
using testing::fault_table;
using testing::request;
using testing::tls_script;

namespace {

constexpr std::chrono::milliseconds drip{5};

// TLS records, as RFC 8446 has them in sections 5 and 6.
std::string record(char type, const std::string& content)
{
    std::string bytes{type, '\x03', '\x03'};
    bytes += static_cast<char>(content.size() >> 8U);
    bytes += static_cast<char>(content.size() & 0xFFU);
    return bytes + content;
}

const std::string warning = record('\x15', std::string("\x01\x5A", 2));          // user_canceled
const std::string refusal = record('\x15', std::string("\x02\x28", 2));          // handshake_failure
const std::string goodbye = record('\x15', std::string("\x01\x00", 2));          // close_notify
const std::string hello_begins = std::string("\x16\x03\x03\x00\x7A\x02\x00", 7); // of a ServerHello

} // namespace

TEST_CASE("faults of the name's resolution")
{
    fault_table table;
    for (request how : all_requests) {
        table.add(how, "there is no such name")
            .name_fails(EAI_NONAME)
            .ends(asio::error::host_not_found, phase::resolve)
            .attempts(0);
        table.add(how, "the resolver does not answer")
            .name_hangs()
            .ends(errc::connect_timeout, phase::resolve)
            .attempts(0);
        // What the first attempt left open stays open.
        table.add(how, "the name is gone when the connection dies")
            .reused()
            .name_fails(EAI_NONAME)
            .peer([how](tls_script& c) { read_unanswered(c, how).close(); })
            .ends(asio::error::host_not_found, phase::resolve)
            .maybe_applied(how == request::put);
    }
    table.add(request::get, "the resolver asks to come back later")
        .name_fails(EAI_AGAIN)
        .ends(asio::error::host_not_found_try_again, phase::resolve)
        .attempts(0);
    table.add(request::get, "the resolver gives up")
        .name_fails(EAI_FAIL)
        .ends(asio::error::no_recovery, phase::resolve)
        .attempts(0);
    play(table, 11);
}

TEST_CASE("faults of the connection's opening")
{
    fault_table table;
    for (request how : all_requests) {
        table.add(how, "nobody listens")
            .nobody_listens()
            .ends(asio::error::connection_refused, phase::connect)
            .attempts(0);
        table.add(how, "the host does not answer")
            .queue_is_full()
            .ends(errc::connect_timeout, phase::connect)
            .attempts(0);
        // The reset may come before the client has seen that it is connected, or after it has sent.
        table.add(how, "the connection is reset as soon as it is there")
            .peer([](tls_script& c) { c.without_tls().reset(); })
            .ends({asio::error::connection_reset, asio::error::broken_pipe, errc::connection_closed},
                  {phase::connect, phase::handshake})
            .attempts(0);
    }
    play(table, 9);
}

TEST_CASE("faults of the TLS handshake: it ends early, or not at all")
{
    fault_table table;
    for (request how : all_requests) {
        table.add(how, "a RST instead of a ServerHello")
            .peer([](tls_script& c) { c.without_tls().expect_client_hello().reset(); })
            .ends(asio::error::connection_reset, phase::handshake)
            .attempts(0);
        table.add(how, "a FIN instead of a ServerHello")
            .peer([](tls_script& c) { c.without_tls().expect_client_hello().drop(); })
            .ends(errc::connection_closed, phase::handshake)
            .attempts(0);
        table.add(how, "close_notify instead of a ServerHello")
            .peer([](tls_script& c) { c.without_tls().expect_client_hello().reply(goodbye).expect_close(); })
            .ends(errc::connection_closed, phase::handshake)
            .attempts(0);
        table.add(how, "silence instead of a ServerHello")
            .peer([](tls_script& c) { c.without_tls().expect_client_hello().expect_close(); })
            .ends(errc::handshake_timeout, phase::handshake)
            .attempts(0);
    }
    table.add(request::get, "a FIN without a look at the ClientHello")
        .peer([](tls_script& c) { c.without_tls().drop(); })
        .ends(errc::connection_closed, phase::handshake)
        .attempts(0);
    table.add(request::get, "a RST inside the ServerHello")
        .peer([](tls_script& c) { c.without_tls().expect_client_hello().reply(hello_begins).reset(); })
        .ends(asio::error::connection_reset, phase::handshake)
        .attempts(0);
    table.add(request::get, "a FIN inside the ServerHello")
        .peer([](tls_script& c) { c.without_tls().expect_client_hello().reply(hello_begins).drop(); })
        .ends(errc::connection_closed, phase::handshake)
        .attempts(0);
    table.add(request::get, "silence inside the ServerHello")
        .peer([](tls_script& c) { c.without_tls().expect_client_hello().reply(hello_begins).expect_close(); })
        .ends(errc::handshake_timeout, phase::handshake)
        .attempts(0);
    table.add(request::get, "a ServerHello that drips")
        .peer([](tls_script& c) {
            c.without_tls()
                .expect_client_hello()
                .reply(std::string("\x16\x03\x03\x40\x00\x02", 6))
                .reply_without_end(std::string(1, '\0'), drip);
        })
        .ends(errc::handshake_timeout, phase::handshake)
        .attempts(0);
    play(table, 17);
}

TEST_CASE("faults of the TLS handshake: what comes is wrong")
{
    struct row {
        const char* phrase;
        std::string bytes;
    };
    const row rows[] = {
        {"a fatal alert", refusal},
        {"plain HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"},
        {"another protocol's greeting", "SSH-2.0-OpenSSH_9.2\r\n"},
        {"zeros", std::string(64, '\0')},
        {"a record of a version that never was", std::string("\x16\x09\x09\x00\x01\x02", 6)},
        {"a record that is too large", std::string("\x16\x03\x03\xFF\xFF", 5)},
        {"a message that is too large", record('\x16', std::string("\x02\xFF\xFF\xFF", 4))},
        {"application data", record('\x17', "{}")},
        {"a Finished out of order", record('\x16', std::string("\x14\x00\x00\x01\x00", 5))},
    };
    fault_table table;
    for (const row& r : rows)
        table.add(request::get, std::string(r.phrase) + " instead of a ServerHello")
            .peer([bytes = r.bytes](tls_script& c) {
                c.without_tls().expect_client_hello().reply(bytes).expect_end();
            })
            .ends_in_tls(phase::handshake)
            .attempts(0);
    table.add(request::get, "warnings without end")
        .peer([](tls_script& c) { c.without_tls().expect_client_hello().reply_without_end(warning); })
        .ends_in_tls(phase::handshake)
        .attempts(0);
    table.add(request::get, "empty records without end")
        .peer([](tls_script& c) {
            c.without_tls().expect_client_hello().reply_without_end(record('\x16', ""));
        })
        .ends_in_tls(phase::handshake)
        .attempts(0);
    // What the first attempt left open stays open.
    for (request how : all_requests)
        table.add(how, "the fresh connection is refused in the handshake")
            .reused()
            .peer([how](tls_script& c) { read_unanswered(c, how).close(); })
            .peer([](tls_script& c) { c.refuse_tls(); })
            .ends_in_tls(phase::handshake)
            .maybe_applied(how == request::put);
    play(table, 14);
}
