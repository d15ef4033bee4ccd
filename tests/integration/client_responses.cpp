// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a call makes of responses that are no proper ones: bodies, framing, limits.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::condition;
using pc::errc;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string ok(std::string_view headers, std::string_view body)
{
    std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return reply.append(headers).append("\r\n").append(body);
}

enum class end { open, close, drop, reset };

// What a GET ends with when the peer sends this, and then ends the connection in that way.
call_result answer(const std::string& bytes, end how = end::open, pc::transport_options* limits = nullptr)
{
    tls_scripted_peer peer;
    {
        auto script = peer.on_connection();
        script.expect_request("GET ").reply(bytes);
        if (how == end::close)
            script.close();
        else if (how == end::drop)
            script.drop();
        else if (how == end::reset)
            script.reset();
    }
    pc::transport_options network = testing::trusting(peer.ca_pem());
    if (limits) {
        network.max_response_header = limits->max_response_header;
        network.max_response_body = limits->max_response_body;
    }
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    return fixture.get();
}

} // namespace

TEST_CASE("a 200 that is no profile is an error that says what it is instead")
{
    struct row {
        std::string reply;
        errc ec;
        std::string said;
    };
    const std::string json_type = "Content-Type: application/json\r\n";
    std::string deep;
    for (int i = 0; i != 40; ++i)
        deep += "{\"a\":";
    const row rows[] = {
        {ok(json_type, ""), errc::empty_body, "no body"},
        {ok("", ""), errc::empty_body, "no body"},
        {ok("Content-Type: text/html\r\n", "<html>Sign in</html>"), errc::unexpected_content_type,
         "Content-Type text/html; the response begins \"<html>Sign in</html>\""},
        {ok("Content-Type: text/plain\r\n", "{}"), errc::unexpected_content_type, "text/plain"},
        {ok("Content-Type: application/jsonp\r\n", "{}"), errc::unexpected_content_type, "application/jsonp"},
        {ok(json_type, "<html>Sign in</html>"), errc::malformed_json, "byte 0"},
        {ok(json_type, "{\"id\":\"1\",\"comp"), errc::malformed_json, "ends too early"},
        {ok(json_type, "{\"id\":\"1\"}{}"), errc::malformed_json, "byte 10"},
        {ok(json_type, " \r\n "), errc::malformed_json, "ends too early"},
        {ok(json_type, deep), errc::malformed_json, "too deep at byte"},
        {ok(json_type, "{\"id\":\"\xFF\"}"), errc::malformed_json, "byte"},
        {ok(json_type, "[]"), errc::unexpected_json_type, "the document: expected object, got array"},
        {ok(json_type, "null"), errc::unexpected_json_type, "the document: expected object, got null"},
        {ok(json_type, "\"text\""), errc::unexpected_json_type, "expected object, got string"},
        {ok(json_type, R"({"defaultAddress":{"postalCode":98052}})"), errc::unexpected_json_type,
         "/defaultAddress/postalCode: expected string, got number"},
        {ok(json_type, R"({"links":{"self":{"headers":[{"key":"k"},{"key":false}]}}})"),
         errc::unexpected_json_type, "/links/self/headers/1/key: expected string, got boolean"},
        {ok(json_type + "Content-Encoding: gzip\r\n", "\x1F\x8B"), errc::unexpected_content_encoding, "gzip"},
    };
    for (const row& r : rows) {
        CAPTURE(r.reply);
        const call_result result = answer(r.reply);
        CHECK(result.ec == r.ec);
        CHECK(result.ec == condition::unexpected_response);
        CHECK_MESSAGE(contains(result.what(), r.said), result.what());
        CHECK(contains(result.what(), "HTTP status 200"));
        CHECK(result.diag.http_status == 200);
        CHECK(result.diag.phase == pc::phase::decode);
        CHECK_FALSE(result.diag.may_have_been_applied);
        CHECK(result.profile == pc::OrganizationProfile()); // and not the part that could be read
    }
}

TEST_CASE("a profile is accepted with a byte order mark, without Content-Type, and under any JSON type")
{
    const std::string replies[] = {
        ok("Content-Type: application/json; charset=utf-8\r\n", "\xEF\xBB\xBF{\"id\":\"1\"}"),
        ok("", "{\"id\":\"1\"}"),
        ok("content-type: Application/JSON\r\n", " {\"id\":\"1\"}\r\n"),
        ok("Content-Type: application/vnd.partner+json\r\n", "{\"id\":\"1\"}"),
        ok("Content-Type: application/json ; charset=utf-8\r\nContent-Encoding: identity\r\n",
           "{\"id\":\"1\"}"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"id\r\n6;a=b\r\n\":\"1\"}\r\n0\r\nX: "
        "y\r\n\r\n",
        "HTTP/1.1 200 \r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}",
    };
    for (const std::string& reply : replies) {
        CAPTURE(reply);
        const call_result result = answer(reply);
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(result.profile.id == "1");
        CHECK(result.diag.body_excerpt.empty());
    }
}

TEST_CASE("an update whose answer cannot be understood may have been applied")
{
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_head("PUT ")
        .reply("HTTP/1.1 100 Continue\r\n\r\n")
        .expect_body()
        .reply(json_reply("200 OK", "[]"));
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    const call_result result = fixture.update();
    CHECK(result.ec == errc::unexpected_json_type);
    CHECK(result.diag.may_have_been_applied);
    CHECK(contains(result.what(), "the change may have been applied"));
}

TEST_CASE("a body that lasts until the end of the stream is complete only with a close_notify")
{
    const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\":\"1\"}";
    const call_result whole = answer(bytes, end::close);
    CHECK_MESSAGE(!whole.ec, whole.what());
    CHECK(whole.profile.id == "1");
    const call_result cut = answer(bytes, end::drop);
    CHECK(cut.ec == errc::truncated_response);
    CHECK(cut.profile == pc::OrganizationProfile());
}

TEST_CASE("a response that breaks off is truncated, however the connection ends")
{
    const std::string part[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":\"1\"}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n{\"id\":\"1\"}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFF\r\n{",
        "HTTP/1.1 200 OK\r\nContent-Len",
        "HTTP/1.1 200 OK\r\n",
        "H",
    };
    for (const std::string& bytes : part)
        for (end how : {end::close, end::drop}) {
            CAPTURE(bytes);
            const call_result result = answer(bytes, how);
            CHECK(result.ec == errc::truncated_response);
            CHECK(result.ec == condition::connection_failed);
            CHECK(result.ec == condition::transient);
            CHECK(result.diag.http_status == 0);
            CHECK(contains(result.what(), "the connection ended inside the response"));
            CHECK(contains(result.what(), "while waiting for the response"));
        }
}

TEST_CASE("a connection that ends without a response is not tried again when it was new")
{
    for (end how : {end::close, end::drop}) {
        const call_result result = answer("", how);
        CHECK(result.ec == errc::connection_closed);
        CHECK(result.diag.attempts == 1);
        CHECK(result.ec == condition::connection_failed);
        CHECK(result.ec == condition::transient);
    }
    const call_result reset = answer("", end::reset);
    CHECK(reset.ec == boost::system::errc::connection_reset);
    CHECK(reset.ec == condition::connection_failed);
    CHECK(reset.ec == condition::transient);
}

TEST_CASE("bytes that are no HTTP/1.1 response are refused at once")
{
    const std::string bytes[] = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        std::string("\x00\x00\x12\x04\x00\x00\x00\x00\x00", 9),
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 99999 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    };
    for (const std::string& text : bytes) {
        CAPTURE(text);
        const call_result result = answer(text);
        CHECK_MESSAGE(result.ec == errc::malformed_response, result.what());
        CHECK(result.ec == condition::unexpected_response);
        CHECK_FALSE(result.diag.description.empty());
    }
}

TEST_CASE("a response larger than the limits is refused, and the limit named")
{
    pc::transport_options limits;
    limits.max_response_header = 300;
    limits.max_response_body = 100;
    const std::string x(1000, 'x');
    struct row {
        std::string bytes;
        std::string said;
    };
    const row rows[] = {
        {"HTTP/1.1 200 OK\r\nX: " + x + "\r\n\r\n", "header has more than 300"},
        {"HTTP/1.1 200 " + x, "header has more than 300"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "body has more than 100"},
        {"HTTP/1.1 200 OK\r\n\r\n" + x, "body has more than 100"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + x, "body has more than 100"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + x, "header has more than 300"},
    };
    for (const row& r : rows) {
        CAPTURE(r.bytes);
        const call_result result = answer(r.bytes, end::open, &limits);
        CHECK(result.ec == errc::response_too_large);
        CHECK_MESSAGE(contains(result.what(), r.said), result.what());
    }
    CHECK_FALSE(answer(ok("", "{\"id\":\"" + std::string(90, 'x') + "\"} "), end::open, &limits).ec);
}

TEST_CASE("interim responses are passed over, unless they do not end")
{
    std::string some;
    for (int i = 0; i != 10; ++i)
        some +=
            i % 2 == 0 ? "HTTP/1.1 102 Processing\r\n\r\n" : "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    const call_result result = answer(some + ok("", "{\"id\":\"1\"}"));
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.profile.id == "1");

    std::string many;
    for (int i = 0; i != 1000; ++i)
        many += "HTTP/1.1 102 Processing\r\n\r\n";
    CHECK(answer(many).ec == errc::response_too_large);
}

TEST_CASE("a response may come byte by byte")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request("GET ").reply_slowly(json_reply("200 OK", "{\"id\":\"1\"}"), 1,
                                                             std::chrono::milliseconds{0});
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    const call_result result = fixture.get();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.profile.id == "1");
}
