// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_OAUTH_TOKENS_IPP
#define PARTNER_CENTER_TESTING_IMPL_OAUTH_TOKENS_IPP

#include <partner_center/testing/detail/oauth_tokens.hpp>

#include <utility>

namespace partner_center::testing::detail {

PARTNER_CENTER_DECL void oauth_tokens::add_access(std::string token, std::string audience, time_point expiry)
{
    constexpr std::size_t most = 10'000;
    access_entry entry;
    entry.audience = std::move(audience);
    entry.expiry = expiry;
    access_order_.push_back(token);
    access_.insert_or_assign(std::move(token), std::move(entry));
    if (access_order_.size() > most) {
        access_.erase(access_order_.front());
        access_order_.pop_front();
    }
}

PARTNER_CENTER_DECL const oauth_tokens::access_entry* oauth_tokens::find_access(std::string_view token,
                                                                                time_point now) const
{
    const auto found = access_.find(std::string(token));
    return found == access_.end() || found->second.expiry <= now ? nullptr : &found->second;
}

PARTNER_CENTER_DECL void oauth_tokens::revoke_access()
{
    access_.clear();
    access_order_.clear();
}

PARTNER_CENTER_DECL void oauth_tokens::add_refresh(std::string token, time_point expiry)
{
    constexpr std::size_t most = 1000;
    refresh_entry entry;
    entry.token = std::move(token);
    entry.expiry = expiry;
    refresh_.push_back(std::move(entry));
    if (refresh_.size() > most)
        refresh_.pop_front();
}

PARTNER_CENTER_DECL refresh_verdict oauth_tokens::judge_refresh(std::string_view token, time_point now) const
{
    for (const refresh_entry& entry : refresh_) {
        if (entry.token != token)
            continue;
        if (entry.revoked)
            return refresh_verdict::revoked;
        if (entry.end <= now)
            return refresh_verdict::unknown;
        return entry.expiry <= now ? refresh_verdict::unused_too_long : refresh_verdict::good;
    }
    return refresh_verdict::unknown;
}

PARTNER_CENTER_DECL oauth_tokens::refresh_entry* oauth_tokens::find_refresh(std::string_view token)
{
    for (refresh_entry& entry : refresh_)
        if (entry.token == token)
            return &entry;
    return nullptr;
}

PARTNER_CENTER_DECL void oauth_tokens::prolong_refresh(std::string_view token, time_point expiry)
{
    if (refresh_entry* const entry = find_refresh(token))
        entry->expiry = expiry;
}

PARTNER_CENTER_DECL void oauth_tokens::replace_refresh(std::string_view token, time_point end)
{
    refresh_entry* const entry = find_refresh(token);
    // A second use within the time of grace does not make that longer.
    if (entry != nullptr && end < entry->end)
        entry->end = end;
}

PARTNER_CENTER_DECL void oauth_tokens::revoke_refresh()
{
    for (refresh_entry& entry : refresh_)
        entry.revoked = true;
}

PARTNER_CENTER_DECL std::string oauth_tokens::last_refresh() const
{
    return refresh_.empty() ? std::string() : refresh_.back().token;
}

} // namespace partner_center::testing::detail

#endif
