// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CONNECTOR_HPP
#define PARTNER_CENTER_DETAIL_CONNECTOR_HPP

#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/connection.hpp>
#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/detail/task.hpp>
#include <partner_center/diagnostics.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <vector>

namespace partner_center::detail {

/// The order to try addresses in: as the resolver gave them, with the families taking turns (RFC 8305,
/// section 4).
PARTNER_CENTER_DECL std::vector<asio::ip::tcp::endpoint>
interleave_families(const std::vector<asio::ip::tcp::endpoint>& resolved);

/**
 * Tries addresses one after the other, with 250 ms between them, until one connects (RFC 8305, section 5):
 * one that does not answer costs a quarter of a second.
 *
 * Errors: that of the last address that failed.
 *
 * @param winner Set on success.
 */
PARTNER_CENTER_DECL task connect_first(call_context& context, std::vector<asio::ip::tcp::endpoint> endpoints,
                                       asio::ip::tcp::socket& winner);

/**
 * Opens a connection: resolves the name, connects, asks the proxy for a tunnel if there is one, and makes the
 * TLS handshake, resuming an earlier session if it can. Tells the event.
 *
 * Sets `diag.phase`, and `diag.description` where there is more to say than the code.
 *
 * @param opened Set on success.
 */
PARTNER_CENTER_DECL task open_connection(call_context& context, connection_pool& transport,
                                         origin_pool& origin, diagnostics& diag, ref<connection>& opened);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/connector.ipp>
#endif

#endif
