// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_PROXY_OPTIONS_IPP
#define PARTNER_CENTER_IMPL_PROXY_OPTIONS_IPP

#include <partner_center/proxy_options.hpp>

#include <cstdlib>
#include <initializer_list>

namespace partner_center {
namespace detail {

// The lower-case name first: it is the older custom, and cannot be set by an HTTP request to a CGI program.
inline std::string first_of_environment(std::initializer_list<const char*> names)
{
    for (const char* name : names)
        if (const char* value = std::getenv(name); value && *value != '\0')
            return value;
    return {};
}

} // namespace detail

PARTNER_CENTER_DECL proxy_options proxy_options::from_environment()
{
    proxy_options options;
    options.url = detail::first_of_environment({"https_proxy", "HTTPS_PROXY"});
    options.bypass = detail::first_of_environment({"no_proxy", "NO_PROXY"});
    return options;
}

} // namespace partner_center

#endif
