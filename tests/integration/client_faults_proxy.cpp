// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Each fault of a proxy: nothing is sent to the service, and the proxy learns nothing but its address.

#include "fixtures/fault_play.hpp"
#include "fixtures/fault_table.hpp"

#include <boost/asio/error.hpp>

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
const std::string tunnel = "HTTP/1.1 200 Connection established\r\n\r\n";

} // namespace

TEST_CASE("faults of a proxy that is not there, or goes away")
{
    fault_table table;
    for (request how : all_requests) {
        table.add(how, "nobody knows the proxy")
            .through_proxy()
            .name_fails(EAI_NONAME)
            .ends(asio::error::host_not_found, phase::resolve)
            .attempts(0);
        table.add(how, "the proxy does not listen")
            .through_proxy()
            .nobody_listens()
            .ends(asio::error::connection_refused, phase::connect)
            .attempts(0);
        table.add(how, "a FIN instead of an answer to CONNECT")
            .through_proxy()
            .peer([](tls_script& c) { c.without_tls().expect_head("CONNECT ").close(); })
            .ends(errc::connection_closed, phase::proxy)
            .attempts(0);
        table.add(how, "silence instead of an answer to CONNECT")
            .through_proxy()
            .peer([](tls_script& c) { c.without_tls().expect_head("CONNECT ").expect_close(); })
            .ends(errc::connect_timeout, phase::proxy)
            .attempts(0);
    }
    table.add(request::get, "the proxy does not answer at all")
        .through_proxy()
        .queue_is_full()
        .ends(errc::connect_timeout, phase::connect)
        .attempts(0);
    table.add(request::get, "a RST instead of an answer to CONNECT")
        .through_proxy()
        .peer([](tls_script& c) { c.without_tls().expect_head("CONNECT ").reset(); })
        .ends(asio::error::connection_reset, phase::proxy)
        .attempts(0);
    table.add(request::get, "a FIN inside the answer to CONNECT")
        .through_proxy()
        .peer([](tls_script& c) { c.without_tls().expect_head("CONNECT ").reply("HTTP/1.1 200 O").close(); })
        .ends(errc::truncated_response, phase::proxy)
        .attempts(0);
    table.add(request::get, "an answer to CONNECT that drips")
        .through_proxy()
        .peer([](tls_script& c) {
            c.without_tls().expect_head("CONNECT ").reply("HTTP/1.1 200 OK\r\n").reply_without_end("X", drip);
        })
        .ends(errc::connect_timeout, phase::proxy)
        .attempts(0);
    play(table, 16);
}

TEST_CASE("faults of a proxy that answers")
{
    struct answer {
        const char* phrase;
        std::string bytes;
        errc ec;
    };
    const answer answers[] = {
        {"407", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
         errc::proxy_authentication_required},
        {"401", "HTTP/1.0 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno",
         errc::proxy_authentication_required},
        {"403", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", errc::proxy_refused},
        {"502", "HTTP/1.1 502 Bad Gateway\r\n\r\n", errc::proxy_unavailable},
        {"a redirection", "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.test/\r\n\r\n",
         errc::proxy_refused},
        {"300", "HTTP/1.1 300 Multiple Choices\r\nContent-Length: 0\r\n\r\n", errc::proxy_refused},
        {"408", "HTTP/1.1 408 Request Timeout\r\n\r\n", errc::proxy_unavailable},
        {"499", "HTTP/1.1 499 No\r\nContent-Length: 0\r\n\r\n", errc::proxy_refused},
        {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n", errc::malformed_response},
        {"bytes of the server behind the answer", tunnel + "\x16", errc::malformed_response},
        {"a header without end", "HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x'), errc::response_too_large},
        {"101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", errc::malformed_response},
    };
    fault_table table;
    for (const answer& a : answers)
        for (request how : {request::get, request::put_expecting})
            table.add(how, std::string("the proxy answers with ") + a.phrase)
                .through_proxy()
                .peer([a](tls_script& c) {
                    c.without_tls().expect_head("CONNECT ").reply(a.bytes).expect_close();
                })
                .ends(a.ec, phase::proxy)
                .attempts(0);
    table.add(request::get, "the proxy says 100 Continue without end")
        .through_proxy()
        .peer([](tls_script& c) {
            c.without_tls().expect_head("CONNECT ").reply_without_end("HTTP/1.1 100 Continue\r\n\r\n");
        })
        .ends(errc::response_too_large, phase::proxy)
        .attempts(0);
    play(table, 25);
}

TEST_CASE("faults of the server behind a proxy")
{
    fault_table table;
    for (request how : all_requests) {
        table.add(how, "the server is silent in the handshake")
            .through_proxy()
            .peer([](tls_script& c) {
                c.without_tls()
                    .expect_head("CONNECT ")
                    .reply("HTTP/1.1 103 Early Hints\r\n\r\n" + tunnel)
                    .expect_client_hello()
                    .expect_close();
            })
            .ends(errc::handshake_timeout, phase::handshake)
            .attempts(0);
        table.add(how, "the tunnel dies before the answer")
            .through_proxy()
            .peer([how](tls_script& c) { read_unanswered(c.open_tunnel(), how).drop(); })
            .ends(errc::connection_closed,
                  how == request::put_expecting ? phase::wait_continue : phase::receive)
            .maybe_applied(how == request::put);
        table.add(how, "the tunnel was dead already")
            .through_proxy()
            .reused()
            .peer([how](tls_script& c) { read_unanswered(c, how).drop(); })
            .peer([how](tls_script& c) { read_request(c.open_tunnel(), how).reply(testing::stored); })
            .succeeds()
            .attempts(2)
            .keeps_connection();
    }
    play(table, 9);
}
