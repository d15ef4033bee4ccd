// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_NETWORK_LATENESS_HPP
#define PARTNER_CENTER_NETWORK_LATENESS_HPP

#include "testbed.hpp"

#include <atomic>
#include <thread>

namespace network {

/// Measures how late a busy machine wakes a thread that does nothing but sleep: by so much, nobody can be
/// blamed for being late.
class lateness {
public:
    lateness()
        : thread_([this] { measure(); })
    {
    }
    lateness(const lateness&) = delete;
    lateness& operator=(const lateness&) = delete;
    ~lateness()
    {
        stopping_ = true;
        thread_.join();
    }

    [[nodiscard]] clock_type::duration longest() const { return longest_; }

private:
    void measure()
    {
        while (!stopping_) {
            const auto when = clock_type::now() + std::chrono::milliseconds(2);
            std::this_thread::sleep_until(when);
            const auto late = clock_type::now() - when;
            if (late > longest_.load())
                longest_ = late;
        }
    }

    std::atomic<bool> stopping_{false};
    std::atomic<clock_type::duration> longest_{};
    std::thread thread_;
};

} // namespace network

#endif
