// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_AWAIT_UNTIL_HPP
#define PARTNER_CENTER_DETAIL_AWAIT_UNTIL_HPP

#include <partner_center/detail/stop_signal.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

namespace partner_center::detail {

// g++ 12 takes the inlined operator new and delete of Asio's coroutine frames for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

/// A coroutine on a strand that is told to stop at the deadline: it is cancelled, and has to come to its end
/// itself.
template <class Awaitable>
Awaitable run_until(Awaitable coroutine, std::shared_ptr<stop_signal> signal,
                    std::chrono::steady_clock::time_point deadline)
{
    const cancel_at timer(signal, deadline);
    co_await std::move(coroutine);
}

/// Lives as long as the coroutine that is spawned by it, whose slot is the signal's.
struct begin_until {
    asio::awaitable<void> coroutine;
    std::shared_ptr<stop_signal> signal;
    std::chrono::steady_clock::time_point deadline;

    asio::awaitable<void> operator()() { return run_until(std::move(coroutine), signal, deadline); }
};

struct initiate_until {
    asio::any_io_executor io_executor;

    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return io_executor; }

    template <class Handler>
    void operator()(Handler&& handler, asio::awaitable<void> coroutine,
                    std::chrono::steady_clock::time_point deadline) const
    {
        const std::shared_ptr<stop_signal> signal = make_stop_signal(io_executor);
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign(end_on_request{signal});
        asio::co_spawn(signal->strand(), begin_until{std::move(coroutine), signal, deadline},
                       asio::bind_cancellation_slot(signal->slot(), std::forward<Handler>(handler)));
    }
};

/// Awaits a coroutine, with a deadline.
template <class Awaitable>
auto await_until(const asio::any_io_executor& executor, Awaitable coroutine,
                 std::chrono::steady_clock::time_point deadline)
{
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(
        initiate_until{executor}, asio::use_awaitable, std::move(coroutine), deadline);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

} // namespace partner_center::detail

#endif
