// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_DEVICE_POLL_HPP
#define PARTNER_CENTER_DETAIL_DEVICE_POLL_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <optional>

namespace partner_center::detail {

/// When to ask whether a person has signed in by a device code (RFC 8628, section 3.5). Has no clock of its
/// own, and asks nobody.
class device_poll {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// How a question was answered that was not answered for good.
    enum class answer {
        pending,     ///< Not yet.
        slow_down,   ///< Not yet, and the questions come too fast.
        timed_out,   ///< Not in time.
        unavailable, ///< By a failure that may pass.
    };

    /// @param interval How long to wait before each question, at least.
    /// @param expires When the codes end.
    device_poll(std::chrono::seconds interval, time_point expires) noexcept
        : interval_(interval)
        , expires_(expires)
    {
    }

    /// @param retry_after The wait that the authority asks for before the next question.
    PARTNER_CENTER_DECL void note(answer how, std::optional<std::chrono::seconds> retry_after = {}) noexcept;

    /// When to ask next; nothing when the codes have ended by then.
    PARTNER_CENTER_DECL std::optional<time_point> next(time_point now) const noexcept;

private:
    std::chrono::seconds interval_;
    std::chrono::seconds retry_after_{0}; // before the next question only
    time_point expires_;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/device_poll.ipp>
#endif

#endif
