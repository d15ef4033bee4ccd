// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "signed_jwt.hpp"

#include <partner_center/detail/client_assertion.hpp>

#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
namespace json = boost::json;
using partner_center::testing::certificate_identity;
using partner_center::testing::make_client_identity;
using partner_center::testing::make_self_signed;
using partner_center::testing::signed_jwt;
using namespace partner_center::testing::detail;

namespace {

constexpr assertion_checker::time_point now{1458539321s};
constexpr auto client = "44444444-4444-4444-4444-444444444444";
constexpr auto url = "https://localhost:1/tenant/oauth2/v2.0/token";

// Making RSA keys takes its time.
const certificate_identity& identity()
{
    static const certificate_identity made = make_client_identity();
    return made;
}

json::object good_header(const assertion_checker& checker)
{
    return {{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", checker.thumbprint()}};
}

json::object good_claims()
{
    return {{"aud", url},        {"iss", client},     {"sub", client},          {"jti", "1"},
            {"nbf", 1458539321}, {"iat", 1458539321}, {"exp", 1458539321 + 600}};
}

int code_of(const std::optional<oauth_error>& error)
{
    return error ? error->code : 0;
}

} // namespace

TEST_CASE("base64url goes both ways and has one form")
{
    struct row {
        std::string bytes;
        const char* text;
    };
    const row rows[] = {{"", ""},        {"f", "Zg"},        {"fo", "Zm8"},
                        {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"\xfb\xff\xfe", "-__-"},
                        {"\xff", "_w"}};
    for (const row& r : rows) {
        CHECK(base64url_encoded(r.bytes) == r.text);
        CHECK(base64url_decoded(r.text) == r.bytes);
    }
    for (const char* const bad : {"Z", "Zg==", "Zh", "Zm9", "+/", "Zm9v Zg", "Zm9vY"}) {
        CAPTURE(bad);
        CHECK_FALSE(base64url_decoded(bad).has_value());
    }
}

TEST_CASE("a good assertion is accepted once")
{
    assertion_checker checker(identity().certificate_pem, client);
    const std::string jwt = signed_jwt(good_header(checker), good_claims(), identity().private_key_pem);
    CHECK(code_of(checker.check(jwt, url, now)) == 0);
    CHECK(code_of(checker.check(jwt, url, now + 1s)) == 700027);
    CHECK(code_of(checker.check(jwt, url, now + 600s)) == 700024);
    json::object other = good_claims();
    other["jti"] = "2";
    CHECK(code_of(checker.check(signed_jwt(good_header(checker), other, identity().private_key_pem), url,
                                now)) == 0);
}

TEST_CASE("what the client signs is accepted")
{
    partner_center::client_certificate certificate;
    certificate.certificate_pem = identity().certificate_pem;
    certificate.private_key_pem = identity().private_key_pem;
    partner_center::detail::assertion_signer signer;
    REQUIRE(signer.load(certificate) == "");
    assertion_checker checker(identity().certificate_pem, client);
    CHECK(code_of(checker.check(signer.sign(url, client, now), url, now)) == 0);
    CHECK(code_of(checker.check(signer.sign(url, client, now + 400ms), url, now + 500ms)) == 0);
    CHECK(code_of(checker.check(signer.sign(url, "other", now), url, now)) == 700021);
}

TEST_CASE("an assertion is refused for each part that is wrong")
{
    struct row {
        bool in_header;
        const char* name;
        json::value value; // null takes the member away
        int code;
        const char* about;
    };
    const row rows[] = {
        {true, "alg", "RS256", 50027, "alg"},
        {true, "alg", "none", 50027, "alg"},
        {true, "alg", nullptr, 50027, "alg"},
        {true, "x5t#S256", "AAAA", 700027, "x5t#S256"},
        {true, "x5t#S256", nullptr, 700027, "x5t#S256"},
        {false, "iss", "other", 700021, "iss"},
        {false, "sub", "other", 700021, "sub"},
        {false, "sub", nullptr, 700021, "sub"},
        {false, "aud", "https://localhost:1/tenant/oauth2/token", 700023, "aud"},
        {false, "aud", nullptr, 700023, "aud"},
        {false, "exp", 1458539321, 700024, "exp"},
        {false, "exp", 1458539321 + 601, 700024, "10 minutes"},
        {false, "exp", "1458539621", 700024, "exp"},
        {false, "exp", nullptr, 700024, "exp"},
        {false, "exp", 9'000'000'000'000'000'000, 700024, "exp"},
        {false, "nbf", 1458539321 + 301, 700024, "nbf"},
        {false, "nbf", "soon", 700024, "nbf"},
        {false, "jti", nullptr, 50027, "jti"},
        {false, "jti", "", 50027, "jti"},
        {false, "jti", json::string(257, 'x'), 50027, "jti"},
    };
    for (const row& r : rows) {
        CAPTURE(r.name);
        CAPTURE(r.about);
        assertion_checker checker(identity().certificate_pem, client);
        json::object header = good_header(checker);
        json::object claims = good_claims();
        json::object& changed = r.in_header ? header : claims;
        if (r.value.is_null())
            changed.erase(r.name);
        else
            changed[r.name] = r.value;
        const auto error = checker.check(signed_jwt(header, claims, identity().private_key_pem), url, now);
        REQUIRE(error.has_value());
        CHECK(error->code == r.code);
        CHECK(error->about.find(r.about) != std::string::npos);
    }
}

TEST_CASE("nbf may be absent, and a little ahead")
{
    assertion_checker checker(identity().certificate_pem, client);
    json::object claims = good_claims();
    claims.erase("nbf");
    CHECK(code_of(checker.check(signed_jwt(good_header(checker), claims, identity().private_key_pem), url,
                                now)) == 0);
    claims["jti"] = "2";
    claims["nbf"] = 1458539321 + 300;
    CHECK(code_of(checker.check(signed_jwt(good_header(checker), claims, identity().private_key_pem), url,
                                now)) == 0);
}

TEST_CASE("a signature must be the key's, over these bytes, with the salt of PS256")
{
    assertion_checker checker(identity().certificate_pem, client);
    const json::object header = good_header(checker);
    const std::string other_key =
        signed_jwt(header, good_claims(), make_client_identity("another").private_key_pem);
    CHECK(code_of(checker.check(other_key, url, now)) == 700027);
    CHECK(code_of(checker.check(signed_jwt(header, good_claims(), identity().private_key_pem, 20), url,
                                now)) == 700027);
    std::string jwt = signed_jwt(header, good_claims(), identity().private_key_pem);
    CHECK(code_of(checker.check(jwt.substr(0, jwt.rfind('.') + 1), url, now)) == 700027);
    const auto first = jwt.find('.');
    json::object more = good_claims();
    more["more"] = 1;
    jwt.replace(first + 1, jwt.rfind('.') - first - 1, base64url_encoded(json::serialize(more)));
    CHECK(code_of(checker.check(jwt, url, now)) == 700027);
}

TEST_CASE("what is no JWT is refused")
{
    assertion_checker checker(identity().certificate_pem, client);
    for (const char* const text : {"", ".", "..", "a.b", "a.b.c", "e30.e30", "e30.e30.", "W10.e30.AAAA",
                                   "e30.e30.*", "e30.e30.AA.AA", "\xff.\xff.\xff"}) {
        CAPTURE(text);
        CHECK(code_of(checker.check(text, url, now)) == 50027);
    }
}

TEST_CASE("the certificate must have an RSA key")
{
    const auto make = [](const std::string& pem) { assertion_checker(pem, client); };
    CHECK_THROWS_AS(make(""), std::invalid_argument);
    CHECK_THROWS_AS(make(identity().private_key_pem), std::invalid_argument);
    CHECK_THROWS_AS(make(make_self_signed().certificate_pem), std::invalid_argument);
    CHECK_THROWS_AS(make_client_identity(std::string(65, 'x')), std::invalid_argument);
}
