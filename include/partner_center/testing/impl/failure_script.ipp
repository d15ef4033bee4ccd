// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_FAILURE_SCRIPT_IPP
#define PARTNER_CENTER_TESTING_IMPL_FAILURE_SCRIPT_IPP

#include <partner_center/testing/detail/failure_script.hpp>

#include <utility>

namespace partner_center::testing::detail {

PARTNER_CENTER_DECL void failure_script::add(failure_rule rule)
{
    rules_.push_back(std::move(rule));
}

PARTNER_CENTER_DECL std::optional<failure> failure_script::next(std::string_view method,
                                                                std::string_view path)
{
    for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
        if (!rule->matches(method, path))
            continue;
        const failure* const struck = rule->strike();
        if (struck == nullptr)
            continue;
        std::optional<failure> result(*struck);
        if (rule->times_ == 0)
            rules_.erase(rule);
        return result;
    }
    return std::nullopt;
}

} // namespace partner_center::testing::detail

#endif
