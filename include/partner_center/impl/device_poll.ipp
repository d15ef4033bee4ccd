// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_DEVICE_POLL_IPP
#define PARTNER_CENTER_IMPL_DEVICE_POLL_IPP

#include <partner_center/detail/device_poll.hpp>

#include <algorithm>

namespace partner_center::detail {

PARTNER_CENTER_DECL void device_poll::note(answer how,
                                           std::optional<std::chrono::seconds> retry_after) noexcept
{
    constexpr std::chrono::seconds slower{5};
    // The doubling ends here: a person who has signed in does not wait for longer than that.
    constexpr std::chrono::seconds slowest{60};
    if (how == answer::slow_down)
        interval_ += slower;
    else if (how == answer::timed_out)
        interval_ = std::max(interval_, std::min(interval_ * 2, slowest));
    retry_after_ = retry_after.value_or(std::chrono::seconds(0));
}

PARTNER_CENTER_DECL std::optional<device_poll::time_point> device_poll::next(time_point now) const noexcept
{
    const auto wait = std::max(interval_, retry_after_);
    if (expires_ <= now || wait >= expires_ - now)
        return std::nullopt;
    return now + wait;
}

} // namespace partner_center::detail

#endif
