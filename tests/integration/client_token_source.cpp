// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Any function that gives tokens can be a credential.

#include "fixtures/authority_fixture.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::access_token;
using pc::credential;
using pc::errc;
using testing::authority_fixture;
using testing::call_result;

namespace {

// A source whose answers the test writes down; it yields once before each.
class scripted_source {
public:
    explicit scripted_source(std::function<access_token(int)> answer)
        : answer_(std::move(answer))
    {
    }

    asio::awaitable<access_token> operator()()
    {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        co_return answer_(++calls);
    }

    int calls = 0;

private:
    std::function<access_token(int)> answer_;
};

// The source itself stays with the test.
credential credential_of(scripted_source& source)
{
    return credential::from([&source] { return source(); });
}

access_token expired(std::string token)
{
    return access_token(std::move(token), std::chrono::system_clock::now() - 1s);
}

asio::awaitable<access_token> never()
{
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    co_return access_token();
}

} // namespace

TEST_CASE("a function's token is used for all calls until it expires")
{
    authority_fixture fixture;
    scripted_source source([&](int) { return access_token(fixture.service.token()); });
    const pc::client client = fixture.make_client(credential_of(source));
    std::deque<call_result> results;
    fixture.begin_reads(client, results, 100);
    CHECK(source.calls == 0); // never inside the caller's function
    fixture.run();
    for (const call_result& result : results)
        CHECK_MESSAGE(!result.ec, result.what());
    CHECK_FALSE(fixture.update(client).ec);
    CHECK(source.calls == 1);
}

TEST_CASE("clients that share a credential share its token")
{
    authority_fixture fixture;
    scripted_source source([&](int) { return access_token(fixture.service.token()); });
    const credential shared = credential_of(source);
    const pc::client one = fixture.make_client(shared);
    const pc::client two = fixture.make_client(shared);
    CHECK_FALSE(fixture.get(one).ec);
    CHECK_FALSE(fixture.get(two).ec);
    CHECK(source.calls == 1);
}

TEST_CASE("a token that has expired when it comes is used for the calls that waited for it")
{
    authority_fixture fixture;
    scripted_source source([&](int) { return expired(fixture.service.token()); });
    const pc::client client = fixture.make_client(credential_of(source));
    std::deque<call_result> results;
    fixture.begin_reads(client, results, 10);
    fixture.run();
    for (const call_result& result : results)
        CHECK_MESSAGE(!result.ec, result.what());
    CHECK(source.calls == 1);
    CHECK_FALSE(fixture.get(client).ec);
    CHECK(source.calls == 2);
}

TEST_CASE("a refused token is asked for again, once for each call")
{
    authority_fixture fixture;
    scripted_source source(
        [&](int call) { return access_token(call == 1 ? "out-of-date" : fixture.service.token()); });
    const pc::client client = fixture.make_client(credential_of(source));
    const call_result read = fixture.get(client);
    CHECK_MESSAGE(!read.ec, read.what());
    CHECK(read.diag.attempts == 2);
    CHECK(source.calls == 2);

    scripted_source useless([](int) { return access_token("out-of-date"); });
    const call_result refused = fixture.get(fixture.make_client(credential_of(useless)));
    CHECK(refused.ec == pc::condition::unauthorized);
    CHECK(refused.diag.attempts == 2);
    CHECK(useless.calls == 2);
}

TEST_CASE("what a function throws fails the calls that wait for it, and the next call asks again")
{
    struct row {
        std::function<access_token()> answer;
        boost::system::error_code expected;
        std::string description;
    };
    const std::vector<row> rows = {
        {[]() -> access_token { throw std::runtime_error("the vault is locked"); },
         errc::token_request_failed, "the vault is locked"},
        {[]() -> access_token {
             throw boost::system::system_error(make_error_code(boost::system::errc::permission_denied));
         },
         make_error_code(boost::system::errc::permission_denied), "Permission denied"},
        // It is not the call that was cancelled.
        {[]() -> access_token { throw boost::system::system_error(asio::error::operation_aborted); },
         errc::token_request_failed, "canceled"},
        {[]() -> access_token { throw boost::system::system_error(boost::system::error_code()); },
         errc::token_request_failed, ""},
        {[]() -> access_token { throw 1; }, errc::token_request_failed, "no std::exception"},
        {[] { return access_token(""); }, errc::invalid_argument, "the bearer token: it is empty"},
        {[] { return access_token("two words"); }, errc::invalid_argument, "the bearer token: it has"},
    };
    for (const row& r : rows) {
        authority_fixture fixture;
        scripted_source source(
            [&](int call) { return call == 1 ? r.answer() : access_token(fixture.service.token()); });
        const pc::client client = fixture.make_client(credential_of(source), 4);
        std::deque<call_result> results;
        fixture.begin_reads(client, results, 3);
        fixture.run();
        for (const call_result& failed : results) {
            CHECK(failed.ec == r.expected);
            CHECK(failed.diag.phase == pc::phase::token);
            CHECK(failed.diag.attempts == 0);
            CHECK_MESSAGE(failed.diag.description.find(r.description) != std::string::npos, failed.what());
        }
        CHECK(source.calls == 1);
        CHECK_FALSE(fixture.get(client).ec);
        CHECK(source.calls == 2);
    }
}

TEST_CASE("a function that never answers is cancelled, and no call waits longer than its own time")
{
    authority_fixture fixture;
    pc::client_options options = testing::talking_to(fixture.service.base_url());
    options.timeout = 300ms;
    const pc::client client(fixture.transport, credential::from(never), options);
    const auto begun = std::chrono::steady_clock::now();
    const call_result hasty = fixture.get(client, pc::call_options().timeout(30ms));
    CHECK(hasty.ec == errc::call_timeout);
    CHECK(hasty.diag.phase == pc::phase::token);
    // Its run has ended with the function: nothing is left behind.
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    const call_result patient = fixture.get(client, pc::call_options().timeout(30s));
    CHECK(patient.ec == errc::token_request_failed);
}

TEST_CASE("a credential outlives the execution context that it asked on")
{
    testing::emulator service;
    int calls = 0;
    const credential shared = credential::from([&]() -> asio::awaitable<access_token> {
        if (++calls == 1)
            co_await never();
        co_return access_token(service.token());
    });
    {
        authority_fixture gone;
        call_result lost;
        gone.make_client(shared).async_get(lost.diag, testing::keep_in(lost));
        gone.io.poll();
        CHECK(calls == 1);
    }
    authority_fixture fixture;
    pc::client_options options = testing::talking_to(service.base_url());
    pc::transport transport(fixture.io, testing::trusting(service.ca_pem()));
    const pc::client client(transport, shared, options);
    const call_result read = fixture.get(client);
    CHECK_MESSAGE(!read.ec, read.what());
    CHECK(calls == 2);
}

TEST_CASE("a failure that is remembered does not keep the execution context that it happened on")
{
    testing::emulator service;
    service.add_failure(testing::failure_rule(testing::failure::oauth(50076)).path("*/token").times(1));
    const credential shared = credential::refresh_token(testing::app_and_user(service));
    {
        asio::io_context gone;
        pc::transport transport(asio::any_io_executor(asio::make_strand(gone)),
                                testing::trusting(service.ca_pem()));
        const pc::client client(transport, shared, testing::talking_to(service.base_url()));
        call_result failed;
        client.async_get(failed.diag, testing::keep_in(failed));
        gone.run();
        CHECK(failed.ec == errc::sign_in_required);
    }
    authority_fixture fixture;
    pc::transport transport(fixture.io, testing::trusting(service.ca_pem()));
    const pc::client client(transport, shared, testing::talking_to(service.base_url()));
    CHECK(fixture.get(client).ec == errc::sign_in_required);
}

TEST_CASE("a token that expires while a call waits for a connection is replaced before it is sent")
{
    authority_fixture fixture;
    fixture.service.add_failure(
        testing::failure_rule(testing::failure::delay(400ms)).path("/v1/profiles/organization").times(1));
    pc::transport_options narrow = testing::trusting(fixture.service.ca_pem());
    narrow.max_connections = 1;
    pc::transport transport(fixture.io, std::move(narrow));
    scripted_source source([&](int call) {
        return access_token(fixture.service.token(),
                            std::chrono::system_clock::now() + (call == 1 ? 200ms : 1h));
    });
    const pc::client client(transport, credential_of(source),
                            testing::talking_to(fixture.service.base_url()));
    std::deque<call_result> results;
    fixture.begin_reads(client, results, 3);
    fixture.run();
    for (const call_result& result : results) {
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(result.diag.attempts == 1);
    }
    // Half of its life is over before the second call has its turn: that is one question, of a call that is
    // sent, and none waits with the old token.
    CHECK(source.calls == 2);
}

TEST_CASE("a credential that was moved from is refused by name")
{
    authority_fixture fixture;
    credential source = credential::bearer("token");
    const credential moved = std::move(source);
    CHECK_NOTHROW(fixture.make_client(moved));
    std::string message;
    try {
        (void)fixture.make_client(source); // NOLINT(bugprone-use-after-move): that is what is tested
    } catch (const pc::error& e) {
        CHECK(e.code() == errc::invalid_argument);
        message = e.what();
    }
    CHECK_MESSAGE(message.find("the credential was moved from") != std::string::npos, message);
}
