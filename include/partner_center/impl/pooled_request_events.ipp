// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_POOLED_REQUEST_EVENTS_IPP
#define PARTNER_CENTER_IMPL_POOLED_REQUEST_EVENTS_IPP

#include <partner_center/detail/pooled_request.hpp>

namespace partner_center::detail {

PARTNER_CENTER_DECL void pooled_request::tell(event_kind kind) const noexcept
{
    if (!origin_.observed())
        return;
    event e;
    e.kind = kind;
    e.connection = lease_.connection()->number;
    add_call(e, work_->diag);
    if (kind == event_kind::connection_reused)
        ++e.attempt; // for the attempt to come
    origin_.tell(e);
}

PARTNER_CENTER_DECL void pooled_request::tell_finished(const exchange& ended, const error_code& ec,
                                                       steady_clock::time_point begun) const noexcept
{
    if (!origin_.observed())
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
    origin_.tell(e);
}

PARTNER_CENTER_DECL void pooled_request::tell_retry(const decision& next) const noexcept
{
    if (!origin_.observed())
        return;
    event e;
    e.kind = event_kind::retry_scheduled;
    add_call(e, work_->diag);
    ++e.attempt;
    e.why_retried = next.why;
    e.delay = next.delay;
    origin_.tell(e);
}

} // namespace partner_center::detail

#endif
