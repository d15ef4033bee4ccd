// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_VIOLATION_IPP
#define PARTNER_CENTER_IMPL_VIOLATION_IPP

#include <partner_center/diagnostics.hpp>
#include <partner_center/violation.hpp>

#include <cstddef>

namespace partner_center::detail {

PARTNER_CENTER_DECL std::string list_violations(const std::vector<violation>& found)
{
    constexpr std::size_t for_the_rest = 32;
    constexpr std::size_t most = diagnostics::max_text_size - for_the_rest;
    std::string text;
    std::size_t listed = 0;
    for (const violation& v : found) {
        const std::size_t size = text.size() + 2 + v.path.size() + 2 + v.problem.size();
        if (size > most && listed != 0)
            break;
        if (listed++ != 0)
            text += "; ";
        text.append(v.path).append(": ").append(v.problem);
    }
    if (text.size() > most)
        text.resize(most);
    if (listed != found.size())
        text.append("; and ").append(std::to_string(found.size() - listed)).append(" more");
    return text;
}

} // namespace partner_center::detail

#endif
