// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whichever allocation of a call fails, the call ends once and says so, nothing leaks, and the next call on
// the same transport succeeds.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tunnel_proxy.hpp"
#include "memory/sweep.hpp"

#include <partner_center/access_token.hpp>
#include <partner_center/condition.hpp>
#include <partner_center/credential.hpp>
#include <partner_center/detail/modification.hpp>
#include <partner_center/device_code.hpp>
#include <partner_center/error.hpp>
#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using testing::allocator_of;
using testing::failure;
using testing::failure_rule;
using testing::outcome;
using testing::play;
using testing::scene;
using testing::sweep;

namespace {

void open_connection(play& now, const pc::client& of)
{
    outcome first;
    of.async_get(first.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&first}));
    const bool ended = now.run();
    const testing::plenty memory;
    REQUIRE(ended);
    REQUIRE_FALSE(first.ec);
}

void open_connection(play& now)
{
    open_connection(now, now.client);
}

pc::credential by_refresh_token(testing::emulator& from)
{
    {
        const testing::plenty not_ours;
        from.new_refresh_token();
    }
    return pc::credential::refresh_token(testing::app_and_user(from));
}

void fail(play& now, const failure_rule& rule)
{
    const testing::plenty not_ours;
    now.service.add_failure(rule);
}

// Has the service close the connection that is kept: it does so when its peer seems to have gone.
void end_kept_connection(const play& now)
{
    for (int socket = 0; socket != 1024; ++socket) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
            peer.sin_family != AF_INET || ntohs(peer.sin_port) != now.service.port())
            continue;
        REQUIRE(::shutdown(socket, SHUT_WR) == 0);
        pollfd closed{socket, POLLRDHUP, 0};
        REQUIRE(::poll(&closed, 1, 10'000) == 1);
        return;
    }
    FAIL("there is none");
}

void sign_in(play& now, pc::device_code_prompt_function on_prompt)
{
    outcome& result = now.results[0];
    pc::device_code_options options;
    {
        const testing::plenty not_ours;
        options.tenant = now.service.tenant();
        options.client_id = now.service.client_id();
        options.authority = now.service.base_url();
    }
    pc::async_sign_in_by_device_code(
        now.transport, std::move(options), std::move(on_prompt), result.diag,
        asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
    result.begun = true;
}

bool ended_well(const play& over)
{
    return over.results[0].completions == 1 && !over.results[0].ec;
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

TEST_CASE("any allocation may fail of a call that opens a connection")
{
    sweep(scene("read on a fresh connection", 65, [](play& now) { now.get(now.results[0]); })).run();
}

TEST_CASE("any allocation may fail of a call on a kept connection")
{
    scene kept("update on a kept connection", 27, [](play& now) { now.update(now.results[0]); });
    kept.is_change = true;
    kept.prepare = [](play& now) { open_connection(now); };
    sweep(kept).run();
}

TEST_CASE("any allocation may fail while one call waits for another's connection")
{
    scene queue("two reads on one connection", 54, [](play& now) {
        now.get(now.results[0]);
        now.get(now.results[1]);
    });
    queue.calls = 2;
    queue.requests = 2;
    queue.prepare = [](play& now) { open_connection(now); };
    queue.look = 2s;
    sweep(queue).run();
}

TEST_CASE("any allocation may fail of a call that is cancelled")
{
    scene cancelled("update that is cancelled", 18, [](play& now) {
        now.cancel_attempt = true;
        now.update(now.results[0]);
    });
    cancelled.usual_end = asio::error::operation_aborted;
    cancelled.requests = std::nullopt; // it may have come to the service before, or after
    cancelled.is_change = true;
    cancelled.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::delay(50ms)).method("PUT"));
    };
    sweep(cancelled).run();
}

TEST_CASE("any allocation may fail of a call that waits for 100 Continue in vain")
{
    scene patient("update that waits for 100 Continue", 27, [](play& now) { now.update(now.results[0]); });
    patient.options = [](pc::client_options& options) { options.continue_timeout = 10ms; };
    patient.is_change = true;
    patient.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::delay(30ms)).method("PUT"));
    };
    sweep(patient).run();
}

TEST_CASE("any allocation may fail of a call whose kept connection is no more")
{
    scene closed("update whose kept connection was closed", 54,
                 [](play& now) { now.update(now.results[0]); });
    closed.connections = 2;
    closed.is_change = true;
    closed.prepare = [](play& now) {
        open_connection(now);
        const testing::plenty not_ours;
        end_kept_connection(now);
    };
    sweep(closed).run();

    // What the service learns of the first attempt, when the connection ends under it.
    const std::pair<std::string, failure> rows[] = {
        {"nothing", failure::close()},
        {"all", failure::apply_and_close()},
    };
    for (const auto& [learnt, rule] : rows) {
        scene stale("update whose kept connection is closed, and " + learnt + " applied", 52,
                    [](play& now) { now.update(now.results[0]); });
        stale.connections = 2;
        stale.requests = 2;
        // What kept the first attempt from being sent has taken the right to another connection with it, and
        // that is the one which is closed.
        stale.other_end = pc::errc::connection_closed;
        // An answer of 100 would show that the connection is alive.
        stale.options = [](pc::client_options& options) { options.expect_continue = false; };
        stale.is_change = true;
        stale.prepare = [rule](play& now) {
            open_connection(now);
            fail(now, failure_rule(rule).method("PUT"));
        };
        sweep(stale).run();
    }
}

TEST_CASE("any allocation may fail of a call that is repeated")
{
    scene repeated("update that is repeated after a 503", 61, [](play& now) { now.update(now.results[0]); });
    repeated.options = [](pc::client_options& options) { options.retry.max_attempts = 2; };
    repeated.requests = 2;
    repeated.connections = 2; // the body that waits for 100 Continue is not sent
    repeated.is_change = true;
    repeated.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::answer(503)));
    };
    sweep(repeated).run();
}

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

TEST_CASE("any allocation may fail of a call that the service refuses")
{
    scene refused("update that is refused", 36, [](play& now) { now.update(now.results[0]); });
    refused.usual_end = pc::make_http_status_code(400);
    refused.prepare = [](play& now) {
        open_connection(now);
        fail(now,
             failure_rule(failure::answer(400, R"({"code":"2000","description":")" + std::string(2000, 'x') +
                                                   R"(","source":"PartnerFD","data":["a","b"]})")));
    };
    sweep(refused).run();
}

TEST_CASE("any allocation may fail of a call through a proxy")
{
    const testing::tunnel_proxy proxy;
    scene tunnelled("read through a proxy", 72, [](play& now) { now.get(now.results[0]); });
    tunnelled.network = [&](pc::transport_options& network) { network.proxy.url = proxy.url(); };
    sweep(tunnelled).run();
}

TEST_CASE("any allocation may fail of a modify")
{
    scene modified("modify", 100, [](play& now) {
        outcome& result = now.results[0];
        now.client.async_modify(
            [](pc::OrganizationProfile& profile) { profile.company_name = *profile.company_name + "x"; },
            result.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
    modified.requests = 2;
    modified.is_change = true;
    modified.prepare = [](play& now) {
        const testing::plenty not_ours;
        now.service.edit(
            [](pc::OrganizationProfile& profile) { profile.company_name = "TEST_TEST_BugBash1"; });
        open_connection(now);
    };
    modified.may_be_destroyed = true;
    sweep(modified).run();
}

TEST_CASE("any allocation may fail of a modify that meets another's change")
{
    const std::string others = "4255550199";
    scene modified("modify that meets another's change", 210, [&](play& now) {
        outcome& result = now.results[0];
        now.client.async_modify(
            [&](pc::OrganizationProfile& profile) {
                if (now.changes++ == 0) {
                    const testing::plenty not_ours;
                    now.service.edit([&](pc::OrganizationProfile& stored) {
                        stored.default_address->phone_number = others;
                    });
                }
                profile.company_name = *profile.company_name + "x";
            },
            result.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
    modified.wait = 50ms;
    modified.requests = 4;
    modified.connections = 2; // as above
    modified.is_change = true;
    modified.prepare = [](play& now) {
        const testing::plenty not_ours;
        now.service.edit([](pc::OrganizationProfile& profile) {
            profile.company_name = "TEST_TEST_BugBash1";
            profile.default_address->phone_number = "4255550100";
        });
        open_connection(now);
    };
    modified.afterwards = [&](play& over) {
        const pc::OrganizationProfile stored = over.service.profile();
        const bool changed = stored.company_name == "TEST_TEST_BugBash1x";
        CHECK((changed || stored.company_name == "TEST_TEST_BugBash1"));
        CHECK((changed || !ended_well(over)));
        CHECK((stored.default_address->phone_number == others) == (over.changes != 0));
        CHECK(over.changes <= 2);
    };
    modified.may_be_destroyed = true;
    sweep(modified).run();
}

TEST_CASE("any allocation may fail of a modify that fails and may have been applied")
{
    scene failed("modify that is applied, and answered 503", 100, [](play& now) {
        outcome& result = now.results[0];
        now.client.async_modify([](pc::OrganizationProfile& profile) { profile.company_name = "Contoso"; },
                                result.diag,
                                asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&result}));
        result.begun = true;
    });
    failed.usual_end = pc::make_http_status_code(503);
    failed.requests = 2;
    failed.is_change = true;
    failed.prepare = [](play& now) {
        const testing::plenty not_ours;
        now.service.edit([](pc::OrganizationProfile& profile) { profile.company_name = "Fabrikam"; });
        open_connection(now);
        fail(now, failure_rule(failure::apply_and_answer(503)).method("PUT"));
    };
    failed.may_be_destroyed = true;
    sweep(failed).run();
}

TEST_CASE("a modify names its failure, or the lack of memory to do so")
{
    pc::diagnostics why;
    why.may_have_been_applied = true;
    why.method = why.description = why.service_code = why.url = std::string(100, 'x');
    const std::pair<std::exception_ptr, pc::error_code> failures[] = {
        {std::make_exception_ptr(pc::error(pc::errc::stale_etag, why)), pc::errc::stale_etag},
        {std::make_exception_ptr(std::runtime_error(std::string(100, 'x'))), pc::errc::change_failed},
        {std::make_exception_ptr(7), pc::errc::change_failed},
    };
    for (const auto& [thrown, expected] : failures) {
        const bool is_ours = expected == pc::errc::stale_etag;
        bool reached = true;
        std::size_t nth = 1;
        for (; reached && nth < 100; ++nth) {
            pc::diagnostics diag;
            pc::error_code ec;
            {
                const testing::memory_shortage shortage(allocator_of::cpp, nth);
                ec = pc::detail::failure_of_modify(thrown, &diag);
                reached = shortage.reached();
            }
            CHECK(ec == (reached ? make_error_code(boost::system::errc::not_enough_memory) : expected));
            CHECK(diag.may_have_been_applied == is_ours);
        }
        CHECK_FALSE(reached);
        CHECK(nth > 2);
    }
}

TEST_CASE("any allocation may fail of a call that a coroutine awaits")
{
    scene awaited("update that a coroutine awaits", 34, [](play& now) {
        asio::co_spawn(now.io, now.client.update(now.profile),
                       asio::bind_cancellation_slot(now.signal.slot(), outcome::awaiter{&now.results[0]}));
        now.results[0].begun = true;
    });
    awaited.is_change = true;
    awaited.prepare = [](play& now) { open_connection(now); };
    awaited.may_be_destroyed = true;
    sweep(awaited).run();
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

TEST_CASE("a few allocations in a row may fail, from any on")
{
    for (const std::size_t length : {2U, 5U, 10U}) {
        scene fresh("read on a fresh connection, " + std::to_string(length) + " in a row", 64,
                    [](play& now) { now.get(now.results[0]); });
        fresh.length = length;
        fresh.may_be_destroyed = true;
        sweep(fresh).run();
    }
}

TEST_CASE("a few allocations in a row may fail of calls that end because their transport is closed")
{
    struct closes_transport {
        play& now;
        ~closes_transport() { now.transport.close(); }
    };
    for (const std::size_t length : {1U, 2U, 5U}) {
        scene closed("two reads when the transport is closed, " + std::to_string(length) + " in a row", 33,
                     [](play& now) {
                         const closes_transport at_the_end{now};
                         now.get(now.results[0]);
                         now.get(now.results[1]);
                     });
        closed.calls = 2;
        closed.usual_end = pc::errc::transport_closed;
        closed.closes_transport = true;
        closed.options = [](pc::client_options& options) { options.timeout = 300ms; };
        closed.requests = std::nullopt;
        closed.length = length;
        closed.may_be_destroyed = true;
        closed.prepare = [](play& now) { open_connection(now); };
        sweep(closed).run();
    }
}

TEST_CASE("any two allocations near each other may fail")
{
    for (const std::size_t gap : {1U, 2U, 3U, 4U, 5U, 6U}) {
        scene fresh("update on a fresh connection, two with " + std::to_string(gap) + " between", 67,
                    [](play& now) { now.update(now.results[0]); });
        fresh.is_change = true;
        fresh.length = 2;
        fresh.gap = gap;
        sweep(fresh).run();
    }
}

TEST_CASE("any allocation of OpenSSL's may fail of a call that opens a connection")
{
    scene fresh("read on a fresh connection, OpenSSL", 75, [](play& now) { now.get(now.results[0]); });
    fresh.whose = allocator_of::openssl;
    fresh.step = 29; // there are thousands
    sweep(fresh).run();
}

TEST_CASE("no lack of memory makes OpenSSL trust a stranger")
{
    const std::string stranger = testing::certificate_authority().pem();
    scene refused("read from a stranger, OpenSSL", 129, [](play& now) { now.get(now.results[0]); });
    refused.network = [&](pc::transport_options& network) {
        network.tls = std::move(testing::trusting(stranger).tls);
    };
    refused.usual_end = pc::errc::untrusted_certificate;
    refused.requests = 0;
    refused.connections = 0;
    refused.whose = allocator_of::openssl;
    refused.step = 13;
    refused.must_fail = true;
    sweep(refused).run();
}
