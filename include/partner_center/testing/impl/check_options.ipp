// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_CHECK_OPTIONS_IPP
#define PARTNER_CENTER_TESTING_IMPL_CHECK_OPTIONS_IPP

#include <partner_center/testing/detail/check_options.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace partner_center::testing::detail {

inline bool is_time(std::chrono::milliseconds time)
{
    return time.count() > 0 && time <= std::chrono::hours{24 * 365};
}

PARTNER_CENTER_DECL void check_throttle(const std::optional<throttle_options>& options)
{
    constexpr std::chrono::hours year{24 * 365};
    if (!options)
        return;
    if (!is_time(options->window))
        throw std::invalid_argument("throttle_options: window must be more than 0 and a year at most");
    const std::chrono::seconds wait = options->retry_after.value_or(std::chrono::seconds{0});
    if (wait > year || wait < -year || (wait.count() < 0 && options->form != retry_after_form::http_date))
        throw std::invalid_argument("throttle_options: retry_after is out of its range");
}

inline void check_oauth(const oauth_options& options)
{
    const auto require = [](bool holds, const char* what) {
        if (!holds)
            throw std::invalid_argument(std::string("oauth_options: ") + what);
    };
    const auto is_wait = [](std::chrono::milliseconds time) { return time.count() == 0 || is_time(time); };
    require(!options.tenant.empty() && options.tenant.find_first_of("/?#% ") == std::string::npos,
            "tenant must have one character or more, and none that ends a part of a path");
    require(!options.client_id.empty(), "client_id must not be empty");
    require(is_wait(options.replaced_refresh_token_lifetime),
            "replaced_refresh_token_lifetime must be 0 or more and a year at most");
    require(is_time(options.refresh_token_lifetime),
            "refresh_token_lifetime must be more than 0 and a year at most");
    require(is_time(options.access_token_lifetime),
            "access_token_lifetime must be more than 0 and a year at most");
    require(is_wait(options.refresh_in.value_or(std::chrono::seconds{0})),
            "refresh_in must be 0 or more and a year at most");
    require(is_time(options.device_code_lifetime),
            "device_code_lifetime must be more than 0 and a year at most");
    require(is_wait(options.device_code_interval),
            "device_code_interval must be 0 or more and a year at most");
    require(is_wait(options.device_code_slow_down),
            "device_code_slow_down must be 0 or more and a year at most");
    check_throttle(options.throttle);
}

PARTNER_CENTER_DECL void check_options(const emulator_options& options)
{
    const auto require = [](bool holds, const char* what) {
        if (!holds)
            throw std::invalid_argument(std::string("emulator_options: ") + what);
    };
    require(options.max_body_size >= 1, "max_body_size must be at least 1");
    require(options.max_head_size >= 256, "max_head_size must be at least 256");
    require(options.max_connections >= 1, "max_connections must be at least 1");
    require(is_time(options.idle_timeout), "idle_timeout must be more than 0 and a year at most");
    require(is_time(options.request_timeout), "request_timeout must be more than 0 and a year at most");
    check_throttle(options.throttle);
    check_oauth(options.oauth);
}

} // namespace partner_center::testing::detail

#endif
