// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_WHOLE_CHARACTERS_HPP
#define PARTNER_CENTER_DETAIL_WHOLE_CHARACTERS_HPP

#include <partner_center/detail/config.hpp>

#include <cstddef>
#include <string_view>

namespace partner_center::detail {

/// The first bytes of a text, `most` at most, and never a part of a UTF-8 character.
PARTNER_CENTER_DECL std::string_view whole_characters(std::string_view text, std::size_t most) noexcept;

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/whole_characters.ipp>
#endif

#endif
