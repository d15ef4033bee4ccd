// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Changes a document by way of the resource type.

#include <partner_center/organization_profile.hpp>
#include <partner_center/version.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <iostream>

int main()
{
    const auto document =
        boost::json::parse(R"({"companyName":"Contoso","domain":null,"notYetKnown":[1,{}]})");
    auto profile = boost::json::value_to<partner_center::OrganizationProfile>(document);
    profile.company_name = "Fabrikam";
    std::cout << "partner_center " << PARTNER_CENTER_VERSION / 10000 << '.'
              << PARTNER_CENTER_VERSION / 100 % 100 << '.' << PARTNER_CENTER_VERSION % 100 << ": "
              << boost::json::value_from(profile) << '\n';
}
