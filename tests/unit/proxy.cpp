// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/proxy.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::detail::base_url;
using pc::detail::bypasses_proxy;
using pc::detail::parse_proxy;
using pc::detail::proxy;

namespace {

pc::proxy_options with_url(std::string url)
{
    pc::proxy_options options;
    options.url = std::move(url);
    return options;
}

base_url origin(const std::string& text)
{
    base_url url;
    std::string reason;
    REQUIRE_FALSE(pc::detail::parse_base_url(text, url, reason));
    return url;
}

} // namespace

TEST_CASE("the URL of a proxy is taken apart")
{
    struct row {
        std::string_view url;
        std::string_view host;
        std::string_view port;
        std::string_view name;
        std::string_view authorization;
    };
    const row rows[] = {
        {"", "", "", "", ""},
        {"http://proxy.test:3128", "proxy.test", "3128", "proxy.test:3128", ""},
        {"http://proxy.test:3128/", "proxy.test", "3128", "proxy.test:3128", ""},
        {"HTTP://proxy.test", "proxy.test", "80", "proxy.test:80", ""},
        {"proxy.test:8080", "proxy.test", "8080", "proxy.test:8080", ""},
        {"proxy", "proxy", "80", "proxy:80", ""},
        {"http://[::1]:3128", "::1", "3128", "[::1]:3128", ""},
        {"http://10.0.0.1:443", "10.0.0.1", "443", "10.0.0.1:443", ""},
        // RFC 7617, section 2: its own example.
        {"http://Aladdin:open%20sesame@proxy.test:1", "proxy.test", "1", "proxy.test:1",
         "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        {"http://u@proxy.test", "proxy.test", "80", "proxy.test:80", "Basic dTo="},
        {"http://:p@proxy.test", "proxy.test", "80", "proxy.test:80", "Basic OnA="},
        {"u:p:q@proxy.test", "proxy.test", "80", "proxy.test:80", "Basic dTpwOnE="},
        {"http://u:a%40b%2F@proxy.test", "proxy.test", "80", "proxy.test:80", "Basic dTphQGIv"},
        {"http://u:a@b@proxy.test", "proxy.test", "80", "proxy.test:80", "Basic dTphQGI="},
        {"http://u:a%3Fb%23@proxy.test", "proxy.test", "80", "proxy.test:80", "Basic dTphP2Ij"},
    };
    for (const row& r : rows) {
        CAPTURE(r.url);
        proxy parsed;
        CHECK(parse_proxy(with_url(std::string(r.url)), parsed) == "");
        CHECK(parsed.host == r.host);
        CHECK(parsed.port == r.port);
        CHECK(parsed.name == r.name);
        CHECK(parsed.authorization == r.authorization);
    }
}

TEST_CASE("credentials beside the URL replace those in it")
{
    pc::proxy_options options = with_url("http://someone:else@proxy.test");
    options.username = "Aladdin";
    options.password = "open sesame";
    proxy parsed;
    CHECK(parse_proxy(options, parsed) == "");
    CHECK(parsed.authorization == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_CASE("a proxy that cannot be used is refused by name, without a word of its password")
{
    struct row {
        std::string_view url;
        std::string_view why;
    };
    const row rows[] = {
        {"https://u:secret@proxy.test", "url: its scheme is not http: "},
        {"socks5://u:secret@proxy.test", "url: its scheme is not http: "},
        {"http://", "url: the host is missing"},
        {"http://u:secret@", "url: the host is missing"},
        {"http://u:secret@proxy.test/path", "url: a path, query or fragment has no place in it"},
        {"http://proxy.test?secret", "url: a path, query or fragment has no place in it"},
        {"http://good.test:8080/@secret.test", "url: a path, query or fragment has no place in it"},
        {"http://good.test?@secret.test:1", "url: a path, query or fragment has no place in it"},
        {"http://good.test#@secret.test", "url: a path, query or fragment has no place in it"},
        {"http://good.test\\@secret.test", "url: a path, query or fragment has no place in it"},
        {"http://u:secret%2@proxy.test", "url: its user name or password has a % that begins no"},
        {"http://u:secret%@proxy.test", "url: its user name or password has a % that begins no"},
        {"http://u:secret%zz@proxy.test", "url: its user name or password has a % that begins no"},
        {"http://u:secret%-1@proxy.test", "url: its user name or password has a % that begins no"},
        {"http://u%2:secret@proxy.test", "url: its user name or password has a % that begins no"},
        {"http://u:secret@proxy.test:0", "url: the port is not a number from 1 to 65535"},
        {"http://u:secret@proxy.test:65536", "url: the port is not a number from 1 to 65535"},
        {"http://u:secret@pro xy", "url: the host has a character that is not allowed"},
        {"http://u:secret@[::1", "url: the IPv6 address is malformed"},
        {"http://u%3Ax:secret@proxy.test", "url: the user name has a colon"},
        {"http://u:secret%0D%0A@proxy.test", "url: the user name or the password has a control"},
        {"http://u:secret%00@proxy.test", "url: the user name or the password has a control"},
        {"http://u:secret%7F@proxy.test", "url: the user name or the password has a control"},
        {"http://u%09:secret@proxy.test", "url: the user name or the password has a control"},
    };
    for (const row& r : rows) {
        CAPTURE(r.url);
        proxy parsed;
        const std::string why = parse_proxy(with_url(std::string(r.url)), parsed);
        CHECK_MESSAGE(why.starts_with(r.why), why);
        CHECK(why.find("secret") == std::string::npos);
    }
    pc::proxy_options options = with_url("http://proxy.test");
    options.password = "x";
    proxy parsed;
    CHECK(parse_proxy(options, parsed) == "username: it is missing, but there is a password");
    options.username = "u";
    options.password = std::string(1025, 'x');
    CHECK(parse_proxy(options, parsed) == "username: the user name or the password has more than 1024 bytes");
    options.username = std::string(1025, 'u');
    options.password.clear();
    CHECK(parse_proxy(options, parsed) == "username: the user name or the password has more than 1024 bytes");
    options = with_url("http://proxy.test");
    options.bypass = "10.0.0.0/8, fd00::/8";
    CHECK(parse_proxy(options, parsed) == "");
    for (const char* entry :
         {"10.0.0.0/33", "10.0.0.0/", "example.test/8", "::1/129", "/", "http://u:secret@x.test/"}) {
        options = with_url("http://proxy.test");
        options.bypass = std::string("localhost, ") + entry;
        CHECK(parse_proxy(options, parsed) == "bypass: entry 2 is not a network");
        // Nobody reads the list when there is no proxy.
        options.url.clear();
        CHECK(parse_proxy(options, parsed) == "");
    }
}

TEST_CASE("a list says which hosts are reached without the proxy")
{
    struct row {
        std::string_view list;
        const char* url;
        bool bypassed;
    };
    const row rows[] = {
        {"", "https://example.test", false},
        {" , ,", "https://example.test", false},
        {"*", "https://example.test", true},
        {"other.test,*", "https://[::1]", true},
        {"example.test", "https://example.test", true},
        {"EXAMPLE.test", "https://example.TEST", true},
        {"example.test", "https://api.example.test", true},
        {".example.test", "https://api.example.test", true},
        {".example.test", "https://example.test", true},
        {"*.example.test", "https://api.example.test", true},
        {"example.test", "https://notexample.test", false},
        {"api.example.test", "https://example.test", false},
        {".", "https://example.test", false},
        {"example.test.", "https://api.example.test", true},
        {"localhost example.test", "https://example.test", true},
        {"localhost,\texample.test", "https://example.test", true},
        {"example.test:443", "https://example.test", true},
        {"example.test:8443", "https://example.test", false},
        {"example.test:8443", "https://example.test:8443", true},
        {"127.0.0.1", "https://127.0.0.1:8443", true},
        {"127.0.0.1:1", "https://127.0.0.1:8443", false},
        {"0.0.1", "https://127.0.0.1", false},
        {"10.0.0.0/8", "https://10.255.0.1", true},
        {"10.0.0.7/8", "https://10.255.0.1", true},
        {"10.0.0.0/8", "https://11.0.0.1", false},
        {"10.0.0.0/8", "https://example.test", false},
        {"0.0.0.0/0", "https://1.2.3.4", true},
        {"0.0.0.0/0", "https://[::1]", false},
        {"::1", "https://[::1]", true},
        {"[::1]", "https://[::1]:8443", true},
        {"[::1]:8443", "https://[::1]:8443", true},
        {"[::1]:8443", "https://[::1]", false},
        {"0:0:0:0:0:0:0:1", "https://[::1]", true},
        {"fd00::/8", "https://[fd12::1]", true},
        {"fd00::/8", "https://[fe80::1]", false},
        {"fd00::/8", "https://10.0.0.1", false},
        {"0.0.0.0", "https://0.0.0.0", true},
        {"not-an-address", "https://0.0.0.0", false},
        {"not an address", "https://127.0.0.1", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.list);
        CAPTURE(r.url);
        CHECK(bypasses_proxy(r.list, origin(r.url)) == r.bypassed);
    }
}

TEST_CASE("CONNECT names host and port, and has nothing but the proxy's credentials")
{
    proxy via;
    CHECK(pc::detail::format_connect(origin("https://api.test/v1"), via) ==
          "CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n\r\n");
    via.authorization = "Basic dTpw";
    CHECK(pc::detail::format_connect(origin("https://[::1]:8443"), via) ==
          "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\nProxy-Authorization: Basic dTpw\r\n\r\n");
}
