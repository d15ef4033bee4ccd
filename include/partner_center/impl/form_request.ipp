// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_FORM_REQUEST_IPP
#define PARTNER_CENTER_IMPL_FORM_REQUEST_IPP

#include <partner_center/detail/form_request.hpp>
#include <partner_center/detail/request_format.hpp>

#include <chrono>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL posted_form::posted_form(ref<connection_pool> over, const base_url& authority,
                                             std::string at)
    : transport(std::move(over))
    , origin(transport->origin(authority))
    , target(std::move(at))
{
}

PARTNER_CENTER_DECL form_request::form_request(ref<const posted_form> form,
                                               std::unique_ptr<form_sender> sender)
    : authority_request(*form->transport, form->origin, form->retry)
    , form_(std::move(form))
    , sender_(std::move(sender))
{
}

PARTNER_CENTER_DECL void form_request::start()
{
    patient_until_ = time_after(form_->patience);
    start_request(this, form_->timeout, steady_clock::duration::zero());
}

PARTNER_CENTER_DECL void form_request::describe_request(diagnostics& diag)
{
    diag.method = "POST";
    diag.url.append("https://").append(form_->origin->origin().host_header).append(form_->target);
}

PARTNER_CENTER_DECL void form_request::format(work& now)
{
    retry_after_ = std::chrono::seconds(0);
    outdate(now);
    const std::string fields = sender_->fields(now.diag);
    sent_at_ = std::chrono::system_clock::now();
    now.header_size =
        format_form_request(form_->origin->origin().host_header, form_->target, fields, now.bytes);
}

PARTNER_CENTER_DECL error_code form_request::interpret(work& now)
{
    const error_code ec = sender_->interpret(now.reader->response(), sent_at_, now.diag);
    retry_after_ = now.diag.retry_after.value_or(std::chrono::seconds(0));
    return ec;
}

PARTNER_CENTER_DECL bool form_request::may_retry() const noexcept
{
    return retry_after_ == std::chrono::seconds(0) || retry_after_ < patient_until_ - steady_clock::now();
}

PARTNER_CENTER_DECL void form_request::completed(const error_code& ec, diagnostics& diag)
{
    sender_->completed(ec, diag);
}

} // namespace partner_center::detail

#endif
