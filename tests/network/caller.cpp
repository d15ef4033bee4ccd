// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "caller.hpp"

#include <partner_center.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;

namespace network {
namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::uint64_t next_number()
{
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

std::string request_id(std::uint64_t number)
{
    std::array<char, 37> id{};
    std::snprintf(id.data(), id.size(), "00000000-0000-4000-8000-%012llx",
                  static_cast<unsigned long long>(number));
    return id.data();
}

pc::transport_options network_of(const testbed& bed, const caller_options& options,
                                 std::function<void(const pc::event&)> on_event)
{
    pc::transport_options net;
    net.ca_file = (bed.folder() / "ca.pem").string();
    net.max_connections = options.max_connections;
    net.connect_timeout = options.connect_timeout;
    net.handshake_timeout = options.handshake_timeout;
    net.attempt_timeout = options.attempt_timeout;
    net.watch_idle_connections = options.watch_idle_connections;
    net.on_event = std::move(on_event);
    return net;
}

pc::client_options settings_of(const caller_options& options)
{
    pc::client_options settings;
    settings.base_url = "https://" + options.host + ":" + std::to_string(testbed::port);
    settings.expect_continue = options.expect_continue;
    settings.retry.max_attempts = options.max_attempts;
    settings.retry.base_delay = milliseconds(50);
    settings.retry.max_delay = milliseconds(500);
    return settings;
}

} // namespace

struct caller::state {
    state(const testbed& bed, const caller_options& options)
        : work(context.get_executor())
        , transport(context, network_of(bed, options, [this](const pc::event& e) { note(e); }))
        , client(transport, pc::credential::bearer("fake"), settings_of(options))
    {
        for (std::thread& thread : threads)
            thread = std::thread([this] { context.run(); });
    }

    void note(const pc::event& e)
    {
        const std::lock_guard lock(mutex);
        events.push_back({clock_type::now(), e.kind, e.why_retried, e.http_status, e.connect_time});
    }

    void note(finished_call done)
    {
        succeeded += !done.ec;
        const std::lock_guard lock(mutex);
        finished.push_back(std::move(done));
    }

    void one_has_ended(const std::exception_ptr& failure)
    {
        const std::lock_guard lock(mutex);
        if (failure)
            thrown = failure;
        --at_work;
    }

    bool is_over() const
    {
        const std::lock_guard lock(mutex);
        return at_work == 0;
    }

    asio::io_context context;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    pc::transport transport;
    pc::client client;
    std::array<std::thread, 2> threads;

    std::atomic<bool> stopping{false};
    std::atomic<std::size_t> succeeded{0};
    mutable std::mutex mutex;
    finished_calls finished;
    std::vector<seen_event> events;
    unsigned at_work = 0;
    std::exception_ptr thrown;
};

namespace {

asio::awaitable<void> make_call(pc::client client, pc::OrganizationProfile& profile, bool is_update,
                                milliseconds timeout, finished_call& done)
{
    const std::uint64_t number = next_number();
    done.request_id = request_id(number);
    done.is_update = is_update;
    done.timeout = timeout;
    pc::call_options options;
    options.request_id(done.request_id).timeout(timeout);
    pc::diagnostics diag;
    const auto begun = clock_type::now();
    if (is_update) {
        profile.company_name = "Contoso " + std::to_string(number);
        const auto [ec, stored] = co_await client.async_update(profile, options, diag, as_result);
        done.ec = ec;
        // The profile is everybody's: an answer that was lost is given again, with what is stored by now.
        if (!ec && !stored.company_name.value_or("").starts_with("Contoso "))
            throw std::runtime_error("an update was answered with a profile that nobody has written");
    } else {
        const auto [ec, stored] = co_await client.async_get(options, diag, as_result);
        done.ec = ec;
        if (!ec && stored.company_name.value_or("").empty())
            throw std::runtime_error("a profile without a name was read");
    }
    done.took = clock_type::now() - begun;
    done.phase = diag.phase;
    done.attempts = diag.attempts;
    done.may_have_been_applied = diag.may_have_been_applied;
    if (done.ec)
        done.what = describe(done.ec, diag);
}

template <class State>
asio::awaitable<void> call_often(std::shared_ptr<State> shared, crowd asked)
{
    std::minstd_rand chance(static_cast<unsigned>(next_number()));
    asio::steady_timer pause(co_await asio::this_coro::executor);
    pc::OrganizationProfile profile;
    profile.default_address.emplace();
    if (asked.size != 0)
        profile.extra["padding"] = std::string(asked.size, 'x');
    for (unsigned i = 0; asked.calls == 0 ? !shared->stopping.load() : i != asked.calls; ++i) {
        finished_call done;
        co_await make_call(shared->client, profile, i % 4 != 3, asked.timeout, done);
        shared->note(std::move(done));
        const auto longest = static_cast<unsigned>(asked.pause.count()) * 1000U;
        pause.expires_after(std::chrono::microseconds(chance() % (longest + 1)));
        co_await pause.async_wait(as_result);
    }
}

} // namespace

caller::caller(const testbed& bed, const caller_options& options)
    : state_(std::make_shared<state>(bed, options))
{
}

caller::~caller()
{
    state_->stopping = true;
    state_->transport.close();
    state_->work.reset();
    for (std::thread& thread : state_->threads)
        thread.join();
}

void caller::begin(const crowd& asked)
{
    state_->stopping = false;
    state_->at_work = asked.coroutines;
    for (unsigned i = 0; i != asked.coroutines; ++i)
        asio::co_spawn(
            state_->context, call_often(state_, asked),
            [shared = state_.get()](std::exception_ptr failure) { shared->one_has_ended(failure); });
}

finished_calls caller::run(const crowd& asked)
{
    begin(asked);
    return end();
}

finished_calls caller::end()
{
    state_->stopping = true;
    wait_until([this] { return state_->is_over(); }, "the last call ends");
    if (state_->thrown)
        std::rethrow_exception(std::exchange(state_->thrown, nullptr));
    return std::exchange(state_->finished, {});
}

void caller::wait_for_successes(std::size_t more) const
{
    const std::size_t wanted = state_->succeeded + more;
    wait_until([&] { return state_->succeeded >= wanted || state_->is_over(); },
               std::to_string(more) + " calls succeed");
}

std::vector<seen_event> caller::events() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->events;
}

std::size_t caller::count(pc::event_kind kind) const
{
    const auto seen = events();
    return static_cast<std::size_t>(
        std::count_if(seen.begin(), seen.end(), [kind](const seen_event& e) { return e.kind == kind; }));
}

std::size_t caller::count(pc::retry_reason why) const
{
    const auto seen = events();
    return static_cast<std::size_t>(
        std::count_if(seen.begin(), seen.end(), [why](const seen_event& e) { return e.why_retried == why; }));
}

} // namespace network
