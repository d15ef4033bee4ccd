// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_PROXY_FIXTURE_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_PROXY_FIXTURE_HPP

#include "client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace partner_center::testing {

/// A proxy by its URL, with credentials beside it or not.
inline proxy_options by_url(std::string url)
{
    proxy_options proxy;
    proxy.url = std::move(url);
    return proxy;
}

inline proxy_options by_url(std::string url, std::string username, std::string password)
{
    proxy_options proxy = by_url(std::move(url));
    proxy.username = std::move(username);
    proxy.password = std::move(password);
    return proxy;
}

/// A client that reaches an emulator through a proxy.
class proxied : public client_fixture {
public:
    proxied(const emulator& service, proxy_options proxy)
        : proxied(service, trusting(service.ca_pem()), std::move(proxy))
    {
    }

    proxied(const emulator& service, transport_options network, proxy_options proxy)
        : client_fixture(with(std::move(network), std::move(proxy)), talking_to(service.base_url()),
                         service.token())
    {
    }

private:
    static transport_options with(transport_options network, proxy_options proxy)
    {
        network.proxy = std::move(proxy);
        return network;
    }
};

/// A read and two updates, all of which succeed.
inline void use(client_fixture& fixture)
{
    const call_result read = fixture.get();
    REQUIRE_MESSAGE(!read.ec, read.what());
    OrganizationProfile profile = read.profile;
    for (const bool expect : {true, false}) {
        profile.default_address->phone_number = expect ? "4255550101" : "4255550102";
        const call_result stored = fixture.update(profile, call_options{}.expect_continue(expect));
        REQUIRE_MESSAGE(!stored.ec, stored.what());
        CHECK(stored.profile.default_address == profile.default_address);
        CHECK(stored.diag.attempts == 1);
        profile = stored.profile;
    }
}

/// A call that the proxy does not let through.
inline void check_refused(const call_result& result, errc why, const std::string& status)
{
    CAPTURE(result.what());
    CHECK(result.ec == why);
    CHECK(result.diag.phase == phase::proxy);
    CHECK(result.diag.description.find(status) != std::string::npos);
    CHECK(result.diag.attempts == 0);
    CHECK_FALSE(result.diag.may_have_been_applied);
}

} // namespace partner_center::testing

#endif
