// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_FUZZ_SHOWN_TEXT_HPP
#define PARTNER_CENTER_TESTS_FUZZ_SHOWN_TEXT_HPP

#include "fuzz_input.hpp"

#include <partner_center/diagnostics.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace partner_center::testing {

inline int value_of_digit(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// What a reader makes of JSON's escapes (RFC 8259, section 7), for characters of one byte.
inline std::string without_escapes(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i != text.size(); ++i) {
        const bool is_escape = text[i] == '\\' && i + 1 != text.size();
        if (is_escape && text[i + 1] == 'u' && text.size() - i >= 6 && text.substr(i + 2, 2) == "00" &&
            value_of_digit(text[i + 4]) >= 0 && value_of_digit(text[i + 5]) >= 0) {
            plain += static_cast<char>(value_of_digit(text[i + 4]) * 16 + value_of_digit(text[i + 5]));
            i += 5;
        } else if (is_escape && (text[i + 1] == '/' || text[i + 1] == '\\')) {
            plain += text[++i];
        } else {
            plain += text[i];
        }
    }
    return plain;
}

/// What a reader makes of the escapes of a JSON pointer (RFC 6901, section 4).
inline std::string without_pointer_escapes(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i != text.size(); ++i) {
        const std::string_view escape = text.substr(i, 2);
        const bool is_escape = escape == "~0" || escape == "~1";
        plain += !is_escape ? text[i] : escape == "~0" ? '~' : '/';
        i += is_escape ? 1 : 0;
    }
    return plain;
}

/// Where the first byte is that does not belong to a character of UTF-8; the size when there is none.
inline std::size_t end_of_utf_8(std::string_view text) noexcept
{
    std::size_t i = 0;
    while (i != text.size()) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t more = first < 0x80        ? 0
                                 : first >> 5U == 6  ? 1
                                 : first >> 4U == 14 ? 2
                                 : first >> 3U == 30 ? 3
                                                     : 4;
        if (more == 4 || more >= text.size() - i)
            return i;
        for (std::size_t k = 1; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80)
                return i;
        i += more + 1;
    }
    return i;
}

/// A text out of what a peer said: short, one line, and without what was sent in confidence.
inline void check_shown(std::string_view text, std::initializer_list<std::string_view> secrets)
{
    require(text.size() <= diagnostics::max_text_size, "a text is bounded");
    for (char c : text)
        require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "a text has no control characters");
    for (std::size_t i = 1; i < text.size(); ++i)
        require(text[i - 1] != '\xc2' || (static_cast<unsigned char>(text[i]) & 0xe0) != 0x80,
                "a text has no control characters of two bytes");
    const std::string plain = without_escapes(text);
    const std::string path = without_pointer_escapes(text);
    for (std::string_view secret : secrets) {
        require(text.find(secret) == text.npos, "a text has no secret");
        require(plain.find(secret) == plain.npos, "a text has no secret in disguise");
        require(path.find(secret) == path.npos, "a text has no secret in a path");
    }
}

/// All texts of the diagnostics that come from a peer.
inline void check_shown(const diagnostics& diag, std::initializer_list<std::string_view> secrets)
{
    for (const std::string* text :
         {&diag.service_code, &diag.description, &diag.source, &diag.www_authenticate,
          &diag.correlation_vector, &diag.server_id, &diag.content_type, &diag.body_excerpt})
        check_shown(*text, secrets);
}

} // namespace partner_center::testing

#endif
