// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How a modify ends when it is not let through: conflicts of all kinds, exceptions, and the loss of what it
// needs.

#include "fixtures/modify_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::as_change;
using testing::call_result;
using testing::check_scripts;
using testing::client_fixture;
using testing::in;
using testing::json_reply;
using testing::modify_fixture;
using testing::modify_in_coroutine;
using testing::never;
using testing::plain;
using testing::read_with;
using testing::set_name;
using testing::tls_scripted_peer;

namespace {

struct own_exception {
    int value;
};

asio::awaitable<void> nothing(pc::OrganizationProfile&)
{
    co_return;
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
        modify_fixture fixture(peer);
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

TEST_CASE("what a write of an earlier round left open stays open")
{
    for (const bool change_fails : {false, true}) {
        tls_scripted_peer peer;
        modify_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1")).expect_request("PUT ").close();
        peer.on_connection()
            .expect_request("PUT ")
            .reply(json_reply("412 Precondition Failed", R"({"code":800036})"))
            .expect_request("GET ")
            .reply(change_fails ? read_with("2") : json_reply("400 Bad Request", R"({"code":2000})"));
        unsigned changes = 0;
        const call_result result = fixture.modify([&](pc::OrganizationProfile& p) {
            if (change_fails && ++changes == 2)
                throw std::runtime_error("no longer wanted");
            p.company_name = "B";
        });
        CHECK(result.ec ==
              (change_fails ? make_error_code(pc::errc::change_failed) : pc::make_http_status_code(400)));
        CHECK(result.diag.may_have_been_applied);
        check_scripts(peer);
    }
}

TEST_CASE("when what somebody else wrote is what the change wants, nothing more is sent")
{
    tls_scripted_peer peer;
    modify_fixture fixture(peer);
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
        modify_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1"));
        const auto at_once = [](pc::OrganizationProfile& p) {
            p.company_name = "B";
            throw own_exception{7};
        };
        const auto after_a_while = [](pc::OrganizationProfile& p) -> asio::awaitable<void> {
            p.company_name = "B";
            co_await asio::post(asio::use_awaitable);
            throw own_exception{7};
        };
        const std::exception_ptr thrown =
            fixture.outcome_of(later ? modify_in_coroutine(fixture.client, as_change(after_a_while))
                                     : modify_in_coroutine(fixture.client, as_change(at_once)));
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
    modify_fixture fixture(peer);
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

TEST_CASE("a modify ends when the last client is gone, and when its transport is closed")
{
    for (const bool close : {false, true}) {
        tls_scripted_peer peer;
        modify_fixture fixture(peer);
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

TEST_CASE("a cancellation signal may outlive the execution context of the modify that it could end")
{
    for (const bool in_coroutine : {false, true})
        for (const bool completes : {false, true}) {
            tls_scripted_peer peer;
            peer.on_connection().expect_request("GET ").reply(read_with("1"));
            asio::cancellation_signal signal;
            unsigned completions = 0;
            {
                client_fixture fixture(peer.base_url(), peer.ca_pem());
                const testing::coroutine_change change = [&](pc::OrganizationProfile& p) {
                    if (completes)
                        return nothing(p);
                    fixture.io.stop();
                    return never(p);
                };
                if (in_coroutine)
                    asio::co_spawn(fixture.io, modify_in_coroutine(fixture.client, change),
                                   asio::bind_cancellation_slot(signal.slot(),
                                                                [&](std::exception_ptr) { ++completions; }));
                else
                    fixture.client.async_modify(
                        change, asio::bind_cancellation_slot(
                                    signal.slot(), [&](const pc::error_code&,
                                                       const pc::OrganizationProfile&) { ++completions; }));
                fixture.io.run_for(seconds{10});
            }
            CHECK(completions == (completes ? 1 : 0));
            // Where it is Asio's, it leads to the context that is no more.
            if (!in_coroutine)
                signal.emit(asio::cancellation_type::terminal);
            CHECK(completions == (completes ? 1 : 0));
            check_scripts(peer);
        }
}
