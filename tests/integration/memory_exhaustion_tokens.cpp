// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whichever allocation of a call that needs a token, or of a sign-in, fails; see memory_exhaustion.cpp.

#include "fixtures/authority_fixture.hpp"
#include "fixtures/sign_in_fixture.hpp"
#include "memory/scenes.hpp"
#include "memory/sweep.hpp"

#include <partner_center/access_token.hpp>
#include <partner_center/credential.hpp>
#include <partner_center/device_code.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using testing::ended_well;
using testing::fail;
using testing::open_connection;
using testing::outcome;
using testing::play;
using testing::scene;
using testing::sweep;

namespace {

pc::credential by_refresh_token(testing::emulator& from)
{
    {
        const testing::plenty not_ours;
        from.new_refresh_token();
    }
    return pc::credential::refresh_token(testing::app_and_user(from));
}

void sign_in(play& now, pc::device_code_prompt_function on_prompt)
{
    outcome& result = now.results[0];
    pc::device_code_options options;
    {
        const testing::plenty not_ours;
        options = testing::sign_in_to(now.service);
    }
    pc::async_sign_in_by_device_code(
        now.transport, std::move(options), std::move(on_prompt), result.diag,
        asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
    result.begun = true;
}

// At the shortest interval that a client keeps to, of which the authority, whose clock does not leap, knows
// nothing.
void let_sign_in(scene& now, std::size_t pending)
{
    now.wait = 1s;
    now.service = [pending](testing::emulator_options& options) {
        options.oauth.device_code_interval = 0s;
        options.oauth.approve_device_code_after = pending;
    };
    now.afterwards = [](play& over) { CHECK(over.results[0].has_tokens == ended_well(over)); };
}

// A user's own source of tokens, that has its token at hand or waits for it.
class token_source {
public:
    token_source(const testing::emulator& from, bool waits)
        : from_{&from}
        , waits_{waits}
    {
    }

    asio::awaitable<pc::access_token> operator()()
    {
        if (waits_)
            co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        co_return pc::access_token(from_->token());
    }

private:
    const testing::emulator* from_;
    bool waits_;
};

} // namespace

TEST_CASE("any allocation may fail of a call that gets another token")
{
    scene renewed("read after the token was revoked", 80, [](play& now) { now.get(now.results[0]); });
    renewed.tokens = by_refresh_token;
    renewed.requests = 3;
    renewed.look = 2s;
    renewed.prepare = [](play& now) {
        open_connection(now);
        const testing::plenty not_ours;
        now.service.revoke_access_tokens();
    };
    sweep(renewed).run();
}

TEST_CASE("any allocation may fail of a call that gets its token from a function")
{
    for (const bool waits : {false, true}) {
        scene asked(waits ? "read with a token that a function waits for" : "read with a function's token",
                    45, [](play& now) { now.get(now.results[0]); });
        asked.tokens = [waits](const testing::emulator& from) {
            return pc::credential::from(token_source(from, waits));
        };
        // Another client's: the function is asked first, and there is no connecting while the clock leaps.
        asked.prepare = [](play& now) {
            const testing::plenty not_ours;
            const pc::client other(now.transport, pc::credential::bearer(now.service.token()),
                                   testing::talking_to(now.service.base_url()));
            open_connection(now, other);
        };
        asked.look = 2s;
        sweep(asked).run();
    }
}

TEST_CASE("any allocation may fail of a call that gets no other token")
{
    scene refused("read after all tokens were revoked", 80, [](play& now) { now.get(now.results[0]); });
    refused.tokens = by_refresh_token;
    refused.usual_end = pc::errc::sign_in_required;
    refused.requests = 2;
    refused.look = 2s;
    refused.prepare = [](play& now) {
        open_connection(now);
        const testing::plenty not_ours;
        now.service.revoke_access_tokens();
        now.service.revoke_refresh_tokens();
    };
    refused.must_fail = true;
    sweep(refused).run();
}

TEST_CASE("any allocation may fail of a sign-in")
{
    scene given_up("sign-in that is given up at its prompt", 92, [](play& now) {
        sign_in(now, [&now](const pc::device_code_prompt&) {
            const testing::plenty not_ours;
            now.signal.emit(asio::cancellation_type::terminal);
        });
    });
    given_up.usual_end = asio::error::operation_aborted;
    sweep(given_up).run();

    scene approved("sign-in", 123, [](play& now) {
        sign_in(now, [&now](const pc::device_code_prompt& prompt) {
            const testing::plenty not_ours;
            now.service.approve_device_code(prompt.user_code);
        });
    });
    approved.requests = 2;
    let_sign_in(approved, 100);
    sweep(approved).run();

    scene pending("sign-in after authorization_pending", 162,
                  [](play& now) { sign_in(now, [](const pc::device_code_prompt&) {}); });
    pending.requests = 3;
    let_sign_in(pending, 1);
    sweep(pending).run();
}
