// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_REQUEST_LOG_IPP
#define PARTNER_CENTER_TESTING_IMPL_REQUEST_LOG_IPP

#include <partner_center/testing/detail/request_log.hpp>

#include <string_view>
#include <utility>

namespace partner_center::testing::detail {

inline std::size_t size_of(const recorded_request& request)
{
    return request.raw_head.size() + request.body.size();
}

PARTNER_CENTER_DECL void request_log::add(recorded_request request)
{
    bytes_ += size_of(request);
    entries_.push_back(std::move(request));
    while (entries_.size() > max_entries_ || (bytes_ > max_bytes_ && !entries_.empty())) {
        bytes_ -= size_of(entries_.front());
        entries_.pop_front();
    }
}

PARTNER_CENTER_DECL std::vector<recorded_request> request_log::entries() const
{
    std::vector<recorded_request> all(entries_.begin(), entries_.end());
    for (recorded_request& request : all)
        take_head_apart(request);
    return all;
}

PARTNER_CENTER_DECL void request_log::clear()
{
    entries_.clear();
    bytes_ = 0;
}

inline std::string_view without_space_around(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

PARTNER_CENTER_DECL void take_head_apart(recorded_request& request)
{
    std::string_view rest = request.raw_head;
    std::string_view line = rest.substr(0, rest.find("\r\n"));
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || line.size() == rest.size())
        return;
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    for (;;) {
        rest.remove_prefix(line.size() + 2);
        const auto end = rest.find("\r\n");
        if (end == 0 || end == std::string_view::npos)
            return;
        line = rest.substr(0, end);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos)
            request.headers.emplace_back(line.substr(0, colon), without_space_around(line.substr(colon + 1)));
    }
}

} // namespace partner_center::testing::detail

#endif
