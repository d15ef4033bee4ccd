// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The authority's answers, whole ones, and when to ask again: tokens that are granted can be sent and have a
// life within bounds, what is refused changes nothing, and no text shows what was sent in confidence.

#include "fuzz_input.hpp"
#include "shown_text.hpp"

#include <partner_center/detail/device_poll.hpp>
#include <partner_center/detail/form_encoding.hpp>
#include <partner_center/detail/request_format.hpp>
#include <partner_center/detail/retry_after.hpp>
#include <partner_center/detail/token_response.hpp>

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
using outcome = pc::detail::token_outcome;
using std::chrono::seconds;

namespace {

constexpr std::string_view secrets[] = {"fake~secret/+", "0.fake-refresh"};
const std::string secret_in_form = pc::detail::form_escaped(secrets[0]);

constexpr unsigned statuses[] = {200, 200, 200, 400, 400, 401, 403, 408,
                                 429, 500, 502, 503, 501, 302, 204, 410};

const std::chrono::system_clock::time_point sent_at{seconds(1'800'000'000)};

bool is_visible(std::string_view text)
{
    for (char c : text)
        if (c <= ' ' || c == 0x7f)
            return false;
    return true;
}

void check_refusal(outcome result, unsigned status, const pc::diagnostics& diag)
{
    const pc::error_code ec = make_token_error(result);
    require(ec == errc::sign_in_required || ec == errc::invalid_credential ||
                ec == errc::authority_unavailable || ec == errc::sign_in_declined ||
                ec == errc::sign_in_expired || ec == errc::token_request_failed,
            "a refusal is one of six");
    const bool may_pass = status == 408 || status == 429 || status == 500 || status == 502 || status == 503;
    require(!may_pass || result == outcome::unavailable, "a status that may pass is worth another try");
    require(diag.http_status == status && !diag.description.empty(), "a refusal has a status and words");
    require(!diag.retry_after ||
                (*diag.retry_after >= seconds(0) && *diag.retry_after <= pc::detail::max_retry_after),
            "a wait is in its bounds");
    pc::testing::check_shown(diag, {secrets[0], secrets[1], secret_in_form});
    require(diag.request_id == "R" && diag.attempts == 3, "what the call knows is left alone");
}

void check_lifetime(const pc::access_token& token)
{
    constexpr auto never = std::chrono::system_clock::time_point::max();
    require(token.expires == never ||
                (token.expires >= sent_at && token.expires <= sent_at + std::chrono::hours(8760)),
            "the life of a token is in its bounds");
    require(token.refresh_at == pc::access_token().refresh_at ||
                (token.refresh_at > sent_at && token.refresh_at < token.expires),
            "a token is renewed while it is good");
}

void check_token(const http_response& response, pc::diagnostics& diag)
{
    pc::detail::token_grant grant;
    grant.access.token = "before";
    grant.refresh_token = "before";
    const outcome result = interpret_token_response(response, secrets, sent_at, grant, diag);
    require(is_visible(grant.refresh_token), "a refresh token can be sent");
    if (result == outcome::granted) {
        require(response.result_int() == 200, "a token comes with 200");
        require(pc::detail::check_token(grant.access.token).empty(), "a token can be sent");
        check_lifetime(grant.access);
    } else {
        require(grant.access.token == "before", "a refusal gives no token");
        require(!grant.refresh_token.empty(), "a refusal takes no refresh token away");
        check_refusal(result, response.result_int(), diag);
    }
}

void check_device_code(const http_response& response, pc::diagnostics& diag)
{
    pc::detail::device_authorization codes;
    codes.device_code = "before";
    const outcome result = interpret_device_code_response(response, secrets, sent_at, codes, diag);
    if (result != outcome::granted) {
        require(codes.device_code == "before", "a refusal gives no codes");
        check_refusal(result, response.result_int(), diag);
        return;
    }
    require(response.result_int() == 200, "codes come with 200");
    require(!codes.device_code.empty() && is_visible(codes.device_code), "a device code can be sent");
    require(!codes.user_code.empty() && codes.user_code.size() <= 64 &&
                pc::detail::check_header_value(codes.user_code).empty(),
            "a user code can be shown");
    require(is_visible(codes.verification_uri) &&
                codes.verification_uri.size() <= pc::diagnostics::max_text_size,
            "an address can be shown");
    pc::testing::check_shown(codes.message, {codes.device_code});
    require(codes.expires_in >= seconds(0) && codes.expires_in <= seconds(86400) &&
                codes.interval >= seconds(1) && codes.interval <= seconds(60),
            "times are in their bounds");
}

void check_poll(fuzz_input input)
{
    using pc::detail::device_poll;
    const device_poll::time_point begin{seconds(1000)};
    const seconds interval(1 + input.byte() % 60);
    const device_poll::time_point expires = begin + seconds(input.number(2));
    device_poll poll(interval, expires);
    auto now = begin;
    seconds least = interval;
    for (int questions = 0; questions != 40; ++questions) {
        const auto next = poll.next(now);
        if (!next) {
            require(now + least >= expires || now + pc::detail::max_retry_after >= expires,
                    "only the end is the end");
            return;
        }
        require(*next < expires && *next - now >= least, "a question comes neither too soon nor too late");
        now = *next + std::chrono::milliseconds(input.byte());
        const auto how = static_cast<device_poll::answer>(input.byte() % 4);
        least = how == device_poll::answer::slow_down ? least + seconds(5) : least;
        if (const unsigned wait = input.byte(); wait % 2 != 0)
            poll.note(how, seconds(wait));
        else
            poll.note(how);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const unsigned what = input.byte();
    if (what % 8 == 7) {
        check_poll(input);
        return 0;
    }
    http_response response;
    response.result(statuses[input.byte() % std::size(statuses)]);
    if ((what & 0x40) != 0)
        response.set("Retry-After", input.line());
    if ((what & 0x80) != 0)
        response.set("Content-Encoding", input.line());
    const std::string_view body = input.rest();
    response.body().assign(body);
    pc::diagnostics diag;
    diag.request_id = "R";
    diag.attempts = 3;
    diag.description = "before";
    if (what % 2 == 0)
        check_token(response, diag);
    else
        check_device_code(response, diag);
    return 0;
}
