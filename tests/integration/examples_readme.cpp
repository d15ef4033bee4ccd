// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Made of README.md by the build. Before everything else, for a reader has no other header either.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsubobject-linkage" // lambdas, which a reader writes into no header
#endif
#include "readme.hpp"
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include "fixtures/client_fixture.hpp"

#include <doctest/doctest.h>

namespace {

std::string stored_refresh_token;

bool is_phone_changed(const pc::testing::emulator& service, const std::string& token)
{
    pc::testing::client_fixture fixture(pc::testing::trusting(service.ca_pem()),
                                        pc::testing::talking_to(service.base_url()), token);
    bool changed = false;
    asio::co_spawn(fixture.io, try_to_change_phone(fixture.client),
                   [&](std::exception_ptr failure, bool result) {
                       rethrow(failure);
                       changed = result;
                   });
    fixture.run();
    return changed;
}

} // namespace

// Declared by the README.
void store(const std::string& refresh_token)
{
    stored_refresh_token = refresh_token;
}

TEST_CASE("the README's test of its five-line example passes")
{
    CHECK(test_change_phone() == "4255550101");
}

TEST_CASE("the README's error handling tells success from failure")
{
    const pc::testing::emulator service;
    CHECK(is_phone_changed(service, service.token()));
    CHECK_FALSE(is_phone_changed(service, "another.token"));
}

TEST_CASE("the README's transport serves partners until it is closed")
{
    asio::io_context context;
    pc::transport transport = make_transport(context);
    boost::system::error_code ec;
    transport.close();
    asio::co_spawn(context, change_phone_of(transport, "token.of.a.partner"),
                   [&](std::exception_ptr failure) {
                       try {
                           rethrow(failure);
                       } catch (const pc::error& e) {
                           ec = e.code();
                       }
                   });
    context.run();
    CHECK(ec == pc::errc::transport_closed);
}

TEST_CASE("the README's modify changes the city and nothing else")
{
    const pc::testing::emulator service;
    pc::testing::client_fixture fixture(pc::testing::trusting(service.ca_pem()),
                                        pc::testing::talking_to(service.base_url()), service.token());
    pc::OrganizationProfile expected = service.profile();
    asio::co_spawn(fixture.io, move_to(fixture.client, "Bellevue"),
                   [](std::exception_ptr failure, const pc::OrganizationProfile&) { rethrow(failure); });
    fixture.run();
    expected.default_address->city = "Bellevue";
    CHECK(service.profile().default_address == expected.default_address);
    CHECK(service.profile().company_name == expected.company_name);
}

TEST_CASE("the README's application gets its tokens, and its refresh token is stored")
{
    const pc::testing::emulator service;
    pc::refresh_token_options app = describe_app(service.client_secret(), service.refresh_token());
    app.authority = service.base_url();
    pc::testing::client_fixture fixture(service.base_url(), service.ca_pem());
    // The one of the README is a client of the real Partner Center.
    CHECK_NOTHROW(make_client(fixture.transport, app));
    const pc::client client(fixture.transport, pc::credential::refresh_token(app),
                            pc::testing::talking_to(service.base_url()));
    asio::co_spawn(fixture.io, client.get(),
                   [](std::exception_ptr failure, const pc::OrganizationProfile&) { rethrow(failure); });
    fixture.run();
    CHECK(stored_refresh_token == service.refresh_token());
}

TEST_CASE("the README's sign-in ends with a refresh token that is stored")
{
    pc::testing::emulator_options options;
    options.oauth.approve_device_code_after = 0;
    options.oauth.device_code_interval = std::chrono::seconds(1);
    const pc::testing::emulator service(options);
    pc::application_options app;
    app.tenant = service.tenant();
    app.client_id = service.client_id();
    app.client_secret = service.client_secret();
    app.authority = service.base_url();
    pc::testing::client_fixture fixture(service.base_url(), service.ca_pem());
    asio::co_spawn(fixture.io, sign_in(fixture.transport, app), rethrow);
    fixture.run();
    CHECK(stored_refresh_token == service.refresh_token());
}
