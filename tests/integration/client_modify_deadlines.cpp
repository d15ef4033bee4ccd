// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// One timeout holds for all that a modify does.

#include "fixtures/modify_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::as_change;
using testing::call_result;
using testing::check_scripts;
using testing::code_of;
using testing::json_reply;
using testing::modify_fixture;
using testing::modify_in_coroutine;
using testing::never;
using testing::read_with;
using testing::set_name;
using testing::tls_scripted_peer;

TEST_CASE("the timeout is for the whole modify, whatever it is waiting for")
{
    const auto limit = pc::call_options{}.timeout(milliseconds{150});
    const auto begun = std::chrono::steady_clock::now();
    {
        tls_scripted_peer peer;
        modify_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").expect_close();
        CHECK(fixture.modify(set_name, limit).ec == pc::errc::call_timeout);
        check_scripts(peer);
    }
    {
        tls_scripted_peer peer;
        modify_fixture fixture(peer);
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
        modify_fixture fixture(peer);
        peer.on_connection().expect_request("GET ").reply(read_with("1"));
        if (alone)
            CHECK(fixture.modify(never, limit).ec == pc::errc::call_timeout);
        else
            CHECK(code_of(fixture.outcome_of(modify_in_coroutine(fixture.client, as_change(never), limit))) ==
                  pc::errc::call_timeout);
        CHECK(peer.requests().size() == 1);
        check_scripts(peer);
    }
    CHECK(std::chrono::steady_clock::now() - begun < seconds{20});
}

TEST_CASE("a change that takes all the time there is without waiting sends nothing")
{
    tls_scripted_peer peer;
    modify_fixture fixture(peer);
    peer.on_connection().expect_request("GET ").reply(read_with("1"));
    const auto slow = [](pc::OrganizationProfile& profile) {
        set_name(profile);
        std::this_thread::sleep_for(milliseconds{450});
    };
    const call_result result = fixture.modify(slow, pc::call_options{}.timeout(milliseconds{400}));
    CHECK(result.ec == pc::errc::call_timeout);
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(peer.requests().size() == 1);
    check_scripts(peer);
}

TEST_CASE("conflicts without end come to an end with the time")
{
    tls_scripted_peer peer;
    modify_fixture fixture(peer);
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
