// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CALL_IPP
#define PARTNER_CENTER_IMPL_CALL_IPP

#include <partner_center/condition.hpp>
#include <partner_center/detail/call.hpp>
#include <partner_center/detail/connector.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/request_format.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL std::shared_ptr<call_handle>
client_state::make_call(shared_request request, std::unique_ptr<receiver> caller) const
{
    return std::make_shared<call>(std::move(request), std::move(caller));
}

PARTNER_CENTER_DECL call::call(shared_request request, std::unique_ptr<receiver> caller)
    : pooled_call(request->client->executor())
    , request_(std::move(request))
    , client_(static_cast<const client_state&>(*request_->client))
    , caller_(std::move(caller))
    , lease_(client_.origin)
{
}

PARTNER_CENTER_DECL call::~call()
{
    client_.origin->leave(*this);
}

PARTNER_CENTER_DECL void call::start()
{
    expect_ =
        is_change() &&
        call_options_access::expect_continue(request_->options).value_or(client_.options.expect_continue);
    const transport_options& limits = client_.transport->options();
    auto first_look = std::min({limits.connect_timeout, limits.handshake_timeout, limits.attempt_timeout});
    if (expect_)
        first_look = std::min(first_look, client_.options.continue_timeout);
    start_timer(call_options_access::timeout(request_->options).value_or(client_.options.timeout),
                first_look);
    try {
        allow_to_begin(!has_to_wait());
    } catch (...) {
        lease_.discard();
        client_.origin->leave(*this);
        stop_timer();
        throw;
    }
}

// A call that has to wait for a connection is little more than a place in the queue, and takes that here, in
// the order of the callers.
PARTNER_CENTER_DECL bool call::has_to_wait()
{
    if (!client_.origin->enter(*this, &client_))
        refused_ = errc::transport_closed;
    // After it has entered: a client that ends from now on finds the call in the list.
    else if (client_.ended())
        refused_ = asio::error::operation_aborted;
    else
        refused_ = check();
    if (refused_)
        return false;
    if (client_.held_until() > steady_clock::now())
        return false;
    asked_ = true;
    refused_ = lease_.request(*this);
    return !refused_ && !lease_.granted();
}

PARTNER_CENTER_DECL void call::cancel(asio::cancellation_type type)
{
    using asio::cancellation_type;
    if ((type & (cancellation_type::terminal | cancellation_type::partial)) != cancellation_type::none)
        post_cancel(false);
    else if ((type & cancellation_type::total) != cancellation_type::none)
        post_cancel(true);
}

inline error_code code_of(const std::exception_ptr& thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& e) {
        return e.code();
    } catch (const std::bad_alloc&) {
        return make_error_code(boost::system::errc::not_enough_memory);
    } catch (const std::length_error&) {
        return make_error_code(boost::system::errc::not_enough_memory);
    } catch (...) {
        // The only code of others in a call is the mapping of a resource.
        return errc::unexpected_json_type;
    }
}

PARTNER_CENTER_DECL call::work& call::its_work()
{
    if (!work_) {
        auto begun = std::make_unique<work>();
        diagnostics& diag = begun->diag;
        diag.method = request_->method;
        diag.url = client_.url.text().append(request_->path);
        const auto& request_id = call_options_access::request_id(request_->options);
        diag.request_id = request_id ? *request_id : make_guid();
        const auto& correlation_id = call_options_access::correlation_id(request_->options);
        diag.correlation_id = correlation_id ? *correlation_id : make_guid();
        diag.phase = asked_ ? phase::wait_connection : phase::prepare;
        work_ = std::move(begun);
    }
    return *work_;
}

PARTNER_CENTER_DECL bool call::begin()
{
    try {
        if (asked_ && !refused_ && !stopped() && !lease_.granted())
            return false;
        coroutine_ = run(its_work());
    } catch (...) {
        finish(code_of(std::current_exception()));
        return true;
    }
    coroutine_.start();
    after_resume();
    return true;
}

PARTNER_CENTER_DECL void call::after_resume()
{
    if (coroutine_.done())
        finish(coroutine_.thrown() ? code_of(coroutine_.thrown()) : coroutine_.result());
}

PARTNER_CENTER_DECL void call::finish(const error_code& ec)
{
    diagnostics& diag = its_work().diag;
    // Before the caller goes on: its next call finds the connection, and nothing stops a call that is over.
    lease_.discard(stopped() == errc::transport_closed ? close_reason::transport_closed
                                                       : close_reason::call_ended);
    client_.origin->leave(*this);
    stop_timer();
    caller_->complete(shared_from_this(), ec, diag);
}

PARTNER_CENTER_DECL error_code call::refuse(std::string_view name, std::string_view why)
{
    its_work().diag.description.append(name).append(": ").append(why);
    return errc::invalid_argument;
}

// Checks everything that becomes a part of the request, so that nothing is sent of one that is not right.
PARTNER_CENTER_DECL error_code call::check()
{
    const call_options& options = request_->options;
    const auto& request_id = call_options_access::request_id(options);
    if (request_id && !is_guid(*request_id))
        return refuse("call_options::request_id", "it is not a GUID");
    const auto& correlation_id = call_options_access::correlation_id(options);
    if (correlation_id && !is_guid(*correlation_id))
        return refuse("call_options::correlation_id", "it is not a GUID");
    if (const auto& locale = call_options_access::locale(options))
        if (const auto why = check_header_value(*locale); !why.empty())
            return refuse("call_options::locale", why);
    std::string quoted;
    if (const auto& etag = call_options_access::if_match(options))
        if (const auto why = quote_etag(*etag, quoted); !why.empty())
            return refuse("call_options::if_match", why);
    if (const auto& limit = call_options_access::timeout(options);
        limit && *limit <= steady_clock::duration::zero())
        return refuse("call_options::timeout", "it is not more than zero");
    if (!request_->broken_limits.empty() &&
        call_options_access::validate(options).value_or(client_.options.validate)) {
        its_work().diag.description = request_->broken_limits;
        return errc::invalid_profile;
    }
    if (!client_.token_problem.empty())
        return refuse("the bearer token", client_.token_problem);
    return {};
}

PARTNER_CENTER_DECL void call::format(work& now)
{
    std::string quoted;
    if (const auto& etag = call_options_access::if_match(request_->options))
        quote_etag(*etag, quoted);
    const std::string target = client_.url.path + std::string(request_->path);
    const auto& locale = call_options_access::locale(request_->options);
    request_content content;
    content.method = request_->method;
    content.host_header = client_.url.host_header;
    content.target = target;
    content.token = credential_access::token(client_.token_source);
    content.request_id = now.diag.request_id;
    content.correlation_id = now.diag.correlation_id;
    content.locale = locale ? *locale : client_.options.locale;
    content.application_name = client_.options.application_name;
    content.if_match = quoted;
    content.body = request_->body;
    content.has_body = request_->has_body;
    content.expect_continue = expect_;
    content.validate_mfa =
        call_options_access::validate_mfa(request_->options).value_or(client_.options.validate_mfa);
    now.header_size =
        format_request(content, expect_ || !request_->has_body ? now.bytes : now.bytes_unexpected);
}

PARTNER_CENTER_DECL task call::take_connection(work& now)
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
    now.reused_connection = lease_.connection() && lease_.connection()->is_quiet();
    if (now.reused_connection) {
        tell(event_kind::connection_reused);
        co_return error_code();
    }
    lease_.drop_connection(close_reason::closed_by_peer);
    ref<connection> opened;
    const error_code ec =
        co_await open_connection(*this, *client_.transport, *client_.origin, now.diag, opened);
    if (!ec)
        lease_.adopt(std::move(opened));
    co_return ec;
}

// What the response of an earlier attempt said is not true of the next one.
PARTNER_CENTER_DECL void call::forget_response(work& now)
{
    diagnostics& diag = now.diag;
    diagnostics kept;
    kept.method = std::move(diag.method);
    kept.url = std::move(diag.url);
    kept.request_id = std::move(diag.request_id);
    kept.correlation_id = std::move(diag.correlation_id);
    kept.attempts = diag.attempts;
    kept.may_have_been_applied = diag.may_have_been_applied;
    diag = std::move(kept);
}

PARTNER_CENTER_DECL task call::attempt(work& now)
{
    if (++now.tries != 1)
        forget_response(now);
    error_code ec;
    if (client_.held_until() > steady_clock::now())
        ec = co_await wait_while_held(now);
    if (!ec)
        ec = co_await take_connection(now);
    end_step();
    if (!ec)
        ec = stopped();
    if (ec)
        co_return ec;
    ++now.diag.attempts;
    co_return co_await exchange_messages(now);
}

PARTNER_CENTER_DECL task call::exchange_messages(work& now)
{
    const transport_options& limits = client_.transport->options();
    now.reader.emplace(limits.max_response_header, limits.max_response_body);
    limit_step(limits.attempt_timeout, errc::attempt_timeout);
    const std::string& bytes = expect_ || !request_->has_body ? now.bytes : now.bytes_unexpected;
    if (bytes.empty())
        format(now);
    exchange on_wire(*this, lease_.connection(), bytes, now.header_size, *now.reader, now.diag.phase);
    tell(event_kind::attempt_started);
    const auto begun = steady_clock::now();
    error_code ec =
        co_await on_wire.run(expect_ ? client_.options.continue_timeout : steady_clock::duration::zero());
    end_step();
    const bool answered = !ec;
    if (!answered) {
        now.diag.description = now.reader->reason();
    } else {
        ec = interpret_response(now.reader->response(), credential_access::token(client_.token_source),
                                now.diag);
        if (now.diag.http_status == 200)
            now.diag.phase = phase::decode;
        if (!ec && !on_wire.body_begun()) {
            ec = errc::malformed_response;
            now.diag.description = "it reports success before the change was sent";
        }
        client_.origin->keep_ticket(lease_.connection()->tls.take_ticket());
    }
    tell_finished(on_wire, ec, begun);
    if (answered && on_wire.reusable())
        lease_.keep();
    else if (answered)
        lease_.discard(close_reason::not_reusable);
    // What an attempt before left open stays open, whatever the answer to this one.
    if (is_change() && on_wire.body_begun() && may_have_been_applied(now.diag.http_status))
        now.diag.may_have_been_applied = true;
    co_return ec;
}

PARTNER_CENTER_DECL task call::sleep_until(steady_clock::time_point when)
{
    wake_at(when);
    while (!stopped() && steady_clock::now() < when)
        co_await park();
    co_return stopped();
}

// Without a connection: others may have use for it.
PARTNER_CENTER_DECL task call::wait_while_held(work& now)
{
    for (;;) {
        const auto until = client_.held_until();
        const auto present = steady_clock::now();
        if (present >= until)
            co_return stopped();
        lease_.release();
        now.diag.phase = phase::wait_retry;
        if (until >= call_deadline()) {
            now.diag.retry_after = std::chrono::ceil<std::chrono::seconds>(until - present);
            co_return errc::throttled;
        }
        if (const error_code ec = co_await sleep_until(until))
            co_return ec;
    }
}

PARTNER_CENTER_DECL decision call::decide(const work& now, const error_code& ec) const
{
    attempt_outcome outcome;
    outcome.ec = ec;
    outcome.status = now.diag.http_status;
    outcome.expected_continue = expect_;
    // One that was silent for too long is not dead.
    outcome.reused_connection = now.reused_connection && !now.fresh_tried && !stopped_by_step();
    outcome.any_response_byte = now.reader && (now.reader->started() || now.reader->interim_status() != 0);
    outcome.stopped = stopped() && !stopped_by_step();
    outcome.counted_attempts = now.tries - now.uncounted;
    outcome.is_retryable = now.diag.is_retryable;
    outcome.retry_after = now.diag.retry_after;
    outcome.time_left = call_deadline() - steady_clock::now();
    return decide_next_step(outcome, client_.options.retry, random_jitter());
}

PARTNER_CENTER_DECL void call::hold_back(const work& now) const noexcept
{
    const retry_options& retry = client_.options.retry;
    if (now.diag.http_status == 429 && retry.hold_back && now.diag.retry_after)
        client_.hold_until(time_after(*now.diag.retry_after));
}

PARTNER_CENTER_DECL task call::run(work& now)
{
    error_code ec = refused_ ? refused_ : stopped();
    if (ec)
        co_return ec;
    for (;;) {
        ec = co_await attempt(now);
        hold_back(now);
        const decision next = decide(now, ec);
        if (next.step == next_step::finish)
            co_return ec ? ec : decode(now);
        forgive_step();
        if (next.step == next_step::fresh_connection) {
            now.fresh_tried = true;
            lease_.drop_connection(close_reason::closed_by_peer);
        } else {
            lease_.discard();
        }
        if (next.step == next_step::without_expect)
            expect_ = false;
        tell_retry(next);
        if (next.step != next_step::retry) {
            ++now.uncounted;
            continue;
        }
        now.diag.phase = phase::wait_retry;
        if (const error_code stop = co_await sleep_until(steady_clock::now() + next.delay))
            co_return stop;
    }
}

PARTNER_CENTER_DECL void call::tell(event_kind kind) const noexcept
{
    if (!client_.origin->observed())
        return;
    event e;
    e.kind = kind;
    e.connection = lease_.connection()->number;
    add_call(e, work_->diag);
    if (kind == event_kind::connection_reused)
        ++e.attempt; // for the attempt to come
    client_.origin->tell(e);
}

PARTNER_CENTER_DECL void call::tell_finished(const exchange& ended, const error_code& ec,
                                             steady_clock::time_point begun) const noexcept
{
    if (!client_.origin->observed())
        return;
    event e;
    e.kind = event_kind::attempt_finished;
    e.connection = lease_.connection()->number;
    add_call(e, work_->diag);
    e.ec = ec;
    e.http_status = work_->diag.http_status;
    e.bytes_sent = ended.bytes_sent();
    e.bytes_received = ended.bytes_received();
    e.elapsed = steady_clock::now() - begun;
    client_.origin->tell(e);
}

PARTNER_CENTER_DECL void call::tell_retry(const decision& next) const noexcept
{
    if (!client_.origin->observed())
        return;
    event e;
    e.kind = event_kind::retry_scheduled;
    add_call(e, work_->diag);
    ++e.attempt;
    e.why_retried = next.why;
    e.delay = next.delay;
    client_.origin->tell(e);
}

PARTNER_CENTER_DECL error_code call::decode(work& now)
{
    const std::string& body = now.reader->response().body();
    std::string reason;
    const error_code ec = caller_->decode(body, reason);
    if (ec) {
        const std::string& token = credential_access::token(client_.token_source);
        now.diag.description = bounded_text(reason, token);
        now.diag.body_excerpt = bounded_text(body, token);
    } else {
        now.diag.phase = phase::done;
        now.diag.may_have_been_applied = false;
    }
    return ec;
}

} // namespace partner_center::detail

#endif
