// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_GUID_HPP
#define PARTNER_CENTER_DETAIL_GUID_HPP

#include <partner_center/detail/config.hpp>

#include <string>
#include <string_view>

namespace partner_center::detail {

/// A new GUID: a version 4 UUID (RFC 9562, section 5.4) of OpenSSL's random generator, in lower case.
/// Throws `error` with OpenSSL's code when that has no entropy.
PARTNER_CENTER_DECL std::string make_guid();

/// Two of them, for little more than one costs.
PARTNER_CENTER_DECL void make_guids(std::string& first, std::string& second);

/// Whether the text has the form 8-4-4-4-12 of hexadecimal digits (RFC 9562, section 4).
PARTNER_CENTER_DECL bool is_guid(std::string_view text) noexcept;

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/guid.ipp>
#endif

#endif
