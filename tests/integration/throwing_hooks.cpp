// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A function of the user's that throws does no other harm: what a completion handler throws comes out of
// run(), what others throw ends the call or is dropped, and the next call on the same connection succeeds.

#include "fixtures/authority_fixture.hpp"
#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <new>
#include <stdexcept>
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

namespace {

class hook_error : public std::runtime_error {
public:
    hook_error()
        : std::runtime_error("thrown by a hook")
    {
    }
};

struct no_exception {};

using thrower = std::function<void()>;

const thrower throwers[] = {[] { throw hook_error(); }, [] { throw std::bad_alloc(); },
                            [] { throw no_exception(); }};

pc::transport_options one_connection(const emulator& service)
{
    pc::transport_options network = testing::trusting(service.ca_pem());
    network.max_connections = 1;
    return network;
}

client_fixture fixture_for(const emulator& service, pc::transport_options network)
{
    return client_fixture(std::move(network), testing::talking_to(service.base_url()), service.token());
}

/// Calls at once, and lets through what is thrown: Asio's own executors catch that, and throw it later.
class inline_executor {
public:
    explicit inline_executor(asio::io_context& of) noexcept
        : context_{&of}
    {
    }

    [[nodiscard]] asio::execution_context& query(asio::execution::context_t) const noexcept
    {
        return *context_;
    }

    template <class Function>
    void execute(Function&& function) const
    {
        std::decay_t<Function> called(std::forward<Function>(function));
        called();
    }

    bool operator==(const inline_executor&) const noexcept = default;

private:
    asio::io_context* context_;
};

/// Runs to the end, and counts what is thrown on the way there.
unsigned run_through(asio::io_context& io)
{
    unsigned thrown = 0;
    io.restart();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!io.stopped() && std::chrono::steady_clock::now() < until)
        try {
            io.run_until(until);
        } catch (...) {
            ++thrown;
        }
    REQUIRE(io.stopped());
    return thrown;
}

} // namespace

TEST_CASE(
    "what a completion handler throws comes out of run(), once, and the connection serves the next call")
{
    emulator service;
    client_fixture fixture = fixture_for(service, one_connection(service));
    for (const thrower& fail : throwers)
        for (const bool refused : {false, true}) {
            unsigned called = 0;
            if (refused)
                service.add_failure(failure_rule(failure::answer(400, R"({"code":"2000"})")));
            fixture.client.async_get([&](const pc::error_code& ec, const pc::OrganizationProfile&) {
                ++called;
                CHECK(static_cast<bool>(ec) == refused);
                fail();
            });
            CHECK(run_through(fixture.io) == 1);
            CHECK(called == 1);
            CHECK_FALSE(fixture.get().ec);
        }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("what a handler throws through the library comes out of run() once, too")
{
    emulator service;
    client_fixture fixture = fixture_for(service, one_connection(service));
    const inline_executor at_once(fixture.io);
    for (const thrower& fail : throwers) {
        unsigned called = 0;
        const auto handler = [&](const pc::error_code& ec, const pc::OrganizationProfile&) {
            ++called;
            CHECK_FALSE(ec);
            fail();
        };
        fixture.client.async_get(asio::bind_executor(at_once, handler));
        CHECK(run_through(fixture.io) == 1);
        CHECK(called == 1);
        CHECK_FALSE(fixture.get().ec);
    }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a handler that throws at once is not called again by a cancellation that comes later")
{
    emulator service;
    client_fixture fixture = fixture_for(service, one_connection(service));
    const inline_executor at_once(fixture.io);
    pc::OrganizationProfile invalid;
    invalid.default_address.emplace().country = "too long for a country";
    for (const thrower& fail : throwers) {
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
    client_fixture fixture = fixture_for(service, one_connection(service));
    fixture.client.async_get(
        [](const pc::error_code&, const pc::OrganizationProfile&) { throw hook_error(); });
    call_result waiting;
    fixture.client.async_get(waiting.diag, testing::keep_in(waiting));
    CHECK(run_through(fixture.io) == 1);
    CHECK(waiting.completions == 1);
    CHECK_FALSE(waiting.ec);
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("an observer that throws at any event changes nothing")
{
    for (const thrower& fail : throwers) {
        emulator service;
        pc::transport_options network = one_connection(service);
        std::size_t events = 0;
        network.on_event = [&](const pc::event&) {
            ++events;
            fail();
        };
        client_fixture fixture = fixture_for(service, std::move(network));
        service.add_failure(failure_rule(failure::close()));
        CHECK(fixture.get().ec);
        CHECK_FALSE(fixture.get().ec);
        CHECK_FALSE(fixture.update().ec);
        fixture.transport.close();
        CHECK(events >= 9);
    }
}

TEST_CASE("a change that throws sends nothing, and its modify says why")
{
    emulator service;
    client_fixture fixture = fixture_for(service, one_connection(service));
    const pc::error_code expected[] = {pc::errc::change_failed,
                                       make_error_code(boost::system::errc::not_enough_memory),
                                       pc::errc::change_failed};
    for (std::size_t i = 0; i != std::size(throwers); ++i) {
        call_result result;
        fixture.client.async_modify([&](pc::OrganizationProfile&) { throwers[i](); }, result.diag,
                                    testing::keep_in(result));
        fixture.run();
        CHECK(result.completions == 1);
        CHECK(result.ec == expected[i]);
        CHECK_FALSE(fixture.get().ec);
    }
    for (const auto& request : service.requests())
        CHECK(request.method == "GET");
}

TEST_CASE("a source of tokens that throws fails the calls that wait for it, and is asked again by the next")
{
    testing::authority_fixture fixture;
    unsigned asked = 0;
    const pc::client client = fixture.make_client(
        pc::credential::from([&, token = fixture.service.token()]() -> asio::awaitable<pc::access_token> {
            if (const unsigned question = asked++; question < std::size(throwers))
                throwers[question]();
            pc::access_token given;
            given.token = token;
            co_return given;
        }));
    const pc::error_code expected[] = {pc::errc::token_request_failed,
                                       make_error_code(boost::system::errc::not_enough_memory),
                                       pc::errc::token_request_failed};
    for (const pc::error_code& ec : expected) {
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
            if (const unsigned question = asked++; question < std::size(throwers))
                throwers[question]();
            return give(token);
        }));
    for (std::size_t i = 0; i != std::size(throwers); ++i)
        CHECK(fixture.get(client).ec);
    CHECK_FALSE(fixture.get(client).ec);
}

TEST_CASE("a refresh token that cannot be stored is handed over again, whatever is thrown")
{
    testing::authority_fixture fixture;
    pc::refresh_token_options options = testing::app_and_user(fixture.service);
    unsigned handed_over = 0;
    options.on_refresh_token = [&](const std::string&) {
        if (const unsigned time = handed_over++; time < std::size(throwers))
            throwers[time]();
    };
    const pc::client client = fixture.make_client(pc::credential::refresh_token(std::move(options)));
    for (std::size_t i = 0; i != std::size(throwers); ++i)
        CHECK(fixture.get(client).ec == pc::errc::refresh_token_not_stored);
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(handed_over == 4);
    CHECK(testing::token_requests(fixture.service) >= 1);
}
