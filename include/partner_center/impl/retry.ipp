// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_RETRY_IPP
#define PARTNER_CENTER_IMPL_RETRY_IPP

#include <partner_center/condition.hpp>
#include <partner_center/detail/retry.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>

namespace partner_center::detail {

PARTNER_CENTER_DECL bool may_have_been_applied(unsigned status) noexcept
{
    // A refusal is clear. So is 501: the server does not know how to. The other 5xx may come from a gateway
    // that lost sight of the request.
    return status < 400 || (status >= 500 && status != 501);
}

PARTNER_CENTER_DECL double random_jitter() noexcept
{
    std::uint32_t bits = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) != 1)
        bits = 1U << 31U;
    return static_cast<double>(bits) / 4294967296.0;
}

PARTNER_CENTER_DECL std::chrono::steady_clock::duration
backoff(unsigned counted_attempts, const retry_options& options, double jitter) noexcept
{
    auto end = std::min(options.base_delay, options.max_delay);
    for (unsigned i = 1; i < counted_attempts && end < options.max_delay; ++i)
        end = end > options.max_delay / 2 ? options.max_delay : end * 2;
    return std::chrono::steady_clock::duration(
        static_cast<std::chrono::steady_clock::duration::rep>(static_cast<double>(end.count()) * jitter));
}

// What is worth another attempt, and what it is called; none when it is not worth one.
inline retry_reason reason_to_retry(const attempt_outcome& outcome, const retry_options& options)
{
    if (outcome.ec == errc::authority_unavailable)
        return outcome.status == 429 ? retry_reason::throttled : retry_reason::status;
    if (outcome.status != 0) {
        const auto& statuses = options.statuses;
        if (std::find(statuses.begin(), statuses.end(), outcome.status) == statuses.end() ||
            outcome.ec != make_http_status_code(outcome.status))
            return retry_reason::none;
        return outcome.status == 429 ? retry_reason::throttled : retry_reason::status;
    }
    // More attempts would not help who is told that there are too many.
    if (!options.connection_failures || outcome.ec == errc::too_many_waiters ||
        outcome.ec == errc::throttled || outcome.ec != condition::transient)
        return retry_reason::none;
    return outcome.ec == condition::timeout ? retry_reason::timeout : retry_reason::connection_failed;
}

PARTNER_CENTER_DECL decision decide_next_step(const attempt_outcome& outcome, const retry_options& options,
                                              double jitter)
{
    decision decided;
    if (!outcome.ec || outcome.stopped)
        return decided;
    if (outcome.status == 0 && outcome.reused_connection && !outcome.any_response_byte) {
        decided.step = next_step::fresh_connection;
        decided.why = retry_reason::stale_connection;
        return decided;
    }
    // 417 is also the service's word for an etag that does not match.
    if (outcome.status == 417 && outcome.expected_continue && outcome.ec != errc::stale_etag) {
        decided.step = next_step::without_expect;
        decided.why = retry_reason::expectation_failed;
        return decided;
    }
    // A 401 that another token does not help with has an error of its own.
    if (outcome.ec == make_http_status_code(401) && outcome.renewable_token) {
        decided.step = next_step::fresh_token;
        decided.why = retry_reason::token_refused;
        return decided;
    }
    const retry_reason why = reason_to_retry(outcome, options);
    if (why == retry_reason::none || outcome.counted_attempts >= options.max_attempts ||
        outcome.is_retryable == false)
        return decided;
    const auto delay = outcome.retry_after ? std::chrono::steady_clock::duration(*outcome.retry_after)
                                           : backoff(outcome.counted_attempts, options, jitter);
    if (delay >= outcome.time_left)
        return decided;
    decided.step = next_step::retry;
    decided.why = why;
    decided.delay = delay;
    return decided;
}

} // namespace partner_center::detail

#endif
