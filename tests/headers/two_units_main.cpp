// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Linked with two_units_other.cpp, which includes the same headers: shows that no header defines a
// function twice, and that both units agree on the types.

#include <partner_center.hpp>
#include <partner_center/device_code.hpp>
#include <partner_center/refresh_token.hpp>
#include <partner_center/testing/emulator.hpp>

#include <iostream>
#include <string>

std::string city_from_other_unit(const partner_center::OrganizationProfile& profile);

int main()
{
    partner_center::OrganizationProfile profile;
    profile.default_address.emplace();
    profile.default_address->city = "Redmond";

    if (city_from_other_unit(profile) != "Redmond") {
        std::cerr << "the two translation units see different profiles\n";
        return 1;
    }
}
