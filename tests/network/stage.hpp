// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_NETWORK_STAGE_HPP
#define PARTNER_CENTER_NETWORK_STAGE_HPP

#include "caller.hpp"
#include "lateness.hpp"
#include "service.hpp"
#include "testbed.hpp"

#include <partner_center/errc.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace network {

/// Where one row is played: the network, a service, and a client. What holds for every row is checked here:
/// no call ends later than its deadline, no acknowledged update is lost, none is applied twice, and what
/// failed after it was applied says so, and no socket stays open behind its client.
class stage {
public:
    /// @param for_a_while How long a crowd is at work in a row.
    stage(testbed& bed, std::string name, milliseconds for_a_while);

    testbed& bed;
    const milliseconds for_a_while;

    network::service& serve(service_options options = {});
    network::service& serve(service_options options, gateway_options gateway);
    caller& call_with(const caller_options& options = {});

    /// The present ones.
    [[nodiscard]] network::service& server() { return *service_; }
    [[nodiscard]] caller& client() { return *caller_; }

    /// Makes the calls, keeps them for the end, and returns them.
    finished_calls run(const crowd& asked);
    /// The same in two parts.
    void begin(const crowd& asked) { caller_->begin(asked); }
    finished_calls end();
    /// The same as @ref begin, for as long as a row lasts.
    finished_calls run_for_a_while(const crowd& asked);

    /// By how much the machine itself was late at most.
    [[nodiscard]] clock_type::duration machine_late() const { return machine_.longest(); }

    /// Lets the time of a fault pass.
    static void let_pass(milliseconds time);

    /// Notes what is wrong unless it is true.
    void require(bool is_true, const std::string& otherwise);

    /// What must be true of each of the calls; names the first of which it is not.
    void each(const finished_calls& calls, const std::string& should,
              const std::function<bool(const finished_call&)>& is_true);
    void all_succeed(const finished_calls& calls);
    /// That all fail so, as far as that goes.
    void all_fail(const finished_calls& calls, const partner_center::error_code& ec,
                  partner_center::phase phase, bool may_have_been_applied);

    /// Without any fault, calls succeed, also those by kept connections.
    void everything_works_again();

    /// Puts the network back, ends the service, and compares what it has applied with what callers were told.
    /// Prints the row's line.
    /// @return Whether nothing is wrong.
    bool finish() noexcept;

    /// What all rows together came to.
    struct totals {
        std::size_t rows = 0;
        std::size_t failed_rows = 0;
        std::size_t calls = 0;
        std::size_t failed_calls = 0;
        std::size_t applied_though_failed = 0;
        clock_type::duration longest_over{};
        clock_type::duration machine_late{};
    };
    [[nodiscard]] static const totals& sum() noexcept;

private:
    void compare();
    void print() const;

    std::string name_;
    lateness machine_;
    std::size_t open_files_;
    std::unique_ptr<network::service> service_;
    std::unique_ptr<caller> caller_;
    finished_calls calls_;
    std::size_t wrong_ = 0;
    std::map<std::string, std::size_t> errors_;
    std::size_t failed_ = 0;
    std::size_t applied_though_failed_ = 0;
    std::size_t repeated_ = 0;
    clock_type::duration longest_over_{};
};

} // namespace network

#endif
