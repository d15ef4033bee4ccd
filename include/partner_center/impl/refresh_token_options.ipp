// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_REFRESH_TOKEN_OPTIONS_IPP
#define PARTNER_CENTER_IMPL_REFRESH_TOKEN_OPTIONS_IPP

#include <partner_center/detail/check_application.hpp>
#include <partner_center/refresh_token_options.hpp>

#include <string_view>

namespace partner_center {
namespace detail {

// RFC 6749, appendix A.17, without the space that no authority puts there and that files and shells add.
inline std::string_view check_refresh_token(std::string_view token) noexcept
{
    if (token.empty())
        return "it is empty";
    for (char c : token)
        if (c <= ' ' || c >= 0x7f)
            return "it has a space, a line break or another character that no refresh token has";
    return {};
}

} // namespace detail

PARTNER_CENTER_DECL error_code check(const refresh_token_options& options, std::string& reason)
{
    constexpr std::string_view name = "refresh_token_options";
    if (const error_code ec = detail::check_application(options, name, reason))
        return ec;
    const std::string_view margin =
        options.refresh_margin < std::chrono::seconds(0) ? "it is negative" : std::string_view();
    if (detail::is_wrong_option(name, "refresh_token", detail::check_refresh_token(options.refresh_token),
                                reason) ||
        detail::is_wrong_option(name, "refresh_margin", margin, reason))
        return errc::invalid_argument;
    return {};
}

} // namespace partner_center

#endif
