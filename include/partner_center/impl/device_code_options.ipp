// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_DEVICE_CODE_OPTIONS_IPP
#define PARTNER_CENTER_IMPL_DEVICE_CODE_OPTIONS_IPP

#include <partner_center/detail/check_application.hpp>
#include <partner_center/device_code_options.hpp>

#include <chrono>
#include <string_view>

namespace partner_center {

PARTNER_CENTER_DECL error_code check(const device_code_options& options, std::string& reason)
{
    constexpr std::string_view name = "device_code_options";
    if (const error_code ec = detail::check_application(options, name, reason))
        return ec;
    const std::string_view timeout = options.timeout <= std::chrono::steady_clock::duration::zero()
                                         ? "it is not more than zero"
                                         : std::string_view();
    if (detail::is_wrong_option(name, "timeout", timeout, reason))
        return errc::invalid_argument;
    return {};
}

} // namespace partner_center

#endif
