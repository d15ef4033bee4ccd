// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An update that breaks documented limits is refused before anything is sent, unless that is not wanted.

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center {

/// A resource with a limit of its own.
struct ShortName {
    static constexpr std::string_view resource_path = OrganizationProfile::resource_path;

    std::optional<std::string> company_name;
    json::object extra;

    ShortName() noexcept {}

    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("companyName", self.company_name);
    }

    friend bool operator==(const ShortName& a, const ShortName& b) { return detail::equal_members(a, b); }
};

inline std::vector<violation> validate(const ShortName& resource)
{
    std::vector<violation> found;
    if (resource.company_name && resource.company_name->size() > 3) {
        found.emplace_back().path = "companyName";
        found.back().problem = "too long";
    }
    return found;
}

static_assert(detail::validated<OrganizationProfile>);
static_assert(detail::validated<ShortName>);
static_assert(!detail::validated<Address>);

} // namespace partner_center

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;

namespace {

pc::client_options validating(bool validate)
{
    pc::client_options options = testing::talking_to({});
    options.validate = validate;
    return options;
}

pc::OrganizationProfile with_broken_limits(pc::OrganizationProfile profile)
{
    profile.default_address->country = "Secretland";
    profile.default_address->last_name = std::string(51, 'x');
    return profile;
}

const std::string both = "defaultAddress.country: expected an ISO 3166 code of 2 letters; "
                         "defaultAddress.lastName: expected 1 to 50 characters, got 51";

asio::awaitable<void> update_in_coroutine(pc::client& client, pc::OrganizationProfile profile)
{
    try {
        (void)co_await client.update(profile);
        FAIL_CHECK("a broken limit was not noticed");
    } catch (const pc::error& e) {
        CHECK(e.code() == pc::errc::invalid_profile);
        CHECK(std::string(e.what()).find(both) != std::string::npos);
        CHECK(std::string(e.what()).find("Secretland") == std::string::npos);
    }
}

} // namespace

TEST_CASE("an update that breaks limits is refused with a list of them, and nothing is sent")
{
    testing::emulator service;
    client_fixture fixture(service, validating(true));
    const call_result refused = fixture.update(with_broken_limits(service.profile()));
    CHECK(refused.ec == pc::errc::invalid_profile);
    CHECK(refused.ec == pc::condition::invalid_request);
    CHECK(refused.diag.description == both);
    CHECK(refused.diag.attempts == 0);
    CHECK_FALSE(refused.diag.may_have_been_applied);

    std::exception_ptr thrown;
    asio::co_spawn(fixture.io, update_in_coroutine(fixture.client, with_broken_limits(service.profile())),
                   [&](std::exception_ptr e) { thrown = e; });
    fixture.run();
    CHECK_FALSE(thrown);
    CHECK(service.connections_accepted() == 0);
}

TEST_CASE("one call may be sent without validation, and the service then judges")
{
    testing::emulator service;
    client_fixture fixture(service, validating(true));
    const call_result sent =
        fixture.update(with_broken_limits(service.profile()), pc::call_options{}.validate(false));
    CHECK(sent.ec == pc::condition::invalid_request);
    CHECK(sent.diag.http_status == 400);
    CHECK(sent.diag.service_code == "3000");
    CHECK(service.requests().size() == 1);
}

TEST_CASE("a client may go without validation, and a call with it")
{
    testing::emulator service;
    client_fixture fixture(service, validating(false));
    CHECK(fixture.update(with_broken_limits(service.profile())).diag.http_status == 400);
    const call_result refused =
        fixture.update(with_broken_limits(service.profile()), pc::call_options{}.validate(true));
    CHECK(refused.ec == pc::errc::invalid_profile);
    CHECK(service.requests().size() == 1);
}

TEST_CASE("a resource of the user's is validated by the function of its namespace")
{
    testing::emulator service;
    client_fixture fixture(service, validating(true));
    pc::ShortName resource;
    resource.company_name = "Contoso";
    pc::error_code failure;
    pc::diagnostics diag;
    fixture.client.async_update(resource, diag,
                                [&](pc::error_code ec, const pc::ShortName&) { failure = ec; });
    fixture.run();
    CHECK(failure == pc::errc::invalid_profile);
    CHECK(diag.description == "companyName: too long");
    CHECK(service.connections_accepted() == 0);
}
