// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Aggregates that are built inside a co_await expression are miscompiled by g++ 12 (memory is freed twice),
// so nothing that a user may build there is one.

#include <partner_center.hpp>

#include <partner_center/refresh_token_options.hpp>
#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;

namespace {

template <class... T>
constexpr bool none_is_an_aggregate = (!std::is_aggregate_v<T> && ...);

static_assert(none_is_an_aggregate<pc::OrganizationProfile, pc::Address, pc::Links, pc::Link, pc::LinkHeader,
                                   pc::ResourceAttributes>);
static_assert(
    none_is_an_aggregate<pc::client, pc::client_options, pc::transport, pc::transport_options,
                         pc::call_options, pc::credential, pc::refresh_token_options, pc::client_certificate,
                         pc::access_token, pc::diagnostics, pc::error, pc::violation>);
static_assert(none_is_an_aggregate<testing::emulator, testing::emulator_options, testing::recorded_request,
                                   testing::certificate_authority, testing::certificate_identity,
                                   testing::certificate_request>);

const std::string long_text(100, 'x'); // not in the small buffer of a string

pc::transport_options trusting(std::string ca_pem)
{
    pc::transport_options options;
    options.tls.emplace(asio::ssl::context::tls_client);
    options.tls->add_certificate_authority(asio::buffer(ca_pem));
    return options;
}

pc::OrganizationProfile with_name(pc::OrganizationProfile profile)
{
    profile.company_name = long_text;
    return profile;
}

pc::client_options at(std::string base_url, pc::client_options options)
{
    options.base_url = std::move(base_url);
    options.application_name = long_text;
    return options;
}

asio::awaitable<std::size_t> sizes(pc::OrganizationProfile profile, pc::client_options options,
                                   pc::call_options call, pc::diagnostics diag, pc::transport_options)
{
    (void)call;
    co_return profile.company_name->size() + options.application_name.size() + diag.description.size();
}

pc::diagnostics described(pc::diagnostics diag)
{
    diag.description = long_text;
    return diag;
}

asio::awaitable<void> build_everything_inside(const testing::emulator& service, pc::transport& transport)
{
    CHECK(co_await sizes(with_name(pc::OrganizationProfile{}), at(long_text, pc::client_options{}),
                         pc::call_options{}.locale(long_text), described(pc::diagnostics{}),
                         pc::transport_options{}) == 300);

    const pc::OrganizationProfile read =
        co_await pc::client{transport, pc::credential::bearer(service.token()),
                            at(service.base_url(), pc::client_options{})}
            .get(pc::call_options{}
                     .locale("de-DE")
                     .timeout(std::chrono::seconds{30})
                     .correlation_id("cb9f3209-d020-4bf9-871c-e1f1c75348f8"));
    CHECK(read.company_name == "TEST_TEST_BugBash1");

    const pc::OrganizationProfile stored =
        co_await pc::client{transport, pc::credential::bearer(service.token()),
                            at(service.base_url(), pc::client_options{})}
            .update(with_name(pc::OrganizationProfile{read}),
                    pc::call_options{}.if_match(*read.attributes->etag).expect_continue(false));
    CHECK(stored.company_name == long_text);

    std::string text;
    try {
        (void)co_await pc::client{transport, pc::credential::bearer(long_text),
                                  at(service.base_url(), pc::client_options{})}
            .get();
    } catch (const pc::error& e) {
        text = e.what();
    }
    CHECK(text.find("401") != std::string::npos);
    CHECK(text.find(long_text) == std::string::npos);
}

} // namespace

TEST_CASE("whatever a call takes may be built inside the co_await expression")
{
    testing::emulator service;
    asio::io_context io;
    pc::transport transport(io, trusting(service.ca_pem()));
    std::exception_ptr thrown;
    bool ended = false;
    asio::co_spawn(io, build_everything_inside(service, transport), [&](std::exception_ptr e) {
        ended = true;
        thrown = e;
    });
    io.run_for(std::chrono::seconds{30});
    REQUIRE(ended);
    if (thrown)
        std::rethrow_exception(thrown);
    CHECK(service.requests().size() == 3);
}
