// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a call makes of the failures that the service and its gateways answer with.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::condition;
using pc::errc;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

std::string plain_reply(std::string_view status, std::string_view type, std::string_view body,
                        std::string_view more = {})
{
    std::string reply = "HTTP/1.1 " + std::string(status) + "\r\n";
    if (!type.empty())
        reply.append("Content-Type: ").append(type).append("\r\n");
    reply.append(more).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    return reply.append(body);
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

// What a GET ends with when the service answers so.
call_result answer(const std::string& response)
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request("GET ").reply(response);
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    call_result result = fixture.get();
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    return result;
}

} // namespace

TEST_CASE("every documented status is an error that names status, code, description and ids")
{
    struct row {
        const char* status;
        std::vector<condition> meets;
    };
    const row rows[] = {
        {"400 Bad Request", {condition::invalid_request}},
        {"401 Unauthorized", {condition::unauthorized}},
        {"403 Forbidden", {condition::forbidden}},
        {"404 Not Found", {condition::not_found}},
        {"405 Method Not Allowed", {condition::invalid_request}},
        {"406 Not Acceptable", {condition::invalid_request}},
        {"408 Request Timeout", {condition::timeout, condition::transient}},
        {"409 Conflict", {condition::conflict}},
        {"412 Precondition Failed", {condition::conflict}},
        {"417 Expectation Failed", {condition::invalid_request}},
        {"429 Too Many Requests", {condition::throttled, condition::transient}},
        {"500 Internal Server Error", {condition::transient}},
        {"501 Not Implemented", {}},
        {"502 Bad Gateway", {condition::transient}},
        {"503 Service Unavailable", {condition::transient}},
        {"504 Gateway Timeout", {condition::timeout, condition::transient}},
    };
    for (const row& r : rows) {
        CAPTURE(r.status);
        const call_result result = answer(
            json_reply(r.status, R"({"code":60012,"description":"It went wrong.","source":"PartnerFD"})"));
        CHECK(result.ec.category() == pc::http_status_category());
        CHECK(result.ec.message() == r.status);
        for (int c = 1; c <= static_cast<int>(condition::unexpected_response); ++c) {
            const auto wanted = static_cast<condition>(c);
            bool expected = false;
            for (condition met : r.meets)
                expected = expected || met == wanted;
            CHECK_MESSAGE((result.ec == wanted) == expected, pc::make_error_condition(wanted).message());
        }
        CHECK(result.profile == pc::OrganizationProfile());
        CHECK(std::to_string(result.diag.http_status) == std::string(r.status, 3));
        CHECK(result.diag.service_code == "60012");
        CHECK(result.diag.description == "It went wrong.");
        CHECK(result.diag.source == "PartnerFD");
        CHECK_FALSE(result.diag.may_have_been_applied);
        CHECK(result.what() == "GET " + result.diag.url + " failed: " + r.status +
                                   ": It went wrong.; service code 60012 from PartnerFD; request id " +
                                   result.diag.request_id + ", correlation id " + result.diag.correlation_id);
    }
}

TEST_CASE("every known shape of an error's body is understood")
{
    const char* const html = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    struct row {
        std::string reply;
        boost::system::error_code ec;
        std::string code;
        std::string description;
    };
    const auto status = [](unsigned value) { return pc::make_http_status_code(value); };
    const row rows[] = {
        {json_reply("400 Bad Request",
                    R"({"code":"2000","description":"Bad &quot;input&quot;","data":["a",{"b":1}]})"),
         status(400), "2000", "Bad &quot;input&quot;"},
        {json_reply("404 Not Found", R"({"code":3000,"message":"Organization not found"})"), status(404),
         "3000", "Organization not found"},
        {json_reply("400 Bad Request", R"({"code":2055,"description":"Etag is no longer valid"})"),
         errc::stale_etag, "2055", "Etag is no longer valid"},
        {json_reply("417 Expectation Failed", R"({"code":"800036","description":"Precondition"})"),
         errc::stale_etag, "800036", "Precondition"},
        {json_reply("400 Bad Request", R"({"code":"800036","description":"x"})"), status(400), "800036", "x"},
        {json_reply("400 Bad Request", R"({"code":600051,"description":"Phone number missing"})"),
         status(400), "600051", "Phone number missing"},
        {json_reply("401 Unauthorized", R"({"code":"400","description":"Access denied"})"), status(401),
         "400", "Access denied"},
        {json_reply("403 Forbidden", R"({"code":2032,"description":"Access denied"})"), status(403), "2032",
         "Access denied"},
        {json_reply("401 Unauthorized", R"({"code":900420,"description":"Audience"})"),
         errc::wrong_token_audience, "900420", "Audience"},
        {json_reply("401 Unauthorized", R"({"code":"900421","description":"MFA required."})"),
         errc::mfa_required, "900421", "MFA required."},
        {plain_reply("401 Unauthorized", "text/plain", "Authentication failed. MFA required. (10001)"),
         errc::mfa_required, "10001", "Authentication failed. MFA required. (10001)"},
        {json_reply("429 Too Many Requests",
                    R"({"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."})"),
         status(429), "", "Rate limit is exceeded. Try again in 57 seconds."},
        {plain_reply("502 Bad Gateway", "text/html", html), status(502), "", ""},
        {plain_reply("401 Unauthorized", "", ""), status(401), "", ""},
        {plain_reply("403 Forbidden", "", ""), status(403), "", ""},
        {plain_reply("403 Forbidden", "application/json", "{\"code\":"), status(403), "", "{\"code\":"},
        {json_reply("403 Forbidden", "[1]"), status(403), "", ""},
        {json_reply("403 Forbidden", "\"quoted text\""), status(403), "", "quoted text"},
        {json_reply("403 Forbidden", R"({"code":{},"description":[]})"), status(403), "", ""},
        {json_reply("403 Forbidden", "\xEF\xBB\xBF{\"code\":1}"), status(403), "1", ""},
    };
    for (const row& r : rows) {
        CAPTURE(r.reply);
        const call_result result = answer(r.reply);
        CHECK(result.ec == r.ec);
        CHECK(result.diag.service_code == r.code);
        CHECK(result.diag.description == r.description);
        CHECK(contains(result.what(), r.description));
        CHECK(contains(result.what(), r.code));
        CHECK(contains(result.what(), std::to_string(result.diag.http_status)));
        CHECK(contains(result.what(), result.diag.request_id));
        CHECK(contains(result.what(), result.diag.correlation_id));
    }
    CHECK(
        contains(answer(plain_reply("502 Bad Gateway", "text/html", html)).what(), "<title>502 Bad Gateway"));
}

TEST_CASE("what a failure says beside its description is in the diagnostics")
{
    const call_result result = answer(json_reply(
        "503 Service Unavailable",
        R"({"code":1,"message":"m","description":"d","errorName":"n","isRetryable":false,"parameters":{}})",
        "Retry-After: 17\r\nMS-CV: cv.1\r\nMS-ServerId: 42\r\n"));
    CHECK(result.diag.description == "d");
    CHECK(result.diag.is_retryable == false);
    CHECK(result.diag.retry_after == std::chrono::seconds{17});
    CHECK(result.diag.correlation_vector == "cv.1");
    CHECK(result.diag.server_id == "42");
    CHECK(result.diag.content_type == "application/json; charset=utf-8");
    CHECK(result.diag.body_excerpt.starts_with("{\"code\":1"));
    CHECK(contains(result.what(), "retry after 17 s"));

    const call_result unauthorized =
        answer(plain_reply("401 Unauthorized", "", "", "WWW-Authenticate: OAuth realm=urn:cpsvc:cpid:1\r\n"));
    CHECK(unauthorized.diag.www_authenticate == "OAuth realm=urn:cpsvc:cpid:1");
    for (const char* wait : {"-1", "soon", "21 Mar 2016", ""}) {
        const call_result unclear =
            answer(json_reply("429 Too Many Requests", "{}", std::string("Retry-After: ") + wait + "\r\n"));
        CHECK_MESSAGE(!unclear.diag.retry_after, wait);
        CHECK(unclear.ec == condition::throttled);
    }
}

TEST_CASE("texts of the service are bounded and have no control characters")
{
    const std::string many(2000, 'x');
    const call_result result =
        answer(json_reply("400 Bad Request", "{\"description\":\"a\\r\\nb\\u0000c" + many + "\"}"));
    CHECK(result.diag.description.starts_with("a  b cxxx"));
    CHECK(result.diag.description.size() <= pc::diagnostics::max_text_size);
    CHECK(result.diag.body_excerpt.size() <= pc::diagnostics::max_text_size);
    // A character of two bytes lies across the limit.
    std::string wide(511, 'x');
    for (int i = 0; i != 10; ++i)
        wide += "\xC3\xA9";
    CHECK(answer(plain_reply("400 Bad Request", "text/plain", wide)).diag.description ==
          std::string(511, 'x'));
}

TEST_CASE("the token appears nowhere, even when the service sends it back")
{
    const std::string token = testing::fake_token;
    const std::string replies[] = {
        json_reply("401 Unauthorized",
                   "{\"code\":1,\"description\":\"Bearer " + token + " is bad: " + token + "\"}"),
        plain_reply("401 Unauthorized", "text/plain", "Authorization: Bearer " + token,
                    "WWW-Authenticate: OAuth " + token + "\r\n"),
        plain_reply("200 OK", "text/plain", "Authorization: Bearer " + token),
        json_reply("400 Bad Request", "{\"code\":\"" + token + "\",\"source\":\"" + token + "\"}"),
        json_reply("200 OK", "{\"id\":7,\"token\":\"" + token + "\"}"),
        "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.test/?" + token + "\r\nContent-Length: 0\r\n\r\n",
    };
    for (const std::string& reply : replies) {
        CAPTURE(reply);
        const call_result result = answer(reply);
        CHECK(result.ec);
        const std::string all = result.what() + result.diag.description + result.diag.body_excerpt +
                                result.diag.www_authenticate + result.diag.service_code + result.diag.source +
                                result.diag.url + pc::error(result.ec, result.diag).what();
        CHECK_FALSE(contains(all, token));
        CHECK_FALSE(contains(all, "0123456789abcdefghij"));
    }
}

TEST_CASE("redirections and other successes are reported, not followed")
{
    for (const char* status :
         {"301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"}) {
        tls_scripted_peer elsewhere;
        const call_result result =
            answer("HTTP/1.1 " + std::string(status) + "\r\nLocation: " + elsewhere.base_url() +
                   "/\r\nContent-Length: 0\r\n\r\n");
        CHECK(result.ec.message() == status);
        CHECK(result.ec == condition::unexpected_response);
        CHECK(contains(result.what(), elsewhere.base_url()));
        CHECK(elsewhere.connections() == 0);
    }
    for (const char* reply : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
                              "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"}) {
        const call_result result = answer(reply);
        CHECK(result.ec.category() == pc::http_status_category());
        CHECK(result.ec == condition::unexpected_response);
        CHECK(result.profile == pc::OrganizationProfile());
    }
}

TEST_CASE("a refused update was not applied, one that a gateway lost may have been")
{
    struct row {
        const char* status;
        bool may_have_been_applied;
    };
    for (const row& r : {row{"400 Bad Request", false}, row{"401 Unauthorized", false},
                         row{"429 Too Many", false}, row{"501 Not Implemented", false},
                         row{"500 Internal Server Error", true}, row{"502 Bad Gateway", true},
                         row{"503 Service Unavailable", true}, row{"504 Gateway Timeout", true}}) {
        CAPTURE(r.status);
        tls_scripted_peer peer;
        peer.on_connection()
            .expect_head("PUT ")
            .reply("HTTP/1.1 100 Continue\r\n\r\n")
            .expect_body()
            .reply(json_reply(r.status, "{}"));
        client_fixture fixture(peer.base_url(), peer.ca_pem());
        const call_result result = fixture.update();
        CHECK(result.ec);
        CHECK(result.diag.may_have_been_applied == r.may_have_been_applied);
        CHECK(contains(result.what(), "the change may have been applied") == r.may_have_been_applied);
    }
}

TEST_CASE("a call that cannot be sent as it is fails before a connection is made, and names the reason")
{
    tls_scripted_peer peer;
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    const auto refuse = [&](pc::call_options options, const char* name) {
        const call_result result = fixture.update(testing::some_profile(), std::move(options));
        CHECK(result.ec == errc::invalid_argument);
        CHECK(result.ec == condition::invalid_request);
        CHECK_MESSAGE(contains(result.what(), name), result.what());
        // Somebody else may have written what the caller passes on.
        CHECK_FALSE(contains(result.what(), "no GUID"));
        CHECK_FALSE(contains(result.what(), "\n"));
        CHECK(result.diag.phase == pc::phase::prepare);
        CHECK(result.diag.attempts == 0);
        CHECK_FALSE(result.diag.may_have_been_applied);
    };
    refuse(pc::call_options{}.request_id("no GUID\n"), "call_options::request_id");
    refuse(pc::call_options{}.correlation_id("no GUID\n"), "call_options::correlation_id");
    refuse(pc::call_options{}.correlation_id(std::string(1'000'000, 'x')), "call_options::correlation_id");
    refuse(pc::call_options{}.locale("de-DE\r\nX: y"), "call_options::locale");
    refuse(pc::call_options{}.if_match("a\r\nX: y"), "call_options::if_match");
    refuse(pc::call_options{}.if_match(""), "call_options::if_match");
    for (const std::string token : {"", "secret words", "secret\r\nX: y"}) {
        client_fixture other(testing::trusting(peer.ca_pem()), testing::talking_to(peer.base_url()), token);
        const call_result result = other.get();
        CHECK(result.ec == errc::invalid_argument);
        CHECK(contains(result.what(), "the bearer token: "));
        CHECK_FALSE(contains(result.what(), "secret"));
    }
    CHECK(peer.connections() == 0);

    pc::client_options options = testing::talking_to(peer.base_url());
    struct row {
        std::function<void(pc::retry_options&)> change;
        const char* name;
    };
    const row rows[] = {
        {[](pc::retry_options& r) { r.max_attempts = 0; }, "client_options::retry.max_attempts"},
        {[](pc::retry_options& r) { r.base_delay = {}; }, "client_options::retry.base_delay"},
        {[](pc::retry_options& r) { r.max_delay = -r.max_delay; }, "client_options::retry.max_delay"},
        {[](pc::retry_options& r) { r.max_delay = {}; }, "client_options::retry.max_delay"},
    };
    for (const row& r : rows) {
        pc::client_options wrong = options;
        r.change(wrong.retry);
        CHECK_THROWS_WITH_AS(pc::client(fixture.transport, pc::credential::bearer("x"), wrong),
                             doctest::Contains(r.name), pc::error);
    }
    options.application_name = "a\nb";
    CHECK_THROWS_WITH_AS(pc::client(fixture.transport, pc::credential::bearer("x"), options),
                         doctest::Contains("client_options::application_name"), pc::error);
    options.application_name.clear();
    options.locale = "\xC3\xBC";
    CHECK_THROWS_WITH_AS(pc::client(fixture.transport, pc::credential::bearer("x"), options),
                         doctest::Contains("client_options::locale"), pc::error);
}
