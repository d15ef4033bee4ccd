// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_REFRESH_TOKEN_SOURCE_IPP
#define PARTNER_CENTER_IMPL_REFRESH_TOKEN_SOURCE_IPP

#include <partner_center/credential.hpp>
#include <partner_center/detail/form_request.hpp>
#include <partner_center/detail/refresh_token_source.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace partner_center {
namespace detail {

inline refresh_token_options checked(refresh_token_options options)
{
    diagnostics diag;
    if (const error_code ec = check(options, diag.description))
        throw error(ec, std::move(diag));
    return options;
}

PARTNER_CENTER_DECL refresh_token_source::refresh_token_source(refresh_token_options options)
    : endpoint_(options = checked(std::move(options)))
    , has_certificate_(options.certificate.has_value())
    , margin_(options.refresh_margin)
    , on_refresh_token_(std::move(options.on_refresh_token))
    , refresh_token_(std::move(options.refresh_token))
{
    if (has_certificate_)
        signer_.load(*options.certificate);
}

// An answer that nobody waits for any more may hold the one refresh token that is still good.
inline constexpr std::chrono::seconds shortest_question{100};

// The question begins on the client's executor, not in a function of the caller's.
struct begin_question {
    ref<refresh_token_source> source;
    fetch_ender question;
    ref<const client_state> client;

    void operator()() { source->begin(std::move(question), *client); }
};

PARTNER_CENTER_DECL void refresh_token_source::ask(ref<token_fetch> to, const call_maker& client)
{
    const ref<const client_state> state = &static_cast<const client_state&>(client);
    asio::post(client.executor(), begin_question{this, fetch_ender(this, std::move(to)), state});
}

PARTNER_CENTER_DECL void refresh_token_source::begin(fetch_ender question, const client_state& client)
{
    question.asked().diag.phase = phase::token;
    if (!hand_over(question.asked())) {
        question.finish(errc::refresh_token_not_stored);
        return;
    }
    if (granted_.expires <= std::chrono::system_clock::now())
        granted_ = access_token();
    if (!granted_.token.empty()) {
        finish_with_token(std::move(question));
        return;
    }
    try {
        post_form(question, client);
    } catch (const std::exception&) {
        question.finish(make_error_code(boost::system::errc::not_enough_memory));
    }
}

PARTNER_CENTER_DECL std::string refresh_token_source::make_assertion() const
{
    return has_certificate_
               ? signer_.sign(endpoint_.token_url(), endpoint_.client_id, std::chrono::system_clock::now())
               : std::string();
}

PARTNER_CENTER_DECL std::string refresh_token_source::make_form(std::string_view refresh_token,
                                                                std::string_view client_assertion) const
{
    return refresh_token_form(endpoint_, refresh_token, client_assertion);
}

/// Asks the authority, and takes its answer.
class refresh_form_sender final : public form_sender {
public:
    refresh_form_sender(ref<refresh_token_source> source, std::string refresh_token,
                        std::string client_secret)
        : source_(std::move(source))
        , refresh_token_(std::move(refresh_token))
        , client_secret_(std::move(client_secret))
    {
    }

    void fail(const error_code& ec) { question_->finish(ec); }
    void adopt(fetch_ender&& question) { question_.emplace(std::move(question)); }

    std::string fields(diagnostics& diag) override
    {
        diag.description = "signing the client assertion failed"; // unless it does not throw
        client_assertion_ = source_->make_assertion();
        diag.description.clear();
        return source_->make_form(refresh_token_, client_assertion_);
    }

    error_code interpret(const http_response& answer, std::chrono::system_clock::time_point sent_at,
                         diagnostics& diag) override
    {
        std::array<std::string_view, 3> shown;
        std::size_t count = 0;
        for (const std::string_view secret :
             {std::string_view(refresh_token_), std::string_view(client_secret_),
              std::string_view(client_assertion_)})
            if (!secret.empty())
                shown[count++] = secret;
        return make_token_error(
            interpret_token_response(answer, std::span(shown.data(), count), sent_at, granted_, diag));
    }

    void completed(const error_code& ec, diagnostics& diag) override
    {
        if (!ec) {
            source_->accept(std::move(*question_), std::move(granted_));
            return;
        }
        diagnostics& told = question_->asked().diag;
        const std::string url = std::move(diag.url);
        told = std::move(diag);
        told.phase = phase::token;
        // Words of the authority tell where they are from.
        if (told.http_status == 0)
            told.description.insert(0, told.description.empty() ? "POST " + url : "POST " + url + ": ");
        source_->refuse(std::move(*question_), ec, std::move(granted_.refresh_token), end_of(ec));
    }

private:
    static fetch_end end_of(const error_code& ec) noexcept
    {
        if (ec == errc::call_timeout)
            return fetch_end::timed_out;
        const bool closed = ec == errc::transport_closed || ec == asio::error::operation_aborted;
        return closed ? fetch_end::given_up : fetch_end::answered;
    }

    ref<refresh_token_source> source_;
    std::string refresh_token_;
    std::string client_secret_;
    std::string client_assertion_; // of the attempt
    std::optional<fetch_ender> question_;
    token_grant granted_;
};

PARTNER_CENTER_DECL void refresh_token_source::post_form(fetch_ender& question, const client_state& client)
{
    const ref<posted_form> form(
        new posted_form(client.transport, endpoint_.authority, endpoint_.token_target()));
    form->retry = client.options.retry;
    form->patience = client.options.timeout;
    form->timeout = std::max<steady_clock::duration>(client.options.timeout, shortest_question);
    auto sender = std::make_unique<refresh_form_sender>(this, refresh_token_, endpoint_.client_secret);
    refresh_form_sender& answered = *sender;
    const auto request = std::make_shared<form_request>(form, std::move(sender));
    answered.adopt(std::move(question));
    try {
        request->start();
    } catch (const std::bad_alloc&) {
        answered.fail(make_error_code(boost::system::errc::not_enough_memory));
    }
}

PARTNER_CENTER_DECL void refresh_token_source::accept(fetch_ender question, token_grant&& granted)
{
    granted_ = std::move(granted.access);
    replace(std::move(granted.refresh_token));
    question.asked().diag.phase = phase::token;
    if (hand_over(question.asked()))
        finish_with_token(std::move(question));
    else
        question.finish(errc::refresh_token_not_stored);
}

PARTNER_CENTER_DECL void refresh_token_source::refuse(fetch_ender question, const error_code& ec,
                                                      std::string&& refresh_token, fetch_end how)
{
    replace(std::move(refresh_token));
    if (hand_over(question.asked()))
        question.finish(ec, {}, how);
    else
        question.finish(errc::refresh_token_not_stored);
}

inline void refresh_token_source::replace(std::string&& refresh_token)
{
    if (refresh_token.empty() || refresh_token == refresh_token_)
        return;
    replaced_ = std::exchange(refresh_token_, std::move(refresh_token));
    unstored_ = true;
}

inline void refresh_token_source::finish_with_token(fetch_ender question)
{
    const access_token granted = std::exchange(granted_, access_token());
    const auto now = std::chrono::system_clock::now();
    shared_token token;
    try {
        token = new held_token(granted.token, granted.expires, refresh_time(granted, now, margin_));
    } catch (const std::bad_alloc&) {
        question.finish(make_error_code(boost::system::errc::not_enough_memory));
        return;
    }
    question.finish({}, std::move(token));
}

// Until it is stored, nothing is used that came with it, nor an older token: nobody must overlook that.
inline bool refresh_token_source::hand_over(token_fetch& asked)
{
    if (!unstored_)
        return true;
    try {
        if (on_refresh_token_)
            on_refresh_token_(refresh_token_);
        unstored_ = false;
        replaced_.clear();
        return true;
    } catch (const std::exception& e) {
        const std::array<std::string_view, 4> secrets{refresh_token_, replaced_, granted_.token,
                                                      endpoint_.client_secret};
        asked.diag.description = bounded_text_without(e.what(), secrets);
    } catch (...) {
        asked.diag.description = "it threw what is no std::exception";
    }
    drop_token();
    return false;
}

} // namespace detail

PARTNER_CENTER_DECL credential credential::refresh_token(refresh_token_options options)
{
    return credential(new detail::refresh_token_source(std::move(options)));
}

} // namespace partner_center

#endif
