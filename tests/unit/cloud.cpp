// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/cloud.hpp>
#include <partner_center/detail/base_url.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::cloud;

static_assert(pc::base_url(cloud::global) == "https://api.partnercenter.microsoft.com");
static_assert(pc::authority(cloud::global) == "https://login.microsoftonline.com");

TEST_CASE("each national cloud has an API and an authority")
{
    CHECK(pc::base_url(cloud::us_government) == pc::base_url(cloud::global));
    CHECK(pc::authority(cloud::us_government) == "https://login.microsoftonline.us");
    CHECK(pc::base_url(cloud::china_21vianet) == "https://partner.partnercenterapi.microsoftonline.cn");
    CHECK(pc::authority(cloud::china_21vianet) == "https://login.partner.microsoftonline.cn");
}

TEST_CASE("the URLs of the clouds are base URLs as a client takes them")
{
    for (cloud c : {cloud::global, cloud::us_government, cloud::china_21vianet})
        for (const std::string_view text : {pc::base_url(c), pc::authority(c)}) {
            pc::detail::base_url url;
            std::string reason;
            CHECK_FALSE(pc::detail::parse_base_url(text, url, reason));
            CHECK(url.text() == text);
            CHECK(url.path.empty());
        }
}
