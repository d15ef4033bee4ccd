// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_CLIENT_CROWD_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_CLIENT_CROWD_HPP

#include "client_fixture.hpp"
#include "faulty_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// How often each fault happens, of a thousand.
struct chance {
    fault what;
    int per_mille;
};

inline const chance at_connections[] = {{fault::reset, 40}, {fault::silence, 20}, {fault::slow, 40}};
inline const chance at_requests[] = {
    {fault::unavailable, 60}, {fault::refuse_early, 60}, {fault::no_continue, 40}, {fault::reset, 40},
    {fault::close, 40},       {fault::cut, 40},          {fault::leave, 60},       {fault::rubbish, 30},
    {fault::slow, 100},       {fault::silence, 12},
};

/// Faults from a seed, unless it is told to behave.
class moods {
public:
    explicit moods(unsigned seed)
        : random_{seed}
    {
    }

    fault operator()(bool first)
    {
        if (well_behaved)
            return fault::none;
        int drawn = std::uniform_int_distribution<>{0, 999}(random_);
        const auto pick = [&](const auto& chances) {
            for (const chance& c : chances)
                if ((drawn -= c.per_mille) < 0)
                    return c.what;
            return fault::none;
        };
        return first ? pick(at_connections) : pick(at_requests);
    }

    std::atomic<bool> well_behaved = true;

private:
    std::mt19937 random_; // used on the server's thread only
};

/// How a call is made.
enum class form { callback, callback_on_strand, coroutine, race };

/// One call, and all that its caller decided about it beforehand.
struct planned_call {
    bool change = false;
    form how = form::callback;
    call_options options;
    std::optional<std::chrono::milliseconds> cancel_after;
    asio::cancellation_type cancel_by = asio::cancellation_type::terminal;

    asio::cancellation_signal signal;
    std::optional<asio::steady_timer> timer;
    call_result result;
    std::atomic<unsigned> completions = 0;
    bool result_lost = false;
};

inline planned_call& plan(std::deque<planned_call>& calls, std::mt19937& random)
{
    const auto below = [&random](int end) { return std::uniform_int_distribution<>{0, end - 1}(random); };
    planned_call& call = calls.emplace_back();
    call.change = below(3) != 0;
    call.how = static_cast<form>(below(4));
    call.options.expect_continue(below(2) == 0);
    if (below(4) == 0)
        call.options.timeout(std::chrono::milliseconds{1 + below(30)});
    if (below(3) == 0) {
        call.cancel_after = std::chrono::milliseconds{below(12)};
        const asio::cancellation_type types[] = {asio::cancellation_type::terminal,
                                                 asio::cancellation_type::partial,
                                                 asio::cancellation_type::total};
        call.cancel_by = types[below(3)];
    }
    return call;
}

template <class Token>
auto start_planned(const partner_center::client& client, planned_call& call, Token&& token)
{
    if (call.change)
        return client.async_update(some_profile(), call.options, call.result.diag,
                                   std::forward<Token>(token));
    return client.async_get(call.options, call.result.diag, std::forward<Token>(token));
}

/// Makes its calls one after the other, on a strand of its own: what is between two calls of one caller.
class caller {
public:
    using strand = asio::strand<asio::io_context::executor_type>;

    caller(asio::io_context& io, partner_center::client client, std::size_t count, unsigned seed)
        : strand_{asio::make_strand(io)}
        , client_{std::move(client)}
        , random_{seed}
        , left_{count}
    {
    }

    void begin()
    {
        asio::post(strand_, [this] { next(); });
    }

    /// Gives up its client while this call, counted from 1, is under way, and makes no more.
    void leave_during(std::size_t call) { leave_during_ = call; }

    [[nodiscard]] const std::deque<planned_call>& calls() const { return calls_; }
    [[nodiscard]] std::size_t ended() const { return ended_; }

private:
    void next()
    {
        if (left_ == 0 || !client_)
            return;
        --left_;
        planned_call& call = plan(calls_, random_);
        if (call.cancel_after && call.how != form::race)
            cancel_later(call);
        const auto note = [this, &call](const error_code& ec, OrganizationProfile profile) {
            completed(call, ec, std::move(profile));
        };
        switch (call.how) {
        case form::callback:
            start_planned(*client_, call, asio::bind_cancellation_slot(call.signal.slot(), note));
            break;
        case form::callback_on_strand:
            start_planned(
                *client_, call,
                asio::bind_executor(strand_, asio::bind_cancellation_slot(call.signal.slot(), note)));
            break;
        case form::coroutine:
            asio::co_spawn(strand_, in_coroutine(*client_, call),
                           asio::bind_cancellation_slot(
                               call.signal.slot(), [this, &call](const std::exception_ptr&) { end(call); }));
            break;
        case form::race:
            asio::co_spawn(strand_, in_race(*client_, call),
                           [this, &call](const std::exception_ptr&) { end(call); });
            break;
        }
        if (calls_.size() == leave_during_)
            client_.reset();
    }

    // On the strand, as the call is begun on it: a signal is for one thread at a time.
    void cancel_later(planned_call& call)
    {
        call.timer.emplace(strand_, *call.cancel_after);
        call.timer->async_wait([&call](const error_code& ec) {
            if (!ec)
                call.signal.emit(call.cancel_by);
        });
    }

    void completed(planned_call& call, const error_code& ec, OrganizationProfile profile)
    {
        call.result.ec = ec;
        call.result.profile = std::move(profile);
        ++call.completions;
        asio::post(strand_, [this, &call] { end(call); });
    }

    void end(planned_call& call)
    {
        if (call.timer)
            call.timer->cancel();
        ++ended_;
        next();
    }

    // By codes, not exceptions: ThreadSanitizer does not see how libstdc++ counts the owners of those.
    static asio::awaitable<void> in_coroutine(partner_center::client client, planned_call& call)
    {
        error_code ec;
        auto profile = co_await start_planned(client, call, asio::redirect_error(asio::use_awaitable, ec));
        call.result.ec = ec;
        call.result.profile = std::move(profile);
        ++call.completions;
    }

    static asio::awaitable<void> in_race(partner_center::client client, planned_call& call)
    {
        using namespace asio::experimental::awaitable_operators;
        asio::steady_timer limit(co_await asio::this_coro::executor,
                                 call.cancel_after.value_or(std::chrono::milliseconds{1000}));
        error_code ec;
        error_code ignored;
        const auto outcome =
            co_await (start_planned(client, call, asio::redirect_error(asio::use_awaitable, ec)) ||
                      limit.async_wait(asio::redirect_error(asio::use_awaitable, ignored)));
        call.result.ec = ec;
        if (outcome.index() == 0)
            call.result.profile = std::get<0>(outcome);
        else
            call.result_lost = true;
        ++call.completions;
    }

    strand strand_;
    std::optional<client> client_;
    std::mt19937 random_;
    std::size_t left_;
    std::size_t leave_during_ = 0;
    std::atomic<std::size_t> ended_ = 0;
    std::deque<planned_call> calls_;
};

/// A transport, callers with one client or one each, and the threads that run them. If idle connections are
/// watched, the threads have something to do until the transport is closed.
class crowd {
public:
    static constexpr std::size_t threads = 8;
    static constexpr std::size_t callers = 40;

    crowd(const faulty_server& server, std::size_t calls, unsigned seed, bool one_client = true,
          bool watched = false)
        : io_{std::in_place, static_cast<int>(threads)}
    {
        transport_options network = trusting(server.ca_pem());
        network.handshake_timeout = std::chrono::milliseconds{2000};
        network.attempt_timeout = std::chrono::milliseconds{1000};
        network.watch_idle_connections = watched;
        client_options options = talking_to(server.base_url());
        options.continue_timeout = std::chrono::milliseconds{20};
        transport_.emplace(*io_, std::move(network));
        client_.emplace(*transport_, credential::bearer(fake_token), options);
        for (unsigned i = 0; i != callers; ++i) {
            if (!one_client)
                client_.emplace(*transport_, credential::bearer(fake_token), options);
            callers_.emplace_back(*io_, *client_, calls / callers, seed + i);
        }
        // So that all threads find the connection and the TLS session of an earlier call.
        call_result first;
        client_->async_get(first.diag, keep_in(first));
        while (first.completions == 0 && io_->run_one_for(std::chrono::seconds{20}) != 0) {
        }
        io_->restart();
        REQUIRE_MESSAGE(!first.ec, first.what());
    }

    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

    ~crowd()
    {
        io_->stop();
        join();
        client_.reset();
        transport_.reset();
        callers_.clear(); // before the context: they have timers
        io_.reset();
    }

    void begin()
    {
        for (caller& c : callers_)
            c.begin();
        for (std::size_t i = 0; i != threads; ++i)
            threads_.emplace_back([this] { io_->run_for(std::chrono::minutes{2}); });
    }

    /// Waits until so many calls have ended.
    void wait_for(std::size_t calls) const
    {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        const auto ended = [this] {
            std::size_t sum = 0;
            for (const caller& c : callers_)
                sum += c.ended();
            return sum;
        };
        while (ended() < calls && std::chrono::steady_clock::now() < limit)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }

    void join()
    {
        for (std::thread& thread : threads_)
            thread.join();
        threads_.clear();
    }

    /// Waits until the threads have nothing left to do.
    void finish()
    {
        join();
        REQUIRE_MESSAGE(io_->stopped(), "the calls did not come to their end");
    }

    /// Some calls at once, after the others.
    std::deque<call_result> more_calls()
    {
        std::deque<call_result> results(16);
        for (call_result& result : results)
            client_->async_get(result.diag, keep_in(result));
        io_->restart();
        io_->run_for(std::chrono::seconds{30});
        CHECK(io_->stopped());
        return results;
    }

    [[nodiscard]] asio::io_context& io() { return *io_; }
    void close_transport() { transport_->close(); }
    [[nodiscard]] std::deque<caller>& all() { return callers_; }

private:
    std::optional<asio::io_context> io_;
    std::optional<transport> transport_;
    std::optional<client> client_;
    std::deque<caller> callers_;
    std::vector<std::thread> threads_;
};

} // namespace partner_center::testing

#endif
