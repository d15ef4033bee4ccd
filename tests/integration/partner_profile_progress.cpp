// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the command-line tool tells while it waits, and in which colours it tells what it did.

#include "fixtures/profile_tool.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <partner_center/testing/emulator.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace testing = partner_center::testing;
using testing::profile_tool;

namespace {

constexpr auto terminal = profile_tool::where::terminal;
constexpr const char* escape = "\x1b";
constexpr const char* red = "\x1b[31m";
constexpr const char* erased = "\r\x1b[K";

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

void throttle(testing::emulator& service, std::chrono::seconds time)
{
    testing::throttle_options options;
    options.requests = 0;
    options.retry_after = time;
    service.set_throttle(options);
}

} // namespace

TEST_CASE("a throttled wait is counted down on a line that is erased when it is over")
{
    profile_tool tool;
    throttle(tool.service(), std::chrono::seconds(2));
    const auto program = tool.start(terminal, {"get", "--json"});
    REQUIRE(program->shows("throttled, retrying in 2 s"));
    tool.service().set_throttle(std::nullopt);
    REQUIRE(program->shows(std::string(erased) + "throttled, retrying in 1 s"));
    const auto end = program->wait();
    CAPTURE(end.output);
    CHECK(end.status == 0);
    const std::size_t profile = end.output.find("{\"id\"");
    REQUIRE(profile != std::string::npos);
    CHECK(end.output.substr(profile - std::string(erased).size()).starts_with(erased));
}

TEST_CASE("a wait for a response is told when it has taken a second")
{
    profile_tool tool;
    testing::tls_scripted_peer peer;
    tool.use(peer.base_url(), peer.ca_pem(), "a.token");
    peer.on_connection()
        .expect_request("GET ")
        .pause(std::chrono::milliseconds(1200))
        .reply(testing::json_reply("200 OK", R"({"companyName":"Contoso"})"));
    const auto program = tool.start(terminal, {"get", "--json"});
    REQUIRE(program->shows("waiting for localhost 1 s"));
    const auto end = program->wait();
    CHECK(end.status == 0);
    CHECK(has(end.output, std::string(erased) + "{\"companyName\":\"Contoso\"}"));
}

TEST_CASE("nothing is told of waits in a pipe, or on a terminal that cannot erase")
{
    profile_tool tool;
    throttle(tool.service(), std::chrono::seconds(1));
    const auto in_pipe = tool.start(profile_tool::where::pipes, {"get"});
    tool.set_environment("TERM", "dumb");
    const auto on_dumb = tool.start(terminal, {"get", "--json"});
    for (int i = 0; i != 2000 && tool.service().requests().size() < 2; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    tool.service().set_throttle(std::nullopt);
    const auto piped = in_pipe->wait();
    CHECK(piped.status == 0);
    CHECK(piped.errors.empty());
    CHECK(piped.output.starts_with("{"));
    const auto dumb = on_dumb->wait();
    CHECK(dumb.status == 0);
    CHECK(!has(dumb.output, escape));
    CHECK(!has(dumb.output, "throttled"));
}

TEST_CASE("--verbose tells each event on a line, and no token")
{
    profile_tool tool;
    throttle(tool.service(), std::chrono::seconds(1));
    const auto program = tool.start(terminal, {"set", "companyName=Contoso", "--verbose"});
    REQUIRE(program->shows("retry scheduled"));
    REQUIRE(program->shows("throttled, retrying in 1 s"));
    tool.service().set_throttle(std::nullopt);
    const auto end = program->wait();
    CAPTURE(end.output);
    CHECK(end.status == 0);
    CHECK(has(end.output, "connection opened #1, attempt 1, GET https://localhost:"));
    CHECK(has(end.output, std::string(erased) + "connection reused #1, attempt 2, GET "));
    CHECK(has(end.output, "status 429"));
    CHECK(has(end.output, "attempt started #1, attempt 1, PUT "));
    CHECK(has(end.output, "connection closed #1"));
    CHECK(!has(end.output, tool.service().token()));

    const auto piped = tool.run({"get", "--json", "--verbose"});
    CHECK(piped.output.starts_with("{"));
    CHECK(has(piped.errors, "\nattempt started #1, attempt 1, GET "));
    CHECK(!has(piped.everything(), tool.service().token()));
}

TEST_CASE("differences are coloured on a terminal, unless that is not wanted")
{
    profile_tool tool;
    const std::vector<std::string> change = {"set", "--dry-run", "companyName=Contoso"};
    const auto with = [&](const char* colour) {
        auto arguments = change;
        arguments.push_back(std::string("--color=") + colour);
        return arguments;
    };
    CHECK(has(tool.run(terminal, change).output, red));
    CHECK(!has(tool.run(terminal, with("never")).output, escape));
    CHECK(!has(tool.run(change).output, escape));
    CHECK(has(tool.run(with("always")).output, red));

    tool.set_environment("NO_COLOR", "1");
    CHECK(!has(tool.run(terminal, change).output, escape));
    CHECK(has(tool.run(terminal, with("always")).output, red));
    tool.set_environment("NO_COLOR", "");
    tool.set_environment("TERM", "dumb");
    CHECK(!has(tool.run(terminal, change).output, escape));
}
