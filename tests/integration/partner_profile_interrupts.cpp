// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Ctrl-C and other signals end the command-line tool in whatever it is about: within 100 ms, with the status
// that a shell expects, and with the terminal as it was.

#include "fixtures/full_queue.hpp"
#include "fixtures/profile_tool.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <partner_center/testing/emulator.hpp>

#include <doctest/doctest.h>

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

namespace testing = partner_center::testing;
namespace fs = std::filesystem;
using testing::profile_tool;
using testing::terminal_program;

namespace {

constexpr const char* small_profile = R"({"companyName":"Contoso","attributes":{"etag":"1"}})";

// Until it is there; not for longer than 20 s.
template <class Condition>
bool comes_true(const Condition& condition)
{
    for (int i = 0; i != 4000 && !condition(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return condition();
}

class silent_service {
public:
    explicit silent_service(profile_tool& tool) { tool.use(peer.base_url(), peer.ca_pem(), "a.token"); }

    // Once for each try of check_interrupt().
    template <class Script>
    void each_time(const Script& script)
    {
        for (int i = 0; i != 6; ++i)
            script(peer.on_connection());
    }

    testing::tls_scripted_peer peer;
};

} // namespace

TEST_CASE("partner_profile is interrupted while it looks a name up")
{
    profile_tool tool;
    tool.set_environment("LD_PRELOAD", PARTNER_CENTER_HANGING_NAMES);
    tool.set_environment("ASAN_OPTIONS", "verify_asan_link_order=0"); // if the program is built so
    tool.set_environment("PARTNER_CENTER_BASE_URL", "https://hanging.names.test");
    const auto ready = [](terminal_program& program) {
        return program.shows("connecting to hanging.names.test 1 s");
    };
    CHECK(tool.check_interrupt({"get"}, SIGINT, ready).find("interrupted") != std::string::npos);
}

TEST_CASE("partner_profile is interrupted while it connects")
{
    profile_tool tool;
    const testing::certificate_authority authority;
    testing::tls_scripted_peer peer(authority.issue(), authority.pem(), testing::tls_scripted_peer::deaf);
    peer.listen(0);
    const testing::full_queue queue(peer.port());
    tool.use("https://127.0.0.1:" + std::to_string(peer.port()), peer.ca_pem(), "a.token");
    tool.check_interrupt({"get"}, SIGINT, [](terminal_program& program) {
        return program.shows("connecting to 127.0.0.1 1 s");
    });
}

TEST_CASE("partner_profile is interrupted while the peer is silent in the handshake")
{
    profile_tool tool;
    silent_service service(tool);
    service.each_time(
        [](testing::tls_script&& script) { script.without_tls().expect_client_hello().silence(); });
    std::size_t before = 0;
    tool.check_interrupt({"get"}, SIGINT, [&](terminal_program&) {
        ++before;
        return comes_true([&] { return service.peer.connections() == before; });
    });
}

TEST_CASE("partner_profile is interrupted while it waits for a response")
{
    profile_tool tool;
    silent_service service(tool);
    service.each_time([](testing::tls_script&& script) { script.expect_request("GET ").silence(); });
    std::size_t before = 0;
    const std::string output = tool.check_interrupt({"get"}, SIGINT, [&](terminal_program&) {
        ++before;
        return comes_true([&] { return service.peer.requests().size() == before; });
    });
    CHECK(output.find("may have been applied") == std::string::npos);
}

TEST_CASE("partner_profile says when it was interrupted that the change may have been applied")
{
    profile_tool tool;
    silent_service service(tool);
    service.each_time([](testing::tls_script&& script) {
        script.expect_request("GET ")
            .reply(testing::json_reply("200 OK", small_profile))
            .expect_head("PUT ")
            .reply("HTTP/1.1 100 Continue\r\n\r\n")
            .expect_body()
            .silence();
    });
    for (const int signal : {SIGINT, SIGTERM}) {
        std::size_t connection = service.peer.connections();
        const std::string output =
            tool.check_interrupt({"set", "companyName=Fabrikam"}, signal, [&](terminal_program&) {
                ++connection;
                return comes_true([&] {
                    const auto requests = service.peer.requests();
                    return !requests.empty() && requests.back().connection == connection &&
                           requests.back().body.find("Fabrikam") != std::string::npos;
                });
            });
        CHECK(output.find("may have been applied") != std::string::npos);
        CHECK(output.find("request id") != std::string::npos);
        CHECK(output.find("partner_profile get") != std::string::npos);
    }
}

TEST_CASE("partner_profile is interrupted while it counts a throttled wait down")
{
    profile_tool tool;
    testing::throttle_options throttle;
    throttle.requests = 0;
    throttle.retry_after = std::chrono::seconds(57);
    tool.service().set_throttle(throttle);
    const std::string output = tool.check_interrupt({"get"}, SIGINT, [](terminal_program& program) {
        return program.shows("throttled, retrying in 57 s") && program.shows("throttled, retrying in 56 s");
    });
    // The line is erased before anything else is said.
    const std::size_t last = output.rfind("retrying in");
    const std::size_t erased = output.find("\r\x1b[K", last);
    CHECK(erased < output.find("interrupted", last));
}

TEST_CASE("partner_profile is interrupted while the user edits")
{
    profile_tool tool;
    // A shell without a trap may miss a SIGINT between two commands.
    tool.set_editor("trap 'trap - INT; kill -INT $$' INT; stty -echo -icanon; echo editing\n"
                    "while :; do sleep 0.02; done");
    const auto ready = [](terminal_program& program) { return program.shows("editing"); };
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        tool.check_interrupt({"edit"}, signal, ready);
    tool.set_editor("trap 'exit 130' INT; echo editing; while :; do sleep 0.02; done");
    tool.check_interrupt({"edit"}, SIGINT, ready);
    tool.set_editor("trap '' TERM; stty raw; echo editing; while :; do sleep 1; done");
    tool.check_interrupt({"edit"}, SIGTERM, ready);
    CHECK(tool.updates() == 0);
    CHECK(fs::is_empty(tool.folder() / "tmp"));
}

TEST_CASE("partner_profile leaves Ctrl-C to an editor that makes something else of it")
{
    profile_tool tool;
    tool.set_editor(
        "trap 'sed -i s/BugBash1/Contoso/ \"$1\"; exit 0' INT; echo editing; while :; do sleep 0.1; done");
    const auto program = tool.start(profile_tool::where::terminal, {"edit"});
    REQUIRE(program->shows("editing"));
    program->type("\x03");
    const testing::program_end end = program->wait();
    INFO(end.output);
    CHECK(end.status == 0);
    CHECK(tool.service().profile().company_name == "TEST_TEST_Contoso");
}

TEST_CASE("partner_profile is interrupted while it asks whether to edit again")
{
    profile_tool tool;
    tool.set_editor("sed -i s/WA/Washington/ \"$1\"");
    const std::string output = tool.check_interrupt(
        {"edit"}, SIGINT, [](terminal_program& program) { return program.shows("Edit it again?"); });
    // What the user has written is not lost.
    const std::size_t begin = output.find(tool.folder() / "tmp");
    REQUIRE(begin != std::string::npos);
    const fs::path kept = output.substr(begin, output.find_first_of("\r\n", begin) - begin);
    CHECK(tool.read_file("tmp/" + kept.filename().string()).find("Washington") != std::string::npos);
    CHECK(tool.updates() == 0);
}

TEST_CASE("partner_profile is interrupted while a person should sign in")
{
    profile_tool tool;
    tool.set_environment("PARTNER_CENTER_TOKEN", "");
    tool.set_environment("PARTNER_CENTER_AUTHORITY", tool.service().base_url());
    tool.set_environment("PARTNER_CENTER_TENANT", tool.service().tenant());
    tool.set_environment("PARTNER_CENTER_CLIENT_ID", tool.service().client_id());
    tool.set_environment("PARTNER_CENTER_CLIENT_SECRET", tool.service().client_secret());
    const std::string output = tool.check_interrupt({"sign-in"}, SIGINT, [](terminal_program& program) {
        return program.shows("and enter the code") &&
               program.shows("waiting until you have signed in, at most");
    });
    CHECK(output.find("stored") == std::string::npos);
    CHECK(!fs::exists(tool.folder() / ".config" / "partner_center" / "refresh_token"));
}

TEST_CASE("partner_profile is interrupted while it emulates, and takes the certificate's file away")
{
    profile_tool tool;
    for (const int signal : {SIGINT, SIGTERM})
        tool.check_interrupt({"emulate"}, signal, [](terminal_program& program) {
            return program.shows("export PARTNER_CENTER_CA_FILE=");
        });
    CHECK(fs::is_empty(tool.folder() / "tmp"));
}

TEST_CASE("partner_profile is interrupted while it reads its standard input")
{
    profile_tool tool;
    tool.check_interrupt({"validate", "-"}, SIGINT,
                         [](terminal_program& program) { return program.catches(SIGINT); });
}

TEST_CASE("partner_profile ends by a signal at any moment, or has done its work before")
{
    profile_tool tool;
    int interrupted = 0;
    for (int i = 0; i != 12; ++i) {
        const auto program =
            tool.start(profile_tool::where::terminal, {"set", "companyName=" + std::to_string(i)});
        REQUIRE(program->catches(SIGTERM));
        std::this_thread::sleep_for(std::chrono::milliseconds(i));
        program->send(SIGTERM);
        const testing::program_end end = program->wait();
        CAPTURE(end.output);
        CHECK((end.status == 143 || end.status == 0));
        interrupted += end.status == 143;
        // Who was told nothing else can rely on it.
        const bool stored = tool.service().profile().company_name == std::to_string(i);
        if (end.output.find("may have been applied") == std::string::npos)
            CHECK(stored == (end.status == 0));
    }
    CHECK(interrupted > 0);
}
