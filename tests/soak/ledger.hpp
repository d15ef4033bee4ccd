// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_SOAK_LEDGER_HPP
#define PARTNER_CENTER_SOAK_LEDGER_HPP

#include <partner_center/error.hpp>
#include <partner_center/testing/recorded_request.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace soak {

/// What an update writes, which no other does.
std::string name_of(unsigned round, unsigned coroutine, unsigned update);

/// What the caller was told of each update, against what the service did. Thread-safe.
class ledger {
public:
    /// @return The request id to send.
    std::string begin(const std::string& name);

    void acknowledged(const std::string& name, const std::string& stored);
    void failed(const std::string& name, const partner_center::error& error);

    /// The updates of a round against the service's log of it. Call it when nothing is under way.
    void compare_with(const std::vector<partner_center::testing::recorded_request>& log);

    std::uint64_t total() const noexcept { return total_; }

    /// Prints all. Whether nothing is wrong.
    bool report() const;

private:
    struct update {
        std::string request_id;
        bool acknowledged = false;
        bool may_have_been_applied = false;
        unsigned applied = 0;
    };

    void wrong(const std::string& name, const char* what);

    std::mutex mutex_;
    std::unordered_map<std::string, update> round_; // by what they write
    std::map<std::string, std::uint64_t> errors_;
    std::uint64_t total_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t failed_on_purpose_ = 0;
    std::uint64_t applied_ = 0;
    std::uint64_t applied_but_failed_ = 0;
    std::uint64_t wrong_ = 0;
};

} // namespace soak

#endif
