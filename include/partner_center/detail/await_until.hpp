// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_AWAIT_UNTIL_HPP
#define PARTNER_CENTER_DETAIL_AWAIT_UNTIL_HPP

#include <partner_center/detail/shared_object.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace partner_center::detail {

/// Carries cancellation from any thread to a coroutine on a strand.
class stop_signal final : public shared_object {
public:
    explicit stop_signal(asio::any_io_executor strand)
        : strand_(std::move(strand))
    {
    }

    const asio::any_io_executor& strand() const noexcept { return strand_; }
    asio::cancellation_slot slot() noexcept { return signal_.slot(); }
    void emit(asio::cancellation_type type) { signal_.emit(type); }

private:
    asio::any_io_executor strand_;
    asio::cancellation_signal signal_;
};

/// `at_once` is for a coroutine that does not throw when it is cancelled: co_spawn of Boost 1.81 has no catch
/// for one that throws so before it was suspended for the first time.
struct stop_on_request {
    ref<stop_signal> target;
    bool at_once;

    void operator()(asio::cancellation_type type) const
    {
        const auto stop = [to = target, type] { to->emit(type); };
        if (at_once)
            asio::dispatch(target->strand(), stop);
        else
            asio::post(target->strand(), stop);
    }
};

/// Tells a coroutine on a strand to stop, at the deadline or never.
class cancel_at {
public:
    cancel_at(const ref<stop_signal>& signal, std::chrono::steady_clock::time_point deadline)
        : timer_(signal->strand(), deadline)
    {
        timer_.async_wait([signal](const error_code& ec) {
            if (!ec)
                signal->emit(asio::cancellation_type::terminal);
        });
    }

private:
    asio::steady_timer timer_;
};

// g++ 12 takes the inlined operator new and delete of Asio's coroutine frames for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

/// A coroutine on a strand that is told to stop at the deadline: it is cancelled, and has to come to its end
/// itself.
template <class Awaitable>
Awaitable run_until(Awaitable coroutine, ref<stop_signal> signal,
                    std::chrono::steady_clock::time_point deadline)
{
    const cancel_at timer(signal, deadline);
    co_await std::move(coroutine);
}

struct initiate_until {
    asio::any_io_executor io_executor;

    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return io_executor; }

    template <class Handler>
    void operator()(Handler&& handler, asio::awaitable<void> coroutine,
                    std::chrono::steady_clock::time_point deadline) const
    {
        const ref<stop_signal> signal(new stop_signal(asio::make_strand(io_executor)));
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign(stop_on_request{signal, false});
        asio::co_spawn(signal->strand(), run_until(std::move(coroutine), signal, deadline),
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
