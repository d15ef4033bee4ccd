// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// modify: read, change, write, and again while somebody else writes in between.

#include "fixtures/client_fixture.hpp"
#include "fixtures/modify_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace partner_center {

/// Another view of the organization profile, without an etag.
struct CompanyView {
    static constexpr std::string_view resource_path = OrganizationProfile::resource_path;

    std::optional<std::string> company_name;
    json::object extra;

    CompanyView() noexcept {}

    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("companyName", self.company_name);
    }

    friend bool operator==(const CompanyView& a, const CompanyView& b) { return detail::equal_members(a, b); }
};

} // namespace partner_center

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;
using testing::plain_change;

namespace {

class emulator_fixture : public client_fixture {
public:
    explicit emulator_fixture(const testing::emulator& service, pc::client_options options = {})
        : client_fixture(service, std::move(options))
    {
    }

    call_result modify(plain_change change, pc::call_options options = {})
    {
        call_result result;
        client.async_modify(std::move(change), std::move(options), result.diag, testing::keep_in(result));
        CHECK(result.completions == 0);
        run();
        REQUIRE(result.completions == 1);
        return result;
    }
};

void set_phone(pc::OrganizationProfile& profile)
{
    profile.default_address->phone_number = "4255550101";
}

asio::awaitable<void> set_phone_later(pc::OrganizationProfile& profile)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds{1});
    co_await timer.async_wait(asio::use_awaitable);
    profile.default_address->phone_number = "4255550101";
}

asio::awaitable<void> modify_twice(pc::client& client)
{
    const pc::OrganizationProfile stored = co_await client.modify(set_phone);
    CHECK(stored.default_address->phone_number == "4255550101");
    int calls = 0;
    const auto again = co_await client.modify([&](pc::OrganizationProfile& p) {
        ++calls;
        p.company_name = "Contoso";
    });
    CHECK(again.company_name == "Contoso");
    CHECK(again.default_address->phone_number == "4255550101");
    CHECK(calls == 1);
    const auto same = co_await client.modify([](pc::OrganizationProfile&) {});
    CHECK(same == again);
}

asio::awaitable<void> modify_with_coroutines(pc::client& client)
{
    CHECK((co_await client.modify(set_phone_later)).default_address->phone_number == "4255550101");
    const std::string name = "Contoso";
    const auto stored = co_await client.modify(
        [&name](pc::OrganizationProfile& p) -> asio::awaitable<void> {
            co_await set_phone_later(p);
            p.company_name = name;
        },
        pc::call_options{}.locale("de-DE").timeout(std::chrono::seconds{20}));
    CHECK(stored.company_name == "Contoso");
}

asio::awaitable<void> modify_by_tokens(const pc::client& client)
{
    pc::diagnostics diag;
    auto stored = co_await client.async_modify(set_phone, diag, asio::use_awaitable);
    CHECK(stored.default_address->phone_number == "4255550101");
    CHECK(diag.method == "PUT");
    CHECK(diag.phase == pc::phase::done);
    stored = co_await client.async_modify([](auto& p) { p.company_name = "A"; }, asio::use_awaitable);
    CHECK(stored.company_name == "A");
    stored = co_await client.async_modify(set_phone_later, pc::call_options(), diag, asio::use_awaitable);
    CHECK(diag.method == "GET"); // nothing to change
}

std::size_t count(const testing::emulator& service, const std::string& method)
{
    std::size_t found = 0;
    for (const auto& request : service.requests())
        found += request.method == method;
    return found;
}

} // namespace

TEST_CASE("a coroutine modifies, and sends nothing when nothing changes")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    fixture.run_coroutine(modify_twice(fixture.client));
    CHECK(count(service, "GET") == 3);
    CHECK(count(service, "PUT") == 2);
    CHECK(service.profile().company_name == "Contoso");
}

TEST_CASE("the change may be a coroutine, with captures")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    fixture.run_coroutine(modify_with_coroutines(fixture.client));
    CHECK(service.profile().company_name == "Contoso");
    CHECK(service.requests().back().header("X-Locale") == "de-DE");
}

TEST_CASE("modify takes any completion token")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    fixture.run_coroutine(modify_by_tokens(fixture.client));

    std::future<pc::OrganizationProfile> future =
        fixture.client.async_modify([](auto& p) { p.company_name = "B"; }, asio::use_future);
    fixture.run();
    CHECK(future.get().company_name == "B");

    auto later = [&] {
        const pc::client copy = fixture.client;
        return copy.async_modify([owned = std::make_unique<std::string>("C")](
                                     pc::OrganizationProfile& p) { p.company_name = *owned; },
                                 pc::call_options(), asio::deferred);
    }();
    const std::size_t before = service.requests().size();
    fixture.run();
    CHECK(service.requests().size() == before);
    bool completed = false;
    std::move(later)(
        [&, owned = std::make_unique<int>(1)](pc::error_code ec, const pc::OrganizationProfile& p) {
            completed = *owned == 1;
            CHECK_FALSE(ec);
            CHECK(p.company_name == "C");
        });
    fixture.run();
    CHECK(completed);
}

TEST_CASE("a write names the etag that was read; its ids are its own, and the correlation id is the modify's")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    const std::string etag = service.etag();
    REQUIRE_FALSE(fixture.modify(set_phone).ec);
    const auto requests = service.requests();
    REQUIRE(requests.size() == 2);
    CHECK_FALSE(requests[0].header("If-Match").has_value());
    REQUIRE(requests[1].header("If-Match").has_value());
    CHECK(requests[1].header("If-Match")->find(etag) != std::string_view::npos);
    CHECK(requests[0].header("MS-RequestId") != requests[1].header("MS-RequestId"));
    CHECK(requests[0].header("MS-CorrelationId") == requests[1].header("MS-CorrelationId"));

    service.clear_requests();
    const std::string id = "cb9f3209-d020-4bf9-871c-e1f1c75348f8";
    REQUIRE_FALSE(
        fixture.modify([](auto& p) { p.company_name = "A"; }, pc::call_options{}.correlation_id(id)).ec);
    for (const auto& request : service.requests())
        CHECK(request.header("MS-CorrelationId") == id);
}

TEST_CASE("a change whose etag differs from the one that was read is guarded by that all the same")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    const std::string etag = service.etag();
    const call_result result = fixture.modify([](pc::OrganizationProfile& p) {
        p.attributes.reset();
        p.company_name = "A";
    });
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(service.requests().back().header("If-Match")->find(etag) != std::string_view::npos);
}

TEST_CASE("when somebody else writes in between, the change is applied to what they wrote")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    int rounds = 0;
    const call_result result = fixture.modify([&](pc::OrganizationProfile& p) {
        if (++rounds <= 3)
            service.edit([&](pc::OrganizationProfile& theirs) {
                theirs.company_name = "Editor " + std::to_string(rounds);
            });
        p.default_address->phone_number = "4255550101";
    });
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(rounds == 4);
    CHECK(result.profile.company_name == "Editor 3");
    CHECK(service.profile().company_name == "Editor 3");
    CHECK(service.profile().default_address->phone_number == "4255550101");
    CHECK(count(service, "GET") == 4);
    CHECK(count(service, "PUT") == 4);
    std::set<std::string> ids;
    for (const auto& request : service.requests())
        ids.emplace(request.header("MS-RequestId").value());
    CHECK(ids.size() == 8);
}

TEST_CASE("a modify that never wins ends with the conflict after its rounds")
{
    for (const unsigned most : {1U, 3U}) {
        testing::emulator service;
        pc::client_options options;
        options.max_modify_rounds = most;
        emulator_fixture fixture(service, options);
        unsigned rounds = 0;
        const call_result result = fixture.modify([&](pc::OrganizationProfile& p) {
            ++rounds;
            service.edit([](pc::OrganizationProfile&) {});
            p.company_name = "Never";
        });
        CHECK(rounds == most);
        CHECK(result.ec == pc::condition::conflict);
        CHECK(result.diag.method == "PUT");
        CHECK_FALSE(result.diag.may_have_been_applied);
        CHECK(service.profile().company_name != "Never");
    }
}

TEST_CASE("a client that may not modify even once is not made")
{
    testing::emulator service;
    pc::client_options options;
    options.max_modify_rounds = 0;
    try {
        emulator_fixture fixture(service, options);
        FAIL_CHECK("made");
    } catch (const pc::error& e) {
        CHECK(e.code() == pc::errc::invalid_argument);
        CHECK(std::string(e.what()).find("max_modify_rounds") != std::string::npos);
    }
}

TEST_CASE("options that are not for a modify are refused by name")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    const std::string id = "cb9f3209-d020-4bf9-871c-e1f1c75348f8";
    const std::pair<pc::call_options, const char*> bad[] = {
        {pc::call_options{}.if_match("1"), "if_match"},
        {pc::call_options{}.request_id(id), "request_id"},
        {pc::call_options{}.correlation_id("x"), "correlation_id"},
        {pc::call_options{}.timeout(std::chrono::seconds{0}), "timeout"},
        {pc::call_options{}.locale("a\r\nb"), "locale"},
    };
    for (const auto& [options, name] : bad) {
        const call_result result = fixture.modify([](auto&) { FAIL_CHECK("called"); }, options);
        CHECK(result.ec == pc::errc::invalid_argument);
        CHECK_MESSAGE(result.diag.description.find(name) != std::string::npos, result.diag.description);
    }
    CHECK(service.connections_accepted() == 0);
}

TEST_CASE("other errors of the read and of the write go to the caller, once")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    service.add_failure(testing::failure::answer(404, R"({"code":3000,"description":"not found"})"));
    int calls = 0;
    const auto change = [&](pc::OrganizationProfile& p) {
        ++calls;
        p.company_name = "A";
    };
    call_result result = fixture.modify(change);
    CHECK(result.ec == pc::condition::not_found);
    CHECK(result.diag.method == "GET");
    CHECK(calls == 0);

    service.add_failure(testing::failure_rule(testing::failure::answer(403)).method("PUT"));
    result = fixture.modify(change);
    CHECK(result.ec == pc::condition::forbidden);
    CHECK(result.diag.method == "PUT");
    CHECK(calls == 1);

    result = fixture.modify([](pc::OrganizationProfile& p) { p.default_address->state = "Bayern"; });
    CHECK(result.ec == pc::errc::invalid_profile);
    CHECK(result.diag.description.find("defaultAddress.state") != std::string::npos);
    CHECK(count(service, "PUT") == 1);
}

TEST_CASE("a resource without an etag is modified too, and of the user's own types")
{
    testing::emulator service;
    emulator_fixture fixture(service);
    bool completed = false;
    fixture.client.async_modify<pc::CompanyView>(
        [](pc::CompanyView& view) {
            view.extra.erase("attributes");
            view.company_name = "Contoso";
        },
        [&](pc::error_code ec, const pc::CompanyView& stored) {
            completed = true;
            CHECK_FALSE(ec);
            CHECK(stored.company_name == "Contoso");
        });
    fixture.run();
    CHECK(completed);
    CHECK_FALSE(service.requests().back().header("If-Match").has_value());
    CHECK(service.profile().company_name == "Contoso");
}
