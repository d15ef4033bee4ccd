// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_POOLED_REQUEST_HPP
#define PARTNER_CENTER_DETAIL_POOLED_REQUEST_HPP

#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/detail/exchange.hpp>
#include <partner_center/detail/lease.hpp>
#include <partner_center/detail/response_reader.hpp>
#include <partner_center/detail/retry.hpp>
#include <partner_center/detail/task.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/event.hpp>
#include <partner_center/retry_options.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace partner_center::detail {

/**
 * A request that is sent over the pool until it is answered for good, or the time is over: connections,
 * attempts, retries, events. What is asked, and what the answers mean, is the derived class's.
 */
class pooled_request : public pooled_call {
public:
    PARTNER_CENTER_DECL ~pooled_request() override;

protected:
    // What a request needs once it has its turn. Many may wait for theirs: it is not made before.
    struct work final : turn_memory, frame_stack {
        diagnostics diag;
        std::string bytes; // header and body; what is sent of them is encrypted at once
        std::size_t header_size = 0;
        std::optional<response_reader> reader;
        unsigned tries = 0;     // attempts, also those that got no connection
        unsigned uncounted = 0; // of them, those that do not count as retries
        bool reused_connection = false;
        bool fresh_tried = false;
        bool distrusts_kept = false; // connections, since one of them did not answer

        work() {}
        /// Whether there is any byte of one.
        bool has_response() const noexcept
        {
            return reader && (reader->started() || reader->interim_status() != 0);
        }
        /// Nothing is left of the request but its memory.
        PARTNER_CENTER_DECL void forget() noexcept;
    };

    /// All of them must live as long as this does.
    pooled_request(connection_pool& transport, const ref<origin_pool>& origin, const retry_options& retry)
        : pooled_request(transport, origin, retry, origin->take_memory())
    {
    }

    /**
     * Adds it to the live calls of the owner, sets its deadline, and lets it begin.
     *
     * Throws only before anything of that is true.
     *
     * @param patience How long to wait for `100 Continue`; zero when the request does not ask for that.
     */
    PARTNER_CENTER_DECL void start_request(const void* owner, steady_clock::duration timeout,
                                           steady_clock::duration patience);

    /// The request as it is now asks for `100 Continue`.
    bool expects_continue() const noexcept { return patience_ != steady_clock::duration::zero(); }

    /// Whether its sending was begun, once at least.
    bool has_attempts() const noexcept { return work_ && work_->diag.attempts != 0; }

    PARTNER_CENTER_DECL work& its_work();

    /// Sends it until the end.
    PARTNER_CENTER_DECL virtual task run(work& now);

    /// Waits without a connection: others may have use for it.
    PARTNER_CENTER_DECL task sleep_until(steady_clock::time_point when);
    void release_connection() noexcept { lease_.release(); }

    /// After an attempt that failed, and that another one may follow.
    void discard_connection() noexcept { lease_.discard(); }

    /// Gives the outcome to the caller; later, when there is no memory for that now.
    template <class Receiver, class... Result>
    void hand_over(Receiver& caller, const error_code& ec, diagnostics& diag, Result&... result)
    {
        try {
            caller.complete(shared_from_this(), ec, diag, result...);
        } catch (const std::bad_alloc&) {
            // The handler may have thrown it, too.
            if (caller.taken() || !try_again_soon())
                throw;
        }
    }

    /// The bytes have to be formatted anew.
    PARTNER_CENTER_DECL static void outdate(work& now);

private:
    PARTNER_CENTER_DECL pooled_request(connection_pool& transport, const ref<origin_pool>& origin,
                                       const retry_options& retry, call_memory memory);

    /// Why it does not even begin; success if it may. On the thread that begins it.
    virtual error_code check() = 0;
    /// Sets what the diagnostics begin with.
    virtual void describe_request(diagnostics& diag) = 0;
    /// Whether nothing has to be waited for but a connection. From any thread.
    virtual bool is_prepared() = 0;
    /// Whether what was prepared is of no use any more.
    virtual bool is_outdated() { return false; }
    /// Waits for what an attempt needs beside a connection.
    virtual task prepare(work& now) = 0;
    /// Sets `bytes` and `header_size`.
    virtual void format(work& now) = 0;
    /// What the response means.
    virtual error_code interpret(work& now) = 0;
    /// Takes what it is after from the last response.
    virtual error_code decode(work& now) = 0;
    /// Whether a change of what the server stores is asked for.
    virtual bool is_change() const noexcept = 0;
    /// Whether a failed attempt may be worth another one.
    virtual bool may_retry() const noexcept = 0;
    /// Whether an answer of 401 can be helped by another token, and what gets rid of the present one.
    virtual bool can_renew_token() const noexcept = 0;
    virtual void renew_token(work& now) = 0;
    /// It is over; nothing of it is used any more. Once more, if there was no memory for @ref hand_over.
    virtual void completed(const error_code& ec, diagnostics& diag) = 0;

    PARTNER_CENTER_DECL bool begin() override;
    PARTNER_CENTER_DECL void after_resume() override;
    PARTNER_CENTER_DECL void finish(const error_code& ec);
    bool finish_without_memory();

    PARTNER_CENTER_DECL bool has_to_wait(const void* owner);
    PARTNER_CENTER_DECL task make_ready(work& now);
    PARTNER_CENTER_DECL task attempt(work& now);
    PARTNER_CENTER_DECL task take_connection(work& now);
    PARTNER_CENTER_DECL task exchange_messages(work& now);
    PARTNER_CENTER_DECL decision decide(const work& now, const error_code& ec) const;
    PARTNER_CENTER_DECL void prepare_next(work& now, const decision& next);
    PARTNER_CENTER_DECL static void forget_response(work& now);

    PARTNER_CENTER_DECL void tell(event_kind kind) const noexcept;
    PARTNER_CENTER_DECL void tell_finished(const exchange& ended, const error_code& ec,
                                           steady_clock::time_point begun) const noexcept;
    PARTNER_CENTER_DECL void tell_retry(const decision& next) const noexcept;

    connection_pool& transport_;
    origin_pool& origin_;
    const retry_options& retry_;
    error_code refused_; // why it does not even begin, or could not
    bool asked_ = false; // for a connection
    bool left_ = false;  // the live calls
    steady_clock::duration patience_{};
    std::unique_ptr<turn_memory> spare_; // of a call before, until there is work
    std::unique_ptr<work> work_;
    lease lease_;
    task coroutine_; // last: destroyed before what it uses
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/pooled_request.ipp>
#include <partner_center/impl/pooled_request_events.ipp>
#endif

#endif
