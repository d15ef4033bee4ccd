// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Responses to a call, whole ones: what they come to is one of the documented errors, and what is shown of
// them is bounded, one line, and never the token, which a service may echo.

#include "fuzz_input.hpp"
#include "shown_text.hpp"

#include <partner_center/condition.hpp>
#include <partner_center/detail/retry_after.hpp>
#include <partner_center/detail/service_error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::errc;
using pc::detail::http_response;
using pc::testing::fuzz_input;
using pc::testing::require;

namespace {

constexpr std::string_view secret = "fake/token.01";

constexpr unsigned statuses[] = {200, 200, 400, 401, 403, 404, 409, 412,
                                 417, 429, 500, 503, 504, 302, 204, 206};

constexpr const char* names[] = {"Content-Type", "Content-Encoding", "Retry-After",    "WWW-Authenticate",
                                 "MS-CV",        "MS-ServerId",      "isMfaCompliant", "Location"};

// As a parser leaves them: no control characters, no spaces around them.
std::string field_value(std::string_view text)
{
    std::string value;
    for (char c : text)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
            value += c;
    value.erase(0, value.find_first_not_of(' '));
    value.erase(value.find_last_not_of(' ') + 1);
    return value;
}

void check_error(const pc::error_code& ec, const http_response& response, const pc::diagnostics& diag)
{
    const unsigned status = response.result_int();
    require(diag.http_status == status, "the status is told");
    if (status == 200) {
        require(!ec || ec == errc::unexpected_content_encoding || ec == errc::empty_body ||
                    ec == errc::unexpected_content_type,
                "a 200 is a document or one of three errors");
        require(static_cast<bool>(ec) || !response.body().empty(), "a document is there");
        return;
    }
    const bool is_named = (ec == errc::stale_etag && (status == 400 || status == 417)) ||
                          ((ec == errc::wrong_token_audience || ec == errc::mfa_required) && status == 401);
    require(is_named || ec == pc::make_http_status_code(status), "another status is itself or has a name");
    require(!is_named || !diag.service_code.empty(), "a failure with a name has a code");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    http_response response;
    const unsigned first = input.byte();
    response.result(statuses[first % std::size(statuses)]);
    for (unsigned given = input.byte(), i = 0; i != std::size(names); ++i)
        if ((given >> i & 1U) != 0)
            response.set(names[i], field_value(input.line()));
    // Long texts out of short inputs: they are where texts are cut.
    const std::string filled = std::string(first >= 0xf0 ? 496 : 0, 'x').append(input.rest());
    const std::string_view body = filled;
    response.body().assign(body);

    pc::diagnostics diag;
    diag.request_id = "R";
    diag.method = "PUT";
    diag.attempts = 3;
    diag.may_have_been_applied = true;
    const pc::error_code ec = pc::detail::interpret_response(response, secret, diag);

    check_error(ec, response, diag);
    pc::testing::check_shown(diag, {secret});
    // Half a character is of the peer's making, or it is not there.
    if (pc::testing::end_of_utf_8(body) == body.size())
        require(pc::testing::end_of_utf_8(diag.body_excerpt) == diag.body_excerpt.size(),
                "no character of an excerpt is cut");
    require(!diag.retry_after || (*diag.retry_after >= std::chrono::seconds(0) &&
                                  *diag.retry_after <= pc::detail::max_retry_after),
            "a wait is in its bounds");
    require(diag.request_id == "R" && diag.method == "PUT" && diag.attempts == 3 &&
                diag.may_have_been_applied,
            "what the call knows is left alone");
    return 0;
}
