// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_THROTTLE_OPTIONS_HPP
#define PARTNER_CENTER_TESTING_THROTTLE_OPTIONS_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

namespace partner_center::testing {

/// How an emulator tells how long to wait (RFC 9110, section 10.2.3).
enum class retry_after_form {
    seconds,   ///< `Retry-After: 57`
    http_date, ///< `Retry-After: Mon, 21 Mar 2016 05:48:41 GMT`
    absent     ///< Not at all.
};

/// How many requests an emulator serves; further ones are answered with 429 and count like the others.
///
/// A window begins with the first request after the end of the one before.
///
/// Not an aggregate, so that it may be built inside a `co_await` expression.
class throttle_options {
public:
    /// The defaults.
    throttle_options() {}

    /// How many requests are served in a window; 0 refuses all.
    std::size_t requests = 100;

    /// The length of a window; more than 0, a year at most.
    std::chrono::milliseconds window{60'000};

    /// How Retry-After says when to come again.
    retry_after_form form = retry_after_form::seconds;

    /// What Retry-After says, whatever the window: a server may be wrong. Without it, the rest of the window
    /// in whole seconds, rounded up. A year at most either way; with @ref retry_after_form::http_date it may
    /// be negative, for a date that has passed.
    std::optional<std::chrono::seconds> retry_after;
};

} // namespace partner_center::testing

#endif
