// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_STOP_SIGNAL_IPP
#define PARTNER_CENTER_IMPL_STOP_SIGNAL_IPP

#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/stop_signal.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <memory>

namespace partner_center::detail {

PARTNER_CENTER_DECL std::shared_ptr<stop_signal> make_stop_signal(const asio::any_io_executor& executor)
{
    return std::make_shared<stop_signal>(make_call_strand(executor));
}

PARTNER_CENTER_DECL void stop_on_request::operator()(asio::cancellation_type type) const
{
    if (const std::shared_ptr<stop_signal> to = target.lock())
        asio::dispatch(to->strand(), [to, type] { to->emit(type); });
}

PARTNER_CENTER_DECL void end_on_request::operator()(asio::cancellation_type) const
{
    if (const std::shared_ptr<stop_signal> to = target.lock())
        asio::post(to->strand(), [to] { to->emit(asio::cancellation_type::terminal); });
}

PARTNER_CENTER_DECL cancel_at::cancel_at(const std::shared_ptr<stop_signal>& signal,
                                         std::chrono::steady_clock::time_point deadline)
    : timer_(signal->strand(), deadline)
{
    timer_.async_wait([signal](const error_code& ec) {
        if (!ec)
            signal->emit(asio::cancellation_type::terminal);
    });
}

} // namespace partner_center::detail

#endif
