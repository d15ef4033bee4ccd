// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "signed_jwt.hpp"

#include <partner_center/testing/detail/oauth_service.hpp>

#include <boost/beast/http/field.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
namespace http = boost::beast::http;
namespace json = boost::json;
using namespace partner_center::testing;
using namespace partner_center::testing::detail;

namespace {

constexpr oauth_service::time_point start{1458539321s};
constexpr const char* v1 = "/tenant/oauth2/token";
constexpr const char* v2 = "/tenant/oauth2/v2.0/token";
constexpr const char* device = "/tenant/oauth2/v2.0/devicecode";
constexpr const char* api = "https%3A%2F%2Fapi.test";

oauth_options some_options()
{
    oauth_options options;
    options.tenant = "tenant";
    options.client_id = "client";
    options.client_secret = "s+cret";
    options.refresh_token = "first";
    return options;
}

std::string next_id()
{
    static int n = 0;
    return "0000000a-0000-0000-0000-" + std::to_string(100'000'000'000 + ++n);
}

oauth_service make_service(const oauth_options& options = some_options())
{
    return oauth_service(options, 10'000, &next_id, start);
}

request_head make_head(const char* path, const char* method = "POST")
{
    request_head head;
    head.method_string(method);
    head.target(path);
    head.version(11);
    head.set(http::field::host, "localhost:1");
    head.set(http::field::content_type, "application/x-www-form-urlencoded");
    return head;
}

class told {
public:
    unsigned status = 0;
    json::object document;

    int code() const
    {
        const json::value* const codes = document.if_contains("error_codes");
        return codes == nullptr ? 0 : static_cast<int>(codes->as_array().at(0).as_int64());
    }
    std::string text(const char* name) const
    {
        const json::value* const value = document.if_contains(name);
        return value == nullptr ? std::string() : std::string(value->as_string());
    }
};

told ask(oauth_service& service, const char* path, const std::string& body,
         oauth_service::time_point now = start)
{
    const request_head head = make_head(path);
    const emulator_response response = service.answer(head, exchange_ids_of(head), body, now);
    told result;
    result.status = response.status;
    result.document = json::parse(*response.body).as_object();
    return result;
}

const std::string secret = "client_id=client&client_secret=s%2Bcret";

std::string refresh_v1(const std::string& token)
{
    return secret + "&grant_type=refresh_token&scope=openid&resource=" + api + "&refresh_token=" + token;
}

std::string refresh_v2(const std::string& token)
{
    return secret + "&grant_type=refresh_token&scope=" + api + "%2Fuser_impersonation%20offline_access" +
           "&refresh_token=" + token;
}

std::string poll(const std::string& device_code)
{
    return "client_id=client&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=" +
           device_code;
}

} // namespace

TEST_CASE("paths of endpoints are found")
{
    using kind = oauth_endpoint::kind;
    CHECK(find_oauth_endpoint("/a/oauth2/token")->what == kind::token_v1);
    CHECK(find_oauth_endpoint("/a/oauth2/v2.0/token")->what == kind::token_v2);
    CHECK(find_oauth_endpoint("/contoso.test/oauth2/v2.0/devicecode")->what == kind::device_code);
    CHECK(find_oauth_endpoint("/contoso.test/oauth2/v2.0/devicecode")->tenant == "contoso.test");
    for (const char* const other :
         {"", "/", "/oauth2/token", "//oauth2/token", "/a/b/oauth2/token", "a/oauth2/token",
          "/a/oauth2/token/", "/a/oauth2/devicecode", "/v1/profiles/organization"}) {
        CAPTURE(other);
        CHECK_FALSE(find_oauth_endpoint(other).has_value());
    }
}

TEST_CASE("v1 answers with numbers in strings, v2.0 with numbers")
{
    oauth_options options = some_options();
    options.refresh_in = 1800s;
    oauth_service service = make_service(options);
    const told one = ask(service, v1, refresh_v1("first"));
    REQUIRE(one.status == 200);
    CHECK(one.text("token_type") == "Bearer");
    CHECK(one.text("expires_in") == "3600");
    CHECK(one.text("expires_on") == "1458542921");
    CHECK(one.text("not_before") == "1458539021");
    CHECK(one.text("refresh_in") == "1800");
    CHECK(one.text("resource") == "https://api.test");
    const told two = ask(service, v2, refresh_v2(one.text("refresh_token")));
    REQUIRE(two.status == 200);
    CHECK(two.document.at("expires_in") == 3600);
    CHECK(two.document.at("refresh_in") == 1800);
    CHECK(two.text("scope") == "https://api.test/user_impersonation");
    CHECK_FALSE(two.document.contains("resource"));
    CHECK(service.audience_of(one.text("access_token"), start) == "https://api.test");
    CHECK(service.audience_of(two.text("access_token"), start) == "https://api.test");
    CHECK_FALSE(service.audience_of("access.unknown", start).has_value());
}

TEST_CASE("a request that is not in order is refused with the code that fits")
{
    struct row {
        const char* path;
        std::string body;
        int code;
    };
    const std::string grant = "&grant_type=refresh_token&refresh_token=first";
    const row rows[] = {
        {"/other/oauth2/token", refresh_v1("first"), 90002},
        {v1, "", 900144},
        {v1, "grant_type=refresh_token&grant_type=refresh_token", 900144},
        {v1, secret + "&grant_type=password", 70003},
        {v1, poll("x"), 70003},
        {v1, "client_secret=s%2Bcret" + grant, 900144},
        {v1, "client_id=other&client_secret=s%2Bcret" + grant, 700016},
        {v1, "client_id=client&client_secret=s+cret" + grant, 7000215},
        {v1, "client_id=client" + grant, 7000218},
        {v1, "client_id=client&client_assertion=a.b.c" + grant, 900144},
        {v1, secret + grant, 900144},
        {v1, secret + grant + "&resource=api", 500011},
        {v2, secret + grant, 900144},
        {v2, refresh_v2("first") + "&resource=x", 901002},
        {v2, secret + grant + "&scope=openid", 70011},
        {v2, secret + grant + "&scope=https%3A%2F%2Fapi.test%2FUser.Read", 70011},
        {v2, secret + grant + "&scope=a://b/.default+c://d/.default", 70011},
        {v2, secret + "&grant_type=refresh_token&scope=a://b/.default", 900144},
        {v2, refresh_v2("second"), 70000},
        {v2, poll("x"), 70018},
        {v2, "client_id=client&grant_type=urn:ietf:params:oauth:grant-type:device_code", 900144},
        {device, "client_id=client", 900144},
        {device, "scope=a://b/.default", 900144},
    };
    for (const row& r : rows) {
        CAPTURE(r.body);
        oauth_service service = make_service();
        const told answer = ask(service, r.path, r.body);
        CHECK(answer.code() == r.code);
        CHECK(answer.status >= 400);
        CHECK(json::serialize(answer.document).find("s+cret") == std::string::npos);
        // Nothing is used up by it.
        CHECK(ask(service, v2, refresh_v2("first")).status == 200);
    }
}

TEST_CASE("what is no form has no fields")
{
    oauth_service service = make_service();
    request_head head = make_head(v2);
    head.set(http::field::content_type, "application/json");
    const auto response = service.answer(head, exchange_ids_of(head), refresh_v2("first"), start);
    CHECK(response.body->find("grant_type") != std::string::npos);
    head.set(http::field::content_type, "Application/X-WWW-Form-Urlencoded; charset=utf-8");
    CHECK(service.answer(head, exchange_ids_of(head), refresh_v2("first"), start).status == 200);
}

TEST_CASE("only POST, and only so much")
{
    oauth_service service = make_service();
    REQUIRE(service.refuse_head(make_head(v1, "GET"), 0).has_value());
    CHECK(service.refuse_head(make_head(v1, "GET"), 0)->status == 405);
    CHECK_FALSE(service.refuse_head(make_head(v1), 10'000).has_value());
    CHECK(service.refuse_head(make_head(v1), 10'001)->status == 413);
}

TEST_CASE("each use of a refresh token replaces it")
{
    oauth_options options = some_options();
    SUBCASE("at once")
    {
        oauth_service service = make_service(options);
        const told one = ask(service, v2, refresh_v2("first"));
        CHECK(service.tokens().last_refresh() == one.text("refresh_token"));
        CHECK(ask(service, v2, refresh_v2("first")).code() == 70000);
        CHECK(ask(service, v2, refresh_v2(one.text("refresh_token"))).status == 200);
    }
    SUBCASE("after a time of grace that a second use does not make longer")
    {
        options.replaced_refresh_token_lifetime = 10s;
        oauth_service service = make_service(options);
        CHECK(ask(service, v2, refresh_v2("first")).status == 200);
        CHECK(ask(service, v2, refresh_v2("first"), start + 9s).status == 200);
        CHECK(ask(service, v2, refresh_v2("first"), start + 10s).code() == 70000);
    }
    SUBCASE("never, if so wished")
    {
        options.rotate_refresh_tokens = false;
        oauth_service service = make_service(options);
        CHECK_FALSE(ask(service, v1, refresh_v1("first")).document.contains("refresh_token"));
        CHECK(ask(service, v1, refresh_v1("first")).status == 200);
        CHECK(service.tokens().last_refresh() == "first");
    }
    SUBCASE("not when v2.0 is asked for no offline access")
    {
        oauth_service service = make_service(options);
        const std::string body =
            secret + "&grant_type=refresh_token&refresh_token=first&scope=a://b/.default";
        CHECK_FALSE(ask(service, v2, body).document.contains("refresh_token"));
        CHECK(ask(service, v2, body).status == 200);
    }
}

TEST_CASE("a refresh token ends by being unused or revoked")
{
    oauth_options options = some_options();
    options.rotate_refresh_tokens = false;
    options.refresh_token_lifetime = 10s;
    oauth_service service = make_service(options);
    CHECK(ask(service, v2, refresh_v2("first"), start + 9s).status == 200);
    CHECK(ask(service, v2, refresh_v2("first"), start + 18s).status == 200);
    CHECK(ask(service, v2, refresh_v2("first"), start + 28s).code() == 700082);
    const std::string again = service.sign_in(start + 30s);
    CHECK(ask(service, v2, refresh_v2(again), start + 31s).status == 200);
    service.tokens().revoke_refresh();
    CHECK(ask(service, v2, refresh_v2(again), start + 32s).code() == 50173);
}

TEST_CASE("an access token is good until it expires or is revoked")
{
    oauth_options options = some_options();
    options.access_token_lifetime = 1500ms;
    oauth_service service = make_service(options);
    const told one = ask(service, v2, refresh_v2("first"));
    CHECK(one.document.at("expires_in") == 1);
    const std::string token = one.text("access_token");
    CHECK(service.audience_of(token, start + 1499ms).has_value());
    CHECK_FALSE(service.audience_of(token, start + 1500ms).has_value());
    service.tokens().revoke_access();
    CHECK_FALSE(service.audience_of(token, start).has_value());
}

TEST_CASE("the audience may be anything, or one with or without a slash")
{
    CHECK(make_service().accepts_audience("https://other.test"));
    oauth_options options = some_options();
    options.audience = "https://api.test/";
    const oauth_service service = make_service(options);
    CHECK(service.accepts_audience("https://api.test"));
    CHECK(service.accepts_audience("https://API.test/"));
    CHECK_FALSE(service.accepts_audience("https://other.test"));
    CHECK_FALSE(service.accepts_audience(""));
}

TEST_CASE("the memory of tokens is bounded")
{
    oauth_tokens tokens;
    for (int i = 0; i != 10'001; ++i)
        tokens.add_access(std::to_string(i), "a", start + 1s);
    CHECK(tokens.find_access("0", start) == nullptr);
    CHECK(tokens.find_access("1", start) != nullptr);
    for (int i = 0; i != 1001; ++i)
        tokens.add_refresh(std::to_string(i), start + 1s);
    CHECK(tokens.judge_refresh("0", start) == refresh_verdict::unknown);
    CHECK(tokens.judge_refresh("1", start) == refresh_verdict::good);
}

TEST_CASE("what a token is for is kept, and so may not be long")
{
    oauth_service service = make_service();
    const std::string x(1000, 'x');
    const std::string form = secret + "&grant_type=refresh_token&refresh_token=first";
    CHECK(ask(service, v1, form + "&resource=https%3A%2F%2F" + x).code() == 500011);
    CHECK(ask(service, v2, form + "&scope=https%3A%2F%2F" + x + "%2F.default").code() == 70011);
    CHECK(ask(service, device, "client_id=client&scope=" + std::string(api) + "%2F.default%20" + x).code() ==
          70011);
    const told refused = ask(service, v2, form + "&scope=" + std::string(9000, 'x'));
    CHECK(refused.code() == 70011);
    CHECK(refused.text("error_description").size() < 1000);
}

TEST_CASE("a device signs in")
{
    oauth_service service = make_service();
    const told begun =
        ask(service, device, std::string("client_id=client&scope=") + api + "/.default+offline_access");
    REQUIRE(begun.status == 200);
    CHECK(begun.document.at("expires_in") == 900);
    CHECK(begun.document.at("interval") == 5);
    CHECK(begun.text("verification_uri") == "https://localhost:1/devicelogin");
    const std::string user_code = begun.text("user_code");
    CHECK(user_code.size() == 9);
    CHECK(begun.text("message").find(user_code) != std::string::npos);
    CHECK(service.sign_ins().pending(start) == std::vector<std::string>{user_code});

    const std::string body = poll(begun.text("device_code"));
    CHECK(ask(service, v2, body, start + 5s).text("error") == "authorization_pending");
    CHECK(ask(service, v2, body, start + 6s).text("error") == "slow_down");
    SUBCASE("and is approved")
    {
        CHECK(service.sign_ins().decide(user_code, device_verdict::approved, start + 7s));
        const told done = ask(service, v2, body, start + 20s);
        REQUIRE(done.status == 200);
        CHECK(service.audience_of(done.text("access_token"), start + 20s) == "https://api.test");
        CHECK(ask(service, v2, refresh_v2(done.text("refresh_token")), start + 21s).status == 200);
        CHECK(ask(service, v2, body, start + 40s).text("error") == "bad_verification_code");
    }
    SUBCASE("and is declined")
    {
        CHECK(service.sign_ins().decide(user_code, device_verdict::declined, start + 7s));
        CHECK(ask(service, v2, body, start + 20s).text("error") == "authorization_declined");
    }
    SUBCASE("and is too late")
    {
        CHECK(ask(service, v2, body, start + 900s).text("error") == "expired_token");
    }
    SUBCASE("but not with a wrong secret")
    {
        CHECK(ask(service, v2, body + "&client_secret=wrong", start + 20s).code() == 7000215);
    }
}

TEST_CASE("the application proves itself by its certificate")
{
    const certificate_identity identity = make_client_identity();
    oauth_options options = some_options();
    const auto body = [&](const char* url, const char* id) {
        const assertion_checker checker(identity.certificate_pem, "client");
        const std::string jwt =
            signed_jwt({{"alg", "PS256"}, {"x5t#S256", checker.thumbprint()}},
                       {{"aud", url}, {"iss", "client"}, {"sub", "client"}, {"jti", id}, {"exp", 1458539921}},
                       identity.private_key_pem);
        return "client_id=client&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3A"
               "jwt-bearer&client_assertion=" +
               jwt + "&grant_type=refresh_token&refresh_token=first&scope=a://b/.default";
    };
    const std::string good = body("https://localhost:1/tenant/oauth2/v2.0/token", "1");
    oauth_service without = make_service(options);
    CHECK(ask(without, v2, good).code() == 700027);
    options.client_certificate_pem = identity.certificate_pem;
    oauth_service service = make_service(options);
    CHECK(ask(service, v2, good).status == 200);
    CHECK(ask(service, v2, good).code() == 700027);
    CHECK(ask(service, v2, body("https://localhost:1/tenant/oauth2/token", "2")).code() == 700023);
    CHECK(ask(service, v2, refresh_v2("first")).status == 200);
}

TEST_CASE("a public client needs no secret, and common is everybody's tenant")
{
    oauth_options options = some_options();
    options.public_client = true;
    oauth_service service = make_service(options);
    CHECK(ask(service, "/common/oauth2/v2.0/token",
              "client_id=CLIENT&grant_type=refresh_token&refresh_token=first&scope=a://b/.default")
              .status == 200);
}
