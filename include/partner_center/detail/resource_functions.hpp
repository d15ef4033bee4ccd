// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_RESOURCE_FUNCTIONS_HPP
#define PARTNER_CENTER_DETAIL_RESOURCE_FUNCTIONS_HPP

#include <partner_center/detail/json_document.hpp>
#include <partner_center/errc.hpp>
#include <partner_center/resource.hpp>
#include <partner_center/violation.hpp>

#include <boost/json/value.hpp>

#include <concepts>
#include <string>
#include <vector>

namespace partner_center::detail {

/// Not every resource has limits.
template <class Resource>
concept validated = requires(const Resource& from)
{
    {
        validate(from)
        } -> std::same_as<std::vector<violation>>;
};

template <resource Resource>
std::string broken_limits([[maybe_unused]] const Resource& from)
{
    if constexpr (validated<Resource>)
        return list_violations(validate(from));
    else
        return {};
}

/// What a call does with its resource.
template <class Resource>
struct resource_functions {
    error_code (*read)(const json::value& document, Resource& to, std::string& reason);
    std::string (*write)(const Resource& from);
    std::string (*broken_limits)(const Resource& from);
};

template <resource Resource>
inline constexpr resource_functions<Resource> functions_of_resource{
    &read_resource<Resource>, &write_document<Resource>, &broken_limits<Resource>};

} // namespace partner_center::detail

#endif
