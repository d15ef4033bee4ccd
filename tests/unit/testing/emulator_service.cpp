// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/json_document.hpp>
#include <partner_center/testing/detail/emulator_document.hpp>
#include <partner_center/testing/detail/emulator_service.hpp>

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace http = boost::beast::http;
namespace json = boost::json;
using partner_center::testing::conflict_answer;
using namespace partner_center::testing::detail;

namespace {

emulator_sources count_etags()
{
    emulator_sources sources;
    sources.new_etag = [n = 0]() mutable { return std::to_string(++n); };
    return sources;
}

// The present etag is "1".
emulator_service make_service(emulator_sources sources = count_etags(), emulator_limits limits = {})
{
    return emulator_service("token", make_documented_profile(), std::move(sources), limits);
}

request_head make_head(const std::string& method)
{
    request_head head;
    head.method_string(method);
    head.target("/v1/profiles/organization");
    head.version(11);
    head.set(http::field::authorization, "Bearer token");
    return head;
}

emulator_response ask(emulator_service& service, const request_head& head, const std::string& body = {})
{
    return service.answer(head, exchange_ids_of(head), body);
}

emulator_response put(emulator_service& service, const std::string& body, const std::string& request_id = {})
{
    request_head head = make_head("PUT");
    if (!request_id.empty())
        head.set("MS-RequestId", request_id);
    return ask(service, head, body);
}

std::string text_of(const emulator_response& response)
{
    return response.body ? *response.body : std::string();
}

json::object object_of(const emulator_response& response)
{
    return json::parse(text_of(response)).as_object();
}

} // namespace

TEST_CASE("GET answers with the stored profile")
{
    emulator_service service = make_service();
    const auto response = ask(service, make_head("GET"));
    CHECK(response.status == 200);
    CHECK_FALSE(response.applied);
    CHECK(text_of(response) == service.document());
    CHECK(etag_of(object_of(response)) == "1");
}

TEST_CASE("PUT replaces everything and makes a new etag")
{
    emulator_service service = make_service();
    const auto response =
        put(service,
            R"({"id":"a","x":{"y":[null,""]},"defaultAddress":{"z":1},"attributes":{"etag":"1","w":0}})");
    CHECK(response.status == 200);
    CHECK(response.applied);
    CHECK(text_of(response) ==
          R"({"id":"a","x":{"y":[null,""]},"defaultAddress":{"z":1},"profileType":"OrganizationProfile",)"
          R"("attributes":{"etag":"2","w":0,"objectType":"OrganizationProfile"},)"
          R"("links":{"self":{"uri":"/profiles/organization","method":"GET","headers":[]}}})");
    CHECK(text_of(ask(service, make_head("GET"))) == text_of(response));
    CHECK(service.etag() == "2");
}

TEST_CASE("a request is refused for what its head says")
{
    struct row {
        const char* name;
        const char* value;
        const char* method;
        const char* target;
        unsigned status;
        const char* text;
    };
    constexpr auto path = "/v1/profiles/organization";
    const row rows[] = {
        {"Authorization", "", "GET", path, 401, ""},
        {"Authorization", "Bearer other", "PUT", path, 401, ""},
        {"Authorization", "Basic token", "GET", path, 401, ""},
        {"Authorization", "Bearer other", "GET", "/nowhere", 401, ""},
        {"Accept", "*/*", "GET", "/nowhere", 404, "/nowhere"},
        {"Accept", "*/*", "GET", "/v1/profiles/organization/", 404, "organization/"},
        {"Accept", "*/*", "DELETE", path, 405, "GET, PUT"},
        {"Accept", "*/*", "HEAD", path, 405, "GET, PUT"},
        {"Accept", "*/*", "BREW", path, 405, "GET, PUT"},
        {"Expect", "200-ok", "PUT", path, 417, "200-ok"},
        {"Content-Type", "text/plain", "PUT", path, 400, "2000"},
        {"If-Match", "\"0\"", "PUT", path, 412, "800036"},
        {"If-Match", "1", "PUT", path, 412, "800036"},
    };
    for (const row& r : rows) {
        CAPTURE(r.name);
        CAPTURE(r.value);
        CAPTURE(r.target);
        emulator_service service = make_service();
        request_head head = make_head(r.method);
        head.target(r.target);
        head.set(r.name, r.value);
        const auto response = ask(service, head, "{}");
        CHECK(response.status == r.status);
        CHECK(text_of(response).find(r.text) != std::string::npos);
        CHECK(service.refuse_head(head, exchange_ids_of(head), std::nullopt).has_value());
        CHECK(service.etag() == "1");
    }
}

TEST_CASE("a request is accepted for what its head says")
{
    struct row {
        const char* name;
        const char* value;
    };
    const row rows[] = {
        {"Authorization", "bearer token"},
        {"Expect", "100-Continue"},
        {"Content-Type", "application/json;charset=utf-8"},
        {"If-Match", "\"1\""},
        {"If-Match", "*"},
    };
    for (const row& r : rows) {
        CAPTURE(r.value);
        emulator_service service = make_service();
        request_head head = make_head("PUT");
        head.set(r.name, r.value);
        CHECK_FALSE(service.refuse_head(head, exchange_ids_of(head), 2).has_value());
        CHECK(ask(service, head, "{}").status == 200);
    }
}

TEST_CASE("HTTP/1.0 knows no expectations")
{
    emulator_service service = make_service();
    request_head head = make_head("GET");
    head.set(http::field::expect, "something");
    head.version(10);
    CHECK(ask(service, head).status == 200);
}

TEST_CASE("401 names the correlation id and has no body")
{
    emulator_service service = make_service();
    request_head head = make_head("GET");
    head.erase(http::field::authorization);
    head.set("MS-CorrelationId", "c");
    const auto response = ask(service, head);
    CHECK(response.headers == "WWW-Authenticate: OAuth realm=urn:cpsvc:cpid:c\r\n");
    CHECK_FALSE(response.body);
}

TEST_CASE("a token can be replaced")
{
    emulator_service service = make_service();
    service.set_token("other");
    CHECK(ask(service, make_head("GET")).status == 401);
    CHECK(service.token() == "other");
}

TEST_CASE("a body is refused with the code and the path that fit")
{
    struct row {
        const char* body;
        int code;
        const char* description;
    };
    const std::string deep = "{\"x\":" + std::string(40, '[') + std::string(40, ']') + "}";
    const row rows[] = {
        {"", 2000, "not valid JSON"},
        {"{", 2000, "not valid JSON"},
        {"{} x", 2000, "not valid JSON"},
        {deep.c_str(), 2000, "not valid JSON"},
        {"[]", 2000, "expected object, got array"},
        {R"({"email":1})", 3000, "/email: expected string, got number"},
        {R"({"defaultAddress":{"country":"USA"}})", 3000, "/defaultAddress/country: "},
        {R"({"attributes":{"etag":"0"}})", 2055, "/attributes/etag: "},
    };
    for (const row& r : rows) {
        CAPTURE(r.body);
        emulator_service service = make_service();
        const auto response = put(service, r.body);
        CHECK(response.status == 400);
        CHECK_FALSE(response.applied);
        const json::object error = object_of(response);
        CHECK(error.at("code").as_int64() == r.code);
        CHECK(json::serialize(error.at("description")).find(r.description) != std::string::npos);
        CHECK(service.etag() == "1");
    }
}

TEST_CASE("an etag in the body may be the present one, empty, null or absent")
{
    for (const char* const body : {R"({"attributes":{"etag":"1"}})", R"({"attributes":{"etag":"\"1\""}})",
                                   R"({"attributes":{"etag":""}})", R"({"attributes":{"etag":null}})",
                                   R"({"attributes":null})", "{}"}) {
        CAPTURE(body);
        emulator_service service = make_service();
        CHECK(put(service, body).status == 200);
    }
}

TEST_CASE("an etag that carries its quotes matches itself")
{
    emulator_service service = make_service();
    service.set_document(json::parse(R"({"attributes":{"etag":"\"q\""}})").as_object());
    CHECK(service.etag() == "\"q\"");
    request_head head = make_head("PUT");
    head.set(http::field::if_match, "\"q\"");
    CHECK(ask(service, head, service.document()).status == 200);
}

TEST_CASE("the same MS-RequestId is applied once")
{
    emulator_service service = make_service();
    const auto first = put(service, R"({"id":"a","attributes":{"etag":"1"}})", "AB");
    const auto again = put(service, R"({"id":"a","attributes":{"etag":"1"}})", "ab");
    const auto other_body = put(service, R"({"id":"b"})", "AB");
    CHECK(first.applied);
    for (const auto& response : {again, other_body}) {
        CHECK(response.status == 200);
        CHECK_FALSE(response.applied);
        CHECK(text_of(response) == text_of(first));
    }
    CHECK(service.etag() == "2");

    SUBCASE("even with an If-Match that no longer holds")
    {
        request_head head = make_head("PUT");
        head.set("MS-RequestId", "AB");
        head.set(http::field::if_match, "\"1\"");
        CHECK_FALSE(service.refuse_head(head, exchange_ids_of(head), 2).has_value());
        CHECK(ask(service, head, "{}").status == 200);
    }
    SUBCASE("but not without the token")
    {
        request_head head = make_head("PUT");
        head.set("MS-RequestId", "AB");
        head.erase(http::field::authorization);
        CHECK(ask(service, head, "{}").status == 401);
    }
    SUBCASE("and a request that was refused may come again")
    {
        CHECK(put(service, R"({"id":1})", "CD").status == 400);
        CHECK(put(service, R"({"id":"1"})", "CD").applied);
    }
    SUBCASE("and requests without an id are all applied")
    {
        CHECK(put(service, "{}").applied);
        CHECK(put(service, "{}").applied);
    }
}

TEST_CASE("the memory of request ids is bounded")
{
    emulator_limits limits;
    limits.remembered_requests = 2;
    SUBCASE("in number") {}
    SUBCASE("in bytes")
    {
        limits.remembered_bytes = 500;
    }
    emulator_service service = make_service(count_etags(), limits);
    for (const char* const id : {"a", "b", "c"})
        CHECK(put(service, "{}", id).applied);
    CHECK_FALSE(put(service, "{}", "b").applied);
    CHECK_FALSE(put(service, "{}", "c").applied);
    CHECK(put(service, "{}", "a").applied);
}

TEST_CASE("the memory of request ids counts the ids, too, which may be as long as a head")
{
    emulator_limits limits;
    limits.remembered_bytes = 10'000;
    emulator_service service = make_service(count_etags(), limits);
    const std::string id(3000, 'x');
    for (const char* const end : {"a", "b"})
        CHECK(put(service, "{}", id + end).applied);
    CHECK_FALSE(put(service, "{}", id + "b").applied);
    CHECK(put(service, "{}", id + "a").applied);
    CHECK(put(service, "{}", id + id).applied); // by itself too much to be kept
    CHECK(put(service, "{}", "short").applied);
    CHECK_FALSE(put(service, "{}", "short").applied);
}

TEST_CASE("a body beyond the limit is refused by its length alone")
{
    emulator_limits limits;
    limits.body_size = 10;
    emulator_service service = make_service(count_etags(), limits);
    const request_head head = make_head("PUT");
    const auto ids = exchange_ids_of(head);
    CHECK_FALSE(service.refuse_head(head, ids, 10).has_value());
    REQUIRE(service.refuse_head(head, ids, 11).has_value());
    CHECK(service.refuse_head(head, ids, 11)->status == 413);
}

TEST_CASE("each change is stored before it is answered, and undone when it cannot be")
{
    std::string stored;
    bool fails = false;
    emulator_sources sources = count_etags();
    sources.store = [&](const std::string& document) {
        if (fails)
            throw std::runtime_error("'file': cannot be written");
        stored = document;
    };
    emulator_service service = make_service(sources);
    CHECK(stored.empty());
    CHECK(put(service, R"({"id":"a"})", "a").status == 200);
    CHECK(stored == service.document());

    fails = true;
    const std::string before = service.document();
    const auto response = put(service, R"({"id":"b"})", "b");
    CHECK(response.status == 500);
    CHECK(text_of(response).find("'file': cannot be written") != std::string::npos);
    CHECK(service.document() == before);
    fails = false;
    CHECK(put(service, R"({"id":"b"})", "b").applied);
}

TEST_CASE("a fraction that is put is read as the client reads it, to the last digit")
{
    emulator_service service = make_service();
    for (const std::string text : {"0.12345678901234567", "123.45678901234567", "1.1899999999999998e-22"}) {
        json::value read;
        std::string reason;
        REQUIRE_FALSE(partner_center::detail::parse_json(text, read, reason));
        CHECK(put(service, "{\"x\":" + text + "}").status == 200);
        CHECK(service.document().find("\"x\":" + json::serialize(read)) != std::string::npos);
    }
}

TEST_CASE("a document that is set gets a new etag unless it brings one")
{
    emulator_service service = make_service();
    service.set_document(json::parse(service.document()).as_object());
    CHECK(service.etag() == "2");
    service.set_document(json::object());
    CHECK(service.etag() == "3");
    service.set_document(json::parse(R"({"attributes":{"etag":"mine"}})").as_object());
    CHECK(service.etag() == "mine");
    CHECK(etag_of(json::parse(service.document()).as_object()) == "mine");
}

TEST_CASE("a new etag is never the old one")
{
    emulator_sources sources;
    sources.new_etag = [n = 0]() mutable { return std::to_string(n++ / 2); };
    emulator_service service = make_service(sources);
    CHECK(service.etag() == "0");
    CHECK(put(service, "{}").status == 200);
    CHECK(service.etag() == "1");
}

TEST_CASE("a stale etag is answered as the options say, in the header and in the body")
{
    struct row {
        conflict_answer form;
        unsigned in_header;
        unsigned in_body;
    };
    const row rows[] = {
        {conflict_answer::by_place, 412, 400}, {conflict_answer::http_400, 400, 400},
        {conflict_answer::http_409, 409, 409}, {conflict_answer::http_412, 412, 412},
        {conflict_answer::http_417, 417, 417},
    };
    for (const row& r : rows) {
        CAPTURE(r.in_body);
        emulator_limits limits;
        limits.on_conflict = r.form;
        emulator_service service = make_service(count_etags(), limits);
        request_head head = make_head("PUT");
        head.set(http::field::if_match, "\"0\"");
        const auto by_header = ask(service, head, "{}");
        const auto by_body = put(service, R"({"attributes":{"etag":"0"}})");
        CHECK(by_header.status == r.in_header);
        CHECK(by_body.status == r.in_body);
        for (const auto& response : {by_header, by_body}) {
            const auto code = object_of(response).at("code").as_int64();
            CHECK(code == (response.status == 400 ? 2055 : response.status == 409 ? 409 : 800036));
        }
        CHECK(service.etag() == "1");
        CHECK(put(service, "{}").status == 200);
    }
}
