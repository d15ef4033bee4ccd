// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_DEVICE_CODES_IPP
#define PARTNER_CENTER_TESTING_IMPL_DEVICE_CODES_IPP

#include <partner_center/testing/detail/device_codes.hpp>

#include <algorithm>
#include <utility>

namespace partner_center::testing::detail {

PARTNER_CENTER_DECL void device_codes::add(device_sign_in sign_in)
{
    constexpr std::size_t most = 100;
    sign_ins_.push_back(std::move(sign_in));
    if (sign_ins_.size() > most)
        sign_ins_.pop_front();
}

PARTNER_CENTER_DECL device_verdict device_codes::poll(std::string_view device_code, time_point now,
                                                      std::string& scope)
{
    const auto found =
        std::find_if(sign_ins_.begin(), sign_ins_.end(),
                     [device_code](const device_sign_in& s) { return s.device_code == device_code; });
    if (found == sign_ins_.end())
        return device_verdict::unknown;
    if (found->decision_ == device_verdict::declined)
        return device_verdict::declined;
    if (found->decision_ == device_verdict::expired || found->expiry <= now)
        return device_verdict::expired;

    const std::optional<time_point> last = std::exchange(found->last_poll_, now);
    if (last && now - *last < found->interval) {
        found->interval += found->slow_down;
        return device_verdict::slow_down;
    }
    const bool due = found->approve_after && found->put_off_ >= *found->approve_after;
    if (found->decision_ != device_verdict::approved && !due) {
        ++found->put_off_;
        return device_verdict::pending;
    }
    scope = std::move(found->scope);
    sign_ins_.erase(found);
    return device_verdict::approved;
}

PARTNER_CENTER_DECL bool device_codes::decide(std::string_view user_code, device_verdict decision,
                                              time_point now)
{
    for (device_sign_in& sign_in : sign_ins_)
        if (sign_in.user_code == user_code && sign_in.decision_ == device_verdict::pending &&
            sign_in.expiry > now) {
            sign_in.decision_ = decision;
            return true;
        }
    return false;
}

PARTNER_CENTER_DECL std::vector<std::string> device_codes::pending(time_point now) const
{
    std::vector<std::string> codes;
    for (const device_sign_in& sign_in : sign_ins_)
        if (sign_in.decision_ == device_verdict::pending && sign_in.expiry > now)
            codes.push_back(sign_in.user_code);
    return codes;
}

} // namespace partner_center::testing::detail

#endif
