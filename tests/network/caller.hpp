// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_NETWORK_CALLER_HPP
#define PARTNER_CENTER_NETWORK_CALLER_HPP

#include "testbed.hpp"

#include <partner_center/diagnostics.hpp>
#include <partner_center/event.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace network {

using std::chrono::milliseconds;

/// How a client differs from one with the defaults.
struct caller_options {
    std::string host = testbed::server_address;
    std::size_t max_connections = 8;
    milliseconds connect_timeout{15'000};
    milliseconds handshake_timeout{15'000};
    milliseconds attempt_timeout{60'000};
    unsigned max_attempts = 20;
    bool expect_continue = false;
    bool watch_idle_connections = false;
};

/// What a crowd of coroutines asks for: updates, and a read after every third one.
struct crowd {
    unsigned coroutines = 16;
    /// The calls of each; without a number, calls are made until they are told to stop.
    unsigned calls = 0;
    milliseconds timeout{20'000};
    /// The longest pause between two calls of a coroutine; each is chosen at random.
    milliseconds pause{10};
    /// Bytes of an unknown member that the update carries.
    std::size_t size = 0;
};

/// A call, as its caller saw it.
struct finished_call {
    std::string request_id;
    bool is_update = false;
    partner_center::error_code ec;
    partner_center::phase phase{};
    unsigned attempts = 0;
    bool may_have_been_applied = false;
    clock_type::duration took{};
    milliseconds timeout{};
    /// One sentence, if it failed.
    std::string what;
};

using finished_calls = std::vector<finished_call>;

/// An event of the client's transport, and when.
struct seen_event {
    clock_type::time_point when;
    partner_center::event_kind kind{};
    partner_center::retry_reason why_retried{};
    unsigned http_status = 0;
    clock_type::duration connect_time{};
};

/// A client on two threads of its own. It keeps its connections from one crowd to the next.
class caller {
public:
    caller(const testbed& bed, const caller_options& options);
    caller(const caller&) = delete;
    caller& operator=(const caller&) = delete;
    ~caller();

    /// Makes calls until each coroutine has made its number.
    finished_calls run(const crowd& asked);

    /// Makes calls until @ref end.
    void begin(const crowd& asked);

    /// Waits until so many more calls than now have succeeded.
    void wait_for_successes(std::size_t more) const;

    /// No further calls: returns when the last one has ended.
    finished_calls end();

    [[nodiscard]] std::vector<seen_event> events() const;
    [[nodiscard]] std::size_t count(partner_center::event_kind kind) const;
    [[nodiscard]] std::size_t count(partner_center::retry_reason why) const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace network

#endif
