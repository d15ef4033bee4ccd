// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CACHED_TOKENS_IPP
#define PARTNER_CENTER_IMPL_CACHED_TOKENS_IPP

#include <partner_center/client_options.hpp>
#include <partner_center/detail/cached_tokens.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace partner_center::detail {

inline const void* context_of(const asio::any_io_executor& executor) noexcept
{
    return &asio::query(executor, asio::execution::context_as<asio::execution_context&>);
}

PARTNER_CENTER_DECL token_fetch::token_fetch(const call_maker& client)
    : context_(context_of(client.executor()))
{
}

PARTNER_CENTER_DECL bool token_fetch::wakes(const call_context& waiter) const noexcept
{
    return context_of(waiter.io_executor()) == context_;
}

// Those that have gone would keep their memory until the answer comes.
inline void token_fetch::add(call_context& waiter)
{
    if (waiting_.size() == waiting_.capacity())
        std::erase_if(waiting_, [](const auto& waits) { return waits.expired(); });
    waiting_.push_back(waiter.weak_from_this());
}

PARTNER_CENTER_DECL held_token::time_point refresh_time(const access_token& given, held_token::time_point now,
                                                        std::chrono::seconds margin) noexcept
{
    if (given.expires <= now)
        return given.expires;
    const auto life = given.expires - now;
    const auto middle = now + life / 2;
    // An authority that would have itself asked all the time is asked every half minute.
    if (given.refresh_at)
        return std::clamp(*given.refresh_at, std::min(middle, now + std::chrono::seconds(30)), given.expires);
    // In seconds, of which a margin may have any number.
    return std::chrono::floor<std::chrono::seconds>(life / 2) > margin ? given.expires - margin : middle;
}

PARTNER_CENTER_DECL shared_token cached_tokens::current(const call_maker& client) noexcept
{
    const auto now = std::chrono::system_clock::now();
    shared_token good;
    ref<token_fetch> begun;
    try {
        const std::lock_guard lock(mutex_);
        if (!token_ || token_->expires <= now)
            return {};
        good = token_;
        if (good->refresh_at <= now && !asked_ && ask_again_ <= steady_clock::now())
            begun = asked_ = new token_fetch(client);
    } catch (const std::bad_alloc&) {
        // The token is still good.
    }
    if (begun)
        begin(begun, client);
    return good;
}

PARTNER_CENTER_DECL void cached_tokens::join(call_context& waiter, const call_maker& client,
                                             ref<token_fetch>& joined)
{
    bool is_new = false;
    {
        const std::lock_guard lock(mutex_);
        joined.reset();
        if (token_ && token_->expires > std::chrono::system_clock::now())
            return;
        const auto now = steady_clock::now();
        if (last_failed_ && now < ask_again_) {
            joined = last_failed_;
            return;
        }
        is_new = !asked_;
        joined = is_new ? ref<token_fetch>(new token_fetch(client)) : asked_;
        if (joined->wakes(waiter))
            joined->add(waiter);
        asked_ = joined;
        last_failed_.reset();
    }
    if (is_new)
        begin(joined, client);
}

PARTNER_CENTER_DECL bool cached_tokens::can_replace(const held_token& refused) noexcept
{
    const std::lock_guard lock(mutex_);
    return token_ != &refused || (refused.accepted && kept_ != &refused) ||
           steady_clock::now() >= replace_again_;
}

// Whatever a service refuses, it costs a token in this time at most.
inline constexpr std::chrono::seconds replace_pause{30};

PARTNER_CENTER_DECL void cached_tokens::drop(const held_token& refused) noexcept
{
    const std::lock_guard lock(mutex_);
    if (token_ != &refused)
        return;
    token_.reset();
    replace_again_ = time_after(replace_pause);
}

PARTNER_CENTER_DECL void cached_tokens::keep(const held_token& refused) noexcept
{
    const std::lock_guard lock(mutex_);
    if (token_ != &refused)
        return;
    kept_ = token_;
    replace_again_ = time_after(replace_pause);
}

PARTNER_CENTER_DECL void cached_tokens::drop_token() noexcept
{
    const std::lock_guard lock(mutex_);
    token_.reset();
}

inline void cached_tokens::begin(const ref<token_fetch>& to, const call_maker& client) noexcept
{
    try {
        ask(to, client);
    } catch (...) {
        finish(*to, make_error_code(boost::system::errc::not_enough_memory), {}, fetch_end::answered);
    }
}

PARTNER_CENTER_DECL steady_clock::duration pause_after(const error_code& ec, const diagnostics& diag) noexcept
{
    // Whatever an authority says, it is asked again before a person has to look after it.
    constexpr std::chrono::minutes most{10};
    std::chrono::seconds pause{0};
    if (diag.service_code == "AADSTS50196") // it says that it is asked in a loop
        pause = std::chrono::minutes(1);
    else if (ec == errc::sign_in_required || ec == errc::invalid_credential)
        pause = std::chrono::seconds(10);
    if (diag.retry_after && ec == errc::authority_unavailable)
        pause = std::clamp<std::chrono::seconds>(*diag.retry_after, pause, most);
    return pause;
}

inline void cached_tokens::remember_failure(token_fetch& failed)
{
    const auto pause = pause_after(failed.ec, failed.diag);
    if (failed.diag.retry_after)
        failed.retry_at = time_after(*failed.diag.retry_after);
    // While the present token is good, an authority that is out of order need not be asked by each call.
    ask_again_ = time_after(std::max<steady_clock::duration>(pause, std::chrono::seconds(1)));
    last_failed_ = pause != steady_clock::duration::zero() ? &failed : nullptr;
}

// An authority that is slow is not asked in a loop by those who wait.
inline void cached_tokens::remember_timeout(token_fetch& late)
{
    late.retry_at = ask_again_ = time_after(std::chrono::seconds(1));
    last_failed_ = &late;
}

inline void cached_tokens::close_question(token_fetch& asked, fetch_end how)
{
    asked_.reset();
    if (!asked.ec)
        token_ = asked.token;
    else if (how == fetch_end::answered)
        remember_failure(asked);
    else if (how == fetch_end::timed_out)
        remember_timeout(asked);
}

PARTNER_CENTER_DECL void cached_tokens::finish(token_fetch& asked, const error_code& ec, shared_token token,
                                               fetch_end how) noexcept
{
    const ref<token_fetch> alive = &asked;
    std::vector<std::weak_ptr<call_context>> waiting;
    {
        const std::lock_guard lock(mutex_);
        // One that there was no memory to begin has ended already, as an orphan.
        if (!asked.done()) {
            asked.ec = ec;
            asked.given_up = how != fetch_end::answered;
            asked.token = std::move(token);
            if (asked_ == &asked)
                close_question(asked, how);
            asked.done_.store(true, std::memory_order_release);
        }
        // An execution context that is being destroyed takes nothing any more.
        if (how != fetch_end::orphaned)
            waiting.swap(asked.waiting_);
    }
    for (const auto& waiter : waiting) {
        const auto call = waiter.lock();
        if (!call)
            continue;
        try {
            call->post_wake();
        } catch (const std::bad_alloc&) {
            // It ends by its deadline.
        }
    }
}

PARTNER_CENTER_DECL fetch_ender::~fetch_ender()
{
    if (!source_)
        return;
    source_->finish(*asked_, asio::error::operation_aborted, {}, fetch_end::orphaned);
}

PARTNER_CENTER_DECL void fetch_ender::finish(const error_code& ec, shared_token token, fetch_end how) noexcept
{
    if (const ref<cached_tokens> source = std::move(source_))
        source->finish(*asked_, ec, std::move(token), how);
}

} // namespace partner_center::detail

#endif
