// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_POOLED_REQUEST_IPP
#define PARTNER_CENTER_IMPL_POOLED_REQUEST_IPP

#include <partner_center/detail/connector.hpp>
#include <partner_center/detail/pooled_request.hpp>
#include <partner_center/error.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL pooled_request::pooled_request(connection_pool& transport, const ref<origin_pool>& origin,
                                                   const retry_options& retry, call_memory memory)
    : pooled_call(transport.executor(), std::move(memory.strand))
    , transport_(transport)
    , origin_(*origin)
    , retry_(retry)
    , spare_(std::move(memory.turn))
    , lease_(origin)
{
}

PARTNER_CENTER_DECL pooled_request::~pooled_request()
{
    if (!left_)
        origin_.leave(*this);
    coroutine_ = task();
    if (work_) {
        work_->forget();
        spare_ = std::move(work_);
    }
    origin_.keep_memory({strand(), std::move(spare_)});
}

// Says nothing of a response.
inline void clear_response(diagnostics& diag) noexcept
{
    diag.phase = phase::prepare;
    diag.http_status = 0;
    diag.is_retryable.reset();
    diag.mfa_compliant.reset();
    diag.retry_after.reset();
    for (std::string* text :
         {&diag.service_code, &diag.description, &diag.source, &diag.www_authenticate,
          &diag.correlation_vector, &diag.server_id, &diag.content_type, &diag.body_excerpt})
        text->clear();
}

PARTNER_CENTER_DECL void pooled_request::work::forget() noexcept
{
    bytes.clear();
    header_size = 0;
    reader.reset();
    tries = uncounted = 0;
    reused_connection = fresh_tried = distrusts_kept = false;
    clear_response(diag);
    for (std::string* text : {&diag.method, &diag.url, &diag.request_id, &diag.correlation_id})
        text->clear();
    diag.attempts = 0;
    diag.may_have_been_applied = false;
}

PARTNER_CENTER_DECL void pooled_request::start_request(const void* owner, steady_clock::duration timeout,
                                                       steady_clock::duration patience)
{
    patience_ = patience;
    const transport_options& limits = transport_.options();
    auto first_look = std::min({limits.connect_timeout, limits.handshake_timeout, limits.attempt_timeout});
    if (expects_continue())
        first_look = std::min(first_look, patience);
    start_timer(timeout, first_look);
    try {
        allow_to_begin(!has_to_wait(owner));
    } catch (...) {
        lease_.discard();
        origin_.leave(*this);
        stop_timer();
        throw;
    }
}

// A request that has to wait for a connection is little more than a place in the queue, and takes that here,
// in the order of the callers.
PARTNER_CENTER_DECL bool pooled_request::has_to_wait(const void* owner)
{
    // It enters first: who stops all calls from now on finds it in the list.
    if (!origin_.enter(*this, owner))
        refused_ = errc::transport_closed;
    else
        refused_ = check();
    if (refused_ || !is_prepared())
        return false;
    asked_ = true;
    refused_ = lease_.request(*this);
    return !refused_ && !lease_.granted();
}

inline error_code code_of(const std::exception_ptr& thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& e) {
        // A code may be none.
        return e.code() ? e.code() : make_error_code(errc::unexpected_json_type);
    } catch (const std::bad_alloc&) {
        return make_error_code(boost::system::errc::not_enough_memory);
    } catch (const std::length_error&) {
        return make_error_code(boost::system::errc::not_enough_memory);
    } catch (...) {
        // The only code of others in a call is the mapping of a resource.
        return errc::unexpected_json_type;
    }
}

PARTNER_CENTER_DECL pooled_request::work& pooled_request::its_work()
{
    if (!work_) {
        std::unique_ptr<work> begun(static_cast<work*>(spare_.release()));
        if (!begun)
            begun = std::make_unique<work>();
        begun->diag.phase = asked_ ? phase::wait_connection : phase::prepare;
        work_ = std::move(begun);
        // Last: when this fails, the request has to end all the same.
        describe_request(work_->diag);
    }
    return *work_;
}

PARTNER_CENTER_DECL bool pooled_request::begin()
{
    if (left_)
        return true; // it is over, and the caller's handler has thrown
    try {
        if (asked_ && !refused_ && !stopped() && !lease_.granted())
            return false;
        coroutine_ = run(its_work());
    } catch (...) {
        refused_ = code_of(std::current_exception());
        return finish_without_memory();
    }
    coroutine_.start();
    after_resume();
    return true;
}

// Whether it could. If not, it tries again as soon as anything wakes it.
inline bool pooled_request::finish_without_memory()
{
    try {
        finish(refused_);
    } catch (const std::bad_alloc&) {
        if (left_)
            throw; // the caller's handler has
        wake_at(time_after(std::chrono::milliseconds(10)));
        return false;
    }
    return true;
}

PARTNER_CENTER_DECL void pooled_request::after_resume()
{
    if (coroutine_.done())
        finish(coroutine_.thrown() ? code_of(coroutine_.thrown()) : coroutine_.result());
    else if (left_)
        finish(refused_);
}

PARTNER_CENTER_DECL void pooled_request::finish(const error_code& ec)
{
    diagnostics& diag = its_work().diag;
    // Before the caller goes on: its next call finds the connection, and nothing stops a call that is over.
    lease_.discard(stopped() == errc::transport_closed ? close_reason::transport_closed
                                                       : close_reason::call_ended);
    origin_.leave(*this);
    left_ = true;
    stop_timer();
    completed(ec, diag);
}

PARTNER_CENTER_DECL task pooled_request::take_connection(work& now)
{
    if (stopped())
        co_return stopped();
    if (!lease_.granted()) {
        now.diag.phase = phase::wait_connection;
        if (const error_code ec = lease_.request(*this))
            co_return ec;
        while (!lease_.granted() && !stopped())
            co_await park();
        if (stopped())
            co_return stopped();
    }
    now.reused_connection = !now.distrusts_kept && lease_.connection() && lease_.connection()->is_quiet();
    if (now.reused_connection) {
        tell(event_kind::connection_reused);
        co_return error_code();
    }
    lease_.drop_connection(close_reason::closed_by_peer);
    ref<connection> opened;
    const error_code ec = co_await open_connection(*this, transport_, origin_, now.diag, opened);
    if (!ec)
        lease_.adopt(std::move(opened));
    co_return ec;
}

// What the response of an earlier attempt said is not true of the next one.
PARTNER_CENTER_DECL void pooled_request::forget_response(work& now)
{
    clear_response(now.diag);
    now.reader.reset();
    now.reused_connection = false;
}

PARTNER_CENTER_DECL void pooled_request::outdate(work& now)
{
    now.bytes.clear();
}

PARTNER_CENTER_DECL task pooled_request::make_ready(work& now)
{
    for (;;) {
        error_code ec;
        if (!is_prepared())
            ec = co_await prepare(now);
        if (!ec)
            ec = co_await take_connection(now);
        // The wait for the connection may have been long.
        if (ec || !is_outdated())
            co_return ec;
        release_connection();
        now.reused_connection = false;
    }
}

PARTNER_CENTER_DECL task pooled_request::attempt(work& now)
{
    if (++now.tries != 1)
        forget_response(now);
    error_code ec = co_await make_ready(now);
    end_step();
    if (!ec)
        ec = stopped();
    if (ec)
        co_return ec;
    ++now.diag.attempts;
    co_return co_await exchange_messages(now);
}

// Takes note of what an attempt leaves open, also when it ends by an exception. What an attempt before left
// open stays open, whatever the answer to this one.
class notes_change {
public:
    notes_change(bool is_change, const exchange& on_wire, diagnostics& diag) noexcept
        : is_change_(is_change)
        , on_wire_(on_wire)
        , diag_(diag)
    {
    }
    notes_change(const notes_change&) = delete;
    notes_change& operator=(const notes_change&) = delete;
    ~notes_change()
    {
        if (is_change_ && on_wire_.body_begun() && may_have_been_applied(diag_.http_status))
            diag_.may_have_been_applied = true;
    }

private:
    bool is_change_;
    const exchange& on_wire_;
    diagnostics& diag_;
};

PARTNER_CENTER_DECL task pooled_request::exchange_messages(work& now)
{
    const transport_options& limits = transport_.options();
    now.reader.emplace(limits.max_response_header, limits.max_response_body);
    limit_step(limits.attempt_timeout, errc::attempt_timeout);
    format(now);
    exchange on_wire(*this, lease_.connection(), now.bytes, now.header_size, *now.reader, now.diag.phase);
    const notes_change at_the_end(is_change(), on_wire, now.diag);
    tell(event_kind::attempt_started);
    const auto begun = steady_clock::now();
    error_code ec = co_await on_wire.run(now, patience_);
    end_step();
    const bool answered = !ec;
    if (!answered) {
        now.diag.description = now.reader->reason();
    } else {
        ec = interpret(now);
        if (now.diag.http_status == 200)
            now.diag.phase = phase::decode;
        if (!ec && !on_wire.body_begun()) {
            ec = errc::malformed_response;
            now.diag.description = "it reports success before the change was sent";
        }
        origin_.keep_ticket(lease_.connection()->tls.take_ticket());
    }
    tell_finished(on_wire, ec, begun);
    if (answered && on_wire.reusable())
        lease_.keep();
    else if (answered)
        lease_.discard(close_reason::not_reusable);
    co_return ec;
}

PARTNER_CENTER_DECL task pooled_request::sleep_until(steady_clock::time_point when)
{
    wake_at(when);
    while (!stopped() && steady_clock::now() < when)
        co_await park();
    co_return stopped();
}

PARTNER_CENTER_DECL decision pooled_request::decide(const work& now, const error_code& ec) const
{
    if (!ec || !may_retry())
        return decision();
    attempt_outcome outcome;
    outcome.ec = ec;
    outcome.status = now.diag.http_status;
    outcome.expected_continue = expects_continue();
    // One that was silent for too long is not dead.
    outcome.reused_connection = now.reused_connection && !now.fresh_tried && !stopped_by_step();
    outcome.any_response_byte = now.has_response();
    outcome.renewable_token = can_renew_token();
    outcome.stopped = stopped() && !stopped_by_step();
    outcome.counted_attempts = now.tries - now.uncounted;
    outcome.is_retryable = now.diag.is_retryable;
    outcome.retry_after = now.diag.retry_after;
    outcome.time_left = call_deadline() - steady_clock::now();
    return decide_next_step(outcome, retry_, random_jitter());
}

PARTNER_CENTER_DECL void pooled_request::prepare_next(work& now, const decision& next)
{
    forgive_step();
    // Those that were kept with it may be dead, too, which costs an attempt each.
    now.distrusts_kept = now.distrusts_kept || (now.reused_connection && !now.has_response());
    switch (next.step) {
    case next_step::fresh_connection:
        now.fresh_tried = true;
        lease_.drop_connection(close_reason::closed_by_peer);
        break;
    case next_step::without_expect:
        patience_ = steady_clock::duration::zero();
        outdate(now);
        break;
    case next_step::fresh_token: renew_token(now); break;
    case next_step::retry:
    case next_step::finish: break;
    }
    if (next.step != next_step::fresh_connection)
        lease_.discard();
    if (next.step != next_step::retry)
        ++now.uncounted;
}

PARTNER_CENTER_DECL task pooled_request::run(work& now)
{
    error_code ec = refused_ ? refused_ : stopped();
    if (ec)
        co_return ec;
    for (;;) {
        ec = co_await attempt(now);
        const decision next = decide(now, ec);
        if (next.step == next_step::finish)
            co_return ec ? ec : decode(now);
        prepare_next(now, next);
        tell_retry(next);
        if (next.step != next_step::retry)
            continue;
        now.diag.phase = phase::wait_retry;
        if (const error_code stop = co_await sleep_until(steady_clock::now() + next.delay))
            co_return stop;
    }
}

} // namespace partner_center::detail

#endif
