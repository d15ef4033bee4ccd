// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TASK_HPP
#define PARTNER_CENTER_DETAIL_TASK_HPP

#include <partner_center/errc.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <utility>

namespace partner_center::detail {

/// Room for the frames of coroutines that end in the reverse order of their beginning, as those that await
/// each other do. What does not fit is on the heap.
class frame_stack {
public:
    frame_stack() noexcept {}
    frame_stack(const frame_stack&) = delete;
    frame_stack& operator=(const frame_stack&) = delete;

    void* take(std::size_t size) noexcept
    {
        if (size > sizeof room_ - used_)
            return nullptr;
        void* const taken = room_ + used_;
        used_ += size;
        return taken;
    }
    void give_back(void* last) noexcept
    {
        used_ = static_cast<std::size_t>(static_cast<unsigned char*>(last) - room_);
    }

private:
    static constexpr std::size_t capacity = 1280; // what a call takes that meets nothing unusual

    alignas(std::max_align_t) unsigned char room_[capacity];
    std::size_t used_ = 0;
};

/**
 * A coroutine inside a call: it begins when it is awaited, and completes with an `error_code`.
 *
 * `asio::awaitable` could do the same. This does less: a call suspends in one place only (see
 * @ref call_context), so there is no executor, cancellation state or thread of coroutines to carry along, nor
 * for our users to compile. Destroying a task destroys the coroutines that it awaits.
 */
class [[nodiscard]] task {
public:
    struct promise_type {
        struct anything {
            template <class T>
            anything(T&) noexcept
            {
            }
        };

        // A member function whose first parameter has room for frames. No template, for which g++ 12 finds no
        // matching operator delete (-Wmismatched-new-delete).
        static void* operator new(std::size_t size, anything, frame_stack& frames)
        {
            const std::size_t whole = (before + size + before - 1) / before * before;
            return allocate(whole, frames.take(whole), &frames);
        }
        static void* operator new(std::size_t size, anything self, frame_stack& frames, anything)
        {
            return operator new(size, self, frames);
        }
        static void* operator new(std::size_t size) { return allocate(before + size, nullptr, nullptr); }
        static void operator delete(void* frame) noexcept
        {
            void* const whole = static_cast<unsigned char*>(frame) - before;
            if (frame_stack* const from = *static_cast<frame_stack**>(whole))
                from->give_back(whole);
            else
                ::operator delete(whole);
        }

        error_code result;
        std::exception_ptr thrown;
        std::coroutine_handle<> awaiting = std::noop_coroutine();

        struct resume_awaiting {
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) const noexcept
            {
                return self.promise().awaiting;
            }
            void await_resume() const noexcept {}
        };

        task get_return_object() noexcept
        {
            return task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        resume_awaiting final_suspend() const noexcept { return {}; }
        void return_value(const error_code& ec) noexcept { result = ec; }
        void unhandled_exception() noexcept { thrown = std::current_exception(); }

    private:
        static constexpr std::size_t before = alignof(std::max_align_t); // for where it is from

        static void* allocate(std::size_t whole, void* taken, frame_stack* from)
        {
            void* const room = taken ? taken : ::operator new(whole);
            *static_cast<frame_stack**>(room) = taken ? from : nullptr;
            return static_cast<unsigned char*>(room) + before;
        }
    };

    task() noexcept = default;
    task(task&& other) noexcept
        : coroutine_(std::exchange(other.coroutine_, nullptr))
    {
    }
    task& operator=(task&& other) noexcept
    {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    ~task()
    {
        if (coroutine_)
            coroutine_.destroy();
    }

    /// Runs a task that nobody awaits, up to where it suspends for the first time.
    void start() { coroutine_.resume(); }
    bool done() const noexcept { return coroutine_ && coroutine_.done(); }

    /// What a done task completed with, unless it threw.
    const error_code& result() const noexcept { return coroutine_.promise().result; }
    /// What a done task threw.
    const std::exception_ptr& thrown() const noexcept { return coroutine_.promise().thrown; }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept
    {
        coroutine_.promise().awaiting = awaiting;
        return coroutine_;
    }
    error_code await_resume() const
    {
        if (thrown())
            std::rethrow_exception(thrown());
        return result();
    }

private:
    explicit task(std::coroutine_handle<promise_type> coroutine) noexcept
        : coroutine_(coroutine)
    {
    }

    std::coroutine_handle<promise_type> coroutine_;
};

} // namespace partner_center::detail

#endif
