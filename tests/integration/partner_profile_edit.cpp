// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// `partner_profile edit` with editors that are scripts, on a terminal and without one.

#include "fixtures/profile_tool.hpp"

#include <partner_center/testing/emulator.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <string>

namespace testing = partner_center::testing;
namespace fs = std::filesystem;
using testing::profile_tool;

namespace {

constexpr auto terminal = profile_tool::where::terminal;

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::size_t files_in(const fs::path& folder)
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// The n-th line of a text, from 1.
std::string line(const std::string& text, std::size_t n)
{
    std::size_t begin = 0;
    while (--n != 0)
        begin = text.find('\n', begin) + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
}

} // namespace

TEST_CASE("edit stores what the editor left, from a file that nobody else can read")
{
    profile_tool tool;
    tool.set_editor("stat -c %a \"$1\" >>$log; sed -i s/TEST_TEST_BugBash1/Contoso/ \"$1\"");
    const auto end = tool.run(terminal, {"edit"});
    INFO(end.output);
    CHECK(end.status == 0);
    CHECK(has(end.output, "\x1b[31m- companyName: \"TEST_TEST_BugBash1\"\x1b[0m"));
    CHECK(has(end.output, "\x1b[32m+ companyName: \"Contoso\"\x1b[0m"));
    CHECK(has(end.output, "Stored."));
    CHECK(tool.service().profile().company_name == "Contoso");
    CHECK(tool.read_file("log") == "600\n");
    CHECK(files_in(tool.folder() / "tmp") == 0);
}

TEST_CASE("edit gives the terminal to the editor")
{
    profile_tool tool;
    tool.set_environment("VISUAL", "false"); // goes first
    tool.set_editor("printf 'name? '; read name; stty -echo; sed -i \"s/TEST_TEST_BugBash1/$name/\" \"$1\"");
    CHECK(tool.run(terminal, {"edit"}).status == 10);
    tool.set_environment("VISUAL", "");
    const auto program = tool.start(terminal, {"edit"});
    const std::string settings = program->settings();
    REQUIRE(program->shows("name? "));
    program->type("Fabrikam\r");
    const auto end = program->wait();
    INFO(end.output);
    CHECK(end.status == 0);
    CHECK(program->settings() == settings);
    CHECK(tool.service().profile().company_name == "Fabrikam");
}

TEST_CASE("Ctrl-Z in the editor stops the whole job, and fg continues it")
{
    profile_tool tool;
    tool.set_editor("trap 'echo continued' CONT; echo editing; until read name; do :; done\n"
                    "sed -i \"s/TEST_TEST_BugBash1/$name/\" \"$1\"");
    testing::terminal_program shell(terminal, {"/bin/bash", "--norc", "--noprofile", "-i"},
                                    tool.environment());
    shell.type("$TOOL edit\r");
    REQUIRE(shell.shows("editing"));
    shell.type("\x1a");
    REQUIRE(shell.shows("Stopped "));
    shell.type("fg\r");
    REQUIRE(shell.shows("continued")); // before that the settings of the terminal are the shell's
    shell.type("Contoso\r");
    REQUIRE(shell.shows("Stored."));
    shell.type("exit $?\r");
    const auto end = shell.wait();
    INFO(end.output);
    CHECK(end.status == 0);
    CHECK(tool.service().profile().company_name == "Contoso");
}

TEST_CASE("edit tells mistakes, and opens the editor at the first of them again")
{
    profile_tool tool;
    tool.set_editor(
        "if [ $# = 1 ]; then sed -i 's/\"WA\"/\"Washington\"/; s/\"lastName\": \"[^\"]*\"/\"lastName\": "
        "\"\"/' \"$1\"\n"
        "else echo \"$1\" >>$log; cat \"$2\" >>$log; sed -i s/Washington/OR/ \"$2\"; fi");
    const auto program = tool.start(terminal, {"edit"});
    REQUIRE(program->shows("defaultAddress.state: expected 0 to 2 characters, got 10"));
    REQUIRE(program->shows("defaultAddress.lastName: expected 1 to 50 characters, got 0"));
    REQUIRE(program->shows("Edit it again? [Y/n] "));
    program->type("\r");
    REQUIRE(program->shows("defaultAddress.lastName: expected 1 to 50 characters, got 0"));
    REQUIRE(program->shows("Edit it again? [Y/n] "));
    tool.set_editor("echo \"$1\" >>$log; sed -i 's/\"lastName\": \"\"/\"lastName\": \"Doe\"/' \"$2\"");
    program->type("y\r");
    const auto end = program->wait();
    INFO(end.output);
    CHECK(end.status == 0);
    CHECK(tool.service().profile().default_address->state == "OR");
    CHECK(tool.service().profile().default_address->last_name == "Doe");
    CHECK(files_in(tool.folder() / "tmp") == 0);

    const std::string log = tool.read_file("log");
    CAPTURE(log);
    REQUIRE(log.front() == '+');
    const std::size_t at = std::stoul(log.substr(1));
    CHECK(has(line(log, 1 + at), "\"state\": \"Washington\""));
    CHECK(has(log, "# Not stored: defaultAddress.state: expected 0 to 2 characters, got 10\n"));
}

TEST_CASE("edit tells the line of what is no JSON, or no profile")
{
    profile_tool tool;
    const auto refuse = [&](const std::string& script, const std::string& problem) {
        tool.set_editor(script);
        const auto end = tool.run({"edit"});
        CAPTURE(end.errors);
        CHECK(end.status == 4);
        CHECK(has(end.errors, problem));
        CHECK(has(end.errors, "Your text is in " + (tool.folder() / "tmp").string()));
    };
    refuse("sed -i 's/\"companyName\": /\"companyName\" /' \"$1\"", "your text:3: no JSON: ");
    refuse("sed -i 's/\"WA\"/7/' \"$1\"", ":7: /defaultAddress/state: expected string, got number\n");
    refuse("echo '[]' >\"$1\"", "your text:1: a profile is a JSON object");
    refuse("echo '{}}' >\"$1\"", "your text:1: no JSON: ");
    refuse("sed -i 's/\"etag\": \"[^\"]*\"/\"etag\": \"mine\"/' \"$1\"", "attributes.etag is the service's");
    CHECK(files_in(tool.folder() / "tmp") == 5);
    CHECK(tool.updates() == 0);
}

TEST_CASE("edit stores nothing when the user does not want to correct a mistake")
{
    profile_tool tool;
    tool.set_editor("sed -i s/WA/Washington/ \"$1\"");
    for (const char* const answer : {"n\r", "\x04"}) {
        const auto program = tool.start(terminal, {"edit"});
        REQUIRE(program->shows("Edit it again?"));
        program->type(answer);
        const auto end = program->wait();
        INFO(end.output);
        CHECK(end.status == 4);
        CHECK(has(end.output, "Your text is in"));
    }
    CHECK(tool.updates() == 0);
}

TEST_CASE("edit sends nothing when nothing was changed, or by a dry run")
{
    profile_tool tool;
    for (const char* const script :
         {"true", "touch \"$1\"", "sed -i 's/^/  /' \"$1\"; echo '# a word' >>\"$1\""}) {
        tool.set_editor(script);
        const auto end = tool.run({"edit"});
        CHECK(end.status == 0);
        CHECK(end.output.empty());
        CHECK(end.errors == "Nothing was changed.\n");
    }
    tool.set_editor("sed -i s/TEST_TEST_BugBash1/Contoso/ \"$1\"");
    const auto end = tool.run({"edit", "--dry-run"});
    CHECK(end.status == 0);
    CHECK(has(end.output, "+ companyName: \"Contoso\"\n"));
    CHECK(end.errors == "Nothing was sent.\n");
    CHECK(tool.updates() == 0);
    CHECK(files_in(tool.folder() / "tmp") == 0);
}

TEST_CASE("edit stores nothing when the editor fails")
{
    profile_tool tool;
    const auto refuse = [&](const std::string& script, const std::string& problem) {
        tool.set_editor(script);
        const auto end = tool.run(terminal, {"edit"});
        CAPTURE(end.output);
        CHECK(end.status == 10);
        CHECK(has(end.output, problem));
    };
    refuse("sed -i s/BugBash1/Contoso/ \"$1\"; exit 3", "ended with status 3");
    refuse("kill -SEGV $$", "ended with signal 11");
    refuse("rm \"$1\"", "is gone: ");
    refuse(": >\"$1\"", "was left empty");
    tool.set_environment("EDITOR", "/nowhere/editor");
    CHECK(tool.run({"edit"}).status == 10);
    CHECK(tool.updates() == 0);
    CHECK(files_in(tool.folder() / "tmp") == 0);
}

TEST_CASE("edit keeps what others change meanwhile")
{
    profile_tool tool;
    tool.set_editor("$TOOL set email=somebody@contoso.example >>$log 2>&1\n"
                    "sed -i s/TEST_TEST_BugBash1/Contoso/ \"$1\"");
    const auto end = tool.run({"edit"});
    INFO(end.everything());
    CHECK(end.status == 0);
    CHECK(tool.service().profile().company_name == "Contoso");
    CHECK(tool.service().profile().email == "somebody@contoso.example");
}

TEST_CASE("edit does not overwrite what somebody else has made of the same member, and keeps the text")
{
    profile_tool tool;
    tool.set_editor(
        "$TOOL set companyName=Fabrikam >>$log 2>&1\nsed -i s/TEST_TEST_BugBash1/Contoso/ \"$1\"");
    const auto end = tool.run({"edit"});
    INFO(end.everything());
    CHECK(end.status == 5);
    CHECK(has(end.errors, "somebody else has changed \"companyName\" meanwhile, too"));
    CHECK(tool.service().profile().company_name == "Fabrikam");
    REQUIRE(files_in(tool.folder() / "tmp") == 1);
    const fs::path kept = fs::directory_iterator(tool.folder() / "tmp")->path();
    CHECK(has(tool.read_file("tmp/" + kept.filename().string()), "Contoso"));

    // The text can be set later, once the etag is no obstacle.
    CHECK(tool.run({"set", "--from", kept.string()}).status == 5);
    CHECK(tool.run({"set", "--from", "-", "--json"}, R"({"companyName":"Contoso"})").status == 0);
    CHECK(tool.service().profile().company_name == "Contoso");
}
