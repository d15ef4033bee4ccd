// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/condition.hpp>
#include <partner_center/detail/token_response.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pc = partner_center;
using pc::detail::device_authorization;
using pc::detail::http_response;
using pc::detail::interpret_device_code_response;
using pc::detail::interpret_token_response;
using pc::detail::token_grant;
using outcome = pc::detail::token_outcome;
using std::chrono::seconds;
using clock_time = std::chrono::system_clock::time_point;
using namespace std::string_view_literals;

namespace {

const clock_time sent_at{seconds(1'800'000'000)};
constexpr clock_time unknown = clock_time::max();

constexpr std::string_view client_secret = "fake~secret/+value";
constexpr std::string_view old_refresh_token = "0.fake-old-refresh-token-0123456789";
constexpr std::string_view secrets[] = {client_secret, old_refresh_token};

struct meaning {
    outcome result = outcome::failed;
    token_grant grant;
    device_authorization device;
    pc::diagnostics diag;
};

using header_list = std::initializer_list<std::pair<const char*, std::string>>;

http_response answer(unsigned status, std::string_view body, header_list headers = {})
{
    http_response response;
    response.result(status);
    response.body() = body;
    for (const auto& [name, value] : headers)
        response.set(name, value);
    return response;
}

meaning with_traces()
{
    meaning traces;
    traces.grant.refresh_token = "before";
    traces.device.user_code = "before";
    traces.diag.request_id = "R";
    traces.diag.service_code = "before";
    traces.diag.description = "before";
    traces.diag.body_excerpt = "before";
    return traces;
}

void check_diagnostics(const meaning& m, unsigned status)
{
    CHECK(m.diag.request_id == "R");
    if (m.result == outcome::granted) {
        CHECK(m.diag.http_status == 0);
        CHECK(m.diag.description == "before");
        return;
    }
    CHECK(m.diag.http_status == status);
    CHECK(m.diag.service_code != "before");
    CHECK(m.diag.description != "before");
    CHECK(m.diag.description != "");
    CHECK(m.diag.description.size() <= pc::diagnostics::max_text_size);
    CHECK(m.diag.body_excerpt != "before");
    CHECK(pc::detail::make_token_error(m.result));
}

meaning interpret(unsigned status, std::string_view body, header_list headers = {})
{
    meaning m = with_traces();
    m.result = interpret_token_response(answer(status, body, headers), secrets, sent_at, m.grant, m.diag);
    check_diagnostics(m, status);
    if (m.result != outcome::granted)
        CHECK(m.grant.refresh_token == "before");
    return m;
}

meaning interpret_device(unsigned status, std::string_view body)
{
    meaning m = with_traces();
    m.result = interpret_device_code_response(answer(status, body), secrets, sent_at, m.device, m.diag);
    check_diagnostics(m, status);
    if (m.result != outcome::granted)
        CHECK(m.device.user_code == "before");
    return m;
}

} // namespace

TEST_CASE("a token is granted with its lifetime, and with a new refresh token or none")
{
    const meaning v2 =
        interpret(200, R"({"token_type":"Bearer","scope":"x","expires_in":3599,"refresh_in":1800,
        "ext_expires_in":3599,"access_token":"fake.access-token_1","refresh_token":"0.fake-new"})");
    REQUIRE(v2.result == outcome::granted);
    CHECK(v2.grant.access.token == "fake.access-token_1");
    CHECK(v2.grant.access.expires == sent_at + seconds(3599));
    CHECK(v2.grant.access.refresh_at == sent_at + seconds(1800));
    CHECK(v2.grant.refresh_token == "0.fake-new");

    const meaning v1 = interpret(200, R"({"token_type":"Bearer","expires_in":"3600","expires_on":"1800003600",
        "not_before":"1799999700","resource":"https://a.test","access_token":"fake.access-token_2"})");
    REQUIRE(v1.result == outcome::granted);
    CHECK(v1.grant.access.token == "fake.access-token_2");
    CHECK(v1.grant.access.expires == sent_at + seconds(3600));
    CHECK_FALSE(v1.grant.access.refresh_at);
    CHECK(v1.grant.refresh_token == "");

    CHECK(interpret(200, "\xEF\xBB\xBF{\"access_token\":\"t\"}").grant.access.token == "t");
    CHECK(interpret(200, R"({"access_token":"t"})", {{"Content-Type", "text/plain"}}).result ==
          outcome::granted);
    for (const char* coding : {"identity", "Identity", "IDENTITY"})
        CHECK(interpret(200, R"({"access_token":"t"})", {{"Content-Encoding", coding}}).result ==
              outcome::granted);
    CHECK(interpret(200, R"({"access_token":"t","refresh_token":null,"token_type":null})").result ==
          outcome::granted);
    CHECK(interpret(200, R"({"access_token":"t","refresh_token":"","token_type":"bEARER"})")
              .grant.refresh_token == "");
    CHECK(interpret(200, R"({"error":null,"access_token":"t"})").result == outcome::granted);
}

TEST_CASE("the lifetime of a token comes as a number or as text, and within reason")
{
    struct row {
        std::string_view members;
        clock_time expires;
        std::optional<clock_time> refresh_at;
    };
    const clock_time far = sent_at + std::chrono::hours(365 * 24);
    const row rows[] = {
        {R"("x":0)", unknown, {}},
        {R"("expires_in":60)", sent_at + seconds(60), {}},
        {R"("expires_in":"60")", sent_at + seconds(60), {}},
        {R"("expires_in":60.9)", sent_at + seconds(60), {}},
        {R"("expires_in":6e1)", sent_at + seconds(60), {}},
        {R"("expires_in":0)", sent_at, {}},
        {R"("expires_in":-60)", sent_at, {}},
        {R"("expires_in":"-60")", sent_at, {}},
        {R"("expires_in":-1e300)", sent_at, {}},
        {R"("expires_in":9223372036854775807)", far, {}},
        {R"("expires_in":18446744073709551615)", far, {}},
        {R"("expires_in":"99999999999999999999999999")", far, {}},
        {R"("expires_in":"-99999999999999999999999999")", sent_at, {}},
        {R"("expires_in":1e300)", far, {}},
        {R"("expires_in":0e309)", sent_at, {}},
        {R"("expires_in":99999999999999999999999999999999999)", far, {}},
        {R"("expires_in":"")", unknown, {}},
        {R"("expires_in":"soon")", unknown, {}},
        {R"("expires_in":"60s")", unknown, {}},
        {R"("expires_in":" 60")", unknown, {}},
        {R"("expires_in":"60\u0000")", unknown, {}},
        {R"("expires_in":null)", unknown, {}},
        {R"("expires_in":true)", unknown, {}},
        {R"("expires_in":[60])", unknown, {}},
        {R"("expires_in":{"a":60})", unknown, {}},
        {R"("expires_on":1800000060)", sent_at + seconds(60), {}},
        {R"("expires_on":"1800000060")", sent_at + seconds(60), {}},
        {R"("expires_on":1)", sent_at, {}},
        {R"("expires_on":"9223372036854775807")", far, {}},
        {R"("expires_on":"11/23/2026 5:00:00 PM +00:00")", unknown, {}},
        {R"("expires_in":60,"expires_on":1800000999)", sent_at + seconds(60), {}},
        {R"("expires_in":"soon","expires_on":1800000999)", sent_at + seconds(999), {}},
        {R"("expires_in":60,"refresh_in":30)", sent_at + seconds(60), sent_at + seconds(30)},
        {R"("expires_in":60,"refresh_in":"30")", sent_at + seconds(60), sent_at + seconds(30)},
        {R"("refresh_in":30)", unknown, sent_at + seconds(30)},
        {R"("refresh_in":1)", unknown, sent_at + seconds(1)},
        {R"("refresh_in":31536000)", unknown, far},
        {R"("refresh_in":31536001)", unknown, {}},
        {R"("expires_in":60,"refresh_in":60)", sent_at + seconds(60), {}},
        {R"("expires_in":60,"refresh_in":0)", sent_at + seconds(60), {}},
        {R"("expires_in":60,"refresh_in":-1)", sent_at + seconds(60), {}},
        {R"("refresh_in":9223372036854775807)", unknown, {}},
        {R"("expires_in":60,"refresh_in":[])", sent_at + seconds(60), {}},
    };
    for (const row& r : rows) {
        CAPTURE(r.members);
        const meaning m = interpret(200, "{\"access_token\":\"t\"," + std::string(r.members) + "}");
        REQUIRE(m.result == outcome::granted);
        CHECK(m.grant.access.expires == r.expires);
        CHECK(m.grant.access.refresh_at == r.refresh_at);
    }
}

TEST_CASE("a success without a token that can be sent is a failure, and tells nothing of its body")
{
    struct row {
        std::string_view body;
        std::string_view description;
    };
    std::string deep = R"({"access_token":)";
    deep.append(10'000, '[');
    const row rows[] = {
        {"", "the authority answered 200 without a body"},
        {"<html>", "the authority answered 200 without JSON: *"},
        {R"({"access_token":"fake-hidden")", "the authority answered 200 without JSON: it ends too early*"},
        {R"({"access_token":"fake-hidden"}x)", "the authority answered 200 without JSON: *"},
        {"{\"access_token\":\"fake-hidden\"}\0"sv, "the authority answered 200 without JSON: *"},
        {"{\"access_token\":\"fake-hidden\xff\"}", "the authority answered 200 without JSON: *"},
        {deep, "the authority answered 200 without JSON: *"},
        {R"(["fake-hidden"])", "the authority answered 200 with JSON that is no object"},
        {R"("fake-hidden")", "the authority answered 200 with JSON that is no object"},
        {"null", "the authority answered 200 with JSON that is no object"},
        {"{}", "the authority's answer is of no use: access_token is missing"},
        {R"({"access_token":null})", "the authority's answer is of no use: access_token is missing"},
        {R"({"access_token":""})", "the authority's answer is of no use: access_token is empty"},
        {R"({"access_token":7})", "the authority's answer is of no use: access_token is not text"},
        {R"({"access_token":["fake-hidden"]})",
         "the authority's answer is of no use: access_token is not text"},
        {R"({"access_token":"fake hidden"})",
         "the authority's answer is of no use: access_token cannot be sent: *"},
        {R"({"access_token":"fake-hidden\r\nX: y"})",
         "the authority's answer is of no use: access_token cannot be sent: *"},
        {R"({"access_token":"fake-hidden\u0000"})",
         "the authority's answer is of no use: access_token cannot be sent: *"},
        {R"({"access_token":"fake-hidden","token_type":"mac"})",
         "the authority's answer is of no use: token_type is not Bearer"},
        {R"({"access_token":"fake-hidden","token_type":"digest"})",
         "the authority's answer is of no use: token_type is not Bearer"},
        {R"({"access_token":"fake-hidden","token_type":"BearerX"})",
         "the authority's answer is of no use: token_type is not Bearer"},
        {R"({"access_token":"fake-hidden","token_type":1})",
         "the authority's answer is of no use: token_type is not Bearer"},
        {R"({"access_token":"fake-hidden","token_type":""})",
         "the authority's answer is of no use: token_type is not Bearer"},
        {R"({"access_token":"fake-hidden","refresh_token":7})",
         "the authority's answer is of no use: refresh_token is not text"},
        {R"({"access_token":"fake-hidden","refresh_token":{}})",
         "the authority's answer is of no use: refresh_token is not text"},
        {R"({"access_token":"fake-hidden","refresh_token":"fake-hidden\u007f"})",
         "the authority's answer is of no use: refresh_token has a character that no refresh token has (RFC "
         "6749)"},
        {R"({"access_token":"fake-hidden","refresh_token":"fake-hidden\n"})",
         "the authority's answer is of no use: refresh_token has a character that no refresh token has (RFC "
         "6749)"},
    };
    for (const row& r : rows) {
        CAPTURE(r.description);
        const meaning m = interpret(200, r.body);
        CHECK(m.result == outcome::failed);
        if (r.description.ends_with('*'))
            CHECK(m.diag.description.starts_with(r.description.substr(0, r.description.size() - 1)));
        else
            CHECK(m.diag.description == r.description);
        CHECK(m.diag.description.find("hidden") == std::string::npos);
        CHECK(m.diag.body_excerpt == "");
        CHECK(m.diag.service_code == "");
    }
    const meaning compressed = interpret(200, R"({"access_token":"t"})", {{"Content-Encoding", "gzip"}});
    CHECK(compressed.result == outcome::failed);
    CHECK(compressed.diag.description == "the authority's answer is compressed, which nobody asked for");
}

TEST_CASE("an answer that is no document of OAuth is told by its status and its words")
{
    const meaning throttled =
        interpret(429, "Too many requests\r\n", {{"Retry-After", "17"}, {"Content-Type", "text/plain"}});
    CHECK(throttled.result == outcome::unavailable);
    CHECK(throttled.diag.retry_after == seconds(17));
    CHECK(throttled.diag.description == "Too many requests  ");
    CHECK(throttled.diag.content_type == "text/plain");
    CHECK(interpret(429, "", {{"Retry-After", "Fri, 15 Jan 2027 08:00:30 GMT"}}).diag.retry_after ==
          seconds(30));
    CHECK_FALSE(interpret(429, "", {{"Retry-After", "soon"}}).diag.retry_after);

    struct row {
        unsigned status;
        std::string_view body;
        outcome result;
        std::string_view description;
    };
    const row rows[] = {
        {408, "", outcome::unavailable, "the authority answered 408 without a body"},
        {500, "", outcome::unavailable, "the authority answered 500 without a body"},
        {502, "<html>secret</html>", outcome::unavailable, "the authority answered 502 with a page"},
        {503, "{", outcome::unavailable, "{"},
        {504, "{}", outcome::unavailable, "the authority answered 504 with JSON that names no error"},
        {501, "", outcome::failed, "the authority answered 501 without a body"},
        {302, "", outcome::failed, "the authority answered 302 without a body"},
        {404, "<html>", outcome::failed, "the authority answered 404 with a page"},
        {400, "[1]", outcome::failed, "[1]"},
        {401, "", outcome::failed, "the authority answered 401 without a body"},
        {403, R"({"error":7})", outcome::failed, "the authority answered 403 with JSON that names no error"},
        {403, R"({"error":{"code":"x"}})", outcome::failed,
         "the authority answered 403 with JSON that names no error"},
        {400, R"({"error":""})", outcome::failed, "the authority answered 400 with JSON that names no error"},
        {400, "\0\x1b[2J"sv, outcome::failed, "  [2J"},
        {201, R"({"access_token":"t"})", outcome::failed,
         "the authority answered 201 with JSON that names no error"},
    };
    for (const row& r : rows) {
        CAPTURE(r.status);
        const meaning m = interpret(r.status, r.body);
        CHECK(m.result == r.result);
        CHECK(m.diag.description == r.description);
        CHECK(m.diag.service_code == "");
    }
    CHECK(interpret(502, "<html>page</html>").diag.body_excerpt == "<html>page</html>");
    CHECK(interpret(502, std::string(1'000'000, 'x')).diag.description ==
          std::string(pc::diagnostics::max_text_size, 'x'));
}

TEST_CASE("what was sent does not show, in whatever form the authority echoes it")
{
    const std::string_view echoes[] = {
        client_secret,
        old_refresh_token,
        "fake%7Esecret%2F%2Bvalue",
        "fake%7esecret%2f%2bvalue",
        R"(fake~secret\/+value)",
        R"(fake\u007esecret/\u002bvalue)",
    };
    for (std::string_view echo : echoes) {
        CAPTURE(echo);
        const std::string text(echo);
        for (const meaning& m :
             {interpret(400, text), interpret(502, "<p>" + text), interpret(200, text),
              interpret(400, R"({"error":")" + text + R"("})"),
              interpret(400, R"({"error":"invalid_grant","error_description":"You sent )" + text + R"("})"),
              interpret(400, R"({"error":"invalid_grant","error_description":")" + std::string(490, 'x') +
                                 text + R"("})"),
              interpret(400, R"({"error":"x","error_description":"y","trace_id":")" + text + R"("})"),
              interpret(400, "x", {{"Content-Type", text}})}) {
            const std::string shown = m.diag.description + m.diag.service_code + m.diag.body_excerpt +
                                      m.diag.content_type + m.diag.source + m.diag.www_authenticate;
            CHECK(shown.find("fake") == std::string::npos);
            CHECK(shown.find("value") == std::string::npos);
            CHECK(shown.find("0123456789") == std::string::npos);
        }
    }
}

TEST_CASE("a sign-in by device code has a code to show, a place to type it, and a pace")
{
    const meaning v2 = interpret_device(200, R"({"user_code":"FAKE-CODE","device_code":"fake-device-code",
        "verification_uri":"https://login.microsoft.com/device","expires_in":900,"interval":7,
        "message":"Open the page and enter FAKE-CODE"})");
    REQUIRE(v2.result == outcome::granted);
    CHECK(v2.device.device_code == "fake-device-code");
    CHECK(v2.device.user_code == "FAKE-CODE");
    CHECK(v2.device.verification_uri == "https://login.microsoft.com/device");
    CHECK(v2.device.message == "Open the page and enter FAKE-CODE");
    CHECK(v2.device.expires_in == seconds(900));
    CHECK(v2.device.interval == seconds(7));

    const meaning v1 = interpret_device(200, R"({"user_code":"F","device_code":"d",
        "verification_url":"https://a.test","expires_in":"600","interval":"3"})");
    REQUIRE(v1.result == outcome::granted);
    CHECK(v1.device.verification_uri == "https://a.test");
    CHECK(v1.device.message == "");
    CHECK(v1.device.expires_in == seconds(600));
    CHECK(v1.device.interval == seconds(3));
}

TEST_CASE("a sign-in by device code is bounded, and what is shown does not steer the terminal")
{
    struct row {
        std::string_view members;
        seconds expires_in;
        seconds interval;
        std::string_view message;
    };
    const row rows[] = {
        {R"("x":1)", seconds(900), seconds(5), ""},
        {R"("expires_in":"x","interval":null,"message":7)", seconds(900), seconds(5), ""},
        {R"("expires_in":1e300,"interval":1e300)", seconds(86400), seconds(60), ""},
        {R"("expires_in":-1,"interval":0)", seconds(0), seconds(1), ""},
        {R"("message":"a\u001b[2Jb\u009b2Jc\u00e9\n")", seconds(900), seconds(5), "a [2Jb  2Jc\xc3\xa9 "},
        {R"("message":"\u0085a\u009f")", seconds(900), seconds(5), "  a  "},
        {R"("message":"a\u00a0b")", seconds(900), seconds(5),
         "a\xc2\xa0"
         "b"},
        {R"("message":"it is d-secret")", seconds(900), seconds(5), "it is ***"},
    };
    for (const row& r : rows) {
        CAPTURE(r.members);
        const meaning m = interpret_device(
            200, R"({"user_code":"F","device_code":"d-secret","verification_uri":"https://a.test",)" +
                     std::string(r.members) + "}");
        REQUIRE(m.result == outcome::granted);
        CHECK(m.device.expires_in == r.expires_in);
        CHECK(m.device.interval == r.interval);
        CHECK(m.device.message == r.message);
    }
}

TEST_CASE("a code of 64 characters is shown, and an address as long as a text may be")
{
    const std::string code(64, 'F');
    const std::string address = "https://a.test/" + std::string(pc::diagnostics::max_text_size - 15, 'a');
    const meaning m = interpret_device(200, R"({"device_code":"d~","user_code":")" + code +
                                                R"(","verification_uri":")" + address + "\"}");
    REQUIRE(m.result == outcome::granted);
    CHECK(m.device.device_code == "d~");
    CHECK(m.device.user_code == code);
    CHECK(m.device.verification_uri == address);
}

TEST_CASE("a sign-in by device code that nobody could follow is a failure")
{
    struct row {
        std::string_view body;
        std::string_view why;
    };
    const std::string long_code = R"({"device_code":"d","user_code":")" + std::string(65, 'F') +
                                  R"(","verification_uri":"https://a.test"})";
    const std::string long_address =
        R"({"device_code":"d","user_code":"F","verification_uri":"https://a.test/)" +
        std::string(pc::diagnostics::max_text_size, 'a') + "\"}";
    const row rows[] = {
        {long_code, "user_code cannot be shown"},
        {long_address, "verification_uri is not an https address"},
        {"{}", "device_code is missing"},
        {R"({"device_code":"d"})", "user_code is missing"},
        {R"({"device_code":7,"user_code":"F"})", "device_code is not text"},
        {R"({"device_code":"d","user_code":"F"})", "verification_uri is missing"},
        {R"({"device_code":"d","user_code":"F","verification_uri":"http://a.test"})",
         "verification_uri is not an https address"},
        {R"({"device_code":"d","user_code":"F","verification_uri":"https://a.test/\u001b[2J"})",
         "verification_uri is not an https address"},
        {R"({"device_code":"d","user_code":"F","verification_url":["https://a.test"]})",
         "verification_url is not text"},
        {R"({"device_code":"d","user_code":"F\u001b[2J","verification_uri":"https://a.test"})",
         "user_code cannot be shown"},
        {R"({"device_code":"d\u007f","user_code":"F","verification_uri":"https://a.test"})",
         "device_code has a character that no device code has"},
        {R"({"device_code":"d e","user_code":"F","verification_uri":"https://a.test"})",
         "device_code has a character that no device code has"},
    };
    for (const row& r : rows) {
        const meaning m = interpret_device(200, r.body);
        CHECK(m.result == outcome::failed);
        CHECK(m.diag.description == "the authority's answer is of no use: " + std::string(r.why));
    }
    const meaning refused = interpret_device(400, R"({"error":"invalid_client",
        "error_description":"AADSTS7000218: A secret is missing.","error_codes":[7000218]})");
    CHECK(refused.result == outcome::invalid_credential);
    CHECK(refused.diag.service_code == "AADSTS7000218");
}
