// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_DEVICE_SIGN_IN_IPP
#define PARTNER_CENTER_IMPL_DEVICE_SIGN_IN_IPP

#include <partner_center/condition.hpp>
#include <partner_center/detail/device_sign_in.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/request_format.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/detail/transport_access.hpp>

#include <array>
#include <exception>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL ref<const sign_in_maker> make_device_sign_in(const transport& over,
                                                                 device_code_options&& options,
                                                                 device_code_prompt_function&& on_prompt)
{
    const ref<connection_pool>& pool = transport_access::pool(over);
    if (!pool) {
        diagnostics diag;
        diag.description = "the transport was moved from";
        throw_error(errc::transport_closed, diag);
    }
    return ref<const sign_in_maker>(new device_sign_in_plan(pool, std::move(options), std::move(on_prompt)));
}

PARTNER_CENTER_DECL device_sign_in_plan::device_sign_in_plan(ref<connection_pool> over,
                                                             device_code_options&& options,
                                                             device_code_prompt_function&& prompt)
    : wrong(check(options, reason))
    , endpoint(wrong ? application_options() : options)
    , has_certificate(!wrong && options.certificate)
    , timeout(options.timeout)
    , on_prompt(std::move(prompt))
    , transport(std::move(over))
    , origin(transport->origin(endpoint.authority))
{
    if (!wrong && !on_prompt) {
        wrong = errc::invalid_argument;
        reason = "on_prompt: there is no function to show the code with";
    }
    if (has_certificate)
        signer.load(*options.certificate);
}

PARTNER_CENTER_DECL std::shared_ptr<call_handle>
device_sign_in_plan::make(std::unique_ptr<sign_in_receiver> caller) const
{
    return std::make_shared<device_sign_in>(this, std::move(caller));
}

PARTNER_CENTER_DECL device_sign_in::device_sign_in(ref<const device_sign_in_plan> plan,
                                                   std::unique_ptr<sign_in_receiver> caller)
    : authority_request(*plan->transport, plan->origin, retry_)
    , call_handle(functions_of<device_sign_in>())
    , plan_(std::move(plan))
    , caller_(std::move(caller))
    , target_(plan_->endpoint.device_code_target())
    , fields_(device_code_form(plan_->endpoint))
{
}

PARTNER_CENTER_DECL void device_sign_in::start()
{
    start_request(this, plan_->timeout, steady_clock::duration::zero());
}

PARTNER_CENTER_DECL void device_sign_in::describe_request(diagnostics& diag)
{
    // Nobody would be asked.
    if (plan_->wrong)
        return;
    diag.method = "POST";
    diag.url.append("https://").append(plan_->endpoint.authority.host_header).append(target_);
}

PARTNER_CENTER_DECL error_code device_sign_in::check()
{
    if (plan_->wrong)
        its_work().diag.description = plan_->reason;
    return plan_->wrong;
}

PARTNER_CENTER_DECL void device_sign_in::format(work& now)
{
    if (codes_.device_code.empty())
        asked_at_ = steady_clock::now();
    else
        make_question(now);
    sent_at_ = std::chrono::system_clock::now();
    if (now.bytes.empty())
        now.header_size =
            format_form_request(plan_->endpoint.authority.host_header, target_, fields_, now.bytes);
}

PARTNER_CENTER_DECL error_code device_sign_in::interpret(work& now)
{
    std::array<std::string_view, 3> secrets;
    std::size_t count = 0;
    for (const std::string_view secret :
         {std::string_view(codes_.device_code), std::string_view(plan_->endpoint.client_secret),
          std::string_view(assertion_)})
        if (!secret.empty())
            secrets[count++] = secret;
    const std::span<const std::string_view> hidden(secrets.data(), count);
    const http_response& answer = now.reader->response();
    if (codes_.device_code.empty())
        return make_token_error(interpret_device_code_response(answer, hidden, sent_at_, codes_, now.diag));
    token_grant granted;
    outcome_ = interpret_token_response(answer, hidden, sent_at_, granted, now.diag);
    if (outcome_ == token_outcome::granted && granted.refresh_token.empty()) {
        outcome_ = token_outcome::failed;
        now.diag.http_status = answer.result_int();
        now.diag.description =
            "the authority gave no refresh token: offline_access is missing in the scope, or not granted";
    }
    tokens_.access = std::move(granted.access);
    tokens_.refresh_token = std::move(granted.refresh_token);
    return make_token_error(*outcome_);
}

// The codes are counted from when they were asked for, so that they end too early rather than too late.
PARTNER_CENTER_DECL task device_sign_in::run(work& now)
{
    error_code ec = co_await pooled_request::run(now);
    if (!ec)
        ec = stopped();
    if (!ec)
        ec = show_prompt(now.diag);
    if (ec)
        co_return ec;
    ec = co_await ask_until_answered(now);
    co_return ec;
}

inline std::string prompt_message(const device_authorization& codes)
{
    if (!codes.message.empty())
        return codes.message;
    return "To sign in, open the page " + codes.verification_uri + " in a browser and enter the code " +
           codes.user_code + ".";
}

inline error_code device_sign_in::show_prompt(diagnostics& diag)
{
    const std::array<std::string_view, 2> secrets{codes_.device_code, plan_->endpoint.client_secret};
    diag.phase = phase::token;
    device_code_prompt prompt;
    prompt.user_code = codes_.user_code;
    prompt.verification_uri = codes_.verification_uri;
    prompt.message = prompt_message(codes_);
    prompt.expires_in = codes_.expires_in;
    try {
        plan_->on_prompt(prompt);
        return {};
    } catch (const std::exception& e) {
        diag.description = bounded_text_without(
            e.what(), std::span(secrets.data(), plan_->endpoint.client_secret.empty() ? 1U : 2U));
    } catch (...) {
        diag.description = "it threw what is no std::exception";
    }
    return errc::prompt_failed;
}

// What an answer said that was not the last one is not true of what comes after it.
inline void forget_answer(diagnostics& diag)
{
    diag.http_status = 0;
    diag.service_code.clear();
    diag.description.clear();
    diag.content_type.clear();
    diag.retry_after.reset();
    diag.body_excerpt.clear();
}

PARTNER_CENTER_DECL task device_sign_in::ask_until_answered(work& now)
{
    const auto expires = asked_at_ + codes_.expires_in;
    device_poll schedule(codes_.interval, expires);
    move_call_deadline(expires);
    retry_.max_attempts = 1; // the schedule decides
    target_ = plan_->endpoint.token_target();
    // What is to blame when the code ends while a question is open; nothing once the authority has answered.
    error_code outage = errc::authority_unavailable;
    error_code ec;
    for (;;) {
        const auto when = schedule.next(steady_clock::now());
        if (!when)
            co_return ec ? ec : end(errc::call_timeout, now.diag);
        if (const error_code stop = co_await sleep_until(*when))
            co_return end(stop, now.diag, ec);
        outcome_.reset();
        prepare_question(now);
        ec = co_await pooled_request::run(now);
        if (!ec) {
            now.diag.phase = phase::done;
            co_return ec;
        }
        if (stopped() && !stopped_by_step())
            co_return end(stopped(), now.diag, outage);
        forgive_step();
        discard_connection();
        const auto how = put_off(ec);
        if (!how)
            co_return ec;
        schedule.note(*how, now.diag.retry_after);
        if (*how == device_poll::answer::pending || *how == device_poll::answer::slow_down) {
            forget_answer(now.diag);
            ec.clear();
        }
        outage = ec;
        now.diag.phase = phase::token;
    }
}

inline void device_sign_in::prepare_question(work& now)
{
    forget_answer(now.diag);
    now.diag.attempts = 0;
    now.diag.url.clear();
    describe_request(now.diag);
    now.uncounted = now.tries;
    now.fresh_tried = false;
}

// For each attempt anew: an assertion is good for one request (RFC 7523, section 3).
inline void device_sign_in::make_question(work& now)
{
    if (plan_->has_certificate) {
        now.diag.description = "signing the client assertion failed"; // unless it does not throw
        assertion_ = plan_->signer.sign(plan_->endpoint.token_url(), plan_->endpoint.client_id,
                                        std::chrono::system_clock::now());
        now.diag.description.clear();
    }
    fields_ = device_token_form(plan_->endpoint, codes_.device_code, assertion_);
    outdate(now);
}

inline std::optional<device_poll::answer> device_sign_in::put_off(const error_code& ec) const
{
    using answer = device_poll::answer;
    if (!outcome_) {
        if (ec == condition::timeout)
            return answer::timed_out;
        return ec == condition::transient ? std::optional(answer::unavailable) : std::nullopt;
    }
    switch (*outcome_) {
    case token_outcome::authorization_pending: return answer::pending;
    case token_outcome::slow_down: return answer::slow_down;
    case token_outcome::unavailable: return answer::unavailable;
    case token_outcome::granted:
    case token_outcome::sign_in_required:
    case token_outcome::invalid_credential:
    case token_outcome::declined:
    case token_outcome::expired:
    case token_outcome::failed: break;
    }
    return std::nullopt;
}

inline error_code device_sign_in::end(const error_code& ec, diagnostics& diag, const error_code& outage) const
{
    forget_answer(diag);
    if (ec != errc::call_timeout)
        return ec;
    // Whether somebody has signed in, only the authority knows.
    diag.description = outage ? "the authority did not answer before the code ended, which" : "the code";
    diag.description.append(" was good for ").append(std::to_string(codes_.expires_in.count())).append(" s");
    return outage ? outage : errc::sign_in_expired;
}

PARTNER_CENTER_DECL void device_sign_in::completed(const error_code& ec, diagnostics& diag)
{
    if (ec)
        tokens_ = signed_in();
    hand_over(*caller_, ec, diag, tokens_);
}

} // namespace partner_center::detail

#endif
