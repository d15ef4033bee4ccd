// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_RECEIVER_HPP
#define PARTNER_CENTER_DETAIL_RECEIVER_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/detail/shared_object.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace partner_center::detail {

class call;
class call_context;
class client_state;

/// What a call asks for, before it is formatted.
struct call_request : shared_object {
    ref<const client_state> client;
    std::string_view method;
    std::string_view path;
    std::string body;
    bool has_body = false;
    call_options options;

    PARTNER_CENTER_DECL explicit call_request(const client_state& with) noexcept;
    PARTNER_CENTER_DECL ~call_request() override;
};

using shared_request = ref<const call_request>;

PARTNER_CENTER_DECL shared_request make_read_request(const client_state& client, std::string_view path,
                                                     call_options&& options);
PARTNER_CENTER_DECL shared_request make_write_request(const client_state& client, std::string_view path,
                                                      std::string&& body, call_options&& options);

/// Where the calls of a request run.
PARTNER_CENTER_DECL const asio::any_io_executor& executor_of(const call_request& request) noexcept;

/// The caller's end of a call: all that depends on the resource and on the completion handler.
class receiver {
public:
    receiver() = default;
    receiver(const receiver&) = delete;
    receiver& operator=(const receiver&) = delete;
    virtual ~receiver() = default;

    /// Takes the resource out of the body of a 200; sets `reason` on failure. In the call's strand.
    virtual error_code decode(std::string_view body, std::string& reason) = 0;

    /// Passes the outcome on to the handler, on the handler's executor. `keep_alive` holds this object and the
    /// diagnostics; both are let go before the handler is called.
    virtual void complete(std::shared_ptr<call_context> keep_alive, const error_code& ec, diagnostics& diag) = 0;
};

/// A call that was not begun.
PARTNER_CENTER_DECL std::shared_ptr<call> make_call(shared_request request, std::unique_ptr<receiver> caller);

/// Begins a call; it completes by its receiver, never inside this function.
PARTNER_CENTER_DECL void begin_call(const std::shared_ptr<call>& begun);

/// Ends a call early if it is still under way, from any thread.
PARTNER_CENTER_DECL void cancel_call(const std::weak_ptr<call>& begun, asio::cancellation_type type);

/// Throws an @ref error.
[[noreturn]] PARTNER_CENTER_DECL void throw_error(const error_code& ec, diagnostics& diag);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/call.ipp>
#endif

#endif
