// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CLOUD_HPP
#define PARTNER_CENTER_CLOUD_HPP

#include <string_view>

namespace partner_center {

/**
 * The national clouds: each has an API and an authority that issues tokens for it.
 *
 * @see Partner Center, "Partner Center API URLs" and "Partner Center authentication"
 */
enum class cloud {
    global,        ///< The one that most partners are in.
    us_government, ///< The API of the global cloud with an authority of its own.
    china_21vianet ///< Operated by 21Vianet, with an API and an authority of its own.
};

/// The base URL of the API of the cloud `value`, without a slash at its end.
constexpr std::string_view base_url(cloud value) noexcept
{
    return value == cloud::china_21vianet ? "https://partner.partnercenterapi.microsoftonline.cn"
                                          : "https://api.partnercenter.microsoft.com";
}

/// The base URL of the authority of the cloud `value`, without a slash at its end.
constexpr std::string_view authority(cloud value) noexcept
{
    switch (value) {
    case cloud::us_government: return "https://login.microsoftonline.us";
    case cloud::china_21vianet: return "https://login.partner.microsoftonline.cn";
    case cloud::global: break;
    }
    return "https://login.microsoftonline.com";
}

} // namespace partner_center

#endif
