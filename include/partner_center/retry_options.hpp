// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_RETRY_OPTIONS_HPP
#define PARTNER_CENTER_RETRY_OPTIONS_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <vector>

namespace partner_center {

/**
 * When a call is made once more after an attempt that failed.
 *
 * All attempts carry the same MS-RequestId, by which the service applies a change once however often it
 * comes, and the same MS-CorrelationId. They all end with the call's deadline: a wait that would last longer
 * is not begun, and the call fails at once with the error of its last attempt.
 *
 * What the service marks `isRetryable: false` is not retried. An attempt on a fresh connection after a kept
 * one had died, and one without `Expect` after 417, are not counted.
 */
struct retry_options {
    /// Of the clock that waits are measured by.
    using duration = std::chrono::steady_clock::duration;

    /// The most attempts of a call, the first one included. At least 1, which switches all retries off.
    unsigned max_attempts = 4;

    /// The wait before the second attempt is chosen at random between zero and this; the upper end doubles
    /// with each further attempt ("full jitter"). More than zero.
    duration base_delay = std::chrono::milliseconds(800);

    /// What the upper end does not grow beyond. A `Retry-After` of the service is obeyed even if it is
    /// longer.
    duration max_delay = std::chrono::seconds(30);

    /// The statuses of the service's answers that are worth another attempt. A request for a token to an
    /// authority that is out of order (@ref errc::authority_unavailable) is repeated whatever is in here.
    std::vector<unsigned> statuses = {408, 429, 500, 502, 503, 504};

    /// Whether failures without a response are: connections that cannot be made or break, and attempts that
    /// take too long. Certificates that are refused are not.
    bool connection_failures = true;

    /// Whether all calls of the client wait when one is answered 429, until the service's `Retry-After` is
    /// over: each request counts against the limit. A call whose deadline comes before fails at once with
    /// @ref errc::throttled. Copies of a client are one client.
    bool hold_back = true;

    /// The defaults.
    retry_options() {}
};

} // namespace partner_center

#endif
