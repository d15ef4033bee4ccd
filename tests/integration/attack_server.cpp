// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A server that attacks its clients by HTTP: each attack ends in the right error, in bounded time and memory,
// and the next call on the same transport succeeds.

#include "fixtures/attack_report.hpp"
#include "fixtures/attacker.hpp"
#include "fixtures/emulator_attack.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::condition;
using pc::errc;
using pc::phase;
using testing::attack_connection;
using testing::attack_end;
using testing::attacker;
using testing::drips;
using testing::floods;
using testing::repeated;
using testing::says;

namespace {

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;

struct row {
    std::string name;
    attacker::attack what;
    attack_end end;
    std::size_t memory = MiB;
};

void check_aftermath(testing::attack_report& report, const attacker& peer, testing::client_fixture& fixture,
                     const testing::call_result& attacked)
{
    // Only after an answer is the connection kept.
    CHECK((attacked.diag.http_status != 0 || peer.wait_until_over()));
    testing::check_honest(fixture, peer.base_url());
    report.sent(peer.sent());
}

void play(const char* title, const std::vector<row>& rows)
{
    testing::attack_report report(title);
    for (const row& r : rows) {
        CAPTURE(r.name);
        const attacker peer(r.what);
        testing::client_fixture fixture(testing::attacked(peer.ca_pem(), r.end),
                                        testing::talking_to(peer.base_url()));
        const testing::call_result result = report.attack(r.name, fixture, fixture.client, r.end, r.memory);
        check_aftermath(report, peer, fixture, result);
    }
}

struct change_row {
    std::string name;
    attacker::attack what;
    attack_end end;
    bool waits_for_continue; // the change, before it is sent
    bool may_have_been_applied;
    std::size_t memory = MiB;
};

void play_changes(const char* title, const std::vector<change_row>& rows)
{
    testing::attack_report report(title);
    for (const change_row& r : rows) {
        CAPTURE(r.name);
        const attacker peer(r.what);
        pc::client_options options = testing::talking_to(peer.base_url());
        options.expect_continue = r.waits_for_continue;
        options.continue_timeout = 9s;
        testing::client_fixture fixture(testing::attacked(peer.ca_pem(), r.end), options);
        const testing::call_result result = report.attack_update(r.name, fixture, r.end, r.memory);
        CHECK(result.diag.may_have_been_applied == r.may_have_been_applied);
        CHECK(result.diag.attempts == 1);
        check_aftermath(report, peer, fixture, result);
    }
}

// As floods, and does not wait for the body.
attacker::attack floods_early(std::string first, std::string then)
{
    return [first = std::move(first), then = std::move(then)](attack_connection& c) {
        bool there = c.shake_hands() && c.read_some() && c.send(first);
        while (there)
            there = c.send(then);
    };
}

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
const std::string json = ok + "Content-Type: application/json\r\n";

std::string with_body(const std::string& body)
{
    return json + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const attack_end too_large(errc::response_too_large, phase::receive);
const attack_end malformed(errc::malformed_response, phase::receive);
const attack_end too_late(errc::attempt_timeout, phase::receive);
// Newer versions of Beast find another fault with it.
const attack_end no_chunk(condition::unexpected_response, phase::receive);
const attack_end no_json(errc::malformed_json, phase::decode);
// That it is no JSON, or to newer versions of Boost.JSON that it is too large.
const attack_end no_number(condition::unexpected_response, phase::decode);
const attack_end no_profile(errc::unexpected_json_type, phase::decode);
const attack_end success(pc::error_code(), phase::done);

attack_end refused(unsigned status)
{
    return attack_end(pc::make_http_status_code(status), phase::receive);
}

} // namespace

TEST_CASE("attacks of a server: what does not end")
{
    const std::string x(4 * KiB, 'x');
    std::string interim_with_header = "HTTP/1.1 103 Early Hints\r\n";
    interim_with_header += "Link: " + std::string(60 * KiB, 'x') + "\r\n\r\n";
    play("A server whose answers do not end",
         {
             {"a status line without end", floods("HTTP/1.1 200 ", x), too_large},
             // In one piece: Beast looks at a version that is not complete only when the whole head is there.
             {"a version without end", floods("HTTP/" + x, x), malformed},
             {"a header line without end", floods(ok + "X: ", x), too_large},
             {"a header's name without end", floods(ok, x), too_large},
             {"header lines without end", floods(ok, "X: y\r\n"), too_large},
             {"lines without a name without end", floods(ok, ": y\r\n"), malformed},
             {"folded lines without end", floods(ok + "X: y", "\r\n y"), too_large},
             {"interim responses without end", floods("", "HTTP/1.1 102 Processing\r\n\r\n"), too_large},
             {"large interim responses without end", floods("", interim_with_header), too_large},
             {"empty lines without end", floods("", "\r\n"), malformed},
             {"a chunk's extension without end", floods(chunked + "1;", x), no_chunk},
             {"chunks with extensions, without end", floods(chunked, "1;a=" + x + "\r\n \r\n"), too_late},
             {"a chunk's size without end", floods(chunked, "0000"), no_chunk},
             {"a chunk's size of zeros that drips", drips(chunked, "0", 1ms), too_late},
             {"a trailer without end", floods(chunked + "0\r\nX: ", x), too_large},
             {"trailers without end", floods(chunked + "0\r\n", "X: y\r\n"), too_large},
             {"a body without length or end", floods(json + "\r\n", x), too_large, 4 * MiB},
             {"chunks without end", floods(chunked, "400\r\n" + std::string(KiB, 'x') + "\r\n"), too_large,
              4 * MiB},
             {"a header that drips", drips(ok, "X: y\r\n", 5ms), too_late},
             {"a body that drips", drips(json + "Content-Length: 100000\r\n\r\n", "x", 5ms), too_late},
             {"chunks that drip", drips(chunked, "1\r\nx\r\n", 5ms), too_late},
             {"a status line that drips", drips("HTTP/1.1 200 ", "x", 5ms), too_late},
         });
}

TEST_CASE("attacks of a server: framing that two readers could understand differently")
{
    const auto length = [](const std::string& value) {
        return says(json + "Content-Length: " + value + "\r\n\r\n{\"id\":\"1\"}");
    };
    const std::string document = "a\r\n{\"id\":\"1\"}\r\n0\r\n\r\n";
    const std::string nul(1, '\0');
    play(
        "A server whose framing is ambiguous",
        {
            {"a length of 2^64 - 1", length("18446744073709551615"), too_large},
            {"a length of 2^64", length("18446744073709551616"), malformed},
            {"a length of 2^63", length("9223372036854775808"), too_large},
            {"a length below zero", length("-1"), malformed},
            {"a length with a plus", length("+10"), malformed},
            {"a length with a space", length("1 0"), malformed},
            {"a length in hexadecimal", length("0xa"), malformed},
            {"an empty length", length(""), malformed},
            {"a length with a letter", length("10a"), malformed},
            {"a list of lengths that are the same", length("10, 10"), success},
            {"a list of lengths that differ", length("10, 9"), malformed},
            {"two lengths that differ", length("10\r\nContent-Length: 9"), malformed},
            {"both framings",
             says(json + "Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n" + document), malformed},
            {"both framings, the other way round",
             says(json + "Transfer-Encoding: chunked\r\nContent-Length: 10\r\n\r\n" + document), malformed},
            {"chunked twice", says(json + "Transfer-Encoding: chunked, chunked\r\n\r\n" + document),
             malformed},
            {"another coding", says(json + "Transfer-Encoding: gzip\r\n\r\n" + document), malformed},
            {"a chunk's size of 2^64", says(chunked + "10000000000000000\r\n"), malformed},
            {"a chunk's size of 2^64 - 1", says(chunked + "ffffffffffffffff\r\n"), too_large},
            {"a chunk's size below zero", says(chunked + "-1\r\n{}\r\n"), malformed},
            {"a chunk's size with 0x", says(chunked + "0xa\r\n{\"id\":\"1\"}\r\n0\r\n\r\n"), malformed},
            {"a chunk's size with a space", says(chunked + " a\r\n{\"id\":\"1\"}\r\n0\r\n\r\n"), malformed},
            {"a chunk that is longer than it says", says(chunked + "2\r\n{\"id\":\"1\"}\r\n0\r\n\r\n"),
             malformed},
            {"a chunk's line ended by LF", says(chunked + "a\n{\"id\":\"1\"}\n0\n\n"), too_late},
            {"NUL in a header's name", says(ok + "X" + nul + ": y\r\n\r\n"), malformed},
            {"NUL in a header's value", says(ok + "X: y" + nul + "\r\n\r\n"), malformed},
            {"NUL in the status line", says("HTTP/1.1 200 O" + nul + "K\r\n\r\n"), malformed},
            {"a CR in a header's value", says(ok + "X: y\rz\r\n\r\n"), malformed},
            {"lines ended by LF", says("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"), malformed},
            {"a space behind a header's name", says(json + "Content-Length : 10\r\n\r\n{\"id\":\"1\"}"),
             malformed},
            {"a folded length", says(json + "Content-Length:\r\n 10\r\n\r\n{\"id\":\"1\"}"), success},
            {"a folded line", says(json + "X: y\r\n z\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}"), success},
            {"a status of four digits", says("HTTP/1.1 2000 OK\r\n\r\n"), malformed},
            {"a status below 100", says("HTTP/1.1 099 OK\r\n\r\n"), malformed},
            {"a version of the next century", says("HTTP/9.9 200 OK\r\n\r\n"), malformed},
            {"a second answer behind the first",
             says(with_body("{\"id\":\"1\"}") + with_body("{\"id\":\"2\"}")), success},
        });
}

TEST_CASE("attacks of a server: documents that are more than they look")
{
    const std::size_t most = 1000 * KiB;
    std::string members = "{";
    for (std::size_t i = 0; members.size() < most; ++i)
        members += "\"m" + std::to_string(i) + "\":0,";
    members += "\"m\":0}";
    std::string links = "{\"links\":{\"self\":{\"headers\":[";
    links += repeated("{},", most) + "{}]}}}";
    const std::string page = repeated("<a href=\"\\u0041\">&amp;", most);
    const auto failure = [](const std::string& body, const std::string& more) {
        return says("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n" + more +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    play("A server whose documents are more than they look",
         {
             {"arrays in arrays", says(with_body(repeated("[", most))), no_json, 4 * MiB},
             {"many empty arrays", says(with_body("{\"a\":[" + repeated("[],", most) + "[]]}")), success,
              40 * MiB},
             {"many members", says(with_body(members)), success, 40 * MiB},
             {"the same member again and again",
              says(with_body("{" + repeated("\"id\":\"1\",", most) + "\"id\":\"1\"}")), success, 40 * MiB},
             {"many headers of a link", says(with_body(links)), success, 80 * MiB},
             {"a number of a million digits", says(with_body("{\"a\":" + repeated("9", most) + "}")),
              no_profile, 8 * MiB},
             {"a number with an exponent of a million digits",
              says(with_body("{\"a\":1e" + repeated("9", most) + "}")), no_number, 8 * MiB},
             {"a text of escapes", says(with_body("{\"id\":\"" + repeated("\\u0041", most) + "\"}")), success,
              8 * MiB},
             {"a type that is a text", says(with_body("\"" + repeated("x", most) + "\"")), no_profile,
              8 * MiB},
             {"a page instead of an error", failure(page, ""), refused(400), 8 * MiB},
             {"an error of a megabyte",
              failure("{\"code\":1,\"description\":\"" + repeated("\\u000d\\u000a", most) + "\"}", ""),
              refused(400), 16 * MiB},
             {"an error with many ids",
              failure("{}", "WWW-Authenticate: " + std::string(60 * KiB, 'x') + "\r\n"), refused(400)},
         });
}

TEST_CASE("attacks of a server: it sends the token elsewhere")
{
    testing::bystander elsewhere;
    std::vector<row> rows;
    for (const unsigned status : {300U, 301U, 302U, 303U, 307U, 308U})
        for (const char* const more : {"", "Refresh: 0\r\n"})
            rows.push_back({"a redirection by " + std::to_string(status) + (*more ? " and Refresh" : ""),
                            says("HTTP/1.1 " + std::to_string(status) +
                                 " Elsewhere\r\nLocation: " + elsewhere.base_url() +
                                 "/v1/profiles/organization\r\n" + more + "Content-Length: 0\r\n\r\n"),
                            refused(status)});
    rows.push_back({"another service's address for the next time",
                    says(json + "Alt-Svc: h2=\"" + elsewhere.base_url().substr(8) +
                         "\"\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}"),
                    success});
    play("A server that sends the token elsewhere", rows);
    CHECK_FALSE(elsewhere.was_disturbed());
}

TEST_CASE("attacks of a server: a change is told rightly whether it may have been applied")
{
    const std::string early = "HTTP/1.1 102 Processing\r\n\r\n";
    const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const std::string x(4 * KiB, 'x');
    const std::string elsewhere = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\n";
    const attack_end too_large_early(errc::response_too_large, phase::wait_continue);
    play_changes(
        "A server that attacks changes",
        {
            {"interim responses without end, before the body", floods_early("", early), too_large_early, true,
             false},
            {"a head without end, before the body", floods_early(ok, "X: y\r\n"), too_large_early, true,
             false},
            {"requests for the body without end", floods_early("", go_on), too_large, true, true},
            {"interim responses without end", floods("", early), too_large, false, true},
            {"a head without end", floods(ok, "X: y\r\n"), too_large, false, true},
            {"a body without end", floods(json + "\r\n", x), too_large, false, true, 4 * MiB},
            {"a head that drips", drips(ok, "X: y\r\n", 5ms), too_late, false, true},
            {"no HTTP", says("220 smtp.test ESMTP\r\n"), malformed, false, true},
            {"two lengths", says(ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), malformed, false,
             true},
            {"another document", says(with_body("[]")), no_profile, false, true},
            {"a redirection", says(elsewhere + "Content-Length: 0\r\n\r\n"), refused(307), false, true},
        });
}
