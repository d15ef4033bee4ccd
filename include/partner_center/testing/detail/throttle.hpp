// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_THROTTLE_HPP
#define PARTNER_CENTER_TESTING_DETAIL_THROTTLE_HPP

#include <partner_center/testing/throttle_options.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace partner_center::testing::detail {

/// What a refused request is told.
class throttle_refusal {
public:
    throttle_refusal() {}

    std::chrono::seconds wait{0};
    std::string header; ///< The line of Retry-After with its CRLF, or nothing.
};

/// Counts requests. The caller tells the time, which may not go back. Not thread-safe.
class throttle {
public:
    using time_point = std::chrono::system_clock::time_point;

    explicit throttle(std::optional<throttle_options> options = {})
        : options_{std::move(options)}
    {
    }

    /// Counts a request. Returns the refusal if there have been too many.
    PARTNER_CENTER_DECL std::optional<throttle_refusal> count(time_point now);

private:
    std::optional<throttle_options> options_;
    std::optional<time_point> window_end_;
    std::size_t counted_ = 0;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/throttle.ipp>
#endif

#endif
