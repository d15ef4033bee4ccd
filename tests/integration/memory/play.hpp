// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_PLAY_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_PLAY_HPP

#include "allocations.hpp"
#include "clock.hpp"
#include "integration/fixtures/authority_fixture.hpp"
#include "integration/fixtures/client_fixture.hpp"

#include <partner_center/error.hpp>
#include <partner_center/signed_in.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <new>
#include <optional>
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

        void operator()(const error_code& how, const signed_in& tokens) const
        {
            ++to->completions;
            to->ec = how;
            to->has_tokens = !tokens.access.token.empty() && !tokens.refresh_token.empty();
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
    bool has_tokens = false; // of a sign-in
    error_code ec;
    partner_center::diagnostics diag;
};

class play;

/// What is done while memory is short, what goes before, and the client for it.
class scene {
public:
    /// @param allocations How many of its allocations are tried, at least: a little under what it takes.
    scene(std::string is_called, std::size_t allocations, std::function<void(play&)> is)
        : name{std::move(is_called)}
        , least{allocations}
        , begin{std::move(is)}
    {
    }

    std::string name;
    std::size_t least;
    std::function<void(play&)> begin;
    std::function<void(play&)> prepare = [](play&) {};
    std::function<void(play&)> afterwards = [](play&) {};
    std::function<void(emulator_options&)> service = [](emulator_options&) {};
    std::function<void(transport_options&)> network = [](transport_options&) {};
    std::function<void(client_options&)> options = [](client_options&) {};
    std::function<credential(emulator&)> tokens = [](emulator& from) {
        return credential::bearer(from.token());
    };
    // Over these the clock leaps: the wait between two requests, and that of a call which cannot be woken
    // when it gets what it waits for, and looks for itself.
    std::chrono::milliseconds wait{0};
    std::chrono::milliseconds look{0};
    allocator_of whose = allocator_of::cpp;
    std::size_t length = 1; // of the shortage, in allocations
    std::size_t gap = 0;    // allocations that have memory between two of them
    std::size_t step = 1;
    std::size_t calls = 1;
    std::optional<error_code> other_end; // that a lack of memory may lead to
    bool must_fail = false;              // whether or not there is memory
    bool closes_transport = false;       // so that the next call fails, whatever becomes of this one
    bool is_change = false;              // which a success has made
    // Asio destroys a coroutine whose operation cannot begin; and a shortage may be too long.
    bool may_be_destroyed = false;

    // What happens when there is memory: how each call ends, and what it takes, the connections of prepare
    // included.
    error_code usual_end;
    std::optional<std::size_t> requests = 1;
    unsigned connections = 1;
};

class play {
public:
    play(emulator& with, const scene& of)
        : service{with}
        , transport{io, short_of_connections(of)}
        , client{transport, of.tokens(service), patient(of)}
        , loses_much_{of.length > 1}
        , wait_{of.wait}
        , look_{of.look}
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
    /// @param shortage What may have lost a call the event that it waits for.
    bool run(const memory_shortage* shortage = nullptr)
    {
        io.restart();
        between_requests_ = false;
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!io.stopped() && std::chrono::steady_clock::now() < until)
            try {
                if (thrown_out_of_run != 0 && loses_much_) {
                    io.run_for(std::chrono::milliseconds{5});
                    signal.emit(asio::cancellation_type::terminal);
                } else if (wait_ != wait_.zero()) {
                    run_without_waits(until);
                } else if (look_ != look_.zero() && shortage) {
                    run_without_look(until, *shortage);
                } else {
                    io.run_until(until);
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
    unsigned connections = 0; // that were opened
    unsigned changes = 0;     // that a modify asked for

private:
    transport_options short_of_connections(const scene& of)
    {
        transport_options network = trusting(service.ca_pem());
        network.max_connections = 1;
        if (of.look != of.look.zero())
            network.connect_timeout = of.look;
        network.on_event = [this](const event& e) { take_note(e.kind); };
        of.network(network);
        return network;
    }

    void take_note(event_kind what)
    {
        if (what == event_kind::connection_opened)
            ++connections;
        if (what == event_kind::attempt_started || what == event_kind::attempt_finished)
            between_requests_ = what == event_kind::attempt_finished;
        if (cancel_attempt && what == event_kind::attempt_started)
            signal.emit(asio::cancellation_type::terminal);
    }

    client_options patient(const scene& of) const
    {
        client_options options = talking_to(service.base_url());
        options.timeout = std::chrono::seconds{10};
        options.retry.base_delay = std::chrono::milliseconds{1};
        of.options(options);
        return options;
    }

    void run_without_waits(std::chrono::steady_clock::time_point until)
    {
        while (!io.stopped() && std::chrono::steady_clock::now() < until) {
            if (io.poll_one() != 0)
                continue;
            if (std::exchange(between_requests_, false))
                leap_over(wait_);
            else
                io.run_one_until(until);
        }
    }

    void run_without_look(std::chrono::steady_clock::time_point until, const memory_shortage& shortage)
    {
        while (io.run_for(std::chrono::milliseconds{50}) != 0 && !io.stopped())
            ;
        if (!io.stopped() && shortage.failed())
            leap_over(look_);
        io.run_until(until);
    }

    void leap_over(std::chrono::milliseconds wait)
    {
        const plenty not_ours;
        leap(wait);
        // Asio looks at the clock when a timer is set that comes before the others.
        nudge_.expires_at(std::chrono::steady_clock::time_point());
        nudge_.async_wait([](const error_code&) {});
    }

    bool loses_much_;
    std::chrono::milliseconds wait_;
    std::chrono::milliseconds look_;
    bool between_requests_ = false;
    asio::steady_timer nudge_{io};
};

} // namespace partner_center::testing

#endif
