// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The C++ of the documentation's pages, made into one header by the build: it compiles, and does what they
// say.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsubobject-linkage" // lambdas, which a reader writes into no header
#endif
#include "pages.hpp"
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <boost/asio/co_spawn.hpp>
#include <boost/json/value_from.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

// An emulator, and a client of its own.
class scene {
public:
    pc::testing::emulator service;
    asio::io_context context;
    pc::transport transport = page_testing::make_transport(context, service);
    pc::client client = page_testing::make_client(transport, service);

    /// Runs a coroutine to its end, and rethrows what it throws.
    template <class T>
    void run(asio::awaitable<T> coroutine)
    {
        asio::co_spawn(context, ignore_result(std::move(coroutine)), page_mainpage::rethrow);
        context.run();
        context.restart();
    }

private:
    template <class T>
    static asio::awaitable<void> ignore_result(asio::awaitable<T> coroutine)
    {
        co_await std::move(coroutine);
    }
};

std::string read_file(const std::string& path)
{
    std::ifstream file(std::string(PARTNER_CENTER_SOURCE_DIR "/") + path);
    std::ostringstream text;
    text << file.rdbuf();
    REQUIRE(file.good());
    return text.str();
}

// The enumerators of a header in their order, which is that of their values from 1.
std::vector<std::string> enumerators(const std::string& path)
{
    const std::string text = read_file(path);
    const std::regex line("\\n    ([a-z_0-9]+)(?: = 1)?,");
    std::vector<std::string> names;
    for (std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i)
        names.push_back((*i)[1]);
    return names;
}

// What the guide says that an errc meets: the names in "Meets `a`, `b`."
std::set<std::string> conditions_in_guide(const std::string& guide, const std::string& name)
{
    std::smatch found;
    const std::regex entry("### " + name + " \\{#errc_" + name + "\\}\\nMeets ([^.]*)\\.");
    REQUIRE_MESSAGE(std::regex_search(guide, found, entry), name);
    const std::string text = found[1];
    std::set<std::string> names;
    const std::regex code("`([a-z_]+)`");
    for (std::sregex_iterator i(text.begin(), text.end(), code), end; i != end; ++i)
        names.insert((*i)[1]);
    CHECK_MESSAGE(names.empty() == (text == "no condition"), name);
    return names;
}

// What the first group of a pattern is, wherever the pages have it.
std::set<std::string> mentioned(const std::string& pattern)
{
    std::set<std::string> found;
    const std::regex mention(pattern);
    for (const auto& page :
         std::filesystem::directory_iterator(PARTNER_CENTER_SOURCE_DIR "/cmake/docs/pages")) {
        const std::string text = read_file("cmake/docs/pages/" + page.path().filename().string());
        for (std::sregex_iterator i(text.begin(), text.end(), mention), end; i != end; ++i)
            found.insert((*i)[1]);
    }
    return found;
}

} // namespace

TEST_CASE("the files, headers and examples that the pages name exist")
{
    const std::filesystem::path root(PARTNER_CENTER_SOURCE_DIR);
    const auto files = mentioned("`((?:cmake|examples|include|tests)/[^` ]*)`");
    CHECK(files.size() > 5);
    for (const std::string& file : files)
        CHECK_MESSAGE(std::filesystem::exists(root / file), file);
    const auto headers = mentioned("`<(partner_center[^>`]*)>`");
    CHECK_FALSE(headers.empty());
    for (const std::string& header : headers)
        CHECK_MESSAGE(std::filesystem::exists(root / "include" / header), header);
    const auto examples = mentioned("[Ee]xample\\s`([a-z_]+)`");
    CHECK(examples.size() > 3);
    for (const std::string& example : examples)
        CHECK_MESSAGE(std::filesystem::exists(root / "examples" / (example + ".cpp")), example);
}

TEST_CASE("the quick start's program changes the number")
{
    scene s;
    s.run(page_mainpage::change_phone(s.client));
    CHECK(s.service.profile().default_address->phone_number == "4255550101");
    page_mainpage::print_company(s.client);
    s.context.run();
    CHECK(s.service.requests().size() == 3);
}

TEST_CASE("the quick start's three ways to say nothing are three documents")
{
    pc::OrganizationProfile profile;
    page_mainpage::three_ways_to_say_nothing(profile);
    CHECK(pc::json::value_from(profile).at("domain") == "");
    profile.domain.reset();
    CHECK(pc::json::value_from(profile).at("domain").is_null());
    profile.extra.clear();
    CHECK_FALSE(pc::json::value_from(profile).as_object().contains("domain"));
}

TEST_CASE("the guide to errors decides and reports as it says")
{
    using page_errors::advice;
    CHECK(page_errors::decide({}) == advice::done);
    CHECK(page_errors::decide(pc::errc::stale_etag) == advice::read_again);
    CHECK(page_errors::decide(pc::errc::mfa_required) == advice::sign_in_again);
    CHECK(page_errors::decide(pc::make_http_status_code(503)) == advice::later);
    CHECK(page_errors::decide(pc::make_http_status_code(403)) == advice::give_up);

    scene s;
    bool updated = true;
    const auto keep = [&](std::exception_ptr failure, bool result) {
        page_mainpage::rethrow(failure);
        updated = result;
    };
    const pc::OrganizationProfile before = s.service.profile();
    s.service.edit([](pc::OrganizationProfile& profile) { profile.culture = "de-DE"; });
    asio::co_spawn(s.context, page_errors::update_and_report(s.client, before), keep);
    s.context.run();
    CHECK_FALSE(updated);
}

TEST_CASE("the guide to errors names the conditions that each errc meets")
{
    const std::string guide = read_file("cmake/docs/pages/20_errors.md");
    const std::vector<std::string> errors = enumerators("include/partner_center/errc.hpp");
    const std::vector<std::string> conditions = enumerators("include/partner_center/condition.hpp");
    REQUIRE(errors.size() > 30);
    REQUIRE(conditions.size() > 10);
    for (std::size_t e = 0; e < errors.size(); ++e) {
        std::set<std::string> met;
        for (std::size_t c = 0; c < conditions.size(); ++c) {
            if (pc::error_code(static_cast<int>(e + 1), pc::partner_center_category()) ==
                pc::make_error_condition(static_cast<pc::condition>(c + 1)))
                met.insert(conditions[c]);
        }
        CHECK_MESSAGE(conditions_in_guide(guide, errors[e]) == met, errors[e]);
    }
}

TEST_CASE("the pages' deadlines and defaults are the library's")
{
    using namespace std::chrono_literals;
    const pc::client_options client;
    const pc::transport_options transport;
    CHECK(client.timeout == 100s);
    CHECK(client.continue_timeout == 1s);
    CHECK(transport.attempt_timeout == 60s);
    CHECK(transport.connect_timeout == 15s);
    CHECK(transport.handshake_timeout == 15s);
    CHECK(transport.max_connections == 8);
    CHECK(client.retry.max_attempts == 4);
    CHECK(client.retry.base_delay == 800ms);
    CHECK(client.retry.max_delay == 30s);
    CHECK(client.retry.statuses == std::vector<unsigned>{408, 429, 500, 502, 503, 504});
    CHECK(pc::refresh_token_options().refresh_margin == 5min);
    CHECK(page_retry::patient().retry.max_attempts == 8);
}

TEST_CASE("the page about cancellation reads in time, and is cancelled")
{
    scene s;
    s.run(page_cancellation::read_quickly(s.client));
    CHECK(s.service.requests().size() == 1);

    asio::cancellation_signal stop;
    pc::error_code result;
    page_cancellation::read_until(s.client, stop, [&](const pc::error_code& ec) { result = ec; });
    stop.emit(asio::cancellation_type::terminal);
    s.context.run();
    CHECK(result == asio::error::operation_aborted);
}

TEST_CASE("the page about threads reads with every token, and returns")
{
    // Nothing is sent for a token that no request can carry: this is about threads, not about the service.
    page_threads::read_all({"", " ", "\r"});
}

TEST_CASE("the page about retries sends a change once more under its first id, and it is applied once")
{
    using pc::testing::failure;
    scene s;
    pc::client_options options;
    options.base_url = s.service.base_url();
    options.retry.max_attempts = 1;
    const pc::client once{s.transport, pc::credential::bearer(s.service.token()), options};
    pc::OrganizationProfile profile = s.service.profile();
    profile.company_name = "Contoso";
    s.service.add_failure(failure::apply_and_answer(503));
    s.run(page_retry::update_for_sure(once, profile));
    CHECK(s.service.profile().company_name == "Contoso");
    REQUIRE(s.service.requests().size() == 2);
    CHECK(s.service.requests()[0].applied);
    CHECK_FALSE(s.service.requests()[1].applied);

    s.run(page_retry::move_to(s.client, "Bellevue"));
    CHECK(s.service.profile().default_address->city == "Bellevue");
}

TEST_CASE("the page about authentication signs in, keeps the refresh token and makes calls")
{
    pc::testing::emulator_options settings;
    settings.oauth.public_client = true;
    settings.oauth.approve_device_code_after = 0;
    settings.oauth.device_code_interval = std::chrono::seconds(1);
    pc::testing::emulator service(settings);
    pc::application_options app = page_authentication::describe_application();
    CHECK(app.tenant == service.tenant());
    CHECK(app.client_id == service.client_id());
    app.authority = service.base_url();

    asio::io_context context;
    pc::transport transport = page_testing::make_transport(context, service);
    std::string kept;
    asio::co_spawn(context, page_authentication::first_refresh_token(transport, app),
                   [&](std::exception_ptr failure, std::string token) {
                       page_mainpage::rethrow(failure);
                       kept = std::move(token);
                   });
    context.run();
    context.restart();
    CHECK(kept == service.refresh_token());

    const auto store = [&kept](const std::string& token) { kept = token; };
    pc::client_options options;
    options.base_url = service.base_url();
    const pc::client client{transport, page_authentication::make_credential(app, kept, store), options};
    pc::error_code result = asio::error::would_block;
    client.async_get([&](const pc::error_code& ec, const pc::OrganizationProfile&) { result = ec; });
    context.run();
    CHECK_FALSE(result);
    CHECK(kept == service.refresh_token());
}

TEST_CASE("the page about authentication gets tokens from elsewhere")
{
    scene s;
    s.service.set_token("a.token.from.the.vault");
    pc::client_options options;
    options.base_url = s.service.base_url();
    const pc::client client{s.transport, page_authentication::from_the_vault(), options};
    s.run(client.get());
    CHECK(s.service.requests().size() == 1);
}

TEST_CASE("the page about tests has tests that pass")
{
    CHECK(page_testing::test_rename());
    CHECK(page_testing::test_that_a_lost_answer_is_no_lost_change());
}

TEST_CASE("the page about design changes the name by a view of the profile, and nothing else")
{
    scene s;
    const pc::OrganizationProfile before = s.service.profile();
    s.run(page_design::rename(s.client, "Contoso"));
    pc::OrganizationProfile expected = before;
    expected.company_name = "Contoso";
    expected.attributes = s.service.profile().attributes;
    CHECK(s.service.profile() == expected);
}

TEST_CASE("the page about performance has a log of events")
{
    CHECK(page_performance::with_a_log().on_event);
}
