// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TOKEN_SOURCE_HPP
#define PARTNER_CENTER_DETAIL_TOKEN_SOURCE_HPP

#include <partner_center/detail/shared_object.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <utility>

namespace partner_center::detail {

class call_context;
class call_maker;
class token_fetch;

/// A token that calls send, which hold it meanwhile.
struct held_token : shared_object {
    using time_point = std::chrono::system_clock::time_point;

    explicit held_token(std::string token, time_point expires_at = time_point::max(),
                        time_point refresh_from = time_point::max()) noexcept
        : text(std::move(token))
        , expires(expires_at)
        , refresh_at(refresh_from)
    {
    }

    const std::string text;
    const time_point expires;
    const time_point refresh_at;                ///< Before it expires.
    mutable std::atomic<bool> accepted = false; ///< By the service, once at least.
};

/// Whether an answer of the service says that it has accepted the token. One of a gateway, or of a service
/// that is out of order or has no time, says nothing of it.
constexpr bool vouches_for_token(unsigned status) noexcept
{
    return status != 0 && status < 500 && status != 401 && status != 408 && status != 429;
}

using shared_token = ref<const held_token>;

/// What a credential is made of. Thread-safe.
class token_source : public shared_object {
public:
    /// The token for an attempt that begins now; null when there is none yet, see @ref join.
    virtual shared_token current(const call_maker& client) noexcept = 0;

    /**
     * Asks for a token, or joins those who have asked already: there is one question at a time.
     *
     * @param waiter Is woken when the result is done.
     * @param client Where to ask from, and with what patience.
     */
    virtual void join(call_context& waiter, const call_maker& client, ref<token_fetch>& joined) = 0;

    /// Whether tokens are asked for at all.
    virtual bool is_renewable() const noexcept = 0;

    /// Whether another token can be had instead of one that the service refuses. Not when a service refuses
    /// one new token after the other, or one operation with every token: the authority would be asked for one
    /// by each call.
    virtual bool can_replace(const held_token& refused) noexcept = 0;

    /// Forgets a token that the service refuses, unless there is another one already.
    virtual void drop(const held_token& refused) noexcept = 0;

    /// A call whose token was replaced is refused with the new one, too: that is not the token's fault, and
    /// it is not replaced for a while.
    virtual void keep(const held_token& refused) noexcept = 0;
};

/// A token that does not change.
class fixed_token final : public token_source {
public:
    explicit fixed_token(std::string token)
        : token_(new held_token(std::move(token)))
    {
    }

    shared_token current(const call_maker&) noexcept override { return token_; }
    void join(call_context&, const call_maker&, ref<token_fetch>&) override {}
    bool is_renewable() const noexcept override { return false; }
    bool can_replace(const held_token&) noexcept override { return false; }
    void drop(const held_token&) noexcept override {}
    void keep(const held_token&) noexcept override {}

private:
    shared_token token_;
};

} // namespace partner_center::detail

#endif
