// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_RECORDED_REQUEST_IPP
#define PARTNER_CENTER_TESTING_IMPL_RECORDED_REQUEST_IPP

#include <partner_center/testing/recorded_request.hpp>

#include <boost/beast/core/string.hpp>

namespace partner_center::testing {

PARTNER_CENTER_DECL std::optional<std::string_view> recorded_request::header(std::string_view name) const
{
    for (const auto& [key, value] : headers)
        if (boost::beast::iequals(key, name))
            return std::string_view(value);
    return std::nullopt;
}

} // namespace partner_center::testing

#endif
