// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_SOAK_LEDGER_HPP
#define PARTNER_CENTER_SOAK_LEDGER_HPP

#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>
#include <partner_center/testing/recorded_request.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace soak {

/// What an update writes, which no other does.
std::string name_of(unsigned round, unsigned coroutine, unsigned update);

/// What an update has to bear from its caller; what it has to bear from the service is the same for all.
enum class fate {
    undisturbed,
    hurried,  ///< It gets less time than it may need.
    cancelled ///< It is cancelled, if it still goes on by then.
};

/// What the caller was told of each update, against what the service did. Thread-safe.
class ledger {
public:
    /// @return The request id to send, by which the update is known.
    std::string begin(const std::string& name, fate given);

    void acknowledged(const std::string& id, const std::string& stored);
    void failed(const std::string& id, const partner_center::error_code& ec,
                const partner_center::diagnostics& diag);

    /// Ends a round: the service's log since the last time. Its updates are judged when the next round ends,
    /// because a request that was given up may still be on its way through the service.
    void end_round(const std::vector<partner_center::testing::recorded_request>& log);

    std::uint64_t total() const noexcept { return total_; }

    /// Prints all, and each requirement that is broken. Whether none is.
    bool report() const;

private:
    struct update {
        std::string name;
        fate given = fate::undisturbed;
        bool acknowledged = false;
        bool may_have_been_applied = false;
        partner_center::error_code ec;
        unsigned applied = 0;
        std::vector<unsigned> struck; // what it was answered on purpose; 0 for nothing
    };
    using updates = std::unordered_map<std::string, update>; // by request id

    static bool is_explained(const update& failed);

    update* find(const std::string& id);
    void judge(const update& told);
    void wrong(const std::string& name, const char* what);

    std::mutex mutex_;
    updates round_;
    updates round_before_;
    std::map<fate, std::uint64_t> total_of_;
    std::map<fate, std::uint64_t> acknowledged_of_;
    std::map<std::pair<fate, partner_center::error_code>, std::uint64_t> errors_;
    std::uint64_t total_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t waited_for_continue_ = 0;
    std::uint64_t failed_on_purpose_ = 0;
    std::map<unsigned, std::uint64_t> failed_with_; // by status; 0 for no answer
    std::uint64_t applied_ = 0;
    std::uint64_t applied_but_failed_ = 0;
    std::uint64_t wrong_ = 0;
};

} // namespace soak

#endif
