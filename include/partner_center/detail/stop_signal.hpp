// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_STOP_SIGNAL_HPP
#define PARTNER_CENTER_DETAIL_STOP_SIGNAL_HPP

#include <partner_center/detail/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace partner_center::detail {

/// Carries cancellation from any thread to a coroutine on a strand. The coroutine owns it,
/// and what is on its way to stop the coroutine.
class stop_signal {
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

/// With a new strand of the executor.
PARTNER_CENTER_DECL std::shared_ptr<stop_signal> make_stop_signal(const asio::any_io_executor& executor);

/// Owns nothing: the slot that it is in may outlive the execution context, and by that the strand.
struct stop_on_request {
    std::weak_ptr<stop_signal> target;

    PARTNER_CENTER_DECL void operator()(asio::cancellation_type type) const;
};

/// The same for a coroutine of the user's, which no type of cancellation but `terminal` passes unless it says
/// so. It is never inside of `emit`: co_spawn of Boost 1.81 has no catch for a coroutine that throws when it
/// is cancelled before it was suspended for the first time.
struct end_on_request {
    std::weak_ptr<stop_signal> target;

    PARTNER_CENTER_DECL void operator()(asio::cancellation_type type) const;
};

/// Tells a coroutine on a strand to stop, at the deadline or never.
class cancel_at {
public:
    PARTNER_CENTER_DECL cancel_at(const std::shared_ptr<stop_signal>& signal,
                                  std::chrono::steady_clock::time_point deadline);

private:
    asio::steady_timer timer_;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/stop_signal.ipp>
#endif

#endif
