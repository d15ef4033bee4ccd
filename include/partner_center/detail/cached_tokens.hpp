// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CACHED_TOKENS_HPP
#define PARTNER_CENTER_DETAIL_CACHED_TOKENS_HPP

#include <partner_center/access_token.hpp>
#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/token_source.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace partner_center::detail {

/// The answer to one question for a token, and who waits for it.
class token_fetch : public shared_object {
public:
    explicit token_fetch(const call_maker& client);

    /// From here on, what is below may be read, and does not change any more.
    bool done() const noexcept { return done_.load(std::memory_order_acquire); }

    /// Whether a waiter is woken when it is done. One of another execution context has to look from time to
    /// time: nothing may be posted to a context that might be gone.
    PARTNER_CENTER_DECL bool wakes(const call_context& waiter) const noexcept;

    error_code ec;      ///< The failure that ends a call with it.
    diagnostics diag;   ///< What is known of it.
    shared_token token; ///< On success. It may have expired: then it is good for this one time.
    /// After a failure: until when the authority wants to be left alone, or, when it is given up, has to be.
    steady_clock::time_point retry_at;
    bool given_up = false; ///< There was no answer, and that is nobody's error: it may be asked again.

private:
    friend class cached_tokens;

    void add(call_context& waiter);

    const void* context_; // the execution context it is asked on, which it may outlive
    std::atomic<bool> done_ = false;
    std::vector<std::weak_ptr<call_context>> waiting_; // guarded by the source's mutex
};

/// How a question ends.
enum class fetch_end {
    answered,  ///< With a token, or with an error for all who wait.
    given_up,  ///< Its transport was closed. Others may ask over theirs.
    timed_out, ///< Its time was over. Others may ask in theirs, but not at once.
    orphaned,  ///< It was given up, because the execution context is being destroyed.
};

/// When to begin to ask for the token that comes after this one: never after it expires, and never soon after
/// it came, whatever the authority says.
PARTNER_CENTER_DECL held_token::time_point refresh_time(const access_token& given, held_token::time_point now,
                                                        std::chrono::seconds margin) noexcept;

/// How long a failure of the authority is remembered, and is the answer to all who ask meanwhile; zero when
/// it may pass at any time.
PARTNER_CENTER_DECL steady_clock::duration pause_after(const error_code& ec,
                                                       const diagnostics& diag) noexcept;

/**
 * Keeps the token that it was given until that expires, and asks for another one in time.
 *
 * While a token is still good, nobody waits for its successor. A failure that will not pass by itself is
 * remembered for a while: an authority locks out who asks in a loop.
 */
class cached_tokens : public token_source {
public:
    PARTNER_CENTER_DECL shared_token current(const call_maker& client) noexcept final;
    /// Joins nothing when there is a token again.
    PARTNER_CENTER_DECL void join(call_context& waiter, const call_maker& client,
                                  ref<token_fetch>& joined) final;
    bool is_renewable() const noexcept final { return true; }
    PARTNER_CENTER_DECL bool can_replace(const held_token& refused) noexcept final;
    PARTNER_CENTER_DECL void drop(const held_token& refused) noexcept final;
    PARTNER_CENTER_DECL void keep(const held_token& refused) noexcept final;

    /// Ends a question, which ends but once: later it only wakes who is waiting still. With a failure, the
    /// token that is held stays.
    PARTNER_CENTER_DECL void finish(token_fetch& asked, const error_code& ec, shared_token token,
                                    fetch_end how) noexcept;

    /// Forgets the token that is held.
    PARTNER_CENTER_DECL void drop_token() noexcept;

private:
    /// Asks; @ref finish ends it, on any thread, but not inside this function. Never called while another
    /// question is open.
    virtual void ask(ref<token_fetch> to, const call_maker& client) = 0;

    void close_question(token_fetch& asked, fetch_end how);
    void remember_failure(token_fetch& failed);
    void remember_timeout(token_fetch& late);
    void begin(const ref<token_fetch>& to, const call_maker& client) noexcept;

    std::mutex mutex_;
    shared_token token_;
    shared_token kept_;                      // see keep
    steady_clock::time_point replace_again_; // see can_replace
    ref<token_fetch> asked_;                 // the open question
    ref<token_fetch> last_failed_;           // or timed out, while it is too early to ask again
    steady_clock::time_point ask_again_;
};

/// The right to end a question. Ends it, as one that was given up, when it is destroyed with it.
class fetch_ender {
public:
    fetch_ender(ref<cached_tokens> source, ref<token_fetch> asked) noexcept
        : source_(std::move(source))
        , asked_(std::move(asked))
    {
    }
    fetch_ender(fetch_ender&& other) noexcept = default;
    fetch_ender& operator=(fetch_ender&&) = delete;
    PARTNER_CENTER_DECL ~fetch_ender();

    token_fetch& asked() const noexcept { return *asked_; }

    PARTNER_CENTER_DECL void finish(const error_code& ec, shared_token token = {},
                                    fetch_end how = fetch_end::answered) noexcept;

private:
    ref<cached_tokens> source_;
    ref<token_fetch> asked_;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/cached_tokens.ipp>
#endif

#endif
