// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_SWEEP_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_SWEEP_HPP

#include "allocations.hpp"
#include "integration/fixtures/authority_fixture.hpp"
#include "integration/fixtures/client_fixture.hpp"

#include <partner_center/error.hpp>
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
#include <exception>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <utility>

namespace partner_center::testing {

/// How one call ended. Takes note without memory.
class outcome {
public:
    outcome() = default;
    outcome(const outcome&) = delete;
    outcome& operator=(const outcome&) = delete;

    struct handler {
        outcome* to;

        template <class Result>
        void operator()(const error_code& how, const Result&) const
        {
            ++to->completions;
            to->ec = how;
        }
    };

    /// Of a coroutine.
    struct awaiter {
        outcome* to;

        void operator()(const std::exception_ptr& thrown, const OrganizationProfile&) const
        {
            const plenty not_ours;
            ++to->completions;
            try {
                if (thrown)
                    std::rethrow_exception(thrown);
            } catch (const error& e) {
                to->ec = e.code();
                to->diag = e.diagnostics();
            } catch (const std::bad_alloc&) {
                to->ec = make_error_code(boost::system::errc::not_enough_memory);
            }
        }
    };

    unsigned completions = 0;
    bool begun = false;
    error_code ec;
    partner_center::diagnostics diag;
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
    std::function<void(transport_options&)> network = [](transport_options&) {};
    std::function<void(client_options&)> options = [](client_options&) {};
    bool renewable_token = false;
    allocator_of whose = allocator_of::cpp;
    std::size_t length = 1; // of the shortage, in allocations
    std::size_t gap = 0;    // allocations that have memory between two of them
    std::size_t step = 1;
    bool must_fail = false; // whether or not there is memory
    bool is_change = false; // which a success has made
    // Asio destroys a coroutine whose operation cannot begin; and a shortage may be too long.
    bool may_be_destroyed = false;
};

class play {
public:
    play(emulator& with, const scene& of)
        : service{with}
        , transport{io, short_of_connections(of)}
        , client{transport, credential_for(of), patient(of)}
        , loses_much_{of.length > 1}
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

    /// Runs until nothing is left to do. Where Asio may have lost several events for want of memory the calls
    /// are cancelled then, for they might wait until their deadlines.
    bool run()
    {
        io.restart();
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!io.stopped() && std::chrono::steady_clock::now() < until)
            try {
                if (thrown_out_of_run == 0 || !loses_much_) {
                    io.run_until(until);
                } else {
                    io.run_for(std::chrono::milliseconds{5});
                    signal.emit(asio::cancellation_type::terminal);
                }
            } catch (const std::bad_alloc&) {
                ++thrown_out_of_run;
            }
        return io.stopped();
    }

    emulator& service;
    asio::io_context io;
    partner_center::transport transport;
    partner_center::client client;
    OrganizationProfile profile = some_profile();
    std::array<outcome, 2> results;
    unsigned thrown_out_of_run = 0;

private:
    transport_options short_of_connections(const scene& of)
    {
        transport_options network = trusting(service.ca_pem());
        network.max_connections = 1;
        network.on_event = [this](const event& e) {
            if (cancel_attempt && e.kind == event_kind::attempt_started)
                signal.emit(asio::cancellation_type::terminal);
        };
        of.network(network);
        return network;
    }

    client_options patient(const scene& of) const
    {
        client_options options = talking_to(service.base_url());
        options.timeout = std::chrono::seconds{10};
        options.retry.base_delay = std::chrono::milliseconds{1};
        of.options(options);
        return options;
    }

    credential credential_for(const scene& of)
    {
        if (!of.renewable_token)
            return credential::bearer(service.token());
        {
            const plenty not_ours;
            service.new_refresh_token();
        }
        return credential::refresh_token(app_and_user(service));
    }

    bool loses_much_;
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
        CHECK(ends_["distrust from then on"] * 20 < nth / scene_.step);
        std::string text;
        for (const auto& [how, count] : ends_)
            if (count != 0)
                text += ", " + std::to_string(count) + " " + how;
        MESSAGE(scene_.name << ": " << nth - 1 << " allocations, one in " << scene_.step << " failed" << text
                            << "\n"
                            << spared());
    }

private:
    static constexpr std::size_t most = 5000;

    // One that is replaced by an answer there is no memory for is gone for good.
    static emulator_options with_lasting_refresh_tokens()
    {
        emulator_options options;
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
                const plenty not_ours;
                service_.clear_failures();
                connections_before_ = service_.connections_accepted();
            }
            play now(service_, scene_);
            scene_.prepare(now);
            {
                const plenty not_ours;
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
        const memory_shortage shortage(scene_.whose, nth, scene_.length, scene_.gap);
        bool thrown = false;
        try {
            scene_.begin(now);
        } catch (const std::bad_alloc&) {
            thrown = true;
        }
        const bool ended = now.run();
        const plenty memory;
        which_ = scene_.name + ", allocation " + std::to_string(nth) + ":\n" + shortage.where();
        REQUIRE_MESSAGE(ended, which_);
        if (thrown)
            ++ends_["thrown at once"];
        if (now.thrown_out_of_run != 0)
            ++ends_["thrown out of run()"];
        CHECK_MESSAGE((shortage.failed() || (!thrown && now.thrown_out_of_run == 0)), which_);
        // What the library has no memory for ends the call, and is not for Asio to throw.
        if (scene_.length == 1 && !scene_.may_be_destroyed && shortage.is_of_library())
            CHECK_MESSAGE(now.thrown_out_of_run == 0, which_);
        for (const outcome& result : now.results)
            check(now, result, shortage.failed());
        return shortage.reached();
    }

    void check(const play& now, const outcome& result, bool failed)
    {
        if (!result.begun) {
            CHECK_MESSAGE(result.completions == 0, which_);
            return;
        }
        const bool destroyed =
            scene_.may_be_destroyed && now.thrown_out_of_run != 0 && result.completions == 0;
        if (destroyed)
            ++ends_["handler destroyed"];
        CHECK_MESSAGE((destroyed || result.completions == 1), which_);
        if (destroyed)
            return;
        std::size_t applied = 0;
        // One of an earlier play may have come late.
        for (const auto& request : service_.requests())
            applied += request.applied && request.connection > connections_before_ ? 1U : 0U;
        CHECK_MESSAGE(applied <= 1, which_);
        if (!result.ec)
            CHECK_MESSAGE(applied == (scene_.is_change ? 1 : 0), which_);
        else if (applied != 0)
            CHECK_MESSAGE(result.diag.may_have_been_applied, which_);
        last_ = result.ec;
        if (!failed) {
            ++ends_["spared"];
            return;
        }
        ++ends_[result.ec ? result.ec.message() : "success"];
        CHECK_MESSAGE((result.ec || !scene_.must_fail), which_);
        // Where several events of a call were lost, it may also be our cancellation that it ends by.
        const bool cancelled = scene_.length > 1 && now.thrown_out_of_run != 0;
        const bool allowed = result.ec == usual_ || result.ec == boost::system::errc::not_enough_memory ||
                             scene_.whose == allocator_of::openssl ||
                             (cancelled && result.ec == asio::error::operation_aborted);
        CHECK_MESSAGE(allowed, result.ec.message(), ", ", describe(result.ec, result.diag), "\n", which_);
    }

    void check_transport(play& now)
    {
        {
            const plenty not_ours;
            service_.clear_failures();
        }
        now.thrown_out_of_run = 0;
        now.cancel_attempt = false;
        outcome next;
        // Without the signal: a cancellation by co_spawn may be on its way still, to the slot's last handler.
        now.client.async_get(next.diag, outcome::handler{&next});
        const bool ended = now.run();
        const plenty memory;
        REQUIRE_MESSAGE(ended, which_);
        REQUIRE_MESSAGE(next.completions == 1, which_);
        // OpenSSL 3.0 goes on to refuse an authority whose certificate it once had no memory to read.
        if (scene_.whose == allocator_of::openssl && !scene_.must_fail &&
            next.ec == errc::untrusted_certificate)
            ++ends_["distrust from then on"];
        else
            CHECK_MESSAGE(static_cast<bool>(next.ec) == scene_.must_fail, describe(next.ec, next.diag),
                          which_);
    }

    scene scene_;
    emulator service_;
    std::map<std::string, std::size_t> ends_;
    error_code usual_; // how the call ends when there is memory
    error_code last_;
    std::string which_;
    std::size_t connections_before_ = 0;
};

} // namespace partner_center::testing

#endif
