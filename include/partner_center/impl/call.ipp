// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CALL_IPP
#define PARTNER_CENTER_IMPL_CALL_IPP

#include <partner_center/condition.hpp>
#include <partner_center/detail/cached_tokens.hpp>
#include <partner_center/detail/call.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/json_document.hpp>
#include <partner_center/detail/opaque_shared.hpp>
#include <partner_center/detail/request_format.hpp>
#include <partner_center/detail/resource_functions.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/organization_profile.hpp>
#include <partner_center/validate.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace partner_center::detail {

inline std::shared_ptr<call_handle> calling_client::make(shared_request request,
                                                         std::unique_ptr<receiver> caller)
{
    return make_opaque_shared<call>(std::move(request), std::move(caller));
}

PARTNER_CENTER_DECL calling_client::calling_client(ref<connection_pool> pool, credential source,
                                                   client_options with)
    : client_state(std::move(pool), std::move(source), std::move(with))
{
    static constexpr functions calls{&make_read_request, &make_write_request, &make, &throw_error,
                                     functions_of_resource<OrganizationProfile>};
    set_up(calls, transport->executor(), options);
}

PARTNER_CENTER_DECL call::call(shared_request request, std::unique_ptr<receiver> caller)
    : pooled_request(*static_cast<const client_state&>(*request->client).transport,
                     static_cast<const client_state&>(*request->client).origin,
                     request->client->settings().retry)
    , call_handle(functions_of<call>())
    , request_(std::move(request))
    , client_(static_cast<const client_state&>(*request_->client))
    , caller_(std::move(caller))
{
}

PARTNER_CENTER_DECL void call::start()
{
    const call_options& options = request_->options;
    const bool expect = is_change() && call_options_access::expect_continue(options).value_or(
                                           client_.options.expect_continue);
    start_request(&client_, call_options_access::timeout(options).value_or(client_.options.timeout),
                  expect ? client_.options.continue_timeout : steady_clock::duration::zero());
}

PARTNER_CENTER_DECL void call::cancel(asio::cancellation_type type)
{
    using asio::cancellation_type;
    if ((type & (cancellation_type::terminal | cancellation_type::partial)) != cancellation_type::none)
        post_cancel(false);
    else if ((type & cancellation_type::total) != cancellation_type::none)
        post_cancel(true);
}

// One that is no GUID is not sent, and may be as long as whoever has sent it to the caller likes.
inline void take_id(const std::optional<std::string>& given, std::string& to)
{
    if (!given)
        to = make_guid();
    else if (is_guid(*given))
        to = *given;
}

PARTNER_CENTER_DECL void call::describe_request(diagnostics& diag)
{
    diag.method = request_->method;
    diag.url.reserve(client_.url_text.size() + request_->path.size());
    diag.url.append(client_.url_text).append(request_->path);
    const auto& request_id = call_options_access::request_id(request_->options);
    const auto& correlation_id = call_options_access::correlation_id(request_->options);
    if (!request_id && !correlation_id) {
        make_guids(diag.request_id, diag.correlation_id);
        return;
    }
    take_id(request_id, diag.request_id);
    take_id(correlation_id, diag.correlation_id);
}

PARTNER_CENTER_DECL void call::completed(const error_code& ec, diagnostics& diag)
{
    hand_over(*caller_, ec, diag);
}

PARTNER_CENTER_DECL error_code call::refuse(std::string_view name, std::string_view why)
{
    its_work().diag.description.append(name).append(": ").append(why);
    return errc::invalid_argument;
}

// Checks everything that becomes a part of the request, so that nothing is sent of one that is not right.
PARTNER_CENTER_DECL error_code call::check()
{
    // The call is among the live ones by now: a client that ends later finds it there.
    if (client_.ended())
        return asio::error::operation_aborted;
    if (const auto why = check_target(request_->path); !why.empty()) {
        its_work().diag.url = client_.url_text;
        return refuse("resource_path", why);
    }
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

PARTNER_CENTER_DECL bool call::is_prepared()
{
    if (client_.held_until() > steady_clock::now())
        return false;
    token_ = client_.tokens->current(client_);
    token_came_expired_ = false;
    return token_ != nullptr;
}

PARTNER_CENTER_DECL bool call::is_outdated()
{
    return client_.held_until() > steady_clock::now() ||
           (!token_came_expired_ && client_.tokens->current(client_) != token_);
}

PARTNER_CENTER_DECL task call::prepare(work& now)
{
    release_connection();
    for (;;) {
        error_code ec = co_await wait_while_held(now);
        if (ec)
            co_return ec;
        if (is_prepared())
            co_return error_code();
        ec = co_await wait_for_token(now);
        if (ec)
            co_return ec;
        if (token_ && client_.held_until() <= steady_clock::now())
            co_return error_code();
    }
}

PARTNER_CENTER_DECL task call::wait_while_held(work& now)
{
    for (;;) {
        const auto until = client_.held_until();
        const auto present = steady_clock::now();
        if (present >= until)
            co_return stopped();
        now.diag.phase = phase::wait_retry;
        if (until >= call_deadline()) {
            now.diag.retry_after = std::chrono::ceil<std::chrono::seconds>(until - present);
            co_return errc::throttled;
        }
        if (const error_code ec = co_await sleep_until(until))
            co_return ec;
    }
}

// Ends without a token when it is worth another look.
PARTNER_CENTER_DECL task call::wait_for_token(work& now)
{
    now.diag.phase = phase::token;
    ref<token_fetch> joined;
    client_.tokens->join(*this, client_, joined);
    if (!joined)
        co_return error_code();
    const bool woken = joined->wakes(*this);
    while (!joined->done() && !stopped()) {
        if (!woken)
            wake_at(steady_clock::now() + std::chrono::milliseconds(20));
        co_await park();
    }
    if (stopped())
        co_return stopped();
    // Who asked may have been on another transport, which is closed, or had too little time.
    if (joined->given_up)
        co_return co_await sleep_until(joined->retry_at);
    if (!joined->ec) {
        // It is good for this one time.
        token_ = joined->token;
        token_came_expired_ = token_->expires <= std::chrono::system_clock::now();
        co_return error_code();
    }
    token_failed_ = true;
    now.diag.http_status = joined->diag.http_status;
    now.diag.service_code = joined->diag.service_code;
    now.diag.description = joined->diag.description;
    // It may be the memory of an older failure.
    if (joined->diag.retry_after)
        now.diag.retry_after =
            std::max(std::chrono::seconds(0),
                     std::chrono::ceil<std::chrono::seconds>(joined->retry_at - steady_clock::now()));
    now.diag.content_type = joined->diag.content_type;
    now.diag.body_excerpt = joined->diag.body_excerpt;
    co_return joined->ec;
}

PARTNER_CENTER_DECL bool call::can_renew_token() const noexcept
{
    return token_ && !token_renewed_ && client_.tokens->can_replace(*token_);
}

PARTNER_CENTER_DECL void call::renew_token(work&)
{
    token_renewed_ = true;
    client_.tokens->drop(*token_);
}

PARTNER_CENTER_DECL void call::format(work& now)
{
    if (token_sent_ != token_)
        outdate(now);
    if (!now.bytes.empty())
        return;
    token_sent_ = token_;
    std::string quoted;
    if (const auto& etag = call_options_access::if_match(request_->options))
        quote_etag(*etag, quoted);
    const auto& locale = call_options_access::locale(request_->options);
    request_content content;
    content.method = request_->method;
    content.host_header = client_.url.host_header;
    content.base_path = client_.url.path;
    content.path = request_->path;
    content.token = token_->text;
    content.request_id = now.diag.request_id;
    content.correlation_id = now.diag.correlation_id;
    content.locale = locale ? *locale : client_.options.locale;
    content.application_name = client_.options.application_name;
    content.if_match = quoted;
    content.body = request_->body;
    content.has_body = request_->has_body;
    content.expect_continue = expects_continue();
    content.validate_mfa =
        call_options_access::validate_mfa(request_->options).value_or(client_.options.validate_mfa);
    now.header_size = format_request(content, now.bytes);
}

PARTNER_CENTER_DECL error_code call::interpret(work& now)
{
    const error_code ec = interpret_response(now.reader->response(), token_->text, now.diag);
    if (vouches_for_token(now.diag.http_status))
        token_->accepted.store(true, std::memory_order_relaxed);
    else if (token_renewed_ && ec == make_http_status_code(401))
        client_.tokens->keep(*token_);
    if (now.diag.http_status == 429 && client_.options.retry.hold_back && now.diag.retry_after)
        client_.hold_until(time_after(*now.diag.retry_after));
    return ec;
}

PARTNER_CENTER_DECL error_code call::decode(work& now)
{
    const std::string_view body = now.reader->response().body();
    std::string reason;
    unsigned char stack[4096];
    json::monotonic_resource memory(stack, sizeof stack);
    json::value document(&memory);
    error_code ec = parse_json(body, document, reason);
    if (!ec)
        ec = caller_->decode(document, reason);
    if (ec) {
        const std::string& token = token_->text;
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
