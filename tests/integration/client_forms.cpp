// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The forms in which a call can be made, and how long what takes part in one has to live.

#include "fixtures/client_fixture.hpp"
#include "fixtures/scripted_names.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;

namespace {

asio::awaitable<void> change_phone(pc::client& client)
{
    pc::OrganizationProfile profile = co_await client.get();
    profile.default_address->phone_number = "4255550101";
    const pc::OrganizationProfile stored = co_await client.update(profile);
    CHECK(stored.default_address->phone_number == "4255550101");
}

asio::awaitable<void> call_with_options(pc::client& client)
{
    const std::string id = "fe76387b-9658-47d7-939d-0c70032ef589";
    const auto profile = co_await client.get(pc::call_options{}.timeout(std::chrono::seconds{20}));
    (void)co_await client.update(profile,
                                 pc::call_options{}.request_id(id).if_match(*profile.attributes->etag));
    try {
        (void)co_await client.update(
            profile,
            pc::call_options{}.if_match("outdated").request_id("fe76387b-9658-47d7-939d-0c70032ef580"));
        FAIL_CHECK("an outdated etag was accepted");
    } catch (const pc::error& e) {
        CHECK(e.code() == pc::condition::conflict);
        CHECK(e.diagnostics().http_status == 412);
        CHECK(e.diagnostics().request_id == "fe76387b-9658-47d7-939d-0c70032ef580");
        CHECK(std::string(e.what()).find("fe76387b-9658-47d7-939d-0c70032ef580") != std::string::npos);
        CHECK(std::string(e.what()) == pc::describe(e.code(), e.diagnostics()));
    }
}

asio::awaitable<void> call_with_tokens(const pc::client& client)
{
    constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
    auto [ec, profile] = co_await client.async_get(as_tuple);
    CHECK_FALSE(ec);
    pc::diagnostics diag;
    auto [ec2, stored] = co_await client.async_update(profile, diag, as_tuple);
    CHECK_FALSE(ec2);
    CHECK(diag.method == "PUT");
    auto [ec3, refused] = co_await client.async_update(profile, pc::call_options(), diag, as_tuple);
    CHECK(ec3 == pc::errc::stale_etag);
    CHECK(refused == pc::OrganizationProfile());
    CHECK(diag.service_code == "2055");

    boost::system::error_code ec4;
    profile = co_await client.async_get(asio::redirect_error(asio::use_awaitable, ec4));
    CHECK_FALSE(ec4);
    profile = co_await client.async_update(profile, pc::call_options{}.locale("de-DE"), asio::use_awaitable);
    profile = co_await client.async_get<pc::OrganizationProfile>(pc::call_options(), asio::use_awaitable);
}

asio::awaitable<void> call_a_temporary(std::string base_url, std::string token, pc::transport& transport)
{
    const auto profile =
        co_await pc::client{transport, pc::credential::bearer(token), testing::talking_to(base_url)}.get();
    CHECK(profile.company_name == "TEST_TEST_BugBash1");
}

} // namespace

TEST_CASE("a coroutine reads, changes and updates")
{
    testing::emulator service;
    client_fixture fixture(service);
    fixture.run_coroutine(change_phone(fixture.client));
    CHECK(service.profile().default_address->phone_number == "4255550101");
}

TEST_CASE("a coroutine passes options, and a failure throws with its diagnostics")
{
    testing::emulator service;
    client_fixture fixture(service);
    fixture.run_coroutine(call_with_options(fixture.client));
    CHECK(service.requests().size() == 3);
}

TEST_CASE("a call takes any token of a coroutine")
{
    testing::emulator service;
    client_fixture fixture(service);
    fixture.run_coroutine(call_with_tokens(fixture.client));
    CHECK(service.requests().size() == 6);
}

TEST_CASE("a call on a temporary client ends like any other call")
{
    testing::emulator service;
    client_fixture fixture(service);
    // A client is destroyed at the end of the full expression, and so after the await.
    fixture.run_coroutine(call_a_temporary(service.base_url(), service.token(), fixture.transport));
}

TEST_CASE("callbacks are called once, never inside the function that begins the call")
{
    testing::emulator service;
    client_fixture fixture(service);
    call_result plain;
    fixture.client.async_get(testing::keep_in(plain));
    CHECK(plain.completions == 0);
    call_result with_options;
    fixture.client.async_get(pc::call_options{}.locale("de-DE"), testing::keep_in(with_options));
    call_result refused; // needs no connection to fail
    asio::post(fixture.io, [&] {
        fixture.client.async_get(pc::call_options{}.locale("a\r\nb"), refused.diag,
                                 testing::keep_in(refused));
        CHECK(refused.completions == 0);
    });
    fixture.run();
    CHECK(plain.completions == 1);
    CHECK_FALSE(plain.ec);
    CHECK(with_options.completions == 1);
    CHECK_FALSE(with_options.ec);
    CHECK(refused.completions == 1);
    CHECK(refused.ec == pc::errc::invalid_argument);
    CHECK(refused.diag.attempts == 0);
    CHECK(refused.diag.description.find("locale") != std::string::npos);

    call_result stored;
    pc::OrganizationProfile profile = plain.profile;
    fixture.client.async_update(profile, testing::keep_in(stored));
    profile = pc::OrganizationProfile(); // not needed any more
    fixture.run();
    CHECK_FALSE(stored.ec);
    CHECK(stored.profile.company_name == "TEST_TEST_BugBash1");
}

TEST_CASE("a future takes the result, or the error code")
{
    testing::emulator service;
    client_fixture fixture(service);
    std::future<pc::OrganizationProfile> read = fixture.client.async_get(asio::use_future);
    fixture.run();
    const pc::OrganizationProfile profile = read.get();
    std::future<pc::OrganizationProfile> first = fixture.client.async_update(profile, asio::use_future);
    fixture.run();
    CHECK(first.get().company_name == profile.company_name);
    std::future<pc::OrganizationProfile> second =
        fixture.client.async_update(profile, pc::call_options(), asio::use_future);
    fixture.run();
    try {
        second.get();
        FAIL_CHECK("an outdated profile was accepted");
    } catch (const boost::system::system_error& e) {
        CHECK(e.code() == pc::errc::stale_etag);
    }
}

TEST_CASE("a deferred call begins when it is started, with a client and a profile that are gone by then")
{
    testing::emulator service;
    client_fixture fixture(service);
    auto later = [&] {
        const pc::client copy = fixture.client;
        pc::OrganizationProfile profile = service.profile();
        return copy.async_update(profile, asio::deferred);
    }();
    fixture.run();
    CHECK(service.requests().empty());
    call_result result;
    std::move(later)(testing::keep_in(result));
    fixture.run();
    CHECK_FALSE(result.ec);
    CHECK(result.completions == 1);
}

TEST_CASE("a handler may be move-only, and runs on its own executor")
{
    testing::emulator service;
    client_fixture fixture(service);
    asio::thread_pool other(1);
    std::promise<std::thread::id> ran_on;
    auto where = ran_on.get_future();
    fixture.client.async_get(
        asio::bind_executor(other, [&ran_on, owned = std::make_unique<int>(1)](boost::system::error_code ec,
                                                                               pc::OrganizationProfile) {
            CHECK_FALSE(ec);
            CHECK(*owned == 1);
            ran_on.set_value(std::this_thread::get_id());
        }));
    fixture.run();
    CHECK(where.get() != std::this_thread::get_id());
    other.join();

    unsigned completions = 0;
    const auto handler = [&completions] {
        return [&completions, owned = std::make_unique<int>(1)](boost::system::error_code,
                                                                pc::OrganizationProfile) {
            completions += static_cast<unsigned>(*owned);
        };
    };
    pc::diagnostics diag;
    const pc::OrganizationProfile profile = service.profile();
    fixture.client.async_get(handler());
    fixture.client.async_get(pc::call_options(), diag, handler());
    fixture.client.async_update(profile, handler());
    fixture.client.async_update(profile, pc::call_options(), diag, handler());
    fixture.run();
    CHECK(completions == 4);
}

TEST_CASE("copies of a client are one client, and calls end when the last copy is gone")
{
    testing::emulator service;
    client_fixture fixture(service);
    auto first = std::make_unique<pc::client>(fixture.transport, pc::credential::bearer(service.token()),
                                              testing::talking_to(service.base_url()));
    auto second = std::make_unique<pc::client>(*first);
    CHECK(second->get_executor() == asio::any_io_executor(fixture.io.get_executor()));
    first.reset();
    call_result result;
    second->async_get(testing::keep_in(result));
    auto third = std::move(second); // moves the pointer, not the client
    fixture.run();
    CHECK_FALSE(result.ec);

    call_result aborted;
    third->async_get(aborted.diag, testing::keep_in(aborted));
    third.reset();
    fixture.run();
    CHECK(aborted.completions == 1);
    CHECK(aborted.ec == asio::error::operation_aborted);
    CHECK(aborted.ec == pc::condition::cancelled);
}

TEST_CASE("a client that another is assigned to is that one from then on, and its own calls end")
{
    testing::emulator service;
    client_fixture fixture(service);
    pc::client refused(fixture.transport, pc::credential::bearer("another-token"),
                       testing::talking_to(service.base_url()));
    const pc::client known(fixture.transport, pc::credential::bearer(service.token()),
                           testing::talking_to(service.base_url()));
    call_result result;
    refused.async_get(testing::keep_in(result));
    fixture.run();
    CHECK(result.ec == pc::condition::unauthorized);

    call_result aborted;
    refused.async_get(testing::keep_in(aborted));
    refused = known;
    fixture.run();
    CHECK(aborted.completions == 1);
    CHECK(aborted.ec == asio::error::operation_aborted);

    call_result accepted;
    refused.async_get(testing::keep_in(accepted));
    fixture.run();
    CHECK_FALSE(accepted.ec);
}

TEST_CASE("a call that is begun after the last client is gone sends nothing")
{
    testing::emulator service;
    client_fixture fixture(service);
    std::optional<pc::client> client(std::in_place, fixture.transport,
                                     pc::credential::bearer(service.token()),
                                     testing::talking_to(service.base_url()));
    auto deferred = client->async_get(asio::deferred);
    auto awaitable = client->get();
    client.reset();

    call_result late;
    std::move(deferred)(testing::keep_in(late));
    std::exception_ptr thrown;
    asio::co_spawn(fixture.io, std::move(awaitable),
                   [&](std::exception_ptr e, const pc::OrganizationProfile&) { thrown = e; });
    fixture.run();
    CHECK(late.completions == 1);
    CHECK(late.ec == asio::error::operation_aborted);
    REQUIRE(thrown);
    CHECK_THROWS_AS(std::rethrow_exception(thrown), pc::error);
    CHECK(service.requests().empty());
}

TEST_CASE("one client serves many calls on many threads")
{
    testing::emulator service;
    asio::thread_pool threads(4);
    pc::transport transport(threads, testing::trusting(service.ca_pem()));
    const pc::client client(transport, pc::credential::bearer(service.token()),
                            testing::talking_to(service.base_url()));
    std::vector<std::future<pc::OrganizationProfile>> results;
    for (int i = 0; i != 64; ++i)
        results.push_back(client.async_get(asio::use_future));
    for (auto& result : results)
        CHECK(result.get() == service.profile());
    CHECK(service.connections_accepted() <= 8);
    CHECK(service.requests().size() == 64);
    transport.close();
    threads.join();
}

TEST_CASE("a handler's own execution context has nothing left to do of a call that is over")
{
    testing::scripted_name name;
    name.then_hangs();
    asio::io_context calls;
    auto open = asio::make_work_guard(calls);
    pc::transport transport(calls);
    pc::client_options options = testing::talking_to("https://" + name.text());
    options.timeout = std::chrono::milliseconds{100};
    const pc::client client(transport, pc::credential::bearer(testing::fake_token), options);
    std::thread thread([&] { calls.run(); });
    unsigned completions = 0;
    {
        asio::io_context own;
        const auto count = [&](const pc::error_code& ec, const pc::OrganizationProfile&) {
            ++completions;
            CHECK(ec == pc::errc::call_timeout);
        };
        client.async_get(asio::bind_executor(own, count));
        own.run_for(std::chrono::seconds{15});
        CHECK(own.stopped());
        own.restart();
        asio::co_spawn(own, client.get(),
                       [&](const std::exception_ptr& thrown, const pc::OrganizationProfile&) {
                           ++completions;
                           CHECK(thrown);
                       });
        own.run_for(std::chrono::seconds{15});
        CHECK(own.stopped());
    }
    CHECK(completions == 2);
    name.answer();
    open.reset();
    thread.join();
}
