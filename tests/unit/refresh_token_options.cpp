// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "rsa_identity.hpp"

#include <partner_center/access_token.hpp>
#include <partner_center/refresh_token_options.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

namespace pc = partner_center;
using pc::errc;
using pc::refresh_token_options;

namespace {

refresh_token_options good()
{
    refresh_token_options options;
    options.tenant = "11111111-1111-1111-1111-111111111111";
    options.client_id = "22222222-2222-2222-2222-222222222222";
    options.client_secret = "fake~secret-value";
    options.refresh_token = "0.fake-refresh_token";
    return options;
}

template <class T>
concept printable = requires(std::ostream& out, const T& value)
{
    out << value;
};

} // namespace

TEST_CASE("options for a refresh token that make sense are accepted")
{
    using change = std::function<void(refresh_token_options&)>;
    const change changes[] = {
        [](refresh_token_options&) {},
        [](refresh_token_options& o) { o.tenant = "fake.onmicrosoft.com"; },
        [](refresh_token_options& o) { o.tenant = "organizations"; },
        [](refresh_token_options& o) { o.client_id = "ABCDEFAB-1111-2222-3333-ABCDEFABCDEF"; },
        [](refresh_token_options& o) { o.client_secret.clear(); },
        [](refresh_token_options& o) { o.client_secret = "with space and \xc3\xa9&=+"; },
        [](refresh_token_options& o) { o.authority = "https://localhost:8443/a"; },
        [](refresh_token_options& o) { o.oauth_version = pc::oauth_version::v1; },
        [](refresh_token_options& o) { o.resource = "https://a.test"; },
        [](refresh_token_options& o) { o.scope = "https://a.test/.default offline_access"; },
        [](refresh_token_options& o) { o.refresh_margin = std::chrono::seconds(0); },
        [](refresh_token_options& o) { o.refresh_margin = std::chrono::seconds::max(); },
        [](refresh_token_options& o) {
            o.client_secret.clear();
            o.certificate = application_identity::rsa().pem();
        },
    };
    for (const change& one : changes) {
        refresh_token_options options = good();
        one(options);
        std::string reason = "nothing yet";
        CHECK(check(options, reason) == pc::error_code());
        CHECK(reason == "");
    }
}

TEST_CASE("an option for a refresh token that is wrong is named, with the reason and without a secret")
{
    struct row {
        std::function<void(refresh_token_options&)> change;
        errc ec;
        std::string_view reason;
    };
    const std::string_view blank =
        "it has a space, a line break or another character that no refresh token has";
    const std::string_view tenant = "it is neither a tenant's id (a GUID) nor a domain";
    const std::string_view resource =
        "it has a space or a character that is not allowed in a scope (RFC 6749)";
    const row rows[] = {
        {[](refresh_token_options& o) { o.tenant.clear(); }, errc::invalid_argument, "tenant: it is empty"},
        {[](refresh_token_options& o) { o.tenant = "a/../b"; }, errc::invalid_argument, "tenant: *"},
        {[](refresh_token_options& o) { o.tenant = ".."; }, errc::invalid_argument, "tenant: *"},
        {[](refresh_token_options& o) { o.tenant = "a.test."; }, errc::invalid_argument, "tenant: *"},
        {[](refresh_token_options& o) { o.tenant = "a.test\r\nX: y"; }, errc::invalid_argument, "tenant: *"},
        {[](refresh_token_options& o) { o.tenant = "a?b"; }, errc::invalid_argument, "tenant: *"},
        {[](refresh_token_options& o) { o.tenant.assign(254, 'a'); }, errc::invalid_argument, "tenant: *"},
        {[](refresh_token_options& o) { o.client_id.clear(); }, errc::invalid_argument,
         "client_id: it is empty"},
        {[](refresh_token_options& o) { o.client_id = "My secret-app"; }, errc::invalid_argument,
         "client_id: it is not a GUID"},
        {[](refresh_token_options& o) { o.client_secret = "secret\n"; }, errc::invalid_argument,
         "client_secret: it has a line break or another control character"},
        {[](refresh_token_options& o) { o.client_secret = "secret\x7f"; }, errc::invalid_argument,
         "client_secret: it has a line break or another control character"},
        {[](refresh_token_options& o) { o.client_secret = "secret "; }, errc::invalid_argument,
         "client_secret: it begins or ends with a space"},
        {[](refresh_token_options& o) { o.client_secret = " secret"; }, errc::invalid_argument,
         "client_secret: it begins or ends with a space"},
        {[](refresh_token_options& o) { o.refresh_token.clear(); }, errc::invalid_argument,
         "refresh_token: it is empty"},
        {[](refresh_token_options& o) { o.refresh_token = "secret\n"; }, errc::invalid_argument,
         "refresh_token: -"},
        {[](refresh_token_options& o) { o.refresh_token = "a secret"; }, errc::invalid_argument,
         "refresh_token: -"},
        {[](refresh_token_options& o) { o.refresh_token = "secret\xc3\xa9"; }, errc::invalid_argument,
         "refresh_token: -"},
        {[](refresh_token_options& o) { o.refresh_token = "secret\x7f"; }, errc::invalid_argument,
         "refresh_token: -"},
        {[](refresh_token_options& o) { o.resource = "https://a.test/"; }, errc::invalid_argument,
         "resource: it ends with a slash"},
        {[](refresh_token_options& o) { o.resource = "https://a.test b"; }, errc::invalid_argument,
         "resource: !"},
        {[](refresh_token_options& o) { o.resource = "https://a.test\x7f"; }, errc::invalid_argument,
         "resource: !"},
        {[](refresh_token_options& o) { o.resource = "https://a.test\""; }, errc::invalid_argument,
         "resource: !"},
        {[](refresh_token_options& o) { o.resource = "https:\\\\a.test"; }, errc::invalid_argument,
         "resource: !"},
        {[](refresh_token_options& o) { o.scope = "a  b"; }, errc::invalid_argument,
         "scope: it begins with a space or has more than one between two words"},
        {[](refresh_token_options& o) { o.scope = " a"; }, errc::invalid_argument,
         "scope: it begins with a space or has more than one between two words"},
        {[](refresh_token_options& o) { o.scope = "a "; }, errc::invalid_argument,
         "scope: it ends with a space"},
        {[](refresh_token_options& o) { o.scope = "a\nb"; }, errc::invalid_argument,
         "scope: it has a character that is not allowed (RFC 6749)"},
        {[](refresh_token_options& o) { o.scope = "a\x7f"; }, errc::invalid_argument,
         "scope: it has a character that is not allowed (RFC 6749)"},
        {[](refresh_token_options& o) { o.scope = "\"a\""; }, errc::invalid_argument,
         "scope: it has a character that is not allowed (RFC 6749)"},
        {[](refresh_token_options& o) { o.scope = "a\\b"; }, errc::invalid_argument,
         "scope: it has a character that is not allowed (RFC 6749)"},
        {[](refresh_token_options& o) { o.refresh_margin = std::chrono::seconds(-1); },
         errc::invalid_argument, "refresh_margin: it is negative"},
        {[](refresh_token_options& o) { o.certificate.emplace(); }, errc::invalid_argument,
         "certificate: there is a client_secret too, set one of them"},
        {[](refresh_token_options& o) {
             o.client_secret.clear();
             o.certificate.emplace("secret", "secret");
         },
         errc::invalid_argument,
         "certificate.certificate_pem: it holds no PEM certificate (\"-----BEGIN CERTIFICATE-----\")"},
        {[](refresh_token_options& o) { o.authority = "http://localhost"; }, errc::insecure_base_url,
         "authority: it begins with http://, use https://"},
        {[](refresh_token_options& o) { o.authority = "localhost"; }, errc::invalid_base_url,
         "authority: it does not begin with https://"},
        {[](refresh_token_options& o) { o.authority = "https://me:secret@localhost"; },
         errc::invalid_base_url, "authority: user information has no place in it"},
    };
    for (const row& r : rows) {
        refresh_token_options options = good();
        r.change(options);
        std::string reason;
        std::string expected = "refresh_token_options::" + std::string(r.reason);
        if (expected.ends_with('*'))
            expected.replace(expected.size() - 1, 1, tenant);
        if (expected.ends_with('!'))
            expected.replace(expected.size() - 1, 1, resource);
        if (expected.ends_with('-'))
            expected.replace(expected.size() - 1, 1, blank);
        CHECK(check(options, reason) == r.ec);
        CHECK(reason == expected);
        std::string shown = reason;
        if (const std::size_t name = shown.find("client_secret"); name != shown.npos)
            shown.erase(name, 13);
        CHECK(shown.find("secret") == shown.npos);
    }
}

TEST_CASE("an access token is good for as long as it says, and is not for printing")
{
    const pc::access_token none;
    CHECK(none.token.empty());
    CHECK(none.expires == std::chrono::system_clock::time_point::max());
    CHECK_FALSE(none.refresh_at);
    const pc::access_token fixed("fake-token");
    CHECK(fixed.token == "fake-token");
    CHECK(fixed.expires == std::chrono::system_clock::time_point::max());
    const std::chrono::system_clock::time_point noon{std::chrono::hours(12)};
    CHECK(pc::access_token("fake-token", noon).expires == noon);

    static_assert(!printable<pc::access_token>);
    static_assert(!printable<refresh_token_options>);
    static_assert(!printable<pc::client_certificate>);
    // An aggregate that is built inside a co_await expression is destroyed twice by g++ 12.
    static_assert(!std::is_aggregate_v<pc::access_token>);
    static_assert(!std::is_aggregate_v<refresh_token_options>);
    static_assert(!std::is_aggregate_v<pc::client_certificate>);
    static_assert(!std::is_convertible_v<std::string, pc::access_token>);
}
