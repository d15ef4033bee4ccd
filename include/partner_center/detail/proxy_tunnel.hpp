// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_PROXY_TUNNEL_HPP
#define PARTNER_CENTER_DETAIL_PROXY_TUNNEL_HPP

#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/connection.hpp>
#include <partner_center/detail/proxy.hpp>
#include <partner_center/detail/task.hpp>

#include <cstddef>
#include <string>

namespace partner_center::detail {

/**
 * Asks the proxy at the other end of a new connection for a tunnel to the origin: one `CONNECT`.
 *
 * Errors: @ref errc::proxy_authentication_required, @ref errc::proxy_refused, @ref errc::proxy_unavailable,
 * those of
 * @ref response_reader, the system's.
 *
 * @param max_header The most bytes in the header of the answer.
 * @param reason Set on failure, where there is more to say than the code.
 */
PARTNER_CENTER_DECL task open_tunnel(call_context& context, connection& fresh, const base_url& origin,
                                     const proxy& via, std::size_t max_header, std::string& reason);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/proxy_tunnel.ipp>
#endif

#endif
