// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_THROTTLE_IPP
#define PARTNER_CENTER_TESTING_IMPL_THROTTLE_IPP

#include <partner_center/testing/detail/throttle.hpp>

#include <partner_center/testing/detail/emulator_http.hpp>

namespace partner_center::testing::detail {

PARTNER_CENTER_DECL std::optional<throttle_refusal> throttle::count(time_point now)
{
    if (!options_)
        return std::nullopt;
    if (!window_end_ || now >= *window_end_) {
        window_end_ = now + options_->window;
        counted_ = 0;
    }
    if (counted_ < options_->requests) {
        ++counted_;
        return std::nullopt;
    }
    throttle_refusal refusal;
    refusal.wait =
        options_->retry_after.value_or(std::chrono::ceil<std::chrono::seconds>(*window_end_ - now));
    if (options_->form == retry_after_form::seconds)
        refusal.header = "Retry-After: " + std::to_string(refusal.wait.count()) + "\r\n";
    // A date has whole seconds, so it must be the next one for the wait not to end too early.
    else if (options_->form == retry_after_form::http_date)
        refusal.header = "Retry-After: " +
                         format_http_date(std::chrono::ceil<std::chrono::seconds>(
                             options_->retry_after ? now + *options_->retry_after : *window_end_)) +
                         "\r\n";
    return refusal;
}

} // namespace partner_center::testing::detail

#endif
