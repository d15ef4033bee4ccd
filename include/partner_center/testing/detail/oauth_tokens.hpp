// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_OAUTH_TOKENS_HPP
#define PARTNER_CENTER_TESTING_DETAIL_OAUTH_TOKENS_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace partner_center::testing::detail {

enum class refresh_verdict { good, unknown, revoked, unused_too_long };

/// The tokens that an authority has issued, the oldest forgotten first. Not thread-safe.
class oauth_tokens {
public:
    using time_point = std::chrono::system_clock::time_point;

    class access_entry {
    public:
        access_entry() {}

        std::string audience;
        time_point expiry;
    };

    oauth_tokens() {}

    PARTNER_CENTER_DECL void add_access(std::string token, std::string audience, time_point expiry);

    /// Null for one that is unknown or has expired.
    [[nodiscard]] PARTNER_CENTER_DECL const access_entry* find_access(std::string_view token,
                                                                      time_point now) const;
    PARTNER_CENTER_DECL void revoke_access();

    /// @param expiry Until when it must be used.
    PARTNER_CENTER_DECL void add_refresh(std::string token, time_point expiry);
    [[nodiscard]] PARTNER_CENTER_DECL refresh_verdict judge_refresh(std::string_view token,
                                                                    time_point now) const;

    /// A use that leaves the token as it is, but for its expiry.
    PARTNER_CENTER_DECL void prolong_refresh(std::string_view token, time_point expiry);

    /// A use that brought a new one. From the end on, the token is unknown.
    PARTNER_CENTER_DECL void replace_refresh(std::string_view token, time_point end);
    PARTNER_CENTER_DECL void revoke_refresh();

    /// The last one issued; empty if there is none.
    [[nodiscard]] PARTNER_CENTER_DECL std::string last_refresh() const;

private:
    class refresh_entry {
    public:
        refresh_entry() {}

        std::string token;
        time_point expiry;
        time_point end = time_point::max();
        bool revoked = false;
    };

    PARTNER_CENTER_DECL refresh_entry* find_refresh(std::string_view token);

    std::unordered_map<std::string, access_entry> access_;
    std::deque<std::string> access_order_;
    std::deque<refresh_entry> refresh_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/oauth_tokens.ipp>
#endif

#endif
