// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An authority that attacks those who ask it for tokens: each attack ends in the right error, in bounded time
// and memory, with no secret in it, and the next call with the same credential succeeds.

#include "fixtures/attack_report.hpp"
#include "fixtures/attacker.hpp"

#include <partner_center/refresh_token.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::errc;
using pc::phase;
using testing::attack_end;
using testing::attacker;
using testing::drips;
using testing::floods;
using testing::says;

namespace {

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;
constexpr const char* secret = "fake secret & more";
constexpr const char* escaped_secret = "fake+secret+%26+more";
constexpr const char* refresh_token = "fake-refresh-0123456789";

struct row {
    std::string name;
    attacker::attack what;
    attack_end end;
    std::string reason{}; // that the error gives
    std::size_t memory = MiB;
    bool is_remembered = false;
};

pc::client make_client(testing::client_fixture& fixture, const std::string& base_url)
{
    pc::refresh_token_options options;
    options.tenant = "11111111-2222-3333-4444-555555555555";
    options.client_id = "66666666-7777-8888-9999-000000000000";
    options.client_secret = secret;
    options.refresh_token = refresh_token;
    options.authority = base_url;
    return pc::client(fixture.transport, pc::credential::refresh_token(options),
                      testing::talking_to(base_url));
}

void play(const char* title, const std::vector<row>& rows)
{
    testing::attack_report report(title);
    for (const row& r : rows) {
        CAPTURE(r.name);
        const attacker peer(r.what);
        testing::client_fixture fixture(testing::attacked(peer.ca_pem(), r.end),
                                        testing::talking_to(peer.base_url()));
        const pc::client client = make_client(fixture, peer.base_url());
        const testing::call_result result = report.attack(r.name, fixture, client, r.end, r.memory);
        const std::string said = result.what() + result.diag.body_excerpt;
        for (const char* hidden : {secret, escaped_secret, refresh_token})
            CHECK(said.find(hidden) == std::string::npos);
        CHECK_MESSAGE(said.find(r.reason) != std::string::npos, said);
        CHECK(result.diag.attempts == (result.ec ? 0 : 1));
        CHECK((result.diag.http_status != 0 || peer.wait_until_over()));

        testing::call_result next;
        const pc::client other = r.is_remembered ? make_client(fixture, peer.base_url()) : client;
        other.async_get(next.diag, testing::keep_in(next));
        fixture.run();
        CHECK_MESSAGE(!next.ec, next.what());
        CHECK(next.profile.id == "1");
        report.sent(peer.sent());
    }
}

attacker::attack answers(const std::string& status, const std::string& body, const std::string& more = {},
                         const std::string& type = "application/json")
{
    return says("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\n" + more +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

// An answer with a good token, and members beside it.
attacker::attack grants(const std::string& members)
{
    return answers("200 OK", std::string(R"({"token_type":"Bearer","access_token":")") + testing::fake_token +
                                 "\"" + members + "}");
}

attacker::attack grants_token(const std::string& json)
{
    return answers("200 OK", R"({"token_type":"Bearer","expires_in":3600,"access_token":)" + json + "}");
}

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const attack_end too_large(errc::response_too_large, phase::token);
const attack_end too_late(errc::attempt_timeout, phase::token);
const attack_end failed(errc::token_request_failed, phase::token);
const attack_end success(pc::error_code(), phase::done);

} // namespace

TEST_CASE("attacks of an authority: answers that do not end")
{
    const std::string x(4 * KiB, 'x');
    play("An authority whose answers do not end",
         {
             {"a header without end", floods(ok, "X: y\r\n"), too_large},
             {"interim responses without end", floods("", "HTTP/1.1 102 Processing\r\n\r\n"), too_large},
             {"a body without end", floods(ok + "\r\n", x), too_large, {}, 4 * MiB},
             {"chunks without end",
              floods(ok + "Transfer-Encoding: chunked\r\n\r\n", "400\r\n" + std::string(KiB, 'x') + "\r\n"),
              too_large,
              {},
              4 * MiB},
             {"a body that drips", drips(ok + "Content-Length: 100000\r\n\r\n", " ", 5ms), too_late},
             {"silence", drips("", "", 1s), too_late},
         });
}

TEST_CASE("attacks of an authority: answers that are no token")
{
    const std::string page = "<html><body>Sign in</body></html>";
    std::string nested;
    for (int i = 0; i != 100'000; ++i)
        nested += "{\"a\":";
    play("An authority whose answers are no token",
         {
             {"a page", answers("200 OK", page, {}, "text/html"), failed, "without JSON"},
             {"a page that is said to be JSON", answers("200 OK", page), failed, "without JSON"},
             {"nothing", answers("200 OK", ""), failed, "without a body"},
             {"another success", answers("204 No Content", ""), failed},
             {"a list", answers("200 OK", "[]"), failed, "no object"},
             {"objects in objects", answers("200 OK", nested), failed, "without JSON", 4 * MiB},
             {"no token", answers("200 OK", "{}"), failed, "access_token is missing"},
             {"null", grants_token("null"), failed, "access_token is missing"},
             {"a number", grants_token("1"), failed, "access_token is not text"},
             {"an empty token", grants_token("\"\""), failed, "access_token is empty"},
             {"a token with lines", grants_token(R"("a\r\nX-Injected: b")"), failed, "cannot be sent"},
             {"a token with a line", grants_token(R"("a\nb")"), failed, "cannot be sent"},
             {"a token with NUL", grants_token(R"("a\u0000b")"), failed, "cannot be sent"},
             {"a token with a space", grants_token(R"("a b")"), failed, "cannot be sent"},
             {"a token with DEL", grants_token(R"("a\u007fb")"), failed, "cannot be sent"},
             {"a token that is not ASCII", grants_token(R"("a\u00e4b")"), failed, "cannot be sent"},
             {"a token of another type", grants(R"(,"token_type":"mac")"), failed, "token_type"},
             {"a new refresh token that is a number", grants(R"(,"refresh_token":1)"), failed,
              "refresh_token is not text"},
             {"a new refresh token that is an object", grants(R"(,"refresh_token":{"a":1})"), failed,
              "refresh_token is not text"},
             {"a new refresh token with lines", grants(R"(,"refresh_token":"a\r\nb")"), failed,
              "refresh_token has a character"},
             {"a compressed answer", answers("200 OK", "\x1F\x8B", "Content-Encoding: gzip\r\n"), failed,
              "compressed"},
         });
}

TEST_CASE("attacks of an authority: a life of any length")
{
    std::vector<row> rows;
    for (const char* life : {"-1", "0", "1e308", "-1e308", "1e400", "99999999999999999999", "\"\"", "\"x\"",
                             "\"-1\"", "\"1e308\"", "\"99999999999999999999\"", "true", "null", "[]", "{}",
                             "9223372036854775807", "-9223372036854775808"})
        rows.push_back(
            {std::string("a life of ") + life, grants(std::string(",\"expires_in\":") + life), success});
    rows.push_back({"an end before all times", grants(R"(,"expires_on":"-99999999999999999999")"), success});
    rows.push_back(
        {"to be renewed after all times", grants(R"(,"expires_in":3600,"refresh_in":1e300)"), success});
    rows.push_back(
        {"to be renewed before it is given", grants(R"(,"expires_in":3600,"refresh_in":-5)"), success});
    rows.push_back({"a life of a million digits",
                    grants(",\"expires_in\":" + std::string(1000 * KiB, '9')),
                    success,
                    {},
                    8 * MiB});
    play("An authority whose tokens live for any time", rows);
}

TEST_CASE("attacks of an authority: where the secret goes, and what is told of it")
{
    testing::bystander elsewhere;
    std::vector<row> rows;
    for (const char* status : {"301 Moved Permanently", "302 Found", "303 See Other",
                               "307 Temporary Redirect", "308 Permanent Redirect"})
        rows.push_back({std::string("a redirection by ") + status,
                        answers(status, "", "Location: " + elsewhere.base_url() + "/token\r\n"), failed});
    const std::string echo = std::string(secret) + " " + escaped_secret + " " + refresh_token;
    const attack_end wrong_setup(errc::invalid_credential, phase::token);
    rows.push_back({"an error that repeats what was sent",
                    answers("400 Bad Request", R"({"error":"x","error_description":")" + echo + "\"}"),
                    failed, "***"});
    rows.push_back({"a refusal of the secret that repeats it",
                    answers("401 Unauthorized", R"({"error":"invalid_client","error_codes":[7000215],)"
                                                R"("error_description":"AADSTS7000215: )" +
                                                    echo + "\"}"),
                    wrong_setup, "***", MiB, true});
    rows.push_back(
        {"a page that repeats what was sent", answers("400 Bad Request", "<p>" + echo + "</p>"), failed});
    rows.push_back({"words that repeat what was sent", answers("400 Bad Request", echo, {}, "text/plain"),
                    failed, "***"});
    rows.push_back({"a type that repeats what was sent", answers("400 Bad Request", "{}", {}, echo), failed});
    rows.push_back({"an error of a megabyte",
                    answers("400 Bad Request",
                            R"({"error":"x","error_description":")" + std::string(1000 * KiB, 'x') + "\"}"),
                    failed,
                    {},
                    8 * MiB});
    play("An authority that sends away or repeats what it is sent", rows);
    CHECK_FALSE(elsewhere.was_disturbed());
}
