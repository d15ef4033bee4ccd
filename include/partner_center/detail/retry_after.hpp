// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_RETRY_AFTER_HPP
#define PARTNER_CENTER_DETAIL_RETRY_AFTER_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace partner_center::detail {

/// The longest wait that @ref parse_retry_after tells of: short enough to be added to any clock's time.
inline constexpr std::chrono::seconds max_retry_after = std::chrono::hours(24 * 365);

/**
 * The wait that the value of a `Retry-After` field asks for (RFC 9110, section 10.2.3): seconds, or a date in
 * any of the three forms of @ref parse_http_date.
 *
 * @param now What a date is measured against: this machine's clock. The `Date` field of the response is not
 *        looked at: proxies and caches rewrite it, and Microsoft's gateways answer in seconds.
 * @return From zero, which a date in the past is, to `max_retry_after`, which whatever is longer becomes;
 *         parts of a second are rounded up. Nothing when the value is neither seconds nor a date.
 */
PARTNER_CENTER_DECL std::optional<std::chrono::seconds>
parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) noexcept;

/**
 * A date in one of the three forms of RFC 9110, section 5.6.7: IMF-fixdate, and the obsolete ones of RFC 850
 * and of asctime.
 *
 * @param now Tells which century the two digits of an RFC 850 year belong to: the last in which it is not
 *        more than 50 years ahead.
 * @return Nothing when it has another form, or names a day or time that does not exist. The name of the
 *         weekday has to be one, but not that day's.
 */
PARTNER_CENTER_DECL std::optional<std::chrono::sys_seconds>
parse_http_date(std::string_view text, std::chrono::system_clock::time_point now) noexcept;

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/retry_after.ipp>
#endif

#endif
