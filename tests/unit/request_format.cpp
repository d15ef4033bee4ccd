// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/request_format.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::detail::check_header_value;
using pc::detail::check_token;
using pc::detail::format_request;
using pc::detail::quote_etag;
using pc::detail::request_content;

namespace {

request_content read()
{
    request_content content;
    content.method = "GET";
    content.host_header = "localhost:8443";
    content.path = "/v1/profiles/organization";
    content.token = "abc";
    content.request_id = "fe76387b-9658-47d7-939d-0c70032ef589";
    content.correlation_id = "cb9f3209-d020-4bf9-871c-e1f1c75348f8";
    return content;
}

const std::string read_header = "GET /v1/profiles/organization HTTP/1.1\r\n"
                                "Host: localhost:8443\r\n"
                                "Authorization: Bearer abc\r\n"
                                "Accept: application/json\r\n"
                                "MS-RequestId: fe76387b-9658-47d7-939d-0c70032ef589\r\n"
                                "MS-CorrelationId: cb9f3209-d020-4bf9-871c-e1f1c75348f8\r\n"
                                "MS-Contract-Version: v1\r\n";

} // namespace

TEST_CASE("a request without body is its header")
{
    std::string bytes;
    const std::size_t header_size = format_request(read(), bytes);
    CHECK(header_size == bytes.size());
    CHECK(bytes == read_header + "\r\n");
}

TEST_CASE("a request with all there is")
{
    request_content content = read();
    content.method = "PUT";
    content.locale = "de-DE";
    content.application_name = "Profile Keeper";
    content.if_match = "\"1\"";
    content.body = "{\"a\":1}";
    content.has_body = true;
    content.expect_continue = true;
    content.validate_mfa = true;
    std::string bytes = "what was there before;";
    const std::size_t header_size = format_request(content, bytes);
    const std::string header = "PUT" + read_header.substr(3) +
                               "MS-PartnerCenter-Application: Profile Keeper\r\n"
                               "X-Locale: de-DE\r\n"
                               "If-Match: \"1\"\r\n"
                               "ValidateMfa: true\r\n"
                               "Content-Type: application/json\r\n"
                               "Content-Length: 7\r\n"
                               "Expect: 100-continue\r\n"
                               "\r\n";
    CHECK(bytes == "what was there before;" + header + "{\"a\":1}");
    CHECK(header_size == header.size());
}

TEST_CASE("an empty body is a body")
{
    request_content content = read();
    content.has_body = true;
    std::string bytes;
    format_request(content, bytes);
    CHECK(bytes == read_header + "Content-Type: application/json\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("only visible ASCII with inner spaces is sent in a header")
{
    for (const std::string_view good : {"", "a", "Profile Keeper 1.0", "de-DE", "~!@#$%^&*()\"\\"})
        CHECK_MESSAGE(check_header_value(good).empty(), good);
    CHECK(check_header_value("a\r\nX: y") == "it has a line break");
    CHECK(check_header_value("a\n") == "it has a line break");
    for (const std::string_view bad :
         {std::string_view("a\0b", 3), std::string_view("a\tb"), std::string_view("\x7F"),
          std::string_view("\xC3\xBC"), std::string_view("\x1B[31m")})
        CHECK(check_header_value(bad) == "it has a character outside visible ASCII");
    CHECK(check_header_value(" a") == "it begins or ends with a space");
    CHECK(check_header_value("a ") == "it begins or ends with a space");
}

TEST_CASE("a token is what RFC 6750 says")
{
    for (const std::string_view good : {"a", "A-Z.a_z~0+9/==", "eyJ0eXAi.eyJhdWQi.c2ln", "a="})
        CHECK_MESSAGE(check_token(good).empty(), good);
    CHECK(check_token("") == "it is empty");
    CHECK(check_token("==") == "it is empty");
    for (const std::string_view bad : {"a b", "Bearer a", "a\r\nX: y", "a=b", "\xC3\xBC", "a,b", "\"a\""}) {
        CHECK_MESSAGE(!check_token(bad).empty(), bad);
        CHECK(check_token(bad).find(bad) == std::string_view::npos);
    }
}

TEST_CASE("an etag is quoted unless it is quoted already")
{
    struct row {
        std::string_view etag;
        std::string_view sent;
    };
    const row good[] = {
        {"-8799889149591823008", "\"-8799889149591823008\""},
        {"eyJpZCI6IjEifQ==", "\"eyJpZCI6IjEifQ==\""},
        {"\"quoted\"", "\"quoted\""},
        {"\"\"", "\"\""},
        {"W/\"weak\"", "W/\"weak\""},
        {"*", "*"},
        {"W/x", "\"W/x\""},
    };
    for (const row& r : good) {
        std::string to = "old";
        CHECK(quote_etag(r.etag, to).empty());
        CHECK(to == r.sent);
    }
    for (const std::string_view bad :
         {"", "a\"b", "\"a\"b\"", "\"", "a b", "a\r\nX: y", "a\n", "\x7F", "\xC3\xBC"}) {
        std::string to = "old";
        CHECK_MESSAGE(!quote_etag(bad, to).empty(), bad);
        CHECK(to == "old");
    }
}
