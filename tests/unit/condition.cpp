// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/condition.hpp>
#include <partner_center/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/errc.hpp>

#include <openssl/ssl.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::condition;
using pc::errc;
using pc::error_code;

namespace {

constexpr condition all_conditions[] = {
    condition::throttled,         condition::unauthorized,   condition::forbidden,
    condition::not_found,         condition::conflict,       condition::invalid_request,
    condition::timeout,           condition::transient,      condition::cancelled,
    condition::connection_failed, condition::untrusted_peer, condition::unexpected_response,
};

struct row {
    error_code ec;
    std::vector<condition> meets;
};

void check(const row& r)
{
    CAPTURE(r.ec.category().name());
    CAPTURE(r.ec.value());
    for (condition c : all_conditions) {
        const bool expected = std::find(r.meets.begin(), r.meets.end(), c) != r.meets.end();
        CHECK_MESSAGE((r.ec == c) == expected, pc::make_error_condition(c).message());
    }
}

error_code status(unsigned value)
{
    return pc::make_http_status_code(value);
}

} // namespace

TEST_CASE("every error of the library has its text and its conditions")
{
    using c = condition;
    const row rows[] = {
        {errc::invalid_base_url, {c::invalid_request}},
        {errc::insecure_base_url, {c::invalid_request}},
        {errc::invalid_argument, {c::invalid_request}},
        {errc::transport_closed, {c::cancelled}},
        {errc::too_many_waiters, {c::transient}},
        {errc::invalid_tls_settings, {c::invalid_request}},
        {errc::untrusted_certificate, {c::untrusted_peer, c::connection_failed}},
        {errc::connect_timeout, {c::timeout, c::transient, c::connection_failed}},
        {errc::handshake_timeout, {c::timeout, c::transient, c::connection_failed}},
        {errc::attempt_timeout, {c::timeout, c::transient}},
        {errc::call_timeout, {c::timeout}},
        {errc::connection_closed, {c::connection_failed, c::transient}},
        {errc::truncated_response, {c::connection_failed, c::transient, c::unexpected_response}},
        {errc::malformed_response, {c::unexpected_response}},
        {errc::response_too_large, {c::unexpected_response}},
        {errc::unexpected_content_encoding, {c::unexpected_response}},
        {errc::empty_body, {c::unexpected_response}},
        {errc::unexpected_content_type, {c::unexpected_response}},
        {errc::malformed_json, {c::unexpected_response}},
        {errc::unexpected_json_type, {c::unexpected_response}},
        {errc::stale_etag, {c::conflict}},
        {errc::wrong_token_audience, {c::unauthorized}},
        {errc::mfa_required, {c::unauthorized}},
        {errc::proxy_authentication_required, {c::connection_failed}},
        {errc::proxy_refused, {c::connection_failed}},
        {errc::proxy_unavailable, {c::connection_failed, c::transient}},
        {errc::sign_in_required, {c::unauthorized}},
        {errc::invalid_credential, {c::unauthorized}},
        {errc::authority_unavailable, {c::transient}},
        {errc::token_request_failed, {c::unexpected_response}},
        {errc::refresh_token_not_stored, {}},
        {errc::sign_in_declined, {c::unauthorized}},
        {errc::sign_in_expired, {c::timeout}},
        {errc::throttled, {c::throttled, c::transient}},
        {errc::invalid_profile, {c::invalid_request}},
        {errc::change_failed, {}},
        {errc::prompt_failed, {}},
    };
    std::set<std::string> texts;
    int value = 0;
    for (const row& r : rows) {
        CHECK(r.ec.value() == ++value); // the table has them all, in order
        CHECK(r.ec.category() == pc::partner_center_category());
        texts.insert(r.ec.message());
        check(r);
    }
    CHECK(texts.size() == std::size(rows));
    const std::string unknown = "unknown error of the Partner Center client";
    CHECK(texts.count(unknown) == 0);
    CHECK(error_code(value + 1, pc::partner_center_category()).message() == unknown);
    CHECK(error_code(0, pc::partner_center_category()).message() == unknown);
    CHECK(std::string(pc::partner_center_category().name()) == "partner_center");
}

TEST_CASE("every documented status has its text and its conditions")
{
    using c = condition;
    const row rows[] = {
        {status(400), {c::invalid_request}},
        {status(401), {c::unauthorized}},
        {status(403), {c::forbidden}},
        {status(404), {c::not_found}},
        {status(405), {c::invalid_request}},
        {status(406), {c::invalid_request}},
        {status(408), {c::timeout, c::transient}},
        {status(409), {c::conflict}},
        {status(412), {c::conflict}},
        {status(417), {c::invalid_request}},
        {status(429), {c::throttled, c::transient}},
        {status(500), {c::transient}},
        {status(501), {}},
        {status(502), {c::transient}},
        {status(503), {c::transient}},
        {status(504), {c::timeout, c::transient}},
        {status(302), {c::unexpected_response}},
        {status(399), {c::unexpected_response}},
        {status(499), {c::invalid_request}},
        {status(204), {c::unexpected_response}},
    };
    for (const row& r : rows)
        check(r);
    CHECK(status(429).message() == "429 Too Many Requests");
    CHECK(status(598).message() == "598");
    CHECK(std::string(pc::http_status_category().name()) == "partner_center.http");
}

TEST_CASE("errors of the system, the resolver and TLS have their conditions")
{
    using c = condition;
    const row rows[] = {
        {asio::error::operation_aborted, {c::cancelled}},
        {asio::error::connection_refused, {c::connection_failed, c::transient}},
        {asio::error::connection_reset, {c::connection_failed, c::transient}},
        {asio::error::broken_pipe, {c::connection_failed, c::transient}},
        {asio::error::host_unreachable, {c::connection_failed, c::transient}},
        {asio::error::timed_out, {c::connection_failed, c::transient, c::timeout}},
        {asio::error::eof, {c::connection_failed, c::transient}},
        {asio::error::service_not_found, {c::connection_failed, c::transient}},
        {make_error_code(boost::system::errc::not_enough_memory), {}},
        {asio::error::host_not_found, {c::connection_failed}},
        {asio::error::host_not_found_try_again, {c::connection_failed, c::transient}},
        {asio::ssl::error::stream_truncated, {c::connection_failed}},
        {error_code(static_cast<int>(SSL_R_UNSUPPORTED_PROTOCOL), asio::error::get_ssl_category()),
         {c::connection_failed}},
        {error_code(), {}},
    };
    for (const row& r : rows)
        check(r);
    for (condition a : all_conditions) {
        CHECK(pc::make_error_condition(a).message() != "unknown condition");
        CHECK(pc::make_error_condition(a).category() == pc::condition_category());
    }
    CHECK_FALSE(error_code(7, boost::system::generic_category()) == condition::throttled);
    CHECK_FALSE(error_code(99, pc::partner_center_category()) == condition::invalid_request);
    const auto unknown = static_cast<condition>(99);
    CHECK(pc::make_error_condition(unknown).message() == "unknown condition");
    for (const error_code& ec : {status(429), error_code(errc::throttled), error_code(asio::error::eof)})
        CHECK_FALSE(ec == unknown);
    CHECK(std::string(pc::condition_category().name()) == "partner_center.condition");
}

TEST_CASE("no category is taken for another")
{
    CHECK(pc::partner_center_category() != pc::http_status_category());
    CHECK(pc::partner_center_category() != pc::condition_category());
    CHECK(pc::http_status_category() != pc::condition_category());
}

TEST_CASE("every condition has its text")
{
    struct named {
        condition meant;
        const char* text;
    };
    const named all[] = {
        {condition::throttled, "throttled"},
        {condition::unauthorized, "unauthorized"},
        {condition::forbidden, "forbidden"},
        {condition::not_found, "not found"},
        {condition::conflict, "changed by somebody else"},
        {condition::invalid_request, "invalid request"},
        {condition::timeout, "out of time"},
        {condition::transient, "failed for the moment"},
        {condition::cancelled, "cancelled"},
        {condition::connection_failed, "connection failed"},
        {condition::untrusted_peer, "peer not trusted"},
        {condition::unexpected_response, "unexpected response"},
    };
    static_assert(std::size(all) == std::size(all_conditions));
    for (const named& one : all)
        CHECK(pc::make_error_condition(one.meant).message() == one.text);
}

TEST_CASE("success meets no condition, in no category")
{
    for (condition c : all_conditions) {
        CHECK_FALSE(error_code() == c);
        CHECK_FALSE(error_code(0, pc::http_status_category()) == c);
        CHECK_FALSE(error_code(0, pc::partner_center_category()) == c);
    }
}

TEST_CASE("an exception has its code, its diagnostics and their sentence, and copies without throwing")
{
    pc::diagnostics diag;
    diag.method = "GET";
    diag.url = "https://localhost/v1/profiles/organization";
    diag.http_status = 404;
    const pc::error original(status(404), diag);
    const pc::error copy = original;
    CHECK(copy.code() == condition::not_found);
    CHECK(copy.diagnostics().http_status == 404);
    CHECK(copy.what() == original.what()); // the same characters, not equal ones
    CHECK(std::string(copy.what()) == pc::describe(status(404), diag));
    static_assert(std::is_nothrow_copy_constructible_v<pc::error>);
    static_assert(std::is_base_of_v<boost::system::system_error, pc::error>);
}
