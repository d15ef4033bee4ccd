// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_RECEIVER_HPP
#define PARTNER_CENTER_DETAIL_RECEIVER_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace partner_center::detail {

class call;
struct client_state;

/// What a call asks for, before it is formatted.
struct call_request {
    std::string_view method;
    std::string_view path;
    std::string body;
    bool has_body = false;
    call_options options;

    call_request() noexcept {}
};

/// The caller's end of a call: all that depends on the resource and on the completion handler.
class receiver {
public:
    receiver() = default;
    receiver(const receiver&) = delete;
    receiver& operator=(const receiver&) = delete;
    virtual ~receiver() = default;

    /// Takes the resource out of the body of a 200; sets `reason` on failure. In the call's strand.
    virtual error_code decode(std::string_view body, std::string& reason) = 0;

    /// Passes the outcome on to the handler, on the handler's executor. The last that happens to a call.
    virtual void complete(std::unique_ptr<receiver> self, const error_code& ec, diagnostics&& diag) = 0;
};

/// A call that was not begun.
PARTNER_CENTER_DECL std::shared_ptr<call> make_call(std::shared_ptr<const client_state> client, call_request request,
                                                    std::unique_ptr<receiver> caller);

/// Begins a call; it completes by its receiver, never inside this function.
PARTNER_CENTER_DECL void begin_call(const std::shared_ptr<call>& begun);

/// Ends a call early if it is still under way, from any thread.
PARTNER_CENTER_DECL void cancel_call(const std::weak_ptr<call>& begun, asio::cancellation_type type);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/call.ipp>
#endif

#endif
