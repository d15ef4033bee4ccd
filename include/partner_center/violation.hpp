// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_VIOLATION_HPP
#define PARTNER_CENTER_VIOLATION_HPP

#include <partner_center/detail/config.hpp>

#include <string>
#include <vector>

namespace partner_center {

/// A documented limit that a resource does not keep. A regular type.
struct violation {
    /// The member: its JSON names from the outermost object on, as in "defaultAddress.state".
    std::string path;
    /// The limit, in words that do not repeat the value: "expected 0 to 2 characters, got 10".
    std::string problem;

    /// No member, no problem.
    violation() noexcept {}

    /// Whether both have the same path and problem.
    friend bool operator==(const violation&, const violation&) = default;
};

namespace detail {

/// One text of at most `diagnostics::max_text_size` bytes, as long as the paths and problems are ASCII; it
/// says how many it had to leave out. Empty without violations.
PARTNER_CENTER_DECL std::string list_violations(const std::vector<violation>& found);

} // namespace detail
} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/violation.ipp>
#endif

#endif
