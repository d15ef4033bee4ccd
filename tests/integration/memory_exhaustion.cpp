// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whichever allocation of a call fails, the call ends once and says so, nothing leaks, and the next call on the
// same transport succeeds.

#include "fixtures/authority_fixture.hpp"
#include "fixtures/client_fixture.hpp"
#include "fixtures/tunnel_proxy.hpp"
#include "memory/allocations.hpp"

#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using testing::allocator_of;
using testing::block_count;
using testing::failure;
using testing::failure_rule;
using testing::memory_shortage;

namespace {

/// How one call ended. Takes note without memory.
class outcome {
public:
    outcome() = default;
    outcome(const outcome&) = delete;
    outcome& operator=(const outcome&) = delete;

    struct handler {
        outcome* to;

        void operator()(const pc::error_code& how, const pc::OrganizationProfile&) const
        {
            ++to->completions;
            to->ec = how;
        }
    };

    unsigned completions = 0;
    bool begun = false;
    pc::error_code ec;
    pc::diagnostics diag;
};

class play;

/// What is done while memory is short, what goes before, and the client for it.
class scene {
public:
    explicit scene(std::string is_called, std::function<void(play&)> is)
        : name{std::move(is_called)}
        , begin{std::move(is)}
    {
    }

    std::string name;
    std::function<void(play&)> begin;
    std::function<void(play&)> prepare = [](play&) {};
    std::function<void(pc::transport_options&)> network = [](pc::transport_options&) {};
    std::function<void(pc::client_options&)> options = [](pc::client_options&) {};
    bool renewable_token = false;
    allocator_of whose = allocator_of::cpp;
    std::size_t length = 1; // of the shortage, in allocations
    std::size_t step = 1;
    bool must_fail = false; // whether or not there is memory
};

class play {
public:
    play(testing::emulator& with, const scene& of)
        : service{with}
        , transport{io, short_of_connections(of)}
        , client{transport, credential_for(of), patient(of)}
    {
    }

    /// Handlers take cancellation from here.
    asio::cancellation_signal signal;
    /// Whether the call is cancelled as soon as it sends.
    bool cancel_attempt = false;

    void get(outcome& result)
    {
        client.async_get(result.diag, asio::bind_cancellation_slot(signal.slot(), outcome::handler{&result}));
        result.begun = true;
    }

    void update(outcome& result)
    {
        client.async_update(profile, result.diag,
                            asio::bind_cancellation_slot(signal.slot(), outcome::handler{&result}));
        result.begun = true;
    }

    /// Runs until nothing is left to do. Asio may have lost an event for want of memory; then the calls are
    /// cancelled, for which they otherwise wait until their deadlines.
    bool run()
    {
        io.restart();
        const auto until = std::chrono::steady_clock::now() + 20s;
        while (!io.stopped() && std::chrono::steady_clock::now() < until)
            try {
                if (thrown_out_of_run == 0) {
                    io.run_until(until);
                } else {
                    io.run_for(20ms);
                    signal.emit(asio::cancellation_type::terminal);
                }
            } catch (const std::bad_alloc&) {
                ++thrown_out_of_run;
            }
        return io.stopped();
    }

    testing::emulator& service;
    asio::io_context io;
    pc::transport transport;
    pc::client client;
    pc::OrganizationProfile profile = testing::some_profile();
    std::array<outcome, 2> results;
    unsigned thrown_out_of_run = 0;

private:
    pc::transport_options short_of_connections(const scene& of)
    {
        pc::transport_options network = testing::trusting(service.ca_pem());
        network.max_connections = 1;
        network.on_event = [this](const pc::event& e) {
            if (cancel_attempt && e.kind == pc::event_kind::attempt_started)
                signal.emit(asio::cancellation_type::terminal);
        };
        of.network(network);
        return network;
    }

    pc::client_options patient(const scene& of) const
    {
        pc::client_options options = testing::talking_to(service.base_url());
        options.timeout = 10s;
        options.retry.base_delay = 1ms;
        of.options(options);
        return options;
    }

    pc::credential credential_for(const scene& of)
    {
        if (!of.renewable_token)
            return pc::credential::bearer(service.token());
        {
            const testing::plenty not_ours;
            service.new_refresh_token();
        }
        return pc::credential::refresh_token(testing::app_and_user(service));
    }
};

/// Plays a scene once for each of its allocations, which fails.
class sweep {
public:
    explicit sweep(scene of)
        : scene_{std::move(of)}
        , service_{with_lasting_refresh_tokens()}
    {
    }

    void run()
    {
        once(most); // what a program makes but once is made here
        usual_ = last_;
        ends_.clear();
        std::size_t nth = 1;
        while (nth < most && once(nth))
            nth += scene_.step;
        CHECK(nth < most);
        CHECK(nth > 5);
        CHECK(ends_["spared"] * 3 < nth);
        std::string text;
        for (const auto& [how, count] : ends_)
            text += ", " + std::to_string(count) + " " + how;
        MESSAGE(scene_.name << ": " << nth - 1 << " allocations, one in " << scene_.step << " failed" << text
                            << "\n"
                            << testing::spared());
    }

private:
    static constexpr std::size_t most = 5000;

    // One that is replaced by an answer there is no memory for is gone for good.
    static testing::emulator_options with_lasting_refresh_tokens()
    {
        testing::emulator_options options;
        options.oauth.rotate_refresh_tokens = false;
        return options;
    }

    // Returns whether there was such an allocation.
    bool once(std::size_t nth)
    {
        const block_count blocks;
        bool reached = false;
        {
            {
                const testing::plenty not_ours;
                service_.clear_failures();
                service_.clear_requests();
            }
            play now(service_, scene_);
            scene_.prepare(now);
            {
                const testing::plenty not_ours;
                service_.clear_requests();
            }
            reached = attempt(now, nth);
            check_transport(now);
        }
        CHECK_MESSAGE(blocks.live() == 0, which_);
        return reached;
    }

    bool attempt(play& now, std::size_t nth)
    {
        const memory_shortage shortage(scene_.whose, nth, scene_.length);
        bool thrown = false;
        try {
            scene_.begin(now);
        } catch (const std::bad_alloc&) {
            thrown = true;
        }
        const bool ended = now.run();
        const testing::plenty memory;
        which_ = scene_.name + ", allocation " + std::to_string(nth) + ":\n" + shortage.where();
        REQUIRE_MESSAGE(ended, which_);
        if (thrown)
            ++ends_["thrown at once"];
        if (now.thrown_out_of_run != 0)
            ++ends_["thrown out of run()"];
        CHECK_MESSAGE((shortage.failed() || (!thrown && now.thrown_out_of_run == 0)), which_);
        for (const outcome& result : now.results)
            check(now, result, shortage.failed());
        return shortage.reached();
    }

    void check(const play& now, const outcome& result, bool failed)
    {
        CHECK_MESSAGE(result.completions == (result.begun ? 1 : 0), which_);
        if (!result.begun)
            return;
        std::size_t applied = 0;
        for (const auto& request : service_.requests())
            applied += request.applied ? 1U : 0U;
        CHECK_MESSAGE(applied <= 1, which_);
        if (result.ec && applied != 0)
            CHECK_MESSAGE(result.diag.may_have_been_applied, which_);
        last_ = result.ec;
        if (!failed) {
            ++ends_["spared"];
            return;
        }
        ++ends_[result.ec ? result.ec.message() : "success"];
        // Where Asio throws out of run(), an event of the call was lost, which may then end by anything.
        CHECK_MESSAGE((result.ec || !scene_.must_fail), which_);
        const bool allowed = result.ec == usual_ || result.ec == boost::system::errc::not_enough_memory ||
                             scene_.whose == allocator_of::openssl || now.thrown_out_of_run != 0;
        CHECK_MESSAGE(allowed, result.ec.message(), ", ", describe(result.ec, result.diag), "\n", which_);
    }

    void check_transport(play& now)
    {
        {
            const testing::plenty not_ours;
            service_.clear_failures();
        }
        now.thrown_out_of_run = 0;
        now.cancel_attempt = false;
        outcome next;
        now.get(next);
        const bool ended = now.run();
        const testing::plenty memory;
        REQUIRE_MESSAGE(ended, which_);
        REQUIRE_MESSAGE(next.completions == 1, which_);
        CHECK_MESSAGE(static_cast<bool>(next.ec) == scene_.must_fail, describe(next.ec, next.diag), which_);
    }

    scene scene_;
    testing::emulator service_;
    std::map<std::string, std::size_t> ends_;
    pc::error_code usual_; // how the call ends when there is memory
    pc::error_code last_;
    std::string which_;
};

void open_connection(play& now)
{
    outcome first;
    now.get(first);
    const bool ended = now.run();
    const testing::plenty memory;
    REQUIRE(ended);
    REQUIRE_FALSE(first.ec);
}

// A call that cannot be woken when it gets what it waits for looks for itself, as often as this.
void look_often(pc::transport_options& network)
{
    network.attempt_timeout = 2s;
}

void fail(play& now, const failure_rule& rule)
{
    const testing::plenty not_ours;
    now.service.add_failure(rule);
}

} // namespace

TEST_CASE("any allocation may fail of a call that opens a connection")
{
    sweep(scene("read on a fresh connection", [](play& now) { now.get(now.results[0]); })).run();
}

TEST_CASE("any allocation may fail of a call on a kept connection")
{
    scene kept("update on a kept connection", [](play& now) { now.update(now.results[0]); });
    kept.prepare = open_connection;
    sweep(kept).run();
}

TEST_CASE("any allocation may fail while one call waits for another's connection")
{
    scene queue("two reads on one connection", [](play& now) {
        now.get(now.results[0]);
        now.get(now.results[1]);
    });
    queue.prepare = open_connection;
    queue.network = look_often;
    sweep(queue).run();
}

TEST_CASE("any allocation may fail of a call that is cancelled")
{
    scene cancelled("update that is cancelled", [](play& now) {
        now.cancel_attempt = true;
        now.update(now.results[0]);
    });
    cancelled.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::delay(50ms)).method("PUT"));
    };
    sweep(cancelled).run();
}

TEST_CASE("any allocation may fail of a call that is repeated")
{
    scene repeated("update that is repeated after a 503", [](play& now) { now.update(now.results[0]); });
    repeated.options = [](pc::client_options& options) { options.retry.max_attempts = 2; };
    repeated.prepare = [](play& now) {
        open_connection(now);
        fail(now, failure_rule(failure::answer(503)));
    };
    sweep(repeated).run();
}

TEST_CASE("any allocation may fail of a call that gets another token")
{
    scene renewed("read after the token was revoked", [](play& now) { now.get(now.results[0]); });
    renewed.renewable_token = true;
    renewed.network = look_often;
    renewed.prepare = [](play& now) {
        open_connection(now);
        const testing::plenty not_ours;
        now.service.revoke_access_tokens();
    };
    sweep(renewed).run();
}

TEST_CASE("any allocation may fail of a call that the service refuses")
{
    scene refused("update that is refused", [](play& now) { now.update(now.results[0]); });
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
    scene tunnelled("read through a proxy", [](play& now) { now.get(now.results[0]); });
    tunnelled.network = [&](pc::transport_options& network) { network.proxy.url = proxy.url(); };
    sweep(tunnelled).run();
}

TEST_CASE("any allocation of OpenSSL's may fail of a call that opens a connection")
{
    scene fresh("read on a fresh connection, OpenSSL", [](play& now) { now.get(now.results[0]); });
    fresh.whose = allocator_of::openssl;
    fresh.step = 29; // there are thousands
    sweep(fresh).run();
}

TEST_CASE("no lack of memory makes OpenSSL trust a stranger")
{
    const std::string stranger = testing::certificate_authority().pem();
    scene refused("read from a stranger, OpenSSL", [](play& now) { now.get(now.results[0]); });
    refused.network = [&](pc::transport_options& network) {
        network.tls = std::move(testing::trusting(stranger).tls);
    };
    refused.whose = allocator_of::openssl;
    refused.step = 13;
    refused.must_fail = true;
    sweep(refused).run();
}
