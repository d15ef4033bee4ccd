// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_REQUEST_LOG_HPP
#define PARTNER_CENTER_TESTING_DETAIL_REQUEST_LOG_HPP

#include <partner_center/testing/recorded_request.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace partner_center::testing::detail {

/// The last requests, bounded in number and bytes. Not thread-safe.
///
/// An entry keeps the raw head only; taking it apart is left to the few who ask.
class request_log {
public:
    request_log(std::size_t max_entries, std::size_t max_bytes)
        : max_entries_{max_entries}
        , max_bytes_{max_bytes}
    {
    }

    PARTNER_CENTER_DECL void add(recorded_request request);
    [[nodiscard]] PARTNER_CENTER_DECL std::vector<recorded_request> entries() const;
    PARTNER_CENTER_DECL void clear();

private:
    std::size_t max_entries_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    std::deque<recorded_request> entries_;
};

/// Fills method, target and headers from the raw head, as far as that is well-formed.
PARTNER_CENTER_DECL void take_head_apart(recorded_request& request);

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/request_log.ipp>
#endif

#endif
