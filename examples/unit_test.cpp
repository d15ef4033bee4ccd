// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A unit test of your own code: Partner Center is an emulator in the same process, over real TLS.

#include <partner_center.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::testing::failure;

// What is tested: it would be in a file of its own.
asio::awaitable<void> rename_company(pc::client client, std::string name)
{
    co_await client.modify([&name](pc::OrganizationProfile& profile) { profile.company_name = name; });
}

struct company_fixture {
    void rename(const std::string& name)
    {
        pc::transport_options net;
        net.tls.emplace(asio::ssl::context::tls_client)
            .add_certificate_authority(asio::buffer(service.ca_pem()));
        pc::client_options options;
        options.base_url = service.base_url();
        options.retry.max_attempts = 2;
        options.retry.base_delay = std::chrono::milliseconds(1); // no test waits longer than it must

        asio::io_context context;
        pc::transport transport(context, std::move(net));
        const pc::client client(transport, pc::credential::bearer(service.token()), options);
        asio::co_spawn(context, rename_company(client, name), [](std::exception_ptr error) {
            if (error)
                std::rethrow_exception(error);
        });
        context.run();
    }

    pc::testing::emulator service;
};

TEST_CASE_FIXTURE(company_fixture, "a company gets its new name and keeps everything else")
{
    pc::OrganizationProfile expected = service.profile();
    rename("Contoso");
    const pc::OrganizationProfile stored = service.profile();
    CHECK(stored.company_name == "Contoso");
    CHECK(stored.default_address == expected.default_address);
}

TEST_CASE_FIXTURE(company_fixture, "a service that fails once is asked again")
{
    service.add_failure(failure::answer(503));
    rename("Contoso");
    CHECK(service.profile().company_name == "Contoso");
    CHECK(service.requests().size() == 3);
}

TEST_CASE_FIXTURE(company_fixture, "a change whose answer is lost is applied once")
{
    service.add_failure(pc::testing::failure_rule(failure::apply_and_reset()).method("PUT"));
    rename("Contoso");
    CHECK(service.profile().company_name == "Contoso");
}

TEST_CASE_FIXTURE(company_fixture, "a token that is not accepted is an error that says so")
{
    const std::string before = service.profile().company_name.value();
    service.add_failure(pc::testing::failure_rule(failure::answer(401)).always());
    try {
        rename("Contoso");
        FAIL("it was accepted");
    } catch (const pc::error& e) {
        CHECK(e.code() == pc::condition::unauthorized);
    }
    CHECK(service.profile().company_name == before);
}
