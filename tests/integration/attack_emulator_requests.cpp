// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Clients that attack the emulator by HTTP: each attack is answered as it should, in bounded time and memory,
// and the next client is served.

#include "fixtures/emulator_attack.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

namespace testing = partner_center::testing;
using testing::asks_emulator;
using testing::drips_to_emulator;
using testing::floods_emulator;
using testing::impatient_emulator;
using testing::play_on_emulator;
using testing::put_of;
using testing::put_request;
using testing::repeated;
using testing::request_line;
using testing::small_emulator;

namespace {

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;

} // namespace

TEST_CASE("attacks on the emulator: requests that do not end")
{
    const std::string x(4 * KiB, 'x');
    const std::string chunked = put_request("Transfer-Encoding: chunked\r\n");
    play_on_emulator(
        "A client whose requests to the emulator do not end", small_emulator(),
        {
            {"a method without end", floods_emulator("GET", x), "431"},
            {"a path without end", floods_emulator("GET /", x), "431"},
            {"a header line without end", floods_emulator(request_line("GET") + "X: ", x), "431"},
            {"header lines without end", floods_emulator(request_line("GET"), repeated("X: y\r\n", 4 * KiB)),
             "431"},
            {"folded lines without end",
             floods_emulator(request_line("GET") + "X: y", repeated("\r\n y", 4 * KiB)), "431"},
            {"a body without end",
             floods_emulator(put_request("Content-Length: 18446744073709551615\r\n"), x), "413"},
            {"a chunk without end", floods_emulator(chunked + "ffffffffffffffff\r\n", x), "413"},
            {"chunks without end", floods_emulator(chunked, "400\r\n" + std::string(KiB, 'x') + "\r\n"),
             "413", 8 * MiB},
            {"a chunk's extension without end", floods_emulator(chunked + "1;", x), "400"},
            {"a chunk's size without end", floods_emulator(chunked, std::string(4 * KiB, '0')), "400"},
            {"a trailer without end", floods_emulator(chunked + "0\r\nX: ", x), "400"},
            {"trailers without end", floods_emulator(chunked + "0\r\n", repeated("X: y\r\n", 4 * KiB)),
             "400"},
        });
    play_on_emulator("A client that keeps an impatient emulator waiting", impatient_emulator(),
                     {
                         {"a head that drips", drips_to_emulator(request_line("GET"), "X: y\r\n"), "closed"},
                         {"a body that drips",
                          drips_to_emulator(put_request("Content-Length: 100000\r\n"), " "), "closed"},
                         {"chunks that drip", drips_to_emulator(chunked, "1\r\n \r\n"), "closed"},
                         {"empty lines without end", drips_to_emulator("", "\r\n"), "closed"},
                         {"a body that never comes",
                          asks_emulator(put_request("Expect: 100-continue\r\nContent-Length: 2\r\n")), "100"},
                     });
}

TEST_CASE("attacks on the emulator: requests that two readers could understand differently")
{
    const std::string nul(1, '\0');
    const auto length = [](const std::string& value) {
        return asks_emulator(put_request("Content-Length: " + value + "\r\n", "{}"));
    };
    play_on_emulator(
        "A client whose framing is ambiguous", small_emulator(),
        {
            {"a length of 2^64", length("18446744073709551616"), "400"},
            {"a length below zero", length("-1"), "400"},
            {"a length with a plus", length("+2"), "400"},
            {"two lengths that differ", length("2\r\nContent-Length: 3"), "400"},
            {"both framings",
             asks_emulator(
                 put_request("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")),
             "400"},
            {"a chunk's size of 2^64",
             asks_emulator(put_request("Transfer-Encoding: chunked\r\n", "10000000000000000\r\n")), "400"},
            {"a chunk that is longer than it says",
             asks_emulator(put_request("Transfer-Encoding: chunked\r\n", "1\r\n{}\r\n0\r\n\r\n")), "400"},
            {"NUL in a header", asks_emulator(request_line("GET") + "X: y" + nul + "\r\n\r\n"), "400"},
            {"NUL in the path", asks_emulator("GET /" + nul + " HTTP/1.1\r\n\r\n"), "400"},
            {"lines ended by LF", asks_emulator("GET / HTTP/1.1\nHost: localhost\n\n"), "400"},
            {"a space behind a header's name", asks_emulator(request_line("GET") + "X : y\r\n\r\n"), "400"},
        });
}

TEST_CASE("attacks on the emulator: documents that are more than they look")
{
    const std::size_t most = 1000 * KiB;
    std::string members = "{";
    for (std::size_t i = 0; members.size() < most; ++i)
        members += "\"m" + std::to_string(i) + "\":0,";
    members += "\"m\":0}";
    const auto form = [](const std::string& endpoint, const std::string& body) {
        return "POST /common/oauth2/" + endpoint +
               " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
               "Content-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    const std::string client = "client_id=44444444-4444-4444-4444-444444444444";
    play_on_emulator(
        "A client whose documents are more than they look", small_emulator(),
        {
            {"arrays in arrays", asks_emulator(put_of(repeated("[", most))), "400", 8 * MiB},
            {"many empty arrays", asks_emulator(put_of("{\"a\":[" + repeated("[],", most) + "[]]}")), "200",
             64 * MiB},
            {"many members", asks_emulator(put_of(members)), "200", 64 * MiB},
            {"a number of a million digits", asks_emulator(put_of("{\"a\":" + repeated("9", most) + "}")),
             "200", 8 * MiB},
            {"a text of escapes", asks_emulator(put_of("{\"id\":\"" + repeated("\\u0041", most) + "\"}")),
             "200", 16 * MiB},
            {"a form of many fields", asks_emulator(form("v2.0/token", repeated("a=b&", most))), "400",
             8 * MiB},
            {"a form of escapes", asks_emulator(form("v2.0/token", "grant_type=" + repeated("%41", most))),
             "400", 8 * MiB},
            {"a scope of a megabyte",
             asks_emulator(form("v2.0/devicecode",
                                client + "&scope=https%3A%2F%2Fapi.test%2F.default+" + repeated("x", most))),
             "400", 8 * MiB},
            {"an assertion of a megabyte",
             asks_emulator(
                 form("token", client +
                                   "&grant_type=refresh_token&client_assertion_type=urn%3Aietf%3Aparams%3A"
                                   "oauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
                                   repeated("A.", most))),
             "401", 16 * MiB},
        });
}
