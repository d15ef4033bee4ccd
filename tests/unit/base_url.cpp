// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/base_url.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::errc;
using pc::detail::base_url;
using pc::detail::parse_base_url;

TEST_CASE("a base URL is taken apart")
{
    struct row {
        std::string_view text;
        std::string_view host;
        std::string_view port;
        std::string_view host_header;
        std::string_view path;
    };
    const row rows[] = {
        {"https://localhost", "localhost", "443", "localhost", ""},
        {"https://localhost/", "localhost", "443", "localhost", ""},
        {"https://localhost:443", "localhost", "443", "localhost", ""},
        {"https://localhost:8443", "localhost", "8443", "localhost:8443", ""},
        {"https://localhost:08443/", "localhost", "8443", "localhost:8443", ""},
        {"https://localhost:65535", "localhost", "65535", "localhost:65535", ""},
        {"HTTPS://Api.Example.test/a/b//", "Api.Example.test", "443", "Api.Example.test", "/a/b"},
        {"https://127.0.0.1:1/x%20y", "127.0.0.1", "1", "127.0.0.1:1", "/x%20y"},
        {"https://[::1]", "::1", "443", "[::1]", ""},
        {"https://[::1]:8443/a", "::1", "8443", "[::1]:8443", "/a"},
        {"https://a_b-c.test/~@:;,=!$&'()*+", "a_b-c.test", "443", "a_b-c.test", "/~@:;,=!$&'()*+"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        base_url url;
        std::string reason;
        CHECK_FALSE(parse_base_url(r.text, url, reason));
        CHECK(url.host == r.host);
        CHECK(url.port == r.port);
        CHECK(url.host_header == r.host_header);
        CHECK(url.path == r.path);
        CHECK(reason.empty());
        base_url again;
        CHECK_FALSE(parse_base_url(url.text(), again, reason));
        CHECK(again.text() == url.text());
    }
}

TEST_CASE("a base URL that is none is refused with a reason")
{
    struct row {
        std::string_view text;
        errc ec;
        std::string_view reason;
    };
    const std::string too_long_label = "https://" + std::string(64, 'a') + ".test";
    std::string too_long_name = "https://a";
    while (too_long_name.size() < 264)
        too_long_name += ".a";
    const row rows[] = {
        {"", errc::invalid_base_url, "does not begin with https://"},
        {"localhost", errc::invalid_base_url, "does not begin with https://"},
        {"https:/localhost", errc::invalid_base_url, "does not begin with https://"},
        {" https://localhost", errc::invalid_base_url, "does not begin with https://"},
        {"ftp://localhost", errc::invalid_base_url, "does not begin with https://"},
        {"http://localhost", errc::insecure_base_url, "use https://"},
        {"hTTp://", errc::insecure_base_url, "use https://"},
        {"https://", errc::invalid_base_url, "host is missing"},
        {"https:///path", errc::invalid_base_url, "host is missing"},
        {"https://:8443", errc::invalid_base_url, "host is missing"},
        {"https://local host", errc::invalid_base_url, "not allowed"},
        {"https://local\r\nhost", errc::invalid_base_url, "not allowed"},
        {"https://m\xC3\xBCnchen.test", errc::invalid_base_url, "Punycode"},
        {"https://user@localhost", errc::invalid_base_url, "user information"},
        {"https://user:secret@localhost", errc::invalid_base_url, "user information"},
        {"https://localhost:", errc::invalid_base_url, "port"},
        {"https://localhost:0", errc::invalid_base_url, "port"},
        {"https://localhost:65536", errc::invalid_base_url, "port"},
        {"https://localhost:99999999999", errc::invalid_base_url, "port"},
        {"https://localhost:-1", errc::invalid_base_url, "port"},
        {"https://localhost:+1", errc::invalid_base_url, "port"},
        {"https://localhost:12x", errc::invalid_base_url, "port"},
        {"https://localhost: 12", errc::invalid_base_url, "port"},
        {"https://[::1", errc::invalid_base_url, "IPv6"},
        {"https://[::g]", errc::invalid_base_url, "IPv6"},
        {"https://[]", errc::invalid_base_url, "IPv6"},
        {"https://[::1]x", errc::invalid_base_url, "IPv6"},
        {"https://[fe80::1%eth0]", errc::invalid_base_url, "IPv6"},
        {"https://[fe80::1%\r\nX: y]", errc::invalid_base_url, "IPv6"},
        {"https://[::1%@localhost]", errc::invalid_base_url, "IPv6"},
        {std::string_view("https://[::1\0x]", 15), errc::invalid_base_url, "IPv6"},
        {"https://.example.test", errc::invalid_base_url, "part of the host is empty"},
        {"https://a..b", errc::invalid_base_url, "part of the host is empty"},
        {"https://example.test.", errc::invalid_base_url, "ends with a dot"},
        {"https://-", errc::invalid_base_url, "hyphen"},
        {"https://a-.test", errc::invalid_base_url, "hyphen"},
        {too_long_label, errc::invalid_base_url, "63 characters"},
        {too_long_name, errc::invalid_base_url, "253 characters"},
        {"https://[::1]:", errc::invalid_base_url, "port"},
        {"https://localhost?a=b", errc::invalid_base_url, "query"},
        {"https://localhost/?a=b", errc::invalid_base_url, "query"},
        {"https://localhost/#a", errc::invalid_base_url, "fragment"},
        {"https://localhost/a b", errc::invalid_base_url, "path"},
        {"https://localhost/a\r\nX: y", errc::invalid_base_url, "path"},
        {"https://localhost/\x7F", errc::invalid_base_url, "path"},
        {"https://localhost/\xC3\xBC", errc::invalid_base_url, "path"},
        {"https://localhost/{id}", errc::invalid_base_url, "path"},
        {std::string_view("https://localhost/\0", 19), errc::invalid_base_url, "path"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        base_url url;
        std::string reason;
        CHECK(parse_base_url(r.text, url, reason) == r.ec);
        CHECK_MESSAGE(reason.find(r.reason) != std::string::npos, reason);
    }
}

TEST_CASE("a prefix is compared without regard to case")
{
    using pc::detail::starts_with_ignoring_case;
    CHECK(starts_with_ignoring_case("Application/JSON", "application/"));
    CHECK(starts_with_ignoring_case("x", ""));
    CHECK(starts_with_ignoring_case("", ""));
    CHECK_FALSE(starts_with_ignoring_case("app", "application"));
    CHECK_FALSE(starts_with_ignoring_case("@", "`")); // 0x40 and 0x60
}
