// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_GUID_IPP
#define PARTNER_CENTER_IMPL_GUID_IPP

#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/openssl_error.hpp>

#include <boost/system/system_error.hpp>

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <span>

namespace partner_center::detail {

inline bool is_guid_dash(std::size_t position) noexcept
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

inline void draw_random(std::span<unsigned char> bytes)
{
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw boost::system::system_error(last_openssl_error(), "cannot make a GUID: no random bytes");
}

inline void write_guid(std::span<unsigned char, 16> bytes, std::string& text)
{
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    text.assign("------------------------------------", 36);
    std::size_t at = 0;
    for (unsigned char byte : bytes) {
        if (is_guid_dash(at))
            ++at;
        text[at++] = "0123456789abcdef"[byte >> 4];
        text[at++] = "0123456789abcdef"[byte & 0x0f];
    }
}

PARTNER_CENTER_DECL std::string make_guid()
{
    std::array<unsigned char, 16> bytes;
    std::string text;
    draw_random(bytes);
    write_guid(bytes, text);
    return text;
}

// One draw for both: that is what it costs. Not kept for later ones, for two processes after a fork would
// then make the same, and the service takes calls with the same id for one.
PARTNER_CENTER_DECL void make_guids(std::string& first, std::string& second)
{
    std::array<unsigned char, 32> bytes;
    draw_random(bytes);
    write_guid(std::span(bytes).first<16>(), first);
    write_guid(std::span(bytes).last<16>(), second);
}

PARTNER_CENTER_DECL bool is_guid(std::string_view text) noexcept
{
    if (text.size() != 36)
        return false;
    for (std::size_t i = 0; i != text.size(); ++i) {
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (is_guid_dash(i) ? c != '-' : !hex)
            return false;
    }
    return true;
}

} // namespace partner_center::detail

#endif
