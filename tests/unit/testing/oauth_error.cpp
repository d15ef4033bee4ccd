// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/detail/oauth_error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace json = boost::json;
using namespace partner_center::testing::detail;

namespace {

// Mon, 21 Mar 2016 05:48:41 GMT
constexpr std::chrono::system_clock::time_point start{std::chrono::seconds{1458539321}};

json::object document_of(const emulator_response& response)
{
    return json::parse(*response.body).as_object();
}

} // namespace

TEST_CASE("an error document has the shape of the authority's")
{
    exchange_ids ids;
    ids.correlation_id = "c";
    const auto response = make_oauth_failure(oauth_error(50076), ids, start);
    CHECK(response.status == 400);
    const json::object document = document_of(response);
    CHECK(document.at("error") == "invalid_grant");
    CHECK(document.at("error_codes") == json::array{50076});
    CHECK(document.at("timestamp") == "2016-03-21 05:48:41Z");
    CHECK(document.at("correlation_id") == "c");
    CHECK(document.at("suberror") == "basic_action");
    CHECK(document.contains("claims"));
    const std::string text(document.at("error_description").as_string());
    CHECK(text.starts_with("AADSTS50076: "));
    CHECK(text.find("\r\nCorrelation ID: c\r\n") != std::string::npos);
    CHECK(text.find(std::string(document.at("trace_id").as_string())) != std::string::npos);
}

TEST_CASE("status and name belong to the code")
{
    struct row {
        int code;
        unsigned status;
        const char* name;
    };
    const row rows[] = {
        {50076, 400, "invalid_grant"},           {50078, 400, "invalid_grant"},
        {50173, 400, "invalid_grant"},           {50196, 400, "invalid_grant"},
        {70000, 400, "invalid_grant"},           {70016, 400, "authorization_pending"},
        {70018, 400, "bad_verification_code"},   {70019, 400, "expired_token"},
        {65004, 400, "authorization_declined"},  {90002, 400, "invalid_request"},
        {90033, 503, "temporarily_unavailable"}, {700016, 400, "unauthorized_client"},
        {700082, 400, "invalid_grant"},          {7000215, 401, "invalid_client"},
        {7000218, 401, "invalid_client"},        {7000222, 401, "invalid_client"},
        {12345, 400, "invalid_grant"},
    };
    for (const row& r : rows) {
        CAPTURE(r.code);
        const auto response = make_oauth_failure(oauth_error(r.code, "about"), exchange_ids(), start);
        CHECK(response.status == r.status);
        const json::object document = document_of(response);
        CHECK(document.at("error") == r.name);
        CHECK(document.at("error_description")
                  .as_string()
                  .starts_with("AADSTS" + std::to_string(r.code) + ": "));
        CHECK(document.at("error_description").as_string().find('#') == json::string::npos);
    }
    CHECK(document_of(make_oauth_failure(oauth_error(70016, {}, "slow_down"), exchange_ids(), start))
              .at("error") == "slow_down");
}
