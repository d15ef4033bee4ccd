// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_WHOLE_CHARACTERS_IPP
#define PARTNER_CENTER_IMPL_WHOLE_CHARACTERS_IPP

#include <partner_center/detail/whole_characters.hpp>

namespace partner_center::detail {

PARTNER_CENTER_DECL std::string_view whole_characters(std::string_view text, std::size_t most) noexcept
{
    if (text.size() <= most)
        return text;
    while (most != 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
        --most;
    return text.substr(0, most);
}

} // namespace partner_center::detail

#endif
