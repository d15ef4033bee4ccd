// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A function of the user's that throws does no other harm: that ends the call or is dropped, and the next call on
// the same connection succeeds. throwing_handlers.cpp is about completion handlers, and what an edit of the
// emulator's state throws is in emulator_failures.cpp.

#include "fixtures/authority_fixture.hpp"
#include "fixtures/client_fixture.hpp"
#include "fixtures/sign_in_fixture.hpp"
#include "fixtures/thrower.hpp"

#include <partner_center/device_code.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;
using testing::emulator;
using testing::failure;
using testing::failure_rule;
using testing::failures_by;
using testing::one_connection;
using testing::thrower;
using testing::throwers;
using testing::throwers_count;

namespace {

/// Where the mapping of @ref partner_center::TrickyProfile calls `fail`.
enum class place { nowhere, reading, writing, validating, comparing };

struct trick {
    place where = place::nowhere;
    thrower fail;
};

trick& now()
{
    static trick only;
    return only;
}

void fail_at(place where)
{
    if (now().where == where)
        now().fail();
}

} // namespace

namespace partner_center {

/// A resource of the user's, each function of which may throw.
struct TrickyProfile {
    static constexpr std::string_view resource_path = OrganizationProfile::resource_path;

    std::optional<std::string> company_name;
    json::object extra;

    TrickyProfile() noexcept {}

    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        fail_at(std::is_const_v<Self> ? place::writing : place::reading);
        visit("companyName", self.company_name);
    }

    friend std::vector<violation> validate(const TrickyProfile&)
    {
        fail_at(place::validating);
        return {};
    }

    friend bool operator==(const TrickyProfile& a, const TrickyProfile& b)
    {
        fail_at(place::comparing);
        return a.company_name == b.company_name && a.extra == b.extra;
    }
};

} // namespace partner_center

TEST_CASE("an observer that throws at any event changes nothing")
{
    for (const thrower& fail : throwers()) {
        emulator service;
        pc::transport_options network = one_connection(service);
        std::set<pc::event_kind> seen;
        network.on_event = [&](const pc::event& e) {
            seen.insert(e.kind);
            fail();
        };
        pc::client_options patient = testing::talking_to({});
        patient.retry.max_attempts = 2;
        patient.retry.base_delay = std::chrono::milliseconds{1};
        client_fixture fixture(service, std::move(network), patient);
        service.add_failure(failure_rule(failure::answer(503)));
        CHECK(fixture.get().diag.attempts == 2);
        CHECK_FALSE(fixture.update().ec);
        pc::client_options no_server = testing::talking_to("https://127.0.0.1:1");
        call_result refused;
        const pc::client other(fixture.transport, pc::credential::bearer(testing::fake_token), no_server);
        other.async_get(refused.diag, testing::keep_in(refused));
        fixture.run();
        CHECK(refused.completions == 1);
        CHECK(refused.ec == pc::condition::connection_failed);
        CHECK_FALSE(fixture.get().ec);
        fixture.transport.close();
        CHECK(seen.size() == static_cast<std::size_t>(pc::event_kind::retry_scheduled) + 1);
        CHECK(service.connections_accepted() == 1);
    }
}

TEST_CASE("a change that throws sends nothing, and its modify says why")
{
    emulator service;
    client_fixture fixture(service, one_connection(service));
    const auto expected = failures_by(pc::errc::change_failed);
    for (unsigned i = 0; i != throwers_count; ++i)
        for (const bool later : {false, true}) {
            call_result result;
            const auto at_once = [i](pc::OrganizationProfile&) { throwers()[i](); };
            const auto after_a_while = [i](pc::OrganizationProfile&) -> asio::awaitable<void> {
                co_await asio::post(asio::use_awaitable);
                throwers()[i]();
            };
            if (later)
                fixture.client.async_modify(after_a_while, result.diag, testing::keep_in(result));
            else
                fixture.client.async_modify(at_once, result.diag, testing::keep_in(result));
            fixture.run();
            CHECK(result.completions == 1);
            CHECK(result.ec == expected[i]);
            CHECK_FALSE(fixture.get().ec);
        }
    for (const auto& request : service.requests())
        CHECK(request.method == "GET");
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a resource that throws while it is read fails the call")
{
    emulator service;
    client_fixture fixture(service, one_connection(service));
    const auto expected = failures_by(pc::errc::unexpected_json_type);
    for (unsigned i = 0; i != throwers_count; ++i) {
        unsigned completions = 0;
        now() = {place::reading, throwers()[i]};
        fixture.client.async_get<pc::TrickyProfile>([&](const pc::error_code& ec, const pc::TrickyProfile&) {
            ++completions;
            CHECK(ec == expected[i]);
        });
        fixture.run();
        now() = {};
        CHECK(completions == 1);
        CHECK_FALSE(fixture.get().ec);
    }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("an error without a code is no success")
{
    emulator service;
    client_fixture fixture(service, one_connection(service));
    unsigned completions = 0;
    now() = {place::reading, [] { throw boost::system::system_error(pc::error_code()); }};
    fixture.client.async_get<pc::TrickyProfile>([&](const pc::error_code& ec, const pc::TrickyProfile&) {
        ++completions;
        CHECK(ec == pc::errc::unexpected_json_type);
    });
    fixture.run();
    now() = {};
    CHECK(completions == 1);
}

TEST_CASE("what a resource throws before its update is sent comes out of the function that begins it")
{
    emulator service;
    client_fixture fixture(service, one_connection(service));
    const pc::TrickyProfile profile;
    for (const place where : {place::writing, place::validating})
        for (const thrower& fail : throwers()) {
            now() = {where, fail};
            unsigned completions = 0;
            const auto count = [&](const pc::error_code&, const pc::TrickyProfile&) { ++completions; };
            CHECK_THROWS(fixture.client.async_update(profile, count));
            CHECK_THROWS((void)fixture.client.update(profile));
            fixture.run();
            now() = {};
            CHECK(completions == 0);
            CHECK_FALSE(fixture.get().ec);
        }
    for (const auto& request : service.requests())
        CHECK(request.method == "GET");
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("what a resource throws in the midst of a modify ends that, and nothing is sent")
{
    emulator service;
    client_fixture fixture(service, one_connection(service));
    const auto change = [](pc::TrickyProfile& profile) { profile.company_name = "Contoso"; };
    for (const place where : {place::comparing, place::validating, place::writing})
        for (const thrower& fail : throwers()) {
            now() = {where, fail};
            unsigned completions = 0;
            fixture.client.async_modify<pc::TrickyProfile>(
                change, [&](const pc::error_code& ec, const pc::TrickyProfile&) {
                    ++completions;
                    CHECK(ec);
                });
            fixture.run();
            now() = {};
            CHECK(completions == 1);
            CHECK_FALSE(fixture.get().ec);
        }
    for (const auto& request : service.requests())
        CHECK(request.method == "GET");
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a source of tokens that throws fails the calls that wait for it, and is asked again by the next")
{
    testing::authority_fixture fixture;
    unsigned asked = 0;
    const pc::client client = fixture.make_client(
        pc::credential::from([&, token = fixture.service.token()]() -> asio::awaitable<pc::access_token> {
            if (const unsigned question = asked++; question < throwers_count)
                throwers()[question]();
            pc::access_token given;
            given.token = token;
            co_return given;
        }));
    for (const pc::error_code& ec : failures_by(pc::errc::token_request_failed)) {
        const call_result result = fixture.get(client);
        CHECK(result.ec == ec);
        CHECK(result.diag.phase == pc::phase::token);
    }
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(asked == 4);
}

TEST_CASE("a source of tokens that throws before it is a coroutine does no other harm")
{
    testing::authority_fixture fixture;
    const std::string token = fixture.service.token();
    unsigned asked = 0;
    const auto give = [](std::string text) -> asio::awaitable<pc::access_token> {
        pc::access_token given;
        given.token = std::move(text);
        co_return given;
    };
    const pc::client client =
        fixture.make_client(pc::credential::from([&]() -> asio::awaitable<pc::access_token> {
            if (const unsigned question = asked++; question < throwers_count)
                throwers()[question]();
            return give(token);
        }));
    for (const pc::error_code& ec : failures_by(pc::errc::token_request_failed))
        CHECK(fixture.get(client).ec == ec);
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(asked == 4);
}

TEST_CASE("a refresh token that cannot be stored is handed over again, whatever is thrown")
{
    testing::authority_fixture fixture;
    pc::refresh_token_options options = testing::app_and_user(fixture.service);
    unsigned handed_over = 0;
    options.on_refresh_token = [&](const std::string&) {
        if (const unsigned time = handed_over++; time < throwers_count)
            throwers()[time]();
    };
    const pc::client client = fixture.make_client(pc::credential::refresh_token(std::move(options)));
    for (unsigned i = 0; i != throwers_count; ++i)
        CHECK(fixture.get(client).ec == pc::errc::refresh_token_not_stored);
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(handed_over == 4);
    // The token that came with it was kept.
    CHECK(testing::token_requests(fixture.service) == 1);
}

TEST_CASE("a prompt that throws ends the sign-in, and the authority is not asked again")
{
    testing::authority_fixture fixture;
    const pc::device_code_options options = testing::sign_in_to(fixture.service);
    for (const thrower& fail : throwers()) {
        unsigned completions = 0;
        pc::async_sign_in_by_device_code(
            fixture.transport, options, [&](const pc::device_code_prompt&) { fail(); },
            [&](const pc::error_code& ec, const pc::signed_in& tokens) {
                ++completions;
                CHECK(ec == pc::errc::prompt_failed);
                CHECK(tokens.refresh_token.empty());
            });
        fixture.run();
        CHECK(completions == 1);
    }
    CHECK(testing::token_requests(fixture.service) == 0);
    const pc::client client = fixture.make_client(pc::credential::bearer(fixture.service.token()));
    CHECK_FALSE(fixture.get(client).ec);
}
