// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_CLOCK_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_CLOCK_HPP

#include <chrono>

namespace partner_center::testing {

/// Puts the steady clock forward, for this thread and for good: a sweep waits for an hour otherwise.
void leap(std::chrono::steady_clock::duration far) noexcept;

} // namespace partner_center::testing

#endif
