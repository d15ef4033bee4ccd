// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_FAILURE_SCRIPT_HPP
#define PARTNER_CENTER_TESTING_DETAIL_FAILURE_SCRIPT_HPP

#include <partner_center/testing/failure.hpp>

#include <cstddef>
#include <list>
#include <optional>
#include <string_view>

namespace partner_center::testing::detail {

/// The rules of one emulator, the oldest first. Not thread-safe.
class failure_script {
public:
    failure_script() {}

    PARTNER_CENTER_DECL void add(failure_rule rule);
    void clear() { rules_.clear(); }

    /// What is to happen to the next request: the first rule that matches it and strikes decides. Rules after
    /// that one do not see the request.
    PARTNER_CENTER_DECL std::optional<failure> next(std::string_view method, std::string_view path);

private:
    std::list<failure_rule> rules_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/failure_script.ipp>
#endif

#endif
