// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CALL_CONTEXT_HPP
#define PARTNER_CENTER_DETAIL_CALL_CONTEXT_HPP

#include <partner_center/detail/shared_object.hpp>
#include <partner_center/detail/task.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <utility>

namespace partner_center::detail {

using steady_clock = std::chrono::steady_clock;

/// The time after which a duration is over; never overflows.
PARTNER_CENTER_DECL steady_clock::time_point time_after(steady_clock::duration limit);

class call_context;

/// A strand for a call. Another one may have it afterwards.
PARTNER_CENTER_DECL asio::any_io_executor make_call_strand(const asio::any_io_executor& executor);

/// One asynchronous operation that a call waits for.
struct operation {
    bool done = false;
    error_code ec;
    std::size_t size = 0;

    // While it is under way it holds the call and whatever it is a part of, so a call can walk away from an
    // operation that does not end.
    std::shared_ptr<call_context> context;
    ref<shared_object> owner;
};

/// The handler of every operation: a pointer, so that Asio has little to move, and our users little to
/// compile.
class completion {
public:
    using executor_type = asio::any_io_executor;

    explicit completion(operation& op) noexcept
        : op_(&op)
    {
    }
    completion(completion&& other) noexcept
        : op_(std::exchange(other.op_, nullptr))
    {
    }
    completion& operator=(completion&&) = delete;
    ~completion()
    {
        if (op_)
            abandon(*op_);
    }

    inline const executor_type& get_executor() const noexcept;

    void operator()(const error_code& ec, std::size_t size = 0)
    {
        finish(*std::exchange(op_, nullptr), ec, size);
    }

private:
    PARTNER_CENTER_DECL static void finish(operation& op, const error_code& ec, std::size_t size);
    // Destroyed without being called: its execution context is being destroyed, or has no memory to call it.
    PARTNER_CENTER_DECL static void abandon(operation& op) noexcept;

    operation* op_;
};

/**
 * What a call's coroutine stands on: a strand, one place to wait, one timer, and a reason to stop.
 *
 * The coroutine waits in one way only: it starts operations whose handlers (@ref completion) note the result
 * and wake it, and parks until what it needs is there. A deadline or a cancellation wakes it too, so there is
 * no wait that they cannot end, whatever the operation is; the coroutine then drops what it was waiting for.
 *
 * Ownership runs one way: pending operations, the timer's among them, own the context, and the context owns
 * the coroutine. When an execution context is destroyed with calls in flight, destroying its operations
 * therefore destroys the calls.
 *
 * All members are for the strand, unless they say otherwise.
 */
class call_context : public std::enable_shared_from_this<call_context> {
public:
    struct parking_place {
        call_context& context;

        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> coroutine) const noexcept { context.parked_ = coroutine; }
        void await_resume() const noexcept {}
    };

    call_context(const call_context&) = delete;
    call_context& operator=(const call_context&) = delete;

    /// The call's strand.
    const asio::any_io_executor& strand() const noexcept { return strand_; }
    /// What the strand runs on: the executor for sockets.
    const asio::any_io_executor& io_executor() const noexcept { return io_executor_; }

    /// A handler that notes its result in `op`, which is a part of `owner`.
    completion complete(operation& op, ref<shared_object> owner)
    {
        op.done = false;
        op.context = shared_from_this();
        op.owner = std::move(owner);
        return completion(op);
    }

    /// Why the coroutine has to come to its end; success while it may go on.
    const error_code& stopped() const noexcept { return stopped_; }

    /// `co_await park()` suspends the coroutine until the next @ref wake. Check for what is awaited, and for
    /// @ref stopped, before and after.
    parking_place park() noexcept { return parking_place{*this}; }

    /// Whether the wait for `op` is over: it is done, or the call has to stop.
    bool settled(const operation& op) const noexcept { return op.done || stopped_; }

    /// Ends the call, from any thread: soon @ref stopped says why.
    void post_stop(const error_code& reason) { post(message::action::stop, reason); }

    /// Resumes the coroutine if it is parked, from any thread.
    void post_wake() { post(message::action::wake); }

    /// Stops the call with `reason` after `limit`; replaces the deadline of the step before.
    PARTNER_CENTER_DECL void limit_step(steady_clock::duration limit, errc reason);

    /// Whether nothing but the deadline of a step is why the call has to stop.
    bool stopped_by_step() const noexcept { return stopped_by_step_; }

    /// Lets a call that was stopped by the deadline of a step go on with another.
    PARTNER_CENTER_DECL void forgive_step() noexcept;

    /// The deadline of the step is behind us.
    void end_step() noexcept { step_deadline_ = steady_clock::time_point::max(); }

    /// When the call ends at the latest.
    steady_clock::time_point call_deadline() const noexcept { return call_deadline_; }

    /// Wakes the coroutine at `when`, without stopping it.
    PARTNER_CENTER_DECL void wake_at(steady_clock::time_point when);

protected:
    /// @param strand Of the executor, and nobody else's; see @ref make_call_strand.
    PARTNER_CENTER_DECL call_context(const asio::any_io_executor& executor, asio::any_io_executor strand);
    virtual ~call_context() = default;

    /**
     * What was done before this may be seen by the strand: from now on @ref begin is called, at the next
     * wake, or soon if `at_once`. Wakes and stops that came earlier are not lost.
     *
     * Throws only before anything of that is true.
     */
    PARTNER_CENTER_DECL void allow_to_begin(bool at_once);

    /// Stops the call with `operation_aborted`, from any thread, or only if @ref is_harmless_to_cancel then.
    void post_cancel(bool only_if_harmless)
    {
        post(only_if_harmless ? message::action::cancel_if_harmless : message::action::cancel);
    }

    /// Begins the coroutine. False when it is too early for that, and nothing stops the call: the next wake
    /// tries again.
    virtual bool begin() = 0;
    /// The coroutine was resumed, and is parked again or at its end.
    virtual void after_resume() = 0;
    virtual bool is_harmless_to_cancel() const noexcept = 0;

    /// Sets the deadline of the whole call and starts the timer, which owns the call from then on.
    /// `first_look` is how soon the timer could have something else to look at: as a rule calls are over by
    /// then.
    PARTNER_CENTER_DECL void start_timer(steady_clock::duration deadline, steady_clock::duration first_look);

    /// Sets another deadline of the whole call.
    void move_call_deadline(steady_clock::time_point to)
    {
        call_deadline_ = to;
        arm(to);
    }

    /// Lets the timer go: with it goes its hold on this object.
    PARTNER_CENTER_DECL void stop_timer();

    /// Calls @ref after_resume once more in a moment, for a coroutine that is at its end. False when there is
    /// no timer any more.
    PARTNER_CENTER_DECL bool try_again_soon();

private:
    friend class completion;

    // One type for all that is posted: each one costs our users build time.
    struct message {
        enum class action { wake, stop, cancel, cancel_if_harmless };

        std::shared_ptr<call_context> context;
        action what;
        error_code reason;

        void operator()() { context->receive(what, reason); }
    };

    PARTNER_CENTER_DECL void post(message::action what, const error_code& reason = {});
    PARTNER_CENTER_DECL void receive(message::action what, const error_code& reason);
    PARTNER_CENTER_DECL void wake();
    PARTNER_CENTER_DECL bool may_begin() noexcept;
    PARTNER_CENTER_DECL void stop(const error_code& reason);
    PARTNER_CENTER_DECL void stop_step();
    PARTNER_CENTER_DECL void finished(operation& op);
    PARTNER_CENTER_DECL void set_timer(steady_clock::time_point when);
    PARTNER_CENTER_DECL void arm(steady_clock::time_point when);
    PARTNER_CENTER_DECL void look_at_clock();

    asio::any_io_executor io_executor_;
    asio::any_io_executor strand_;
    asio::steady_timer timer_;
    operation tick_;
    bool timer_stopped_ = false;
    bool begun_ = false;
    bool again_ = false; // see try_again_soon
    enum class start_state : unsigned char { starting, woken_while_starting, started };
    std::atomic<start_state> start_ = start_state::starting;
    steady_clock::time_point armed_for_ = steady_clock::time_point::max();
    steady_clock::time_point call_deadline_ = steady_clock::time_point::max();
    steady_clock::time_point step_deadline_ = steady_clock::time_point::max();
    steady_clock::time_point alarm_ = steady_clock::time_point::max();
    errc step_reason_ = errc::call_timeout;
    error_code stopped_;
    bool stopped_by_step_ = false;
    std::coroutine_handle<> parked_;
};

inline const asio::any_io_executor& completion::get_executor() const noexcept
{
    return op_->context->strand();
}

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/call_context.ipp>
#endif

#endif
