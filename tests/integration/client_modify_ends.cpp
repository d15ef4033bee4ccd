// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How a modify ends when it is not let through: conflicts of all kinds, exceptions, cancellation, deadlines.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using asio::cancellation_type;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

pc::client_options plain(const tls_scripted_peer& peer)
{
    pc::client_options options = testing::talking_to(peer.base_url());
    options.expect_continue = false;
    return options;
}

class peer_fixture : public client_fixture {
public:
    explicit peer_fixture(const tls_scripted_peer& peer)
        : client_fixture(watched_by(*this, peer), plain(peer))
    {
    }

    template <class Change>
    void start(Change change, pc::call_options options, call_result& result)
    {
        client.async_modify(std::move(change), std::move(options), result.diag,
                            asio::bind_cancellation_slot(signal.slot(), testing::keep_in(result)));
    }

    template <class Change>
    call_result modify(Change change, pc::call_options options = {})
    {
        call_result result;
        start(std::move(change), std::move(options), result);
        run();
        REQUIRE(result.completions == 1);
        return result;
    }

    /// Runs a coroutine to its end, and returns what it throws.
    std::exception_ptr run_coroutine(asio::awaitable<void> coroutine)
    {
        std::exception_ptr thrown;
        bool ended = false;
        asio::co_spawn(io, std::move(coroutine),
                       asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e) {
                           ended = true;
                           thrown = e;
                       }));
        run();
        REQUIRE(ended);
        return thrown;
    }

    asio::cancellation_signal signal;
    std::function<void(const pc::event&)> watch;

private:
    static pc::transport_options watched_by(peer_fixture& self, const tls_scripted_peer& peer)
    {
        pc::transport_options network = testing::trusting(peer.ca_pem());
        network.on_event = [&self](const pc::event& e) {
            if (self.watch)
                self.watch(e);
        };
        return network;
    }
};

std::string read_with(const std::string& etag)
{
    return json_reply("200 OK", R"({"companyName":"A","attributes":{"etag":")" + etag + "\"}}");
}

void set_name(pc::OrganizationProfile& profile)
{
    profile.company_name = "B";
}

// A function for a script that posts work to the client's context.
auto in(client_fixture& fixture, std::function<void()> what)
{
    return [&io = fixture.io, what = std::move(what)] { asio::post(io, what); };
}

void check_scripts(const tls_scripted_peer& peer)
{
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

pc::error_code code_of(const std::exception_ptr& thrown)
{
    REQUIRE(thrown);
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& e) {
        return e.code();
    } catch (...) {
        FAIL_CHECK("an exception without an error code");
        return {};
    }
}

struct own_exception {
    int value;
};

asio::awaitable<void> never(pc::OrganizationProfile&)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, hours{1});
    co_await timer.async_wait(asio::use_awaitable);
}

template <class Change>
asio::awaitable<void> modify_in_coroutine(pc::client& client, Change change, pc::call_options options = {})
{
    (void)co_await client.modify(std::move(change), std::move(options));
}

} // namespace

TEST_CASE("each way in which the service says that somebody else wrote makes another round")
{
    const std::pair<const char*, const char*> conflicts[] = {
        {"409 Conflict", ""},
        {"412 Precondition Failed", R"({"code":800036,"description":"etag"})"},
        {"400 Bad Request", R"({"code":2055,"description":"etag no longer valid"})"},
        {"417 Expectation Failed", R"({"code":"800036"})"},
    };
    for (const auto& [status, body] : conflicts) {
        tls_scripted_peer peer;
        peer_fixture fixture(peer);
        peer.on_connection()
            .expect_request("GET ")
            .reply(read_with("1"))
            .expect_request("PUT ")
            .reply(json_reply(status, body))
            .expect_request("GET ")
            .reply(read_with("2"))
            .expect_request("PUT ")
            .reply(read_with("3"));
        const call_result result = fixture.modify(set_name);
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(result.profile.attributes->etag == "3");
        const auto requests = peer.requests();
        REQUIRE(requests.size() == 4);
        CHECK(requests[1].header("If-Match") == "\"1\"");
        CHECK(requests[3].header("If-Match") == "\"2\"");
        check_scripts(peer);
    }
}

TEST_CASE("when what somebody else wrote is what the change wants, nothing more is sent")
{
    tls_scripted_peer peer;
    peer_fixture fixture(peer);
    peer.on_connection()
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("PUT ")
        .reply(json_reply("409 Conflict", ""))
        .expect_request("GET ")
        .reply(json_reply("200 OK", R"({"companyName":"B"})"));
    const call_result result = fixture.modify(set_name);
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(result.profile.company_name == "B");
    check_scripts(peer);
}

TEST_CASE("an exception of the change goes to a coroutine unchanged, and nothing is sent")
{
    for (const bool later : {false, true}) {
        tls_scripted_peer peer;
        peer_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1"));
        std::exception_ptr thrown;
        if (later)
            thrown = fixture.run_coroutine(
                modify_in_coroutine(fixture.client, [](pc::OrganizationProfile& p) -> asio::awaitable<void> {
                    p.company_name = "B";
                    co_await asio::post(asio::use_awaitable);
                    throw own_exception{7};
                }));
        else
            thrown =
                fixture.run_coroutine(modify_in_coroutine(fixture.client, [](pc::OrganizationProfile& p) {
                    p.company_name = "B";
                    throw own_exception{7};
                }));
        int value = 0;
        try {
            REQUIRE(thrown);
            std::rethrow_exception(thrown);
        } catch (const own_exception& e) {
            value = e.value;
        }
        CHECK(value == 7);
        CHECK(peer.requests().size() == 1);
        check_scripts(peer);
    }
}

TEST_CASE("an exception of the change completes the other forms with its code, or with one for it")
{
    tls_scripted_peer peer;
    peer_fixture fixture(peer);
    peer.on_connection()
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("GET ")
        .reply(read_with("1"));
    call_result result =
        fixture.modify([](pc::OrganizationProfile&) { throw std::logic_error("no such phone"); });
    CHECK(result.ec == pc::errc::change_failed);
    CHECK(result.diag.description == "no such phone");
    CHECK(result.what().find("no such phone") != std::string::npos);
    CHECK(result.profile == pc::OrganizationProfile());
    result = fixture.modify([](pc::OrganizationProfile&) { throw own_exception{7}; });
    CHECK(result.ec == pc::errc::change_failed);
    result = fixture.modify([](pc::OrganizationProfile&) -> asio::awaitable<void> {
        throw boost::system::system_error(asio::error::connection_refused, "directory");
        co_return;
    });
    CHECK(result.ec == asio::error::connection_refused);
    CHECK(result.diag.description.find("directory") != std::string::npos);
    check_scripts(peer);
}

TEST_CASE("a modify is cancelled in its read, and in its write, by any type")
{
    for (const auto type :
         {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total}) {
        for (const bool in_write : {false, true}) {
            if (in_write && type == cancellation_type::total)
                continue; // leaves a change alone that has begun to be sent
            tls_scripted_peer peer;
            peer_fixture fixture(peer);
            const auto cancel = in(fixture, [&] { fixture.signal.emit(type); });
            if (in_write)
                peer.on_connection()
                    .expect_request("GET ")
                    .reply(read_with("1"))
                    .expect_request("PUT ")
                    .call(cancel)
                    .expect_close();
            else
                peer.on_connection().expect_request("GET ").call(cancel).expect_close();
            const call_result result = fixture.modify(set_name);
            CHECK(result.ec == asio::error::operation_aborted);
            CHECK(result.diag.may_have_been_applied == in_write);
            CHECK(result.diag.method == (in_write ? "PUT" : "GET"));
            check_scripts(peer);
        }
    }
}

TEST_CASE("a modify that is cancelled at once sends nothing")
{
    tls_scripted_peer peer;
    peer_fixture fixture(peer);
    call_result result;
    fixture.start(set_name, {}, result);
    fixture.signal.emit(cancellation_type::total);
    fixture.run();
    CHECK(result.completions == 1);
    CHECK(result.ec == asio::error::operation_aborted);
    CHECK(result.diag.attempts == 0);
    fixture.signal.emit(cancellation_type::terminal); // too late to do anything
    fixture.run();
    CHECK(result.completions == 1);
}

TEST_CASE("a modify that is cancelled while it changes sends no change")
{
    tls_scripted_peer peer;
    peer_fixture fixture(peer);
    peer.on_connection()
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("GET ")
        .reply(read_with("1"));
    const call_result at_once = fixture.modify([&](pc::OrganizationProfile& p) {
        p.company_name = "B";
        fixture.signal.emit(cancellation_type::total);
    });
    CHECK(at_once.ec == asio::error::operation_aborted);
    CHECK_FALSE(at_once.diag.may_have_been_applied);

    const call_result later = fixture.modify([&](pc::OrganizationProfile& p) {
        asio::post(fixture.io, [&] { fixture.signal.emit(cancellation_type::terminal); });
        return never(p);
    });
    CHECK(later.ec == asio::error::operation_aborted);
    CHECK(peer.requests().size() == 2);
    check_scripts(peer);
}

TEST_CASE("a coroutine that is cancelled between read and write sends no change")
{
    for (const bool later : {false, true}) {
        tls_scripted_peer peer;
        peer_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1"));
        const auto change = [&](pc::OrganizationProfile& p) {
            p.company_name = "B";
            fixture.signal.emit(cancellation_type::terminal);
        };
        const auto change_later = [&](pc::OrganizationProfile& p) -> asio::awaitable<void> {
            change(p);
            co_await never(p);
        };
        const std::exception_ptr thrown =
            later ? fixture.run_coroutine(modify_in_coroutine(fixture.client, change_later))
                  : fixture.run_coroutine(modify_in_coroutine(fixture.client, change));
        CHECK(code_of(thrown) == asio::error::operation_aborted);
        CHECK(peer.requests().size() == 1);
        check_scripts(peer);
    }
}

TEST_CASE("a modify that is cancelled after a conflict does not read again")
{
    for (const auto type : {cancellation_type::terminal, cancellation_type::total}) {
        for (const bool at_once : {false, true}) {
            tls_scripted_peer peer;
            peer_fixture fixture(peer);
            peer.on_connection()
                .expect_request("GET ")
                .reply(read_with("1"))
                .expect_request("PUT ")
                .reply(json_reply("409 Conflict", ""));
            fixture.watch = [&](const pc::event& e) {
                if (e.kind != pc::event_kind::attempt_finished || e.http_status != 409)
                    return;
                if (at_once)
                    fixture.signal.emit(type);
                else
                    asio::post(fixture.io, [&] { fixture.signal.emit(type); });
            };
            const call_result result = fixture.modify(set_name);
            CHECK(result.ec == asio::error::operation_aborted);
            CHECK(peer.requests().size() == 2);
            check_scripts(peer);
        }
    }
}

namespace {

using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> race(pc::client& client, milliseconds limit, std::size_t& winner)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    const auto result = co_await (client.modify(never) || timer.async_wait(asio::use_awaitable));
    winner = result.index();
    // The caller's own cancellation state is as it was.
    const auto state = co_await asio::this_coro::cancellation_state;
    CHECK(state.cancelled() == cancellation_type::none);
}

asio::awaitable<void> clean_up(pc::client& client, bool& cleaned)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
        (void)co_await client.modify(never);
        FAIL_CHECK("not cancelled");
    } catch (const boost::system::system_error& e) {
        CHECK(e.code() == asio::error::operation_aborted);
    }
    // Cancelled before it begins: that was meant for the first.
    (void)co_await client.modify(set_name);
    CHECK_FALSE(co_await asio::this_coro::throw_if_cancelled());
    cleaned = true;
}

} // namespace

TEST_CASE("a modify in a coroutine loses against a timer")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request("GET ").reply(read_with("1"));
    peer_fixture fixture(peer);
    std::size_t winner = 7;
    CHECK_FALSE(fixture.run_coroutine(race(fixture.client, milliseconds{50}, winner)));
    CHECK(winner == 1);
    check_scripts(peer);
}

TEST_CASE("a coroutine that was cancelled before may modify all the same")
{
    tls_scripted_peer peer;
    peer_fixture fixture(peer);
    peer.on_connection()
        .expect_request("GET ")
        .reply(read_with("1"))
        .pause(milliseconds{20})
        .call(in(fixture, [&] { fixture.signal.emit(cancellation_type::terminal); }))
        .expect_request("GET ")
        .reply(read_with("1"))
        .expect_request("PUT ")
        .reply(read_with("2"));
    bool cleaned = false;
    const std::exception_ptr thrown = fixture.run_coroutine(clean_up(fixture.client, cleaned));
    if (thrown)
        std::rethrow_exception(thrown);
    CHECK(cleaned);
    check_scripts(peer);
}

TEST_CASE("the timeout is for the whole modify, whatever it is waiting for")
{
    const auto limit = pc::call_options{}.timeout(milliseconds{150});
    const auto begun = std::chrono::steady_clock::now();
    {
        tls_scripted_peer peer;
        peer_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").expect_close();
        CHECK(fixture.modify(set_name, limit).ec == pc::errc::call_timeout);
        check_scripts(peer);
    }
    {
        tls_scripted_peer peer;
        peer_fixture fixture(peer);
        peer.on_connection()
            .expect_request("GET ")
            .reply(read_with("1"))
            .expect_request("PUT ")
            .expect_close();
        const call_result result = fixture.modify(set_name, limit);
        CHECK(result.ec == pc::errc::call_timeout);
        CHECK(result.diag.may_have_been_applied);
        check_scripts(peer);
    }
    for (const bool alone : {false, true}) {
        tls_scripted_peer peer;
        peer_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1"));
        if (alone)
            CHECK(fixture.modify(never, limit).ec == pc::errc::call_timeout);
        else
            CHECK(code_of(fixture.run_coroutine(modify_in_coroutine(fixture.client, never, limit))) ==
                  pc::errc::call_timeout);
        CHECK(peer.requests().size() == 1);
        check_scripts(peer);
    }
    CHECK(std::chrono::steady_clock::now() - begun < seconds{20});
}

TEST_CASE("conflicts without end come to an end with the time")
{
    tls_scripted_peer peer;
    peer_fixture fixture(peer);
    {
        testing::tls_script script = peer.on_connection();
        for (int i = 0; i != 15; ++i)
            script.expect_request("GET ")
                .reply(read_with("1"))
                .expect_request("PUT ")
                .reply(json_reply("409 Conflict", ""));
    }
    const auto begun = std::chrono::steady_clock::now();
    const call_result result = fixture.modify(set_name, pc::call_options{}.timeout(milliseconds{300}));
    CHECK((result.ec == pc::condition::conflict || result.ec == pc::errc::call_timeout));
    CHECK(std::chrono::steady_clock::now() - begun < seconds{10});
}

TEST_CASE("a modify ends when the last client is gone, and when its transport is closed")
{
    for (const bool close : {false, true}) {
        tls_scripted_peer peer;
        peer_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1"));
        std::optional<pc::client> client(std::in_place, fixture.transport,
                                         pc::credential::bearer(testing::fake_token), plain(peer));
        call_result result;
        client->async_modify(
            [&](pc::OrganizationProfile& p) {
                p.company_name = "B";
                if (close)
                    fixture.transport.close();
                else
                    client.reset();
            },
            result.diag, testing::keep_in(result));
        fixture.run();
        CHECK(result.completions == 1);
        CHECK(result.ec == pc::condition::cancelled);
        CHECK(peer.requests().size() == 1);
        check_scripts(peer);
    }
}

TEST_CASE("an execution context may be destroyed with a modify under way")
{
    for (const bool changing : {false, true}) {
        tls_scripted_peer peer;
        peer.on_connection().expect_request("GET ").reply(changing ? read_with("1") : std::string());
        const auto alive = std::make_shared<int>(1);
        {
            asio::io_context io;
            pc::transport transport(io, testing::trusting(peer.ca_pem()));
            pc::client client(transport, pc::credential::bearer(testing::fake_token), plain(peer));
            bool begun = false;
            client.async_modify(
                [&begun, alive](pc::OrganizationProfile& p) {
                    begun = true;
                    return never(p);
                },
                [alive](pc::error_code, const pc::OrganizationProfile&) { FAIL_CHECK("completed"); });
            asio::co_spawn(io, modify_in_coroutine(client, [alive](pc::OrganizationProfile&) {}),
                           [alive](std::exception_ptr) {});
            const auto until = std::chrono::steady_clock::now() + seconds{10};
            while (std::chrono::steady_clock::now() < until && (changing ? !begun : peer.requests().empty()))
                io.run_one_for(milliseconds{5});
            CHECK(begun == changing);
        }
        CHECK(alive.use_count() == 1);
    }
}
