// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The command-line tool between pipes, as scripts use it: what it prints, and its exit status.

#include "fixtures/profile_tool.hpp"
#include "fixtures/server_process.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

namespace testing = partner_center::testing;
namespace json = boost::json;
namespace fs = std::filesystem;
using testing::profile_tool;

namespace {

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

// Ends with this status and these words; a failure is told in more than one line.
void check_end(profile_tool& tool, int status, const std::vector<std::string>& arguments,
               const std::string& words)
{
    const auto end = tool.run(arguments);
    CAPTURE(end.output);
    CAPTURE(end.errors);
    CAPTURE(arguments.front());
    CHECK(end.status == status);
    CHECK(has(end.everything(), words));
    if (status > 1)
        CHECK(has(end.errors, "\n"));
    CHECK(!has(end.everything(), tool.service().token()));
}

std::string document_of(const testing::emulator& service)
{
    return json::serialize(service.document());
}

} // namespace

TEST_CASE("get prints the profile, for people or for programs")
{
    profile_tool tool;
    const auto readable = tool.run({"get"});
    CHECK(readable.status == 0);
    CHECK(readable.errors.empty());
    CHECK(has(readable.output, "\n    \"companyName\": \"TEST_TEST_BugBash1\",\n"));
    const auto for_programs = tool.run({"get", "--json"});
    CHECK(for_programs.output.find('\n') == for_programs.output.size() - 1);
    CHECK(json::parse(for_programs.output) == json::parse(readable.output));
    CHECK(json::parse(for_programs.output) == json::value(tool.service().document()));
}

TEST_CASE("set takes members by name, in the style of JSON and of C++")
{
    profile_tool tool;
    const auto end = tool.run({"set", "default_address.phone_number=4255550101",
                               "defaultAddress.city=A=B \"ü\"", "email=", "links.self.method:=\"GET\"",
                               "--null", "default_address.region", "--unset", "defaultAddress.addressLine2"});
    CAPTURE(end.everything());
    CHECK(end.status == 0);
    for (const char* const words :
         {"+ defaultAddress.phoneNumber: \"4255550101\"\n", "+ email: \"\"\n",
          "+ defaultAddress.region: null\n", "- defaultAddress.addressLine2: \"\"\n", "\n\nStored.\n"})
        CHECK(has(end.output, words));
    CHECK(!has(end.output, "etag"));
    const auto profile = tool.service().profile();
    CHECK(profile.default_address->phone_number == "4255550101");
    CHECK(profile.default_address->city == "A=B \"ü\"");
    CHECK(profile.email == "");
    CHECK(!profile.default_address->address_line2);

    const std::size_t updates = tool.updates();
    CHECK(has(tool.run({"set", "email="}).output, "Nothing was to be changed.\n"));
    CHECK(has(tool.run({"set", "email=a@contoso.example", "--dry-run"}).output, "Nothing was sent.\n"));
    CHECK(tool.updates() == updates);
    const auto stored = tool.run({"set", "email=b@contoso.example", "--json"});
    CHECK(json::parse(stored.output) == json::value(tool.service().document()));
}

TEST_CASE("set takes members from a file, and not over somebody else's change")
{
    profile_tool tool;
    const std::string old = document_of(tool.service());
    const std::string file =
        tool.write_file("part.json", R"({"companyName":"Contoso","defaultAddress":{"city":"Redmond"}})")
            .string();
    CHECK(tool.run({"set", "--from", file, "email=c@contoso.example"}).status == 0);
    CHECK(tool.service().profile().company_name == "Contoso");
    CHECK(tool.service().profile().default_address->city == "Redmond");
    CHECK(tool.service().profile().default_address->country == "US");
    CHECK(tool.service().profile().email == "c@contoso.example");

    const auto refused = tool.run({"set", "--from", "-"}, old);
    CHECK(refused.status == 5);
    CHECK(has(refused.errors, "the profile was changed since the file was read"));
    const auto present =
        tool.run({"set", "--from", "-", "companyName=Fabrikam"}, document_of(tool.service()));
    CHECK(present.status == 0);
    CHECK(tool.service().profile().company_name == "Fabrikam");
}

TEST_CASE("validate tells the lines of the mistakes, with the service and without it")
{
    profile_tool tool;
    const std::string good = document_of(tool.service());
    const std::string bad =
        "{\n \"defaultAddress\": {\n  \"country\": \"USA\",\n  \"state\": \"Washington\" } }\n";
    const std::string good_file = tool.write_file("good.json", "\xEF\xBB\xBF# mine\n" + good).string();
    const std::string bad_file = tool.write_file("bad.json", bad).string();
    CHECK(tool.run({"validate"}).status == 0);
    CHECK(tool.run({"validate", "--online", good_file}).status == 0);
    const std::size_t requests = tool.service().requests().size();

    CHECK(tool.run({"validate", good_file}).output == "The profile is valid.\n");
    CHECK(tool.run({"validate", "-", "--json"}, good).output == "{\"valid\":true,\"mistakes\":[]}\n");
    const auto end = tool.run({"validate", bad_file});
    CHECK(end.status == 4);
    CHECK(has(end.errors, bad_file + ":3: defaultAddress.country: expected an ISO 3166 code of 2 letters\n"));
    CHECK(has(end.errors, bad_file + ":4: defaultAddress.state: expected 0 to 2 characters, got 10\n"));
    const auto as_json = tool.run({"validate", "--json", bad_file});
    CHECK(as_json.status == 4);
    CHECK(json::parse(as_json.output).at("mistakes").as_array().at(1).at("line") == 4);
    CHECK(tool.service().requests().size() == requests); // offline

    tool.service().edit([](auto& profile) { profile.company_name = "Fabrikam"; });
    check_end(tool, 5, {"validate", "--online", good_file}, "was changed since this was read");
    const std::string foreign = tool.write_file("foreign.json", R"({"tenantId":"elsewhere"})").string();
    check_end(tool, 4, {"validate", "--online", foreign}, "tenantId is not that of the organization");
    CHECK(tool.updates() == 0);
}

TEST_CASE("diff compares the service's profile with a file")
{
    profile_tool tool;
    const std::string old = document_of(tool.service());
    CHECK(tool.run({"set", "companyName=Contoso"}).status == 0);
    CHECK(tool.run({"set", "companyName=TEST_TEST_BugBash1"}).status == 0);
    const auto same = tool.run({"diff", "-"}, old); // but for the etag
    CHECK(same.status == 0);
    CHECK(has(same.output, "(no difference)"));
    CHECK(tool.run({"set", "companyName=Contoso", "--unset", "domain"}).status == 0);
    const auto end = tool.run({"diff", "-"}, old);
    CHECK(end.status == 1);
    CHECK(has(end.output, "- companyName: \"Contoso\"\n+ companyName: \"TEST_TEST_BugBash1\"\n"));
    CHECK(has(end.output, "+ domain: "));
    const auto as_json = tool.run({"diff", "-", "--json"}, old);
    CHECK(as_json.status == 1);
    const json::value list = json::parse(as_json.output);
    REQUIRE(list.as_array().size() == 2);
    CHECK(list.at(0) ==
          json::value({{"path", "companyName"}, {"before", "Contoso"}, {"after", "TEST_TEST_BugBash1"}}));
    CHECK(!list.at(1).as_object().contains("before"));
}

TEST_CASE("the exit status tells what kind of failure it was, and the text what to do")
{
    profile_tool tool;
    testing::emulator& service = tool.service();
    check_end(tool, 2, {"get", "--tokn=" + service.token()}, "not expected: --tokn");
    check_end(tool, 2, {"get", service.token()}, "not expected: an argument that belongs to no option");
    check_end(tool, 2, {"set"}, "nothing to set: write PATH=TEXT");
    check_end(tool, 2, {"set", service.token()}, "an argument without '='");
    check_end(tool, 2, {"set", "companyNmae=x"}, "no member 'companyNmae'");
    check_end(tool, 2, {"set", "links:=7"}, "/links: expected object, got number");
    check_end(tool, 2, {"set", "links:={"}, "the value is no JSON");
    check_end(tool, 2, {"set", "attributes.etag=mine"}, "attributes.etag is the service's");
    check_end(tool, 2, {"get", "--timeout", "0"}, "--timeout");
    check_end(tool, 2, {"get", "--base-url", "http://localhost"}, "use https://");
    check_end(tool, 2, {"set", "email=x", "--color=blue"}, "--color");
    check_end(tool, 2, {"diff"}, "file is required");
    check_end(tool, 3, {"get", "--token", "another.token"}, "401");
    check_end(tool, 4, {"set", "defaultAddress.state=Washington"}, "expected 0 to 2 characters");
    check_end(tool, 4, {"set", "defaultAddress.state=Washington", "--dry-run"}, "This would not be stored");
    check_end(tool, 7, {"get", "--ca-file", "/etc/ssl/certs/ca-certificates.crt"},
              "see --base-url and --ca-file");
    check_end(tool, 7,
              {"get", "--timeout", "1", "--base-url",
               "https://localhost:" + std::to_string(testing::server_process::free_port())},
              "Look at the network");
    check_end(tool, 11, {"validate", "/nowhere/file.json"}, "/nowhere/file.json: No such file");
    check_end(tool, 11, {"validate", "/"}, "Is a directory");

    service.add_failure(testing::failure::answer(501));
    check_end(tool, 8, {"get"}, "501");
    service.add_failure(testing::failure::answer(403));
    check_end(tool, 3, {"get"}, "sign-in --force");
    service.add_failure(testing::failure_rule(testing::failure::answer(409)).method("PUT").always());
    check_end(tool, 5, {"set", "email=x", "--timeout", "1"}, "Somebody else changes the profile");
    service.clear_failures();
    testing::throttle_options throttle;
    throttle.requests = 0;
    throttle.retry_after = std::chrono::seconds(57);
    service.set_throttle(throttle);
    check_end(tool, 6, {"get", "--timeout", "5"}, "try again in 57 s");
    if (fs::exists("/dev/full"))
        CHECK(tool.run({"get", "--help"}).status == 0);
}

TEST_CASE("a change that may have been applied has an exit status of its own")
{
    profile_tool tool;
    testing::tls_scripted_peer peer;
    tool.use(peer.base_url(), peer.ca_pem(), "a.token");
    peer.on_connection()
        .expect_request("GET ")
        .reply(testing::json_reply("200 OK", R"({"companyName":"Contoso"})"))
        .expect_head("PUT ")
        .reply("HTTP/1.1 100 Continue\r\n\r\n")
        .expect_body()
        .silence();
    check_end(tool, 9, {"set", "companyName=Fabrikam", "--timeout", "1"}, "look with 'partner_profile get'");
    testing::check_scripts(peer);
}

TEST_CASE("a person signs in once, and the commands use the token that is stored")
{
    profile_tool tool;
    testing::emulator& service = tool.service();
    tool.set_environment("PARTNER_CENTER_TOKEN", "");
    check_end(tool, 3, {"get"}, "Run 'partner_profile sign-in'.");
    check_end(tool, 2, {"sign-in"}, "PARTNER_CENTER_TENANT");
    tool.set_environment("PARTNER_CENTER_AUTHORITY", service.base_url());
    tool.set_environment("PARTNER_CENTER_TENANT", service.tenant());
    tool.set_environment("PARTNER_CENTER_CLIENT_ID", service.client_id());
    tool.set_environment("PARTNER_CENTER_CLIENT_SECRET", service.client_secret());

    const auto sign_in = [&](std::vector<std::string> arguments) {
        const auto program = tool.start(profile_tool::where::terminal, std::move(arguments));
        REQUIRE(program->shows("and enter the code "));
        REQUIRE(service.pending_user_codes().size() == 1);
        REQUIRE(program->shows(service.pending_user_codes().front()));
        service.approve_device_code(service.pending_user_codes().front());
        const auto end = program->wait();
        CAPTURE(end.output);
        CHECK(end.status == 0);
        CHECK(has(end.output, "Signed in."));
        CHECK(has(end.output, "Company: \"TEST_TEST_BugBash1\""));
        CHECK(!has(end.output, service.refresh_token()));
    };
    sign_in({"sign-in"});
    const std::string stored = ".config/partner_center/refresh_token";
    CHECK(tool.read_file(stored) == service.refresh_token());
    CHECK(fs::status(tool.folder() / stored).permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write));
    check_end(tool, 0, {"get"}, "TEST_TEST_BugBash1");
    CHECK(tool.read_file(stored) == service.refresh_token()); // the next one
    check_end(tool, 0, {"sign-in"}, "You are signed in already. Company: \"TEST_TEST_BugBash1\"");

    service.revoke_refresh_tokens();
    check_end(tool, 3, {"get"}, "sign-in --force");
    sign_in({"sign-in"});
    sign_in({"sign-in", "--force"});
    fs::permissions(tool.folder() / stored, fs::perms::group_read, fs::perm_options::add);
    check_end(tool, 11, {"get"}, "others may use");
}

TEST_CASE("emulate leads the other commands to it")
{
    profile_tool tool;
    const auto program = tool.start(profile_tool::where::pipes, {"emulate", "--authority"});
    REQUIRE(program->shows("export PARTNER_CENTER_REFRESH_TOKEN='"));
    tool.write_file("environment", program->output().substr(0, program->output().rfind("export")));
    tool.set_editor(". " + (tool.folder() / "environment").string() +
                    "\n$TOOL set companyName=Contoso >>$log 2>&1; $TOOL get --json >>$log 2>&1; exit 9");
    check_end(tool, 10, {"edit"}, "ended with status 9");
    CHECK(has(tool.read_file("log"), "\"companyName\":\"Contoso\""));
    CHECK(tool.service().profile().company_name == "TEST_TEST_BugBash1");
    program->send(15);
    CHECK(program->wait().status == 143);
}
