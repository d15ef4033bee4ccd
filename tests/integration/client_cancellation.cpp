// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Every call ends when its caller, its client, its transport or its execution context says so.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using asio::cancellation_type;
using pc::condition;
using pc::errc;
using testing::call_result;
using testing::client_fixture;
using testing::in;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");

} // namespace

TEST_CASE("terminal, partial and total cancellation end a read at once")
{
    for (auto type : {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total}) {
        tls_scripted_peer peer;
        client_fixture fixture(peer.base_url(), peer.ca_pem());
        asio::cancellation_signal signal;
        peer.on_connection().expect_request().call(in(fixture, [&] { signal.emit(type); })).expect_close();
        call_result result;
        fixture.client.async_get(result.diag,
                                 asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
        fixture.run();
        CHECK(result.completions == 1);
        CHECK(result.ec == asio::error::operation_aborted);
        CHECK(result.ec == condition::cancelled);
        CHECK_FALSE(result.diag.may_have_been_applied);
        const auto outcome = peer.verify();
        CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    }
}

TEST_CASE("a call that is ended for two reasons at once tells the first, and only once")
{
    for (bool cancelled_first : {true, false}) {
        tls_scripted_peer peer;
        client_fixture fixture(peer.base_url(), peer.ca_pem());
        asio::cancellation_signal signal;
        const auto end = [&] {
            if (cancelled_first)
                signal.emit(cancellation_type::terminal);
            fixture.transport.close();
            signal.emit(cancellation_type::terminal);
        };
        peer.on_connection().expect_request().call(in(fixture, end)).expect_close();
        call_result result;
        fixture.client.async_get(result.diag,
                                 asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
        fixture.run();
        CHECK(result.completions == 1);
        CHECK(result.ec == (cancelled_first ? pc::error_code(asio::error::operation_aborted)
                                            : make_error_code(errc::transport_closed)));
        const auto outcome = peer.verify();
        CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    }
}

TEST_CASE("a cancelled update says whether it may have been applied")
{
    for (bool body_sent : {false, true}) {
        tls_scripted_peer peer;
        pc::client_options options = testing::talking_to(peer.base_url());
        options.continue_timeout = std::chrono::hours{1};
        client_fixture fixture(testing::trusting(peer.ca_pem()), options);
        asio::cancellation_signal signal;
        const auto cancel = in(fixture, [&] { signal.emit(cancellation_type::terminal); });
        if (body_sent)
            peer.on_connection().expect_head("PUT ").reply(go_on).expect_body().call(cancel).expect_close();
        else
            peer.on_connection().expect_head("PUT ").call(cancel).expect_close();
        call_result result;
        fixture.client.async_update(testing::some_profile(), result.diag,
                                    asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
        fixture.run();
        CHECK(result.ec == asio::error::operation_aborted);
        CHECK(result.diag.may_have_been_applied == body_sent);
        const auto outcome = peer.verify();
        CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    }
}

TEST_CASE("total cancellation leaves a change alone that has begun to be sent")
{
    tls_scripted_peer peer;
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    asio::cancellation_signal signal;
    std::promise<void> emitted;
    peer.on_connection()
        .expect_head("PUT ")
        .call(in(fixture,
                 [&] {
                     signal.emit(cancellation_type::total);
                     emitted.set_value();
                 }))
        .call([&] { emitted.get_future().wait_for(std::chrono::seconds{20}); })
        .reply(go_on)
        .expect_body()
        .reply(stored);
    call_result result;
    fixture.client.async_update(testing::some_profile(), result.diag,
                                asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
    fixture.run();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.profile.id == "1");
}

TEST_CASE("total cancellation ends a change that was not begun to be sent")
{
    tls_scripted_peer peer;
    peer.on_connection().without_tls().expect_close();
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    asio::cancellation_signal signal;
    call_result result;
    fixture.client.async_update(testing::some_profile(), result.diag,
                                asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
    signal.emit(cancellation_type::total);
    fixture.run();
    CHECK(result.ec == asio::error::operation_aborted);
    CHECK(result.diag.attempts == 0);
    CHECK_FALSE(result.diag.may_have_been_applied);
}

TEST_CASE("a call may be cancelled before it runs and after it has ended")
{
    tls_scripted_peer peer;
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    asio::cancellation_signal signal;
    call_result result;
    fixture.client.async_get(result.diag,
                             asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
    signal.emit(cancellation_type::terminal);
    fixture.run();
    CHECK(result.ec == asio::error::operation_aborted);
    signal.emit(cancellation_type::terminal);
    fixture.run();
    CHECK(result.completions == 1);
}

TEST_CASE("a call that waits for a connection may be cancelled, and leaves the queue")
{
    tls_scripted_peer peer;
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.max_connections = 1;
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    asio::cancellation_signal signal;
    std::promise<void> cancelled;
    peer.on_connection()
        .expect_request()
        .call(in(fixture, [&] { signal.emit(cancellation_type::terminal); }))
        .call([&] { cancelled.get_future().wait_for(std::chrono::seconds{20}); })
        .reply(stored)
        .expect_request()
        .reply(stored);
    call_result first;
    call_result second;
    call_result third;
    fixture.client.async_get(first.diag, testing::keep_in(first));
    fixture.client.async_get(
        second.diag, asio::bind_cancellation_slot(signal.slot(), [&](boost::system::error_code ec, auto) {
            second.ec = ec;
            cancelled.set_value();
        }));
    fixture.client.async_get(third.diag, testing::keep_in(third));
    fixture.run();
    CHECK_FALSE(first.ec);
    CHECK(second.ec == asio::error::operation_aborted);
    CHECK(second.diag.phase == pc::phase::wait_connection);
    CHECK_FALSE(third.ec);
    CHECK(peer.connections() == 1);
}

namespace {

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> race(pc::client& client, std::chrono::milliseconds limit, std::size_t& winner)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    const auto result = co_await (client.get() || timer.async_wait(asio::use_awaitable));
    winner = result.index();
    // The caller's own cancellation state is as it was.
    const auto state = co_await asio::this_coro::cancellation_state;
    CHECK(state.cancelled() == cancellation_type::none);
}

asio::awaitable<void> update_and_tell(pc::client& client, boost::system::error_code& ec)
{
    try {
        co_await client.update(testing::some_profile());
    } catch (const pc::error& e) {
        ec = e.code();
    }
}

} // namespace

TEST_CASE("a call in a coroutine loses and wins against a timer")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_request().expect_close();
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    std::size_t winner = 7;
    asio::co_spawn(fixture.io, race(fixture.client, std::chrono::seconds{60}, winner), asio::detached);
    fixture.run();
    CHECK(winner == 0);
    asio::co_spawn(fixture.io, race(fixture.client, std::chrono::milliseconds{50}, winner), asio::detached);
    fixture.run();
    CHECK(winner == 1);
}

TEST_CASE("closing the transport ends its calls, and those to come")
{
    tls_scripted_peer peer;
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    peer.on_connection().expect_request().reply(stored).expect_head().call(
        [&] { fixture.transport.close(); }); // from another thread
    peer.on_connection().expect_head().silence();
    REQUIRE_FALSE(fixture.get().ec);
    boost::system::error_code of_coroutine;
    asio::co_spawn(fixture.io, update_and_tell(fixture.client, of_coroutine), asio::detached);
    const call_result in_flight = fixture.get();
    CHECK(in_flight.ec == errc::transport_closed);
    CHECK(in_flight.ec == condition::cancelled);
    CHECK(of_coroutine == errc::transport_closed);
    const call_result later = fixture.update();
    CHECK(later.ec == errc::transport_closed);
    CHECK(later.diag.attempts == 0);
    fixture.transport.close();
}

TEST_CASE("a client may outlive its transport, and its calls then fail")
{
    tls_scripted_peer peer;
    asio::io_context io;
    std::optional<pc::transport> transport(std::in_place, io, testing::trusting(peer.ca_pem()));
    const pc::client client(*transport, pc::credential::bearer(testing::fake_token),
                            testing::talking_to(peer.base_url()));
    call_result in_flight;
    client.async_get(in_flight.diag, testing::keep_in(in_flight));
    transport.reset();
    call_result later;
    client.async_get(later.diag, testing::keep_in(later));
    io.run_for(std::chrono::seconds{30});
    CHECK(in_flight.ec == errc::transport_closed);
    CHECK(later.ec == errc::transport_closed);
    CHECK(later.diag.attempts == 0);
    CHECK(peer.connections() == 0);
}

TEST_CASE("a client is not made on a transport that was moved from")
{
    asio::io_context io;
    pc::transport first(io);
    const pc::transport second(std::move(first));
    try {
        const pc::client client(first, pc::credential::bearer("x")); // NOLINT(bugprone-use-after-move)
        FAIL_CHECK("made");
    } catch (const pc::error& e) {
        CHECK(e.code() == pc::errc::transport_closed);
    }
}

TEST_CASE("moving another transport over one ends its calls")
{
    tls_scripted_peer peer;
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    peer.on_connection().expect_request().call(
        in(fixture, [&] { fixture.transport = pc::transport(fixture.io); }));
    CHECK(fixture.get().ec == errc::transport_closed);
}

TEST_CASE("destroying the last client ends its calls and no others")
{
    tls_scripted_peer peer;
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.max_connections = 1; // the other client's call waits for the one that is cancelled
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    std::optional<pc::client> other(std::in_place, fixture.transport, pc::credential::bearer("other"),
                                    testing::talking_to(peer.base_url()));
    peer.on_connection().expect_request().call(in(fixture, [&] { other.reset(); })).expect_close();
    peer.on_connection().expect_request().reply(stored);
    call_result aborted;
    call_result kept;
    other->async_get(aborted.diag, testing::keep_in(aborted));
    fixture.client.async_get(kept.diag, testing::keep_in(kept));
    fixture.run();
    CHECK(aborted.ec == asio::error::operation_aborted);
    CHECK_FALSE(kept.ec);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

namespace {

// Ends by an exception when told to, which then destroys the context.
void leave_calls_in_flight(tls_scripted_peer& peer, const std::shared_ptr<int>& held, bool thrown)
{
    asio::io_context io;
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.max_connections = 3;
    pc::transport transport(io, std::move(network));
    const pc::client client(transport, pc::credential::bearer(testing::fake_token),
                            testing::talking_to(peer.base_url()));
    const auto hold = [held](boost::system::error_code, pc::OrganizationProfile) { FAIL("called"); };
    client.async_get(hold);
    client.async_get(hold);
    client.async_update(testing::some_profile(), hold);
    client.async_get(hold); // waits for a connection
    boost::system::error_code ec;
    asio::co_spawn(io, update_and_tell(const_cast<pc::client&>(client), ec), asio::detached);
    while (peer.requests().empty())
        io.run_one_for(std::chrono::milliseconds{10});
    client.async_get(hold); // not run at all
    CHECK(held.use_count() > 2);
    if (thrown)
        throw std::length_error("the program's own");
}

} // namespace

TEST_CASE("destroying the execution context with calls in flight destroys them, and their handlers")
{
    for (const bool thrown : {false, true}) {
        tls_scripted_peer peer;
        peer.on_connection().expect_request().silence();
        peer.on_connection().without_tls().silence();
        peer.on_connection().expect_head("PUT ").silence();
        const auto held = std::make_shared<int>(0);
        try {
            leave_calls_in_flight(peer, held, thrown);
            CHECK_FALSE(thrown);
        } catch (const std::length_error&) {
            CHECK(thrown);
        }
        CHECK(held.use_count() == 1);
    }
}

TEST_CASE("a transport may be closed from any thread while calls run and time out")
{
    tls_scripted_peer peer;
    asio::thread_pool threads(3);
    pc::transport transport(threads, testing::trusting(peer.ca_pem()));
    const pc::client client(transport, pc::credential::bearer(testing::fake_token),
                            testing::talking_to(peer.base_url()));
    for (int i = 0; i != 40; ++i) // more connections than calls there cannot be
        peer.on_connection().expect_request().silence();
    // Codes, not exceptions: ThreadSanitizer does not see how libstdc++ counts the owners of those.
    std::vector<std::promise<boost::system::error_code>> results(40);
    for (std::size_t i = 0; i != results.size(); ++i)
        client.async_get(pc::call_options{}.timeout(std::chrono::milliseconds{5 * i + 1}),
                         [&result = results[i]](boost::system::error_code ec,
                                                const pc::OrganizationProfile&) { result.set_value(ec); });
    results[10].get_future().wait();
    transport.close();
    threads.join();
    for (std::size_t i = 0; i != results.size(); ++i) {
        if (i == 10)
            continue;
        const boost::system::error_code ec = results[i].get_future().get();
        CHECK_MESSAGE((ec == errc::call_timeout || ec == errc::transport_closed), ec.message());
    }
}
