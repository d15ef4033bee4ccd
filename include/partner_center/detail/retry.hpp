// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_RETRY_HPP
#define PARTNER_CENTER_DETAIL_RETRY_HPP

#include <partner_center/errc.hpp>
#include <partner_center/event.hpp>
#include <partner_center/retry_options.hpp>

#include <chrono>
#include <optional>

namespace partner_center::detail {

/// What to do after an attempt.
enum class next_step {
    finish,
    fresh_connection, ///< Once more at once: a kept connection had died before it was used.
    without_expect,   ///< Once more without `Expect`, which the server does not know (RFC 9110, 10.1.1).
    fresh_token,      ///< Once more with another token: the service refuses this one.
    retry,            ///< Once more after a wait.
};

/// How an attempt went, and what came before it, as far as @ref decide_next_step has to know.
struct attempt_outcome {
    error_code ec;
    unsigned status = 0;
    bool expected_continue = false;
    bool reused_connection = false;
    bool any_response_byte = false;
    bool renewable_token = false; ///< Another one may be had, and was not yet asked for because of a 401.
    bool stopped = false;

    unsigned counted_attempts = 1; ///< This one included.
    std::optional<bool> is_retryable;
    std::optional<std::chrono::seconds> retry_after;
    std::chrono::steady_clock::duration time_left = std::chrono::steady_clock::duration::max();
};

struct decision {
    next_step step = next_step::finish;
    std::chrono::steady_clock::duration delay{};
    retry_reason why = retry_reason::none;

    bool operator==(const decision&) const = default;
};

/// @param jitter From 0 up to, but not including, 1.
PARTNER_CENTER_DECL decision decide_next_step(const attempt_outcome& outcome, const retry_options& options,
                                              double jitter);

/// The wait before the attempt that follows so many; without a word of the service.
PARTNER_CENTER_DECL std::chrono::steady_clock::duration
backoff(unsigned counted_attempts, const retry_options& options, double jitter) noexcept;

/// A random number from 0 up to, but not including, 1; from OpenSSL.
PARTNER_CENTER_DECL double random_jitter() noexcept;

/// Whether a change may have been applied by a request whose sending was begun; `status` is 0 without a
/// response.
PARTNER_CENTER_DECL bool may_have_been_applied(unsigned status) noexcept;

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/retry.ipp>
#endif

#endif
