// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Resources that this library does not know: what a user's own type may do to a call.

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace partner_center {

/// Has the organization profile's path, and cannot be read.
struct UnreadableProfile {
    static constexpr std::string_view resource_path = OrganizationProfile::resource_path;

    std::optional<std::string> id;
    json::object extra;

    UnreadableProfile() noexcept {}

    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("id", self.id);
        if (self.id)
            throw std::logic_error("a mapping with a mistake");
    }

    friend bool operator==(const UnreadableProfile& a, const UnreadableProfile& b)
    {
        return detail::equal_members(a, b);
    }
};

/// Another view of the organization profile: what it does not name is in `extra`.
struct CompanyName {
    static constexpr std::string_view resource_path = OrganizationProfile::resource_path;

    std::optional<std::string> company_name;
    json::object extra;

    CompanyName() noexcept {}

    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("companyName", self.company_name);
    }

    friend bool operator==(const CompanyName& a, const CompanyName& b) { return detail::equal_members(a, b); }
};

/// Has a path that whoever has written it did not escape.
struct InjectedProfile {
    static std::string resource_path;

    json::object extra;

    InjectedProfile() noexcept {}

    template <class Self, class Visitor>
    static void visit_members(Self&, Visitor&)
    {
    }

    friend bool operator==(const InjectedProfile& a, const InjectedProfile& b)
    {
        return detail::equal_members(a, b);
    }
};

std::string InjectedProfile::resource_path;

} // namespace partner_center

namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::client_fixture;

TEST_CASE("a resource of the user's is read and written without losing what it does not name")
{
    testing::emulator service;
    client_fixture fixture(testing::trusting(service.ca_pem()), testing::talking_to(service.base_url()),
                           service.token());
    pc::CompanyName company;
    pc::error_code failure;
    fixture.client.async_get<pc::CompanyName>([&](pc::error_code ec, pc::CompanyName read) {
        failure = ec;
        company = read;
    });
    fixture.run();
    REQUIRE_FALSE(failure);
    const auto before = service.profile();
    company.company_name = "Contoso";
    fixture.client.async_update(company, [&](pc::error_code ec, const pc::CompanyName&) { failure = ec; });
    fixture.run();
    REQUIRE_FALSE(failure);
    auto expected = before;
    expected.company_name = "Contoso";
    expected.attributes = service.profile().attributes;
    CHECK(service.profile() == expected);
}

TEST_CASE("a resource whose mapping throws fails the call, which gives its connection back")
{
    testing::emulator service;
    pc::transport_options network = testing::trusting(service.ca_pem());
    network.max_connections = 1;
    client_fixture fixture(std::move(network), testing::talking_to(service.base_url()), service.token());
    for (int i = 0; i != 3; ++i) {
        unsigned completions = 0;
        fixture.client.async_get<pc::UnreadableProfile>([&](pc::error_code ec, const pc::UnreadableProfile&) {
            ++completions;
            CHECK(ec == pc::errc::unexpected_json_type);
        });
        fixture.run();
        CHECK(completions == 1);
    }
    CHECK_FALSE(fixture.get().ec);
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a resource's path that would be something else in the request is not sent")
{
    testing::emulator service;
    client_fixture fixture(testing::trusting(service.ca_pem()), testing::talking_to(service.base_url()),
                           service.token());
    for (const char* path :
         {"", "v1/profiles/organization", "/v1 /profiles", "/v1/profiles#mpn", "/v1 HTTP/1.1\r\nX: y\r\n",
          "/v1/pr\xC3\xB6"
          "files",
          "/v1\x7f"}) {
        CAPTURE(path);
        pc::InjectedProfile::resource_path = path;
        unsigned completions = 0;
        pc::diagnostics diag;
        fixture.client.async_get<pc::InjectedProfile>(
            diag, [&](const pc::error_code& ec, const pc::InjectedProfile&) {
                ++completions;
                CHECK(ec == pc::errc::invalid_argument);
                CHECK(diag.description.find("resource_path") != std::string::npos);
                CHECK(pc::describe(ec, diag).find('\n') == std::string::npos);
            });
        fixture.run();
        CHECK(completions == 1);
    }
    CHECK(service.requests().empty());
    pc::InjectedProfile::resource_path = "/v1/profiles/organization?view=all";
    fixture.client.async_get<pc::InjectedProfile>([](const pc::error_code&, const pc::InjectedProfile&) {});
    fixture.run();
    REQUIRE(service.requests().size() == 1);
    CHECK(service.requests()[0].target == pc::InjectedProfile::resource_path);
}
