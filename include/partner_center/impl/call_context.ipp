// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CALL_CONTEXT_IPP
#define PARTNER_CENTER_IMPL_CALL_CONTEXT_IPP

#include <partner_center/detail/call_context.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL steady_clock::time_point time_after(steady_clock::duration limit)
{
    const auto now = steady_clock::now();
    return limit < steady_clock::time_point::max() - now ? now + limit : steady_clock::time_point::max();
}

PARTNER_CENTER_DECL void completion::finish(operation& op, const error_code& ec, std::size_t size)
{
    const std::shared_ptr<call_context> context = std::move(op.context);
    const ref<shared_object> owner = std::move(op.owner);
    op.done = true;
    op.ec = ec;
    op.size = size;
    context->finished(op);
}

PARTNER_CENTER_DECL void completion::abandon(operation& op) noexcept
{
    const std::shared_ptr<call_context> context = std::move(op.context);
    const ref<shared_object> owner = std::move(op.owner);
    if (std::uncaught_exceptions() == 0)
        return;
    // Asio had no memory to begin the operation, or to call its handler: the call would not hear of its end.
    try {
        context->post_stop(make_error_code(boost::system::errc::not_enough_memory));
    } catch (const std::bad_alloc&) {
        // It ends by its deadline.
    }
}

// A strand of the executor that it is as a rule saves twenty allocations a call: one of any_io_executor asks
// and copies that each time.
PARTNER_CENTER_DECL asio::any_io_executor make_call_strand(const asio::any_io_executor& executor)
{
    if (const auto* io = executor.target<asio::io_context::executor_type>())
        return asio::make_strand(*io);
    return asio::make_strand(executor);
}

PARTNER_CENTER_DECL call_context::call_context(const asio::any_io_executor& executor,
                                               asio::any_io_executor strand)
    : io_executor_(executor)
    , strand_(std::move(strand))
    , timer_(executor)
{
}

PARTNER_CENTER_DECL void call_context::post(message::action what, const error_code& reason)
{
    asio::post(strand_, message{shared_from_this(), what, reason});
}

PARTNER_CENTER_DECL void call_context::receive(message::action what, const error_code& reason)
{
    switch (what) {
    case message::action::wake: wake(); break;
    case message::action::stop: stop(reason); break;
    case message::action::cancel: stop(asio::error::operation_aborted); break;
    case message::action::cancel_if_harmless:
        if (!begun_ || is_harmless_to_cancel())
            stop(asio::error::operation_aborted);
        break;
    }
}

PARTNER_CENTER_DECL void call_context::wake()
{
    if (!begun_) {
        begun_ = may_begin() && begin();
        return;
    }
    if (parked_)
        std::exchange(parked_, nullptr).resume();
    else if (!std::exchange(again_, false))
        return;
    after_resume();
}

// A deadline or a stop may come, on another thread, before what starts the call is through.
PARTNER_CENTER_DECL bool call_context::may_begin() noexcept
{
    auto state = start_state::starting;
    start_.compare_exchange_strong(state, start_state::woken_while_starting);
    return state == start_state::started;
}

PARTNER_CENTER_DECL void call_context::allow_to_begin(bool at_once)
{
    if (at_once)
        post_wake();
    if (start_.exchange(start_state::started) != start_state::woken_while_starting)
        return;
    try {
        post_wake();
    } catch (const std::bad_alloc&) {
        // It begins when its timer wakes it.
    }
}

PARTNER_CENTER_DECL void call_context::finished(operation& op)
{
    if (&op != &tick_)
        wake();
    else if (!timer_stopped_)
        look_at_clock();
}

PARTNER_CENTER_DECL void call_context::stop(const error_code& reason)
{
    if (stopped_ && begun_)
        return;
    if (!stopped_)
        stopped_ = reason;
    wake(); // also one that had no memory to begin, and by that to end
}

PARTNER_CENTER_DECL void call_context::stop_step()
{
    if (stopped_)
        return;
    stopped_by_step_ = true;
    stop(step_reason_);
}

PARTNER_CENTER_DECL void call_context::forgive_step() noexcept
{
    if (std::exchange(stopped_by_step_, false))
        stopped_.clear();
}

PARTNER_CENTER_DECL void call_context::limit_step(steady_clock::duration limit, errc reason)
{
    step_deadline_ = time_after(limit);
    step_reason_ = reason;
    arm(step_deadline_);
}

PARTNER_CENTER_DECL void call_context::wake_at(steady_clock::time_point when)
{
    alarm_ = when;
    arm(when);
}

PARTNER_CENTER_DECL void call_context::start_timer(steady_clock::duration deadline,
                                                   steady_clock::duration first_look)
{
    call_deadline_ = time_after(deadline);
    set_timer(std::min(call_deadline_, time_after(first_look)));
}

PARTNER_CENTER_DECL void call_context::stop_timer()
{
    timer_stopped_ = true;
    timer_.cancel();
}

PARTNER_CENTER_DECL bool call_context::try_again_soon()
{
    if (!tick_.context)
        return false;
    timer_stopped_ = false;
    again_ = true;
    call_deadline_ = step_deadline_ = steady_clock::time_point::max();
    wake_at(time_after(std::chrono::milliseconds(10)));
    return true;
}

// Setting a timer costs a system call: one that is set early enough is left alone, and set again when it has
// run out. One that is not is made to run out now.
PARTNER_CENTER_DECL void call_context::arm(steady_clock::time_point when)
{
    if (when < armed_for_ && !timer_stopped_) {
        armed_for_ = when;
        timer_.cancel();
    }
}

PARTNER_CENTER_DECL void call_context::set_timer(steady_clock::time_point when)
{
    armed_for_ = when;
    timer_.expires_at(when);
    timer_.async_wait(complete(tick_, nullptr));
}

PARTNER_CENTER_DECL void call_context::look_at_clock()
{
    const auto now = steady_clock::now();
    if (now >= alarm_)
        alarm_ = steady_clock::time_point::max();
    const bool call_over = now >= call_deadline_;
    const bool step_over = now >= step_deadline_;
    if (call_over)
        call_deadline_ = steady_clock::time_point::max();
    if (call_over || step_over)
        step_deadline_ = steady_clock::time_point::max();
    // The timer goes on even when the call has to stop: it is what keeps the call alive.
    try {
        set_timer(std::min({call_deadline_, step_deadline_, alarm_}));
    } catch (const std::bad_alloc&) {
        // Without a timer it might never end.
        if (!stopped_)
            stop(make_error_code(boost::system::errc::not_enough_memory));
        else
            wake();
        return;
    }
    if (call_over)
        stop(errc::call_timeout);
    else if (step_over)
        stop_step();
    else
        wake(); // also when there was no memory to wake it earlier
}

} // namespace partner_center::detail

#endif
