// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "fixtures/tls_raw_client.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace asio = boost::asio;
namespace testing = partner_center::testing;
using testing::tls_raw_client;

namespace {

testing::emulator_options fixed_token()
{
    testing::emulator_options options;
    options.token = "token";
    return options;
}

std::string request(const std::string& method, const std::string& headers = {}, const std::string& body = {},
                    const std::string& version = "1.1")
{
    return method + " /v1/profiles/organization HTTP/" + version + "\r\nAuthorization: Bearer token\r\n" +
           headers + "\r\n" + body;
}

const std::string get = request("GET");

struct connection {
    explicit connection(testing::emulator_options options = fixed_token())
        : partner_center(std::move(options))
        , client(partner_center.port(), partner_center.ca_pem())
    {
    }

    testing::emulator partner_center;
    tls_raw_client client;
};

} // namespace

TEST_CASE("a head that is refused gets its final status without 100, and the connection ends")
{
    struct row {
        std::string head;
        unsigned status;
    };
    const std::string expect = "Expect: 100-continue\r\nContent-Length: 2\r\n";
    const row rows[] = {
        {"PUT /v1/profiles/organization HTTP/1.1\r\n" + expect + "\r\n", 401},
        {"PUT /x HTTP/1.1\r\nAuthorization: Bearer token\r\n" + expect + "\r\n", 404},
        {request("POST", expect), 405},
        {request("PUT", expect + "If-Match: \"0\"\r\n"), 412},
        {request("PUT", expect + "Content-Type: text/xml\r\n"), 400},
        {request("PUT", "Expect: 100-continue\r\nContent-Length: 9999999\r\n"), 413},
        {request("PUT", "Expect: 200-later\r\nContent-Length: 2\r\n"), 417},
    };
    for (const row& r : rows) {
        CAPTURE(r.head);
        connection c;
        const auto response = c.client.exchange(r.head);
        CHECK(response.status == r.status);
        CHECK(response.header("Connection") == "close");
        CHECK(c.client.read_until_closed().empty());
        CHECK(c.partner_center.requests().at(0).status == r.status);
    }
}

TEST_CASE("a refused request whose body came along leaves the connection open")
{
    connection c;
    CHECK(c.client.exchange("PUT /v1/profiles/organization HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}").status ==
          401);
    CHECK(c.client.exchange(request("PUT", "Content-Length: 2\r\nIf-Match: \"0\"\r\n", "{}")).status == 412);
    CHECK(c.client.exchange(request("PUT", "Content-Length: 2\r\n", "{]")).status == 400);
    CHECK(c.client.exchange(get).status == 200);
    CHECK(c.partner_center.connections_accepted() == 1);
}

TEST_CASE("100 is sent only to those who wait for it")
{
    connection c;
    SUBCASE("a body that came with the head")
    {
        CHECK(
            c.client.exchange(request("PUT", "Expect: 100-continue\r\nContent-Length: 2\r\n", "{}")).status ==
            200);
        CHECK_FALSE(c.partner_center.requests().at(0).waited_for_continue);
    }
    SUBCASE("no body")
    {
        CHECK(c.client.exchange(request("GET", "Expect: 100-continue\r\n")).status == 200);
        CHECK_FALSE(c.partner_center.requests().at(0).waited_for_continue);
    }
    SUBCASE("HTTP/1.0")
    {
        c.client.send(request("PUT", "Expect: 100-continue\r\nContent-Length: 2\r\n", {}, "1.0"));
        CHECK(c.client.exchange("{}").status == 200);
        CHECK_FALSE(c.partner_center.requests().at(0).waited_for_continue);
    }
}

TEST_CASE("connections are kept and ended as HTTP/1 says")
{
    connection c;
    SUBCASE("Connection: close")
    {
        const auto response = c.client.exchange(request("GET", "Connection: close\r\n"));
        CHECK(response.status == 200);
        CHECK(response.header("Connection") == "close");
        CHECK(c.client.read_until_closed().empty());
    }
    SUBCASE("HTTP/1.0")
    {
        CHECK(c.client.exchange(request("GET", {}, {}, "1.0")).header("Connection") == "close");
        CHECK(c.client.read_until_closed().empty());
    }
    SUBCASE("HTTP/1.0 with keep-alive")
    {
        const std::string kept = request("GET", "Connection: keep-alive\r\n", {}, "1.0");
        CHECK(c.client.exchange(kept).header("Connection") == "keep-alive");
        CHECK(c.client.exchange(kept).status == 200);
    }
    SUBCASE("HTTP/1.1")
    {
        for (int i = 0; i != 3; ++i)
            CHECK_FALSE(c.client.exchange(get).header("Connection").has_value());
    }
}

TEST_CASE("pipelined requests are answered in order")
{
    connection c;
    c.client.send("\r\n" + get + request("PUT", "Content-Length: 2\r\n", "{]") + request("HEAD") + get);
    CHECK(c.client.read_response().status == 200);
    CHECK(c.client.read_response().status == 400);
    const auto head = c.client.read_response(true);
    CHECK(head.status == 405);
    CHECK(head.header("Allow") == "GET, PUT");
    CHECK(c.client.read_response().status == 200);
}

TEST_CASE("chunked bodies are accepted")
{
    connection c;
    const auto response =
        c.client.exchange(request("PUT", "Transfer-Encoding: chunked\r\n",
                                  "5;x=y\r\n{\"id\"\r\n5\r\n:\"a\"}\r\n0\r\nTrailer: t\r\n\r\n"));
    CHECK(response.status == 200);
    CHECK(c.partner_center.requests().at(0).body == "{\"id\":\"a\"}");
    CHECK(c.client.exchange(get).status == 200);
}

TEST_CASE("chunks may come byte by byte, the last one too when it is the only one")
{
    connection c;
    const std::string bodies[] = {"0\r\n\r\n", "0\r\nX-Note: t\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n"};
    for (const std::string& body : bodies) {
        CAPTURE(body);
        for (const char byte : request("PUT", "Transfer-Encoding: chunked\r\n", body))
            c.client.send(std::string(1, byte));
        CHECK(c.client.read_response().status == (body.starts_with('2') ? 200 : 400));
    }
    CHECK(c.partner_center.connections_accepted() == 1);
}

TEST_CASE("limits end a request with the status that names them")
{
    auto options = fixed_token();
    options.max_body_size = 100;
    options.max_head_size = 1000;
    connection c(std::move(options));
    const std::string large(200, ' ');
    unsigned expected = 413;
    std::string bytes;
    SUBCASE("a body with its length")
    {
        bytes = request("PUT", "Content-Length: 200\r\n", large);
    }
    SUBCASE("a body that never comes")
    {
        bytes = request("PUT", "Content-Length: 99999999999\r\n");
    }
    SUBCASE("a body in chunks")
    {
        bytes = request("PUT", "Transfer-Encoding: chunked\r\n", "c8\r\n" + large + "\r\n0\r\n\r\n");
    }
    SUBCASE("a head")
    {
        expected = 431;
        bytes = request("GET", "X: " + std::string(1000, 'x') + "\r\n");
    }
    SUBCASE("a head without an end")
    {
        expected = 431;
        bytes = "GET /" + std::string(1000, 'x');
    }
    const auto response = c.client.exchange(bytes);
    CHECK(response.status == expected);
    CHECK(boost::json::parse(response.body).at("code").as_int64() == expected);
    CHECK(response.header("Connection") == "close");
    CHECK(c.client.read_until_closed().empty());
    CHECK_FALSE(c.partner_center.requests().at(0).applied);
}

TEST_CASE("a body of exactly the limit is accepted")
{
    auto options = fixed_token();
    options.max_body_size = 100;
    connection c(std::move(options));
    CHECK(c.client.exchange(request("PUT", "Content-Length: 100\r\n", "{}" + std::string(98, ' '))).status ==
          200);
}

TEST_CASE("garbage is answered with 400, and the connection ends")
{
    const std::string rows[] = {
        "\x16\x03\x01 hello\r\n\r\n",
        "hello\r\n",
        "hello\n",
        "GET\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        request("PUT", "Transfer-Encoding: chunked\r\n", "xyz\r\n"),
        std::string("GET /\0 HTTP/1.1\r\n\r\n", 19),
    };
    for (const std::string& bytes : rows) {
        CAPTURE(bytes);
        connection c;
        const auto response = c.client.exchange(bytes);
        CHECK(response.status == 400);
        CHECK(response.header("Connection") == "close");
        CHECK(c.client.read_until_closed().empty());
        CHECK(c.partner_center.requests().size() == 1);
    }
}

TEST_CASE("a peer that is slow or silent is dropped")
{
    auto options = fixed_token();
    options.idle_timeout = std::chrono::milliseconds{50};
    options.request_timeout = std::chrono::milliseconds{50};
    SUBCASE("between requests")
    {
        options.request_timeout = std::chrono::seconds{20};
        connection c(std::move(options));
        CHECK(c.client.exchange(get).status == 200);
        CHECK(c.client.read_until_closed().empty());
    }
    options.idle_timeout = std::chrono::seconds{20};
    // Long enough for the handshake under a sanitizer.
    options.request_timeout = std::chrono::milliseconds{500};
    SUBCASE("inside a head")
    {
        connection c(std::move(options));
        c.client.send("GET /v1");
        CHECK(c.client.read_until_closed().empty());
    }
    SUBCASE("inside a body")
    {
        connection c(std::move(options));
        c.client.send(request("PUT", "Content-Length: 2\r\n", "{"));
        CHECK(c.client.read_until_closed().empty());
        CHECK(c.partner_center.requests().empty());
    }
    SUBCASE("before the handshake")
    {
        testing::emulator partner_center(options);
        asio::io_context io;
        asio::ip::tcp::socket socket(io);
        socket.connect({asio::ip::make_address("127.0.0.1"), partner_center.port()});
        char byte = 0;
        boost::system::error_code ec;
        socket.read_some(asio::buffer(&byte, 1), ec);
        CHECK(ec.failed());
    }
}

TEST_CASE("nothing a peer sends brings the emulator down")
{
    const std::string whole = request("PUT", "Expect: 100-continue\r\nContent-Length: 2\r\n", "{}") +
                              request("PUT", "Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n") + get;
    testing::emulator partner_center(fixed_token());
    std::minstd_rand random(7);
    for (int i = 0; i != 60; ++i) {
        std::string bytes = whole.substr(0, random() % whole.size() + 1);
        for (unsigned mistakes = random() % 4; mistakes != 0; --mistakes)
            bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        client.send(bytes);
        client.drop();
    }
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(get).status == 200);
}

TEST_CASE("a peer that does not speak TLS is sent away")
{
    testing::emulator partner_center(fixed_token());
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), partner_center.port()});
    boost::asio::write(socket, boost::asio::buffer(get));
    std::string answer(1000, '\0');
    boost::system::error_code ec;
    while (!ec)
        socket.read_some(boost::asio::buffer(answer), ec);
    CHECK(answer.find("HTTP") == std::string::npos);
    CHECK(partner_center.requests().empty());
}

TEST_CASE("of the protocols that a peer offers HTTP/1.1 is taken, and nothing else will do")
{
    const testing::emulator partner_center(fixed_token());
    const auto agree = [&](std::string_view offered) {
        asio::io_context io;
        asio::ssl::context tls(asio::ssl::context::tls_client);
        asio::ssl::stream<asio::ip::tcp::socket> stream(io, tls);
        SSL_set_alpn_protos(stream.native_handle(), reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
        stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), partner_center.port()});
        boost::system::error_code ec;
        stream.handshake(asio::ssl::stream_base::client, ec);
        if (ec)
            return ec.message();
        const unsigned char* taken = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(stream.native_handle(), &taken, &size);
        return std::string(reinterpret_cast<const char*>(taken), size);
    };
    CHECK(agree("\x08http/1.1") == "http/1.1");
    CHECK(agree("\x02h2\x08http/1.1") == "http/1.1");
    CHECK(agree("\x02h2\x08http/1.0").find("no application protocol") != std::string::npos);
}

TEST_CASE("a connection beyond the limit is closed at once")
{
    auto options = fixed_token();
    options.max_connections = 1;
    connection c(std::move(options));
    CHECK(c.client.exchange(get).status == 200);
    CHECK_THROWS_AS(tls_raw_client(c.partner_center.port(), c.partner_center.ca_pem()),
                    boost::system::system_error);
    CHECK(c.client.exchange(get).status == 200);
    CHECK(c.partner_center.connections_accepted() == 1);
}
