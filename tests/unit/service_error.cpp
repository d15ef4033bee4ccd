// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/condition.hpp>
#include <partner_center/detail/json_document.hpp>
#include <partner_center/detail/retry_after.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/organization_profile.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace http = boost::beast::http;
namespace pc = partner_center;
using pc::errc;
using pc::detail::bounded_text;
using pc::detail::http_response;
using pc::detail::interpret_response;

namespace {

constexpr std::string_view secret = "fake-token.0123456789";

struct meaning {
    pc::error_code ec;
    pc::diagnostics diag;
};

meaning interpret(unsigned status, std::string body,
                  std::initializer_list<std::pair<const char*, std::string>> headers = {})
{
    http_response response;
    response.result(status);
    response.body() = std::move(body);
    for (const auto& [name, value] : headers)
        response.set(name, value);
    meaning result;
    result.diag.request_id = "R";
    result.ec = interpret_response(response, secret, result.diag);
    CHECK(result.diag.request_id == "R"); // what the call knows is left alone
    CHECK(result.diag.http_status == status);
    return result;
}

} // namespace

TEST_CASE("a 200 is fit to be read when it is there, says it is JSON, and is not compressed")
{
    for (const char* type : {"application/json", "application/json; charset=utf-8", "APPLICATION/Json ;x=y",
                             "application/json\t;x=y", "application/problem+json", "text/x+JSON"})
        CHECK_MESSAGE(!interpret(200, "{}", {{"Content-Type", type}}).ec, type);
    CHECK_FALSE(interpret(200, "{}").ec);
    CHECK_FALSE(interpret(200, "{}", {{"Content-Encoding", "identity"}}).ec);
    CHECK_FALSE(interpret(200, "{}", {{"Content-Encoding", "Identity"}}).ec);

    for (const char* type : {"text/html", "text/plain", "application/jsonx", "application/yaml",
                             "application/xml", "json", "+json", ";"})
        CHECK_MESSAGE(interpret(200, "{}", {{"Content-Type", type}}).ec == errc::unexpected_content_type,
                      type);
    CHECK(interpret(200, "").ec == errc::empty_body);
    const meaning compressed = interpret(200, "\x1F\x8B", {{"Content-Encoding", "gzip"}});
    CHECK(compressed.ec == errc::unexpected_content_encoding);
    CHECK(compressed.diag.description == "gzip");
}

TEST_CASE("status and code together decide what a failure means")
{
    struct row {
        unsigned status;
        const char* body;
        pc::error_code ec;
    };
    const auto status = [](unsigned value) { return pc::make_http_status_code(value); };
    const row rows[] = {
        {400, R"({"code":2055})", errc::stale_etag},
        {400, R"({"code":"2055"})", errc::stale_etag},
        {404, R"({"code":2055})", status(404)},
        {417, R"({"code":800036})", errc::stale_etag},
        {400, R"({"code":800036})", status(400)},
        {417, "", status(417)},
        {412, R"({"code":800036})", status(412)},
        {401, R"({"code":900420})", errc::wrong_token_audience},
        {403, R"({"code":900420})", status(403)},
        {401, R"({"code":"900421"})", errc::mfa_required},
        {401, "Authentication failed. MFA required. (10001)\r\n", errc::mfa_required},
        {401, "Authentication failed. (10001)", status(401)},
        {403, "Authentication failed. MFA required. (10001)", status(403)},
        {204, "", status(204)},
        {302, "", status(302)},
        {599, "", status(599)},
    };
    for (const row& r : rows) {
        CAPTURE(r.status);
        CAPTURE(r.body);
        CHECK(interpret(r.status, r.body).ec == r.ec);
    }
}

TEST_CASE("the description is the first that there is of description, message, name and text")
{
    CHECK(interpret(400, R"({"description":"d","message":"m","errorName":"n"})").diag.description == "d");
    CHECK(interpret(400, R"({"description":"","message":"m","errorName":"n"})").diag.description == "m");
    CHECK(interpret(400, R"({"description":null,"errorName":"n"})").diag.description == "n");
    CHECK(interpret(400, "\"text\"").diag.description == "text");
    CHECK(interpret(400, "text").diag.description == "text");
    CHECK(interpret(400, "<p>text</p>").diag.description.empty());
    CHECK(interpret(400, "<p>text</p>").diag.body_excerpt == "<p>text</p>");
    CHECK(interpret(400, "").diag.description.empty());
    for (unsigned status : {300U, 302U, 399U})
        CHECK(interpret(status, "", {{"Location", "/a"}}).diag.description ==
              "redirected to /a, not followed");
    CHECK(interpret(302, "text", {{"Location", "/a"}}).diag.description == "text");
    for (unsigned status : {204U, 299U, 400U})
        CHECK(interpret(status, "", {{"Location", "/a"}}).diag.description.empty());
    CHECK(interpret(400, "\x1F\x8B", {{"Content-Encoding", "gzip"}}).diag.description.empty());
    CHECK(interpret(400, "\x1F\x8B", {{"Content-Encoding", "gzip"}}).diag.body_excerpt.empty());
}

TEST_CASE("codes may be numbers, text, or stand in parentheses at the end")
{
    CHECK(interpret(400, R"({"code":60012})").diag.service_code == "60012");
    CHECK(interpret(400, R"({"code":"60012"})").diag.service_code == "60012");
    CHECK(interpret(400, R"({"errorCode":-1})").diag.service_code == "-1");
    CHECK(interpret(400, R"({"code":1.5})").diag.service_code.empty());
    CHECK(interpret(400, R"-({"code":null,"message":"x (7)"})-").diag.service_code == "7");
    CHECK(interpret(400, "x (7) ").diag.service_code == "7");
    for (const char* none : {"x ()", "x (7", "7)", "x (7a)", ")", "(", "x (7) y"})
        CHECK_MESSAGE(interpret(400, none).diag.service_code.empty(), none);
    CHECK(interpret(400, R"({"isRetryable":true})").diag.is_retryable == true);
    CHECK_FALSE(interpret(400, R"({"isRetryable":"yes"})").diag.is_retryable.has_value());
    CHECK(interpret(400, R"({"source":"PartnerFD"})").diag.source == "PartnerFD");
}

TEST_CASE("headers that help are kept")
{
    const meaning result = interpret(401, "",
                                     {{"Content-Type", "text/plain"},
                                      {"MS-CV", "cv"},
                                      {"MS-ServerId", "id"},
                                      {"WWW-Authenticate", "OAuth realm=x"},
                                      {"Retry-After", "0"}});
    CHECK(result.diag.content_type == "text/plain");
    CHECK(result.diag.correlation_vector == "cv");
    CHECK(result.diag.server_id == "id");
    CHECK(result.diag.www_authenticate == "OAuth realm=x");
    CHECK(result.diag.retry_after == std::chrono::seconds{0});
    CHECK(interpret(429, "", {{"Retry-After", "2147483648"}}).diag.retry_after ==
          pc::detail::max_retry_after);
    CHECK(interpret(429, "", {{"Retry-After", "Mon, 21 Mar 2016 05:48:41 GMT"}}).diag.retry_after ==
          std::chrono::seconds{0});
    CHECK(interpret(429, "", {{"Retry-After", "Mon, 21 Mar 2196 05:48:41 GMT"}}).diag.retry_after ==
          pc::detail::max_retry_after);
    for (const char* unclear : {"", "-1", "1.5", "1 s", "0x10", "Mon, 32 Mar 2016 05:48:41 GMT"})
        CHECK_MESSAGE(!interpret(429, "", {{"Retry-After", unclear}}).diag.retry_after, unclear);
}

TEST_CASE("a header that is shown is bounded and without control characters, however long the token is")
{
    const std::string token(3000, 'A');
    const std::string longer(pc::diagnostics::max_text_size + 1, 'x');
    struct row {
        std::string given;
        std::string shown;
    };
    const row rows[] = {
        {"M\xC3\xBCnchen", "M\xC3\xBCnchen"},
        {"a\tb", "a b"},
        {"a\xC2\x9B"
         "31mb\xC2\xA0",
         "a  31mb\xC2\xA0"},
        {"a\x7f", "a "},
        {"\x7f", " "},
        {longer, longer.substr(1)},
        {"<" + token + ">", "<***>"},
        {std::string("a\0b", 3), "a b"},
    };
    for (const row& r : rows) {
        http_response response;
        response.result(401);
        response.set("MS-CV", r.given);
        pc::diagnostics diag;
        interpret_response(response, token, diag);
        CHECK(diag.correlation_vector == r.shown);
    }
}

TEST_CASE("the secret is in no text, wherever the service puts it")
{
    const std::string token(secret);
    const meaning results[] = {
        interpret(400, R"({"code":")" + token + R"(","description":")" + token + R"(","source":")" + token +
                           R"("})"),
        interpret(400, "{\"errorCode\":\"" + token + "\",\"message\":\"" + token + token + "\"}"),
        interpret(400, token + " (7)"),
        interpret(400, "\"" + token + "\""),
        interpret(200, token, {{"Content-Type", token}}),
        interpret(200, "x", {{"Content-Encoding", token}}),
        interpret(302, "", {{"Location", "/?" + token}}),
        interpret(401, "",
                  {{"MS-CV", token}, {"MS-ServerId", token}, {"WWW-Authenticate", "Bearer " + token}}),
        // Its beginning alone would be left before the limit.
        interpret(400, std::string(pc::diagnostics::max_text_size - 15, 'x') + token),
    };
    for (const meaning& m : results) {
        const std::string all = m.diag.service_code + "|" + m.diag.description + "|" + m.diag.source + "|" +
                                m.diag.www_authenticate + "|" + m.diag.correlation_vector + "|" +
                                m.diag.server_id + "|" + m.diag.content_type + "|" + m.diag.body_excerpt +
                                "|" + describe(m.ec, m.diag);
        CHECK_MESSAGE(all.find("fake-token.") == std::string::npos, all);
        CHECK(all.find("***") != std::string::npos);
    }
}

TEST_CASE("a text is bounded, whole in its characters, and without control characters")
{
    CHECK(bounded_text("", secret).empty());
    CHECK(bounded_text("a\xFF", secret) == "a\xFF");
    CHECK(bounded_text(std::string_view("a\0b\r\n\t\x1B[31m\x7F", 12), secret) == "a b    [31m ");
    // U+0080 to U+009F are two bytes each, and some of them steer terminals.
    CHECK(bounded_text("\xC2\x80 \xC2\x85 \xC2\x9B \xC2\x9F", secret) == "           ");
    for (const char* text :
         {"\xC2\xA0", "\xC3\x80", "\xC2", "\xC2 ", "\xC2\xC2\xA9", "\xC2\x7E", "\xE2\x82\xAC"})
        CHECK(bounded_text(text, secret) == text);
    CHECK(bounded_text(std::string_view("\xC2\x9B", 1), secret) == "\xC2");
    const std::string most(pc::diagnostics::max_text_size, 'x');
    CHECK(bounded_text(most, secret) == most);
    CHECK(bounded_text(most.substr(1) + "\xC2\x9B", secret) == most.substr(1) + " ");
    CHECK(bounded_text(most + "y", secret) == most);
    CHECK(bounded_text(std::string(most.size() + 1, '\x80'), secret).empty()); // no beginning of a character
    for (const std::string character : {"\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
        for (std::size_t before = most.size() - 4; before != most.size(); ++before) {
            const std::string text = bounded_text(most.substr(0, before) + character + most, secret);
            const bool fits = before + character.size() <= most.size();
            CHECK(text.size() == (fits ? most.size() : before));
            CHECK(text.substr(before).starts_with(fits ? character : std::string()));
        }
    CHECK(bounded_text("a" + std::string(secret) + std::string(secret) + "b", secret) == "a******b");
    CHECK(bounded_text("abc", "") == "abc");
}

TEST_CASE("a secret that is echoed with JSON's escapes is no part of a text")
{
    const std::string_view echoed = "fake/token+1234=";
    for (std::string_view echo :
         {"fake/token+1234=", "fake\\/token+1234=", "fake\\u002ftoken\\u002B1234\\u003d"})
        CHECK(pc::detail::bounded_text("<" + std::string(echo) + ">", echoed) == "<***>");
    CHECK(pc::detail::bounded_text("fake\\token+1234=", echoed) == "fake\\token+1234=");
    CHECK(pc::detail::bounded_text("fake/token\\/1234=", echoed) == "fake/token\\/1234=");
    CHECK(pc::detail::bounded_text("fake/token+1234", echoed) == "fake/token+1234");

    std::string many;
    for (int i = 0; i != 100'000; ++i)
        many += echoed;
    const std::string text = pc::detail::bounded_text(many, echoed);
    CHECK(text.size() == pc::diagnostics::max_text_size);
    CHECK(text.find_first_not_of('*') == text.npos);
}

TEST_CASE("a secret that is the name of a member is no part of the path that leads there")
{
    struct row {
        std::string_view secret;
        std::string_view text;
        std::string_view left;
    };
    const row rows[] = {
        {"a/b~c", "/a~1b~0c: expected", "/***: expected"},
        {"a/b~c", "a/b~c", "***"},
        {"a/b~c", "a\\/b~c", "***"},
        {"a/b~c", "/a~0b~1c", "/a~0b~1c"},
        {"a/b~c", "/a~1b~", "/a~1b~"},
        {"a~1", "/a~01", "/***"},
        {"a~1", "/a~1", "/***"},
        {"a~0", "/a~00", "/***"},
        {"a~0", "/a~0", "/***"},
        {"~~/", "/~0~0~1~1", "/***~1"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        CHECK(bounded_text(r.text, r.secret) == r.left);
    }

    constexpr std::string_view token = "fake/token~value.0123456789";
    pc::OrganizationProfile profile;
    std::string reason;
    CHECK(pc::detail::read_document("{\"" + std::string(token) + "\":1e30}", profile, reason) ==
          errc::unexpected_json_type);
    CHECK(bounded_text(reason, token) == "/***: the number cannot be kept exactly");
}

TEST_CASE("isMfaCompliant is heard in a success and in a failure, and only when it says true or false")
{
    struct row {
        const char* said;
        std::optional<bool> heard;
    };
    const row rows[] = {
        {"true", true},    {"false", false},    {"True", true}, {"False", false}, {"", {}},     {"yes", {}},
        {"truefalse", {}}, {"true, false", {}}, {"tru", {}},    {"1", {}},        {"none", {}}, {"maybe", {}},
    };
    for (const row& r : rows) {
        CHECK_MESSAGE(interpret(200, "{}", {{"isMfaCompliant", r.said}}).diag.mfa_compliant == r.heard,
                      r.said);
        CHECK_MESSAGE(interpret(403, "", {{"ISMFACOMPLIANT", r.said}}).diag.mfa_compliant == r.heard, r.said);
    }
    CHECK_FALSE(interpret(200, "{}").diag.mfa_compliant.has_value());
    const meaning refused = interpret(401, "", {{"isMfaCompliant", "false"}});
    CHECK(pc::describe(refused.ec, refused.diag).find("without multi-factor") != std::string::npos);
}

TEST_CASE("any number of secrets are left out of a text, and the longest first")
{
    const std::string_view secrets[] = {"", "fake-one", "fake-one-and-more", "other/"};
    struct row {
        std::string_view text;
        std::string_view left;
    };
    const row rows[] = {
        {"", ""},
        {"nothing to hide", "nothing to hide"},
        {"a fake-one.", "a ***."},
        {"fake-one-and-more", "***"},
        {"fake-one-and-other/", "***-and-***"},
        {"other\\/fake-onefake-one", "*********"},
        {"fake-\\u006fne", "***"},
    };
    for (const row& r : rows)
        CHECK(pc::detail::bounded_text_without(r.text, secrets) == r.left);
    CHECK(pc::detail::bounded_text_without("fake-one", {}) == "fake-one");
    const std::string late = std::string(pc::diagnostics::max_text_size - 4, 'x') + "fake-one-and-more";
    CHECK(pc::detail::bounded_text_without(late, secrets) ==
          std::string(pc::diagnostics::max_text_size - 4, 'x') + "***");
}
