// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center.hpp>
#include <partner_center/device_code.hpp>
#include <partner_center/refresh_token.hpp>
#include <partner_center/testing/emulator.hpp>

#include <string>

std::string city_from_other_unit(const partner_center::OrganizationProfile& profile);

std::string city_from_other_unit(const partner_center::OrganizationProfile& profile)
{
    const partner_center::OrganizationProfile copy = profile;
    return copy.default_address.value().city.value();
}
