// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/token_request.hpp>
#include <partner_center/refresh_token_options.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::cloud;
using pc::oauth_version;
using pc::refresh_token_options;
using pc::detail::device_code_form;
using pc::detail::device_token_form;
using pc::detail::refresh_token_form;
using pc::detail::token_endpoint;

namespace {

refresh_token_options made(oauth_version version, cloud in = cloud::global)
{
    refresh_token_options options;
    options.tenant = "11111111-1111-1111-1111-111111111111";
    options.client_id = "22222222-2222-2222-2222-222222222222";
    options.client_secret = "fake~secret+/=&";
    options.refresh_token = "0.fake-refresh";
    options.cloud = in;
    options.oauth_version = version;
    return options;
}

} // namespace

TEST_CASE("the cloud, the version and the tenant tell where tokens are asked for")
{
    struct row {
        cloud in;
        oauth_version version;
        std::string_view authority;
        std::string_view url;
        std::string_view device_code_target;
    };
    const std::string_view v1_codes = "/11111111-1111-1111-1111-111111111111/oauth2/devicecode";
    const std::string_view v2_codes = "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/devicecode";
    const row rows[] = {
        {cloud::global, oauth_version::v2, "",
         "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
         v2_codes},
        {cloud::global, oauth_version::v1, "",
         "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/token", v1_codes},
        {cloud::us_government, oauth_version::v2, "",
         "https://login.microsoftonline.us/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token", v2_codes},
        {cloud::china_21vianet, oauth_version::v1, "",
         "https://login.partner.microsoftonline.cn/11111111-1111-1111-1111-111111111111/oauth2/token",
         v1_codes},
        {cloud::china_21vianet, oauth_version::v2, "https://localhost:8443/",
         "https://localhost:8443/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token", v2_codes},
        {cloud::global, oauth_version::v2, "https://[::1]:8443/a/b/",
         "https://[::1]:8443/a/b/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token",
         "/a/b/11111111-1111-1111-1111-111111111111/oauth2/v2.0/devicecode"},
    };
    for (const row& r : rows) {
        refresh_token_options options = made(r.version, r.in);
        options.authority = r.authority;
        const token_endpoint endpoint(options);
        CHECK(endpoint.token_url() == r.url);
        CHECK("https://" + endpoint.authority.host_header + endpoint.token_target() == r.url);
        CHECK(endpoint.device_code_target() == r.device_code_target);
    }
}

TEST_CASE("a refresh token is sent with what the version wants and what proves the application's identity")
{
    CHECK(refresh_token_form(token_endpoint(made(oauth_version::v2)), "0.fake-refresh", "") ==
          "grant_type=refresh_token&client_id=22222222-2222-2222-2222-222222222222"
          "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation+offline_access"
          "&client_secret=fake%7Esecret%2B%2F%3D%26&refresh_token=0.fake-refresh");
    CHECK(refresh_token_form(token_endpoint(made(oauth_version::v1)), "0.fake-refresh", "") ==
          "grant_type=refresh_token&client_id=22222222-2222-2222-2222-222222222222"
          "&resource=https%3A%2F%2Fapi.partnercenter.microsoft.com&scope=openid"
          "&client_secret=fake%7Esecret%2B%2F%3D%26&refresh_token=0.fake-refresh");

    refresh_token_options with_certificate = made(oauth_version::v2);
    with_certificate.client_secret.clear();
    CHECK(refresh_token_form(token_endpoint(with_certificate), "0.fake-refresh", "e30.e30.c2ln") ==
          "grant_type=refresh_token&client_id=22222222-2222-2222-2222-222222222222"
          "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation+offline_access"
          "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
          "&client_assertion=e30.e30.c2ln&refresh_token=0.fake-refresh");

    CHECK(refresh_token_form(token_endpoint(with_certificate), "0.a b+c", "") ==
          "grant_type=refresh_token&client_id=22222222-2222-2222-2222-222222222222"
          "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation+offline_access"
          "&refresh_token=0.a+b%2Bc");
}

TEST_CASE("the cloud tells whom a token is for, and the options can say otherwise")
{
    struct row {
        cloud in;
        oauth_version version;
        std::string_view resource;
        std::string_view scope;
        std::string_view expected;
    };
    const row rows[] = {
        {cloud::us_government, oauth_version::v2, "", "",
         "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation+offline_access&"},
        {cloud::china_21vianet, oauth_version::v2, "", "",
         "&scope=https%3A%2F%2Fpartner.partnercenterapi.microsoftonline.cn%2Fuser_impersonation"
         "+offline_access&"},
        {cloud::china_21vianet, oauth_version::v1, "", "",
         "&resource=https%3A%2F%2Fpartner.partnercenterapi.microsoftonline.cn&scope=openid&"},
        {cloud::global, oauth_version::v2, "https://a.test", "",
         "&scope=https%3A%2F%2Fa.test%2Fuser_impersonation+offline_access&"},
        {cloud::global, oauth_version::v1, "https://a.test", "x y",
         "&resource=https%3A%2F%2Fa.test&scope=x+y&"},
        {cloud::global, oauth_version::v2, "https://a.test", "https://b.test/.default",
         "&scope=https%3A%2F%2Fb.test%2F.default&"},
    };
    for (const row& r : rows) {
        refresh_token_options options = made(r.version, r.in);
        options.resource = r.resource;
        options.scope = r.scope;
        const std::string form = refresh_token_form(token_endpoint(options), "0.fake-refresh", "");
        CAPTURE(form);
        CHECK(form.find(r.expected) != form.npos);
    }
}

TEST_CASE("a sign-in by device code is begun and asked for")
{
    refresh_token_options options = made(oauth_version::v2);
    options.client_secret.clear();
    CHECK(device_code_form(token_endpoint(options)) ==
          "client_id=22222222-2222-2222-2222-222222222222"
          "&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation+offline_access");
    CHECK(device_token_form(token_endpoint(options), "FAKE code", "") ==
          "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
          "&client_id=22222222-2222-2222-2222-222222222222&device_code=FAKE+code");
    CHECK(device_token_form(token_endpoint(options), "FAKE", "e30.e30.c2ln") ==
          "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
          "&client_id=22222222-2222-2222-2222-222222222222"
          "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
          "&client_assertion=e30.e30.c2ln&device_code=FAKE");
    CHECK(device_code_form(token_endpoint(made(oauth_version::v1))) ==
          "client_id=22222222-2222-2222-2222-222222222222"
          "&resource=https%3A%2F%2Fapi.partnercenter.microsoft.com&scope=openid");
    CHECK(
        device_token_form(token_endpoint(made(oauth_version::v1)), "FAKE", "") ==
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
        "&client_id=22222222-2222-2222-2222-222222222222&client_secret=fake%7Esecret%2B%2F%3D%26&code=FAKE");
}
