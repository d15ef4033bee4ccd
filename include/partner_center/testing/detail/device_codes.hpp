// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_DEVICE_CODES_HPP
#define PARTNER_CENTER_TESTING_DETAIL_DEVICE_CODES_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center::testing::detail {

/// How a sign-in with a device code stands.
enum class device_verdict { unknown, pending, slow_down, approved, declined, expired };

/// One sign-in that a device has begun.
class device_sign_in {
public:
    using time_point = std::chrono::system_clock::time_point;

    device_sign_in() {}

    std::string device_code;
    std::string user_code;
    std::string scope;
    time_point expiry;
    std::chrono::seconds interval{5};
    std::chrono::seconds slow_down{5};
    std::optional<std::size_t> approve_after; ///< How many polls are put off before it counts as approved.

private:
    friend class device_codes;

    device_verdict decision_ = device_verdict::pending;
    std::optional<time_point> last_poll_;
    std::size_t put_off_ = 0;
};

/// The sign-ins of one authority, the oldest forgotten first. Not thread-safe.
class device_codes {
public:
    using time_point = device_sign_in::time_point;

    device_codes() {}

    PARTNER_CENTER_DECL void add(device_sign_in sign_in);

    /// A device asks. One that is approved is used up by that.
    /// @param scope Set to that of an approved one.
    PARTNER_CENTER_DECL device_verdict poll(std::string_view device_code, time_point now, std::string& scope);

    /// A person decides, or the time is said to be up. Returns whether such a sign-in was pending, which one
    /// whose time is up is not.
    PARTNER_CENTER_DECL bool decide(std::string_view user_code, device_verdict decision, time_point now);

    /// The user codes of the sign-ins that nobody has decided yet, the oldest first.
    [[nodiscard]] PARTNER_CENTER_DECL std::vector<std::string> pending(time_point now) const;

private:
    std::deque<device_sign_in> sign_ins_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/device_codes.ipp>
#endif

#endif
