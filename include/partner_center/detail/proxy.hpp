// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_PROXY_HPP
#define PARTNER_CENTER_DETAIL_PROXY_HPP

#include <partner_center/detail/base_url.hpp>
#include <partner_center/errc.hpp>
#include <partner_center/proxy_options.hpp>

#include <string>
#include <string_view>

namespace partner_center::detail {

/// A proxy as a connection needs it.
struct proxy {
    std::string host;          ///< Without the brackets of an IPv6 address.
    std::string port;          ///< Decimal.
    std::string name;          ///< `host:port`, for messages.
    std::string authorization; ///< The value of Proxy-Authorization; empty for none. A secret.

    proxy() noexcept {}
};

/**
 * Checks the options of a proxy and takes them apart.
 *
 * @param to `host` stays empty when there is no proxy.
 * @return What is wrong, and with which member; it holds no part of the URL, where a password may be. Empty
 *         when nothing is.
 */
PARTNER_CENTER_DECL std::string parse_proxy(const proxy_options& options, proxy& to);

/// Whether a list in the syntax of `NO_PROXY` names the origin.
PARTNER_CENTER_DECL bool bypasses_proxy(std::string_view list, const base_url& origin);

/// The request that opens a tunnel to the origin (RFC 9112, section 3.2.3).
PARTNER_CENTER_DECL std::string format_connect(const base_url& origin, const proxy& via);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/proxy.ipp>
#endif

#endif
