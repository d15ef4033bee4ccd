// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_BASE_URL_HPP
#define PARTNER_CENTER_DETAIL_BASE_URL_HPP

#include <partner_center/errc.hpp>

#include <string>
#include <string_view>

namespace partner_center::detail {

/// The parts of `https://host[:port][/path]` (RFC 3986), as a connection and a request need them.
struct base_url {
    std::string host;        ///< Without the brackets of an IPv6 address.
    std::string port;        ///< Decimal; "443" unless given.
    std::string host_header; ///< RFC 9110, section 7.2: with brackets, and with the port unless it is 443.
    std::string path;        ///< Empty, or begins with a slash and does not end with one.

    base_url() noexcept {}

    /// The URL again, normalized.
    std::string text() const { return "https://" + host_header + path; }

    /// `host:port` (RFC 9112, section 3.2.3).
    PARTNER_CENTER_DECL std::string authority() const;
};

/**
 * Takes a base URL apart.
 *
 * @param reason Set to what is wrong when the result is an error.
 * @return @ref errc::insecure_base_url for `http://`, @ref errc::invalid_base_url for another scheme, an
 *         empty or malformed host, a port outside 1 to 65535, user information, a query, a fragment, or a
 *         character that has no place in a URL.
 */
PARTNER_CENTER_DECL error_code parse_base_url(std::string_view text, base_url& to, std::string& reason);

/// Takes `host[:port]` apart, into all but the path. Returns what is wrong with it; empty when nothing is.
PARTNER_CENTER_DECL std::string_view parse_authority(std::string_view authority,
                                                     std::string_view default_port, base_url& to);

/// Whether the text begins with the prefix, which is in lower case; for ASCII.
PARTNER_CENTER_DECL bool starts_with_ignoring_case(std::string_view text,
                                                   std::string_view lower_case_prefix) noexcept;

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/base_url.ipp>
#endif

#endif
