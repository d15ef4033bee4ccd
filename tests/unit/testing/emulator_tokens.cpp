// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/emulator_document.hpp>
#include <partner_center/testing/detail/emulator_service.hpp>

#include <boost/beast/http/field.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace http = boost::beast::http;
namespace json = boost::json;
using namespace partner_center::testing::detail;

namespace {

emulator_service make_service(emulator_sources sources = {}, emulator_limits limits = {})
{
    sources.new_etag = [n = 0]() mutable { return std::to_string(++n); };
    return emulator_service("token", make_documented_profile(), std::move(sources), limits);
}

request_head make_head()
{
    request_head head;
    head.method_string("GET");
    head.target("/v1/profiles/organization");
    head.version(11);
    head.set(http::field::authorization, "Bearer token");
    return head;
}

emulator_response ask(emulator_service& service, const request_head& head)
{
    return service.answer(head, exchange_ids_of(head), {});
}

} // namespace

TEST_CASE("tokens besides the service's own are judged by whoever issues them")
{
    emulator_sources sources;
    sources.judge_token = [](std::string_view token) {
        return token == "issued"      ? token_verdict::good
               : token == "elsewhere" ? token_verdict::wrong_audience
                                      : token_verdict::unknown;
    };
    emulator_service service = make_service(sources);
    request_head head = make_head();
    CHECK(ask(service, head).status == 200);
    head.set(http::field::authorization, "Bearer issued");
    CHECK(ask(service, head).status == 200);
    head.set(http::field::authorization, "Bearer elsewhere");
    const auto response = ask(service, head);
    CHECK(response.status == 401);
    CHECK(json::parse(*response.body).at("code").as_int64() == 900420);
    for (const char* const bad : {"Bearer other", "Bearer ", "Bearer", "issued"}) {
        head.set(http::field::authorization, bad);
        CHECK(ask(service, head).status == 401);
    }
}

TEST_CASE("ValidateMfa is answered to those whose token is good")
{
    for (const bool compliant : {true, false}) {
        emulator_limits limits;
        limits.mfa_compliant = compliant;
        emulator_service service = make_service(emulator_sources(), limits);
        request_head head = make_head();
        CHECK(service.more_headers(head).empty());
        head.set("ValidateMfa", "True");
        CHECK(service.more_headers(head) ==
              (compliant ? "isMfaCompliant: true\r\n" : "isMfaCompliant: false\r\n"));
        head.set(http::field::authorization, "Bearer other");
        CHECK(service.more_headers(head).empty());
    }
    emulator_service silent = make_service();
    request_head head = make_head();
    head.set("ValidateMfa", "true");
    CHECK(silent.more_headers(head).empty());
}
