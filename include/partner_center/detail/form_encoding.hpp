// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_FORM_ENCODING_HPP
#define PARTNER_CENTER_DETAIL_FORM_ENCODING_HPP

#include <partner_center/detail/config.hpp>

#include <string>
#include <string_view>

namespace partner_center::detail {

/// Escapes a name or value of an `application/x-www-form-urlencoded` body (URL Standard, section 5.2):
/// letters, digits and `*-._` stay, a space becomes `+`, every other byte `%XX`.
PARTNER_CENTER_DECL std::string form_escaped(std::string_view text);

/// Adds `name=value` to a form, with `&` before all but the first.
PARTNER_CENTER_DECL void append_form_field(std::string& form, std::string_view name, std::string_view value);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/form_encoding.ipp>
#endif

#endif
