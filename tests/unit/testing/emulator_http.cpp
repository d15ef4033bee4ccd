// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/guid.hpp>
#include <partner_center/testing/detail/emulator_http.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace partner_center::testing::detail;

TEST_CASE("If-Match follows RFC 9110")
{
    struct row {
        const char* field;
        const char* etag;
        bool holds;
    };
    const row rows[] = {
        {"*", "1", true},
        {" * ", "1", true},
        {"\"1\"", "1", true},
        {"\"1\"", "\"1\"", true},
        {"\"2\"", "1", false},
        {"1", "1", false},
        {"", "1", false},
        {"W/\"1\"", "1", false},
        {"\"0\", \"1\"", "1", true},
        {"W/\"1\" ,\"1\"", "1", true},
        {"\"a,b\",\"1\"", "a,b", true},
        {"\"0\" \"1\"", "1", false},
        {"\"1", "1", false},
        {"\"0\",", "1", false},
        {"\"-8799889149591823008\"", "-8799889149591823008", true},
    };
    for (const row& r : rows) {
        CAPTURE(r.field);
        CHECK(if_match_holds(r.field, r.etag) == r.holds);
    }
}

TEST_CASE("a target's path is found in both forms")
{
    CHECK(path_of("/v1/profiles/organization") == "/v1/profiles/organization");
    CHECK(path_of("/v1/profiles/organization?a=https://b/c") == "/v1/profiles/organization");
    CHECK(path_of("https://api.partnercenter.microsoft.com/v1/profiles/organization") ==
          "/v1/profiles/organization");
    CHECK(path_of("https://localhost:1/x?y") == "/x");
    CHECK(path_of("https://localhost") == "/");
    CHECK(path_of("https://localhost?x") == "");
    CHECK(path_of("*") == "*");
    CHECK(path_of("") == "");
}

TEST_CASE("a bearer token is compared as a whole")
{
    CHECK(is_bearer("Bearer t", "t"));
    CHECK(is_bearer("bearer  t ", "t"));
    CHECK_FALSE(is_bearer("Bearer tt", "t"));
    CHECK_FALSE(is_bearer("Bearer T", "t"));
    CHECK_FALSE(is_bearer("Basic t", "t"));
    CHECK_FALSE(is_bearer("Bearert", "t"));
    CHECK_FALSE(is_bearer("Bearer", "t"));
    CHECK_FALSE(is_bearer("", "t"));
}

TEST_CASE("JSON is known by its media type")
{
    CHECK(is_json("application/json"));
    CHECK(is_json(" Application/JSON ; charset=utf-8"));
    CHECK_FALSE(is_json("application/jsonp"));
    CHECK_FALSE(is_json("text/json"));
    CHECK_FALSE(is_json(""));
}

TEST_CASE("the date has the form of RFC 9110")
{
    using namespace std::chrono;
    const auto time =
        sys_days(year(2016) / 3 / 21) + hours{5} + minutes{48} + seconds{41} + milliseconds{999};
    CHECK(format_http_date(time) == "Mon, 21 Mar 2016 05:48:41 GMT");
}

TEST_CASE("the ids of a request are echoed, and made where it has none")
{
    request_head head;
    const exchange_ids made = exchange_ids_of(head);
    CHECK(partner_center::detail::is_guid(made.request_id));
    CHECK(partner_center::detail::is_guid(made.correlation_id));
    CHECK(made.request_id != made.correlation_id);
    CHECK_FALSE(made.chosen_by_client);

    head.set("ms-requestid", "r");
    head.set("ms-correlationid", "c");
    const exchange_ids given = exchange_ids_of(head);
    CHECK(given.request_id == "r");
    CHECK(given.correlation_id == "c");
    CHECK(given.chosen_by_client);
}

TEST_CASE("a response has the documented headers in the documented order")
{
    exchange_ids ids;
    ids.request_id = "r";
    ids.correlation_id = "c";
    emulator_response response;
    response.body = std::make_shared<const std::string>("{}");
    std::string out;

    append_response(out, response, ids, "now", connection_header::none, true);
    CHECK(out == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json; charset=utf-8\r\n"
                 "MS-CorrelationId: c\r\nMS-RequestId: r\r\nDate: now\r\n\r\n{}");

    out.clear();
    response.headers = "Allow: GET\r\n";
    append_response(out, response, ids, "now", connection_header::close, false);
    CHECK(out ==
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json; charset=utf-8\r\n"
          "MS-CorrelationId: c\r\nMS-RequestId: r\r\nAllow: GET\r\nDate: now\r\nConnection: close\r\n\r\n");

    out.clear();
    append_response(out, emulator_response(401), ids, "now", connection_header::keep_alive, true);
    CHECK(out ==
          "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nMS-CorrelationId: c\r\nMS-RequestId: r\r\n"
          "Date: now\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("a failure has the documented shape")
{
    CHECK(*make_failure(400, 3000, "bad", "/a/b").body ==
          R"({"code":3000,"description":"/a/b: bad","data":["/a/b"],"source":"PartnerCenterEmulator"})");
    CHECK(*make_failure(404, 404, "none").body ==
          R"({"code":404,"description":"none","data":[],"source":"PartnerCenterEmulator"})");
}
