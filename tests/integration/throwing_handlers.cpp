// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a completion handler throws comes out of run(), once, and does no other harm: the handler is not called
// again, and the next call on the same connection succeeds.

#include "fixtures/authority_fixture.hpp"
#include "fixtures/client_fixture.hpp"
#include "fixtures/sign_in_fixture.hpp"
#include "fixtures/thrower.hpp"

#include <partner_center/device_code.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;
using testing::emulator;
using testing::failure;
using testing::failure_rule;
using testing::one_connection;
using testing::run_through;
using testing::thrower;
using testing::throwers;

namespace {

client_fixture fixture_for(const emulator& service)
{
    pc::client_options options = testing::talking_to({});
    options.expect_continue = false; // or a refusal would come before the body, and cost the connection
    return client_fixture(service, one_connection(service), options);
}

/// Calls at once, and lets through what is thrown: Asio's own executors catch that, and throw it later.
class inline_executor {
public:
    /// @param refusals How often it does not call, for want of memory.
    explicit inline_executor(asio::io_context& of, unsigned* refusals = nullptr) noexcept
        : context_{&of}
        , refusals_{refusals}
    {
    }

    [[nodiscard]] asio::execution_context& query(asio::execution::context_t) const noexcept
    {
        return *context_;
    }

    template <class Function>
    void execute(Function&& function) const
    {
        if (refusals_ && *refusals_ != 0) {
            --*refusals_;
            throw std::bad_alloc();
        }
        std::decay_t<Function> called(std::forward<Function>(function));
        called();
    }

    bool operator==(const inline_executor&) const noexcept = default;

private:
    asio::io_context* context_;
    unsigned* refusals_;
};

/// Throws after it has counted, and looked at the error.
auto failing_handler(const thrower& fail, unsigned& called, bool refused)
{
    return [&fail, &called, refused](const pc::error_code& ec, const auto&) {
        ++called;
        CHECK(static_cast<bool>(ec) == refused);
        fail();
    };
}

} // namespace

TEST_CASE("what the handler of a read or an update throws comes out of run(), once")
{
    emulator service;
    client_fixture fixture = fixture_for(service);
    for (const thrower& fail : throwers())
        for (const bool refused : {false, true})
            for (const bool is_change : {false, true}) {
                unsigned called = 0;
                if (refused)
                    service.add_failure(failure_rule(failure::answer(400, R"({"code":"2000"})")));
                const auto handler = failing_handler(fail, called, refused);
                if (is_change)
                    fixture.client.async_update(testing::some_profile(), handler);
                else
                    fixture.client.async_get(handler);
                CHECK(run_through(fixture.io) == 1);
                CHECK(called == 1);
                CHECK_FALSE(fixture.get().ec);
            }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("what the handler of a modify throws comes out of run(), once")
{
    emulator service;
    client_fixture fixture = fixture_for(service);
    std::string name = "Contoso ";
    for (const thrower& fail : throwers())
        for (const bool refused : {false, true}) {
            unsigned called = 0;
            if (refused)
                service.add_failure(failure_rule(failure::answer(400, R"({"code":"2000"})")).method("PUT"));
            name += "I";
            fixture.client.async_modify(
                [&](pc::OrganizationProfile& profile) { profile.company_name = name; },
                failing_handler(fail, called, refused));
            CHECK(run_through(fixture.io) == 1);
            CHECK(called == 1);
            CHECK((service.profile().company_name == name) != refused);
            CHECK_FALSE(fixture.get().ec);
        }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("what the handler of a sign-in throws comes out of run(), once")
{
    testing::authority_fixture fixture;
    const pc::device_code_options options = testing::sign_in_to(fixture.service);
    const auto never_shown = [](const pc::device_code_prompt&) { FAIL("there is no code to show"); };
    for (const thrower& fail : throwers()) {
        unsigned called = 0;
        fixture.service.add_failure(
            failure_rule(failure::answer(400, R"({"error":"invalid_request"})")).path("*/devicecode"));
        pc::async_sign_in_by_device_code(fixture.transport, options, never_shown,
                                         failing_handler(fail, called, true));
        CHECK(run_through(fixture.io) == 1);
        CHECK(called == 1);
    }
    CHECK(fixture.service.requests().size() == testing::throwers_count);
    const pc::client client = fixture.make_client(pc::credential::bearer(fixture.service.token()));
    CHECK_FALSE(fixture.get(client).ec);
}

TEST_CASE("what a handler throws through the library comes out of run() once, too")
{
    emulator service;
    client_fixture fixture = fixture_for(service);
    const inline_executor at_once(fixture.io);
    for (const thrower& fail : throwers()) {
        unsigned called = 0;
        fixture.client.async_get(asio::bind_executor(at_once, failing_handler(fail, called, false)));
        CHECK(run_through(fixture.io) == 1);
        CHECK(called == 1);
        CHECK_FALSE(fixture.get().ec);
    }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("an executor that has no memory to call the handler is given it again")
{
    emulator service;
    client_fixture fixture = fixture_for(service);
    for (const bool is_change : {false, true})
        for (const unsigned times : {1U, 3U}) {
            unsigned refusals = times;
            call_result result;
            const inline_executor at_once(fixture.io, &refusals);
            auto handler = asio::bind_executor(at_once, testing::keep_in(result));
            if (is_change)
                fixture.client.async_update(testing::some_profile(), result.diag, std::move(handler));
            else
                fixture.client.async_get(result.diag, std::move(handler));
            CHECK(run_through(fixture.io) == 0);
            CHECK(refusals == 0);
            CHECK(result.completions == 1);
            // The call has succeeded, and its connection is kept.
            CHECK_MESSAGE(!result.ec, result.what());
            CHECK_FALSE(fixture.get().ec);
        }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a handler that throws at once is not called again by a cancellation that comes later")
{
    emulator service;
    client_fixture fixture = fixture_for(service);
    const inline_executor at_once(fixture.io);
    pc::OrganizationProfile invalid;
    invalid.default_address.emplace().country = "too long for a country";
    for (const thrower& fail : throwers()) {
        unsigned called = 0;
        asio::cancellation_signal signal;
        const auto handler = [&](const pc::error_code& ec, const pc::OrganizationProfile&) {
            ++called;
            CHECK(ec == pc::errc::invalid_profile);
            fail();
        };
        fixture.client.async_update(
            invalid, asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(at_once, handler)));
        for (int i = 0; i != 3; ++i) // behind the call's own beginning
            signal.emit(asio::cancellation_type::terminal);
        CHECK(run_through(fixture.io) == 1);
        CHECK(called == 1);
    }
    CHECK_FALSE(fixture.get().ec);
    CHECK(service.requests().size() == 1);
}

TEST_CASE("a handler that throws gives its connection to the call that waits for it")
{
    emulator service;
    client_fixture fixture = fixture_for(service);
    fixture.client.async_get(
        [](const pc::error_code&, const pc::OrganizationProfile&) { throw testing::hook_error(); });
    call_result waiting;
    fixture.client.async_get(waiting.diag, testing::keep_in(waiting));
    CHECK(run_through(fixture.io) == 1);
    CHECK(waiting.completions == 1);
    CHECK_FALSE(waiting.ec);
    CHECK(service.connections_accepted() == 1);
}
