// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_CHECK_OPTIONS_HPP
#define PARTNER_CENTER_TESTING_DETAIL_CHECK_OPTIONS_HPP

#include <partner_center/testing/emulator_options.hpp>

#include <optional>

namespace partner_center::testing::detail {

/// Throws std::invalid_argument that names the member which is out of its range.
PARTNER_CENTER_DECL void check_options(const emulator_options& options);
PARTNER_CENTER_DECL void check_throttle(const std::optional<throttle_options>& options);

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/check_options.ipp>
#endif

#endif
