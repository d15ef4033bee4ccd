// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/condition.hpp>
#include <partner_center/detail/retry.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::errc;
using pc::detail::attempt_outcome;
using pc::detail::backoff;
using pc::detail::decision;
using pc::detail::next_step;

namespace {

attempt_outcome outcome(pc::error_code ec, unsigned status = 0)
{
    attempt_outcome result;
    result.ec = ec;
    result.status = status;
    return result;
}

pc::retry_options no_retries()
{
    pc::retry_options options;
    options.max_attempts = 1;
    return options;
}

// Of a call without retries.
next_step decide_next_step(const attempt_outcome& attempt)
{
    return pc::detail::decide_next_step(attempt, no_retries(), 0.5).step;
}

decision decide(const attempt_outcome& attempt, const pc::retry_options& options = {})
{
    return pc::detail::decide_next_step(attempt, options, 0.5);
}

} // namespace

TEST_CASE("a call that succeeded, or has to stop, is finished")
{
    CHECK(decide_next_step(outcome({}, 200)) == next_step::finish);
    for (pc::error_code why :
         {pc::error_code(asio::error::operation_aborted), make_error_code(errc::call_timeout),
          make_error_code(errc::transport_closed)}) {
        attempt_outcome stopped = outcome(why);
        stopped.stopped = true;
        stopped.reused_connection = true;
        stopped.expected_continue = true;
        CHECK(decide_next_step(stopped) == next_step::finish);
    }
}

TEST_CASE("a kept connection that died without a byte is replaced; any byte ends that")
{
    for (pc::error_code why :
         {make_error_code(errc::connection_closed), pc::error_code(asio::error::connection_reset),
          pc::error_code(asio::error::broken_pipe), pc::error_code(asio::error::connection_aborted)}) {
        attempt_outcome died = outcome(why);
        CHECK(decide_next_step(died) == next_step::finish); // it was a new one
        died.reused_connection = true;
        CHECK(decide_next_step(died) == next_step::fresh_connection);
        died.any_response_byte = true;
        CHECK(decide_next_step(died) == next_step::finish);
    }
    attempt_outcome answered = outcome(pc::make_http_status_code(503), 503);
    answered.reused_connection = true;
    answered.any_response_byte = true;
    CHECK(decide_next_step(answered) == next_step::finish);
}

TEST_CASE("what needs no wait is tried at once, and is no retry, where that would be allowed, too")
{
    pc::retry_options options;
    options.statuses = {401, 417};
    attempt_outcome died = outcome(errc::connection_closed);
    died.reused_connection = true;
    CHECK(decide(died, options) ==
          decision{next_step::fresh_connection, {}, pc::retry_reason::stale_connection});

    attempt_outcome refused = outcome(pc::make_http_status_code(417), 417);
    CHECK(decide(refused, options).step == next_step::retry);
    refused.expected_continue = true;
    CHECK(decide(refused, options) ==
          decision{next_step::without_expect, {}, pc::retry_reason::expectation_failed});

    attempt_outcome outdated = outcome(pc::make_http_status_code(401), 401);
    CHECK(decide(outdated, options).step == next_step::retry);
    outdated.renewable_token = true;
    CHECK(decide(outdated, options) == decision{next_step::fresh_token, {}, pc::retry_reason::token_refused});
}

TEST_CASE("417 is answered by a request without Expect, if it had one and the etag is not meant")
{
    attempt_outcome refused = outcome(pc::make_http_status_code(417), 417);
    CHECK(decide_next_step(refused) == next_step::finish);
    refused.expected_continue = true;
    refused.any_response_byte = true;
    CHECK(decide_next_step(refused) == next_step::without_expect);
    refused.reused_connection = true;
    CHECK(decide_next_step(refused) == next_step::without_expect);
    refused.ec = errc::stale_etag;
    CHECK(decide_next_step(refused) == next_step::finish);
    for (unsigned status : {400U, 401U, 412U, 429U, 500U, 503U}) {
        attempt_outcome other = outcome(pc::make_http_status_code(status), status);
        other.expected_continue = true;
        other.any_response_byte = true;
        CHECK(decide_next_step(other) == next_step::finish);
    }
}

TEST_CASE("only a clear refusal says that a change was not applied")
{
    for (unsigned status : {400U, 401U, 403U, 404U, 405U, 408U, 409U, 412U, 413U, 417U, 429U, 499U, 501U})
        CHECK_MESSAGE(!pc::detail::may_have_been_applied(status), status);
    for (unsigned status : {0U, 200U, 202U, 204U, 302U, 304U, 399U, 500U, 502U, 503U, 504U, 599U})
        CHECK_MESSAGE(pc::detail::may_have_been_applied(status), status);
}

TEST_CASE("what is worth another attempt gets one, and nothing else does")
{
    struct row {
        pc::error_code ec;
        unsigned status;
        pc::retry_reason why;
    };
    using why = pc::retry_reason;
    const row rows[] = {
        {pc::make_http_status_code(408), 408, why::status},
        {pc::make_http_status_code(429), 429, why::throttled},
        {pc::make_http_status_code(500), 500, why::status},
        {pc::make_http_status_code(502), 502, why::status},
        {pc::make_http_status_code(503), 503, why::status},
        {pc::make_http_status_code(504), 504, why::status},
        {pc::make_http_status_code(400), 400, why::none},
        {pc::make_http_status_code(401), 401, why::none},
        {pc::make_http_status_code(403), 403, why::none},
        {pc::make_http_status_code(404), 404, why::none},
        {pc::make_http_status_code(405), 405, why::none},
        {pc::make_http_status_code(406), 406, why::none},
        {pc::make_http_status_code(409), 409, why::none},
        {pc::make_http_status_code(412), 412, why::none},
        {pc::make_http_status_code(417), 417, why::none},
        {pc::make_http_status_code(501), 501, why::none},
        {pc::make_http_status_code(505), 505, why::none},
        {pc::make_http_status_code(302), 302, why::none},
        {errc::stale_etag, 400, why::none},
        {errc::mfa_required, 401, why::none},
        {errc::malformed_json, 200, why::none},
        {errc::connection_closed, 0, why::connection_failed},
        {errc::truncated_response, 0, why::connection_failed},
        {errc::connect_timeout, 0, why::timeout},
        {errc::handshake_timeout, 0, why::timeout},
        {errc::attempt_timeout, 0, why::timeout},
        {errc::proxy_unavailable, 0, why::connection_failed},
        {asio::error::connection_refused, 0, why::connection_failed},
        {asio::error::connection_reset, 0, why::connection_failed},
        {asio::error::host_not_found_try_again, 0, why::connection_failed},
        {asio::error::host_not_found, 0, why::none},
        {errc::untrusted_certificate, 0, why::none},
        {errc::proxy_refused, 0, why::none},
        {errc::proxy_authentication_required, 0, why::none},
        {errc::malformed_response, 0, why::none},
        {errc::response_too_large, 0, why::none},
        {errc::too_many_waiters, 0, why::none},
        {errc::throttled, 0, why::none},
        {errc::invalid_argument, 0, why::none},
        {errc::call_timeout, 0, why::none},
        {errc::transport_closed, 0, why::none},
    };
    for (const row& r : rows) {
        CAPTURE(r.ec.message());
        const decision decided = decide(outcome(r.ec, r.status));
        CHECK((decided.step == next_step::retry) == (r.why != why::none));
        CHECK(decided.why == r.why);
        CHECK(decide(outcome(r.ec, r.status), no_retries()).step == next_step::finish);
        attempt_outcome last = outcome(r.ec, r.status);
        last.counted_attempts = 4;
        CHECK(decide(last).step == next_step::finish);
        attempt_outcome marked = outcome(r.ec, r.status);
        marked.is_retryable = false;
        CHECK(decide(marked).step == next_step::finish);
        marked.is_retryable = true;
        CHECK(decide(marked) == decided);
    }
}

TEST_CASE("what is retried can be chosen")
{
    pc::retry_options options;
    options.statuses = {400};
    options.connection_failures = false;
    CHECK(decide(outcome(pc::make_http_status_code(400), 400), options).step == next_step::retry);
    CHECK(decide(outcome(pc::make_http_status_code(503), 503), options).step == next_step::finish);
    CHECK(decide(outcome(errc::connection_closed), options).step == next_step::finish);
    options.max_attempts = 7;
    attempt_outcome sixth = outcome(pc::make_http_status_code(400), 400);
    sixth.counted_attempts = 6;
    CHECK(decide(sixth, options).step == next_step::retry);
}

TEST_CASE("waits double, up to a limit, and are chosen at random below that")
{
    using namespace std::chrono_literals;
    pc::retry_options options;
    options.base_delay = 1s;
    options.max_delay = 5s;
    const std::chrono::steady_clock::duration ends[] = {1s, 2s, 4s, 5s, 5s};
    for (unsigned i = 0; i != std::size(ends); ++i) {
        CHECK(backoff(i + 1, options, 0.5) == ends[i] / 2);
        CHECK(backoff(i + 1, options, 0.0) == 0s);
        CHECK(backoff(i + 1, options, 0.999999) < ends[i]);
    }
    options.base_delay = 10s;
    CHECK(backoff(1, options, 0.5) == 2500ms);
    options.base_delay = 1ns;
    options.max_delay = 3ns; // not twice of anything
    CHECK(backoff(2, options, 1.0) == 2ns);
    CHECK(backoff(3, options, 1.0) == 3ns);
    options.base_delay = 10s;
    options.max_delay = std::chrono::steady_clock::duration::max();
    CHECK(backoff(4'000'000'000U, options, 0.25) > std::chrono::hours{24 * 365});
}

TEST_CASE("random numbers are from zero up to one, and differ")
{
    double least = 1;
    double most = 0;
    for (int i = 0; i != 1000; ++i) {
        const double number = pc::detail::random_jitter();
        CHECK(number >= 0);
        CHECK(number < 1);
        least = std::min(least, number);
        most = std::max(most, number);
    }
    CHECK(least < 0.1);
    CHECK(most > 0.9);
}

TEST_CASE("without a random number, half of the longest wait is waited")
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    static const RAND_METHOD without_any{};
    REQUIRE(RAND_set_rand_method(&without_any) == 1);
    const double number = pc::detail::random_jitter();
    REQUIRE(RAND_set_rand_method(nullptr) == 1);
#pragma GCC diagnostic pop
    ERR_clear_error();
    CHECK(number == 0.5);
}

TEST_CASE("a refused token is replaced once, where there is another one to be had, though retries are off")
{
    attempt_outcome refused = outcome(pc::make_http_status_code(401), 401);
    CHECK(decide_next_step(refused) == next_step::finish);
    refused.renewable_token = true;
    CHECK(decide_next_step(refused) == next_step::fresh_token);
    CHECK(decide(refused).why == pc::retry_reason::token_refused);
    refused.stopped = true;
    CHECK(decide_next_step(refused) == next_step::finish);
    // Another token is no help against these.
    for (const errc ec : {errc::wrong_token_audience, errc::mfa_required}) {
        attempt_outcome useless = outcome(ec, 401);
        useless.renewable_token = true;
        CHECK(decide(useless).step == next_step::finish);
    }
    attempt_outcome forbidden = outcome(pc::make_http_status_code(403), 403);
    forbidden.renewable_token = true;
    CHECK(decide(forbidden).step == next_step::finish);
}

TEST_CASE("an authority that is out of order is asked again, whatever its status")
{
    for (const unsigned status : {400U, 429U, 503U}) {
        const decision next = decide(outcome(errc::authority_unavailable, status));
        CHECK(next.step == next_step::retry);
        CHECK(next.why == (status == 429 ? pc::retry_reason::throttled : pc::retry_reason::status));
    }
    for (const errc ec : {errc::sign_in_required, errc::invalid_credential, errc::token_request_failed})
        CHECK(decide(outcome(ec, 400)).step == next_step::finish);
}

TEST_CASE("a wait that the service asks for is obeyed when there is time for it, and otherwise the call ends")
{
    using namespace std::chrono_literals;
    attempt_outcome throttled = outcome(pc::make_http_status_code(429), 429);
    throttled.retry_after = 57s;
    throttled.time_left = 100s;
    CHECK(decide(throttled).delay == 57s);
    throttled.time_left = 57s;
    CHECK(decide(throttled).step == next_step::finish);
    throttled.retry_after = 0s;
    CHECK(decide(throttled) == decision{next_step::retry, 0s, pc::retry_reason::throttled});
    throttled.retry_after.reset();
    throttled.time_left = 399ms;
    CHECK(decide(throttled).step == next_step::finish); // half of 800 ms would be too long
    throttled.time_left = 401ms;
    CHECK(decide(throttled).step == next_step::retry);
}

// The schedule of a call, by a clock that only stands in a variable.
TEST_CASE("a call that only meets 503 makes its attempts and no more, within its time")
{
    using namespace std::chrono_literals;
    for (const auto limit : {100s, 3s, 1s}) {
        pc::retry_options options;
        std::chrono::steady_clock::duration now{};
        unsigned attempts = 0;
        for (;;) {
            ++attempts;
            now += 10ms;
            attempt_outcome failed = outcome(pc::make_http_status_code(503), 503);
            failed.counted_attempts = attempts;
            failed.time_left = limit - now;
            const decision next = pc::detail::decide_next_step(failed, options, 0.999);
            if (next.step == next_step::finish)
                break;
            now += next.delay;
        }
        CHECK(now < limit);
        // 0.8, 1.6 and 3.2 s at most lie between the attempts.
        CHECK(attempts == (limit == 100s ? 4 : limit == 3s ? 3 : 2));
    }
}
