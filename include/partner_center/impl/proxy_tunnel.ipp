// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_PROXY_TUNNEL_IPP
#define PARTNER_CENTER_IMPL_PROXY_TUNNEL_IPP

#include <partner_center/condition.hpp>
#include <partner_center/detail/proxy_tunnel.hpp>
#include <partner_center/detail/response_reader.hpp>

namespace partner_center::detail {

inline error_code interpret_connect_status(unsigned status, std::string& reason)
{
    if (status >= 200 && status < 300)
        return {};
    reason = "it answered " + make_http_status_code(status).message();
    // 401 is the server's word for it (RFC 9110, section 15.5.2), but no server has a part in this answer,
    // and tinyproxy and HAProxy do say 401.
    if (status == 407 || status == 401)
        return errc::proxy_authentication_required;
    return status >= 500 || status == 408 || status == 429 ? errc::proxy_unavailable : errc::proxy_refused;
}

PARTNER_CENTER_DECL task open_tunnel(call_context& context, connection& fresh, const base_url& origin,
                                     const proxy& via, std::size_t max_header, std::string& reason)
{
    using state = response_reader::state;
    response_reader reader(max_header, 1);
    reader.expect_no_body();
    fresh.send_plain(context, format_connect(origin, via));
    while (!context.settled(fresh.sent))
        co_await context.park();
    if (context.stopped())
        co_return context.stopped();
    // A proxy that hangs up early may have said why: its answer is worth more than the failure to send.
    state read = state::need_more;
    while (read == state::need_more) {
        fresh.receive(context);
        while (!context.settled(fresh.received))
            co_await context.park();
        if (context.stopped())
            co_return context.stopped();
        fresh.take_received_plain();
        do
            read = reader.feed(fresh.buffer);
        while (read == state::interim);
        if (read == state::need_more && fresh.received.ec)
            read = reader.finish(false, fresh.received.ec);
    }
    if (read == state::failed) {
        reason = reader.reason();
        co_return reader.failure();
    }
    const error_code ec = interpret_connect_status(reader.response().result_int(), reason);
    if (!ec && fresh.buffer.size() != 0) {
        reason = "there are bytes behind its answer, before the server could have sent any";
        co_return errc::malformed_response;
    }
    co_return ec;
}

} // namespace partner_center::detail

#endif
