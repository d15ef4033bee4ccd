// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_FORM_ENCODING_IPP
#define PARTNER_CENTER_IMPL_FORM_ENCODING_IPP

#include <partner_center/detail/form_encoding.hpp>

namespace partner_center::detail {

inline void append_form_escaped(std::string& to, std::string_view text)
{
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (alphanumeric || c == '*' || c == '-' || c == '.' || c == '_')
            to += c;
        else if (c == ' ')
            to += '+';
        else
            to.append(1, '%')
                .append(1, "0123456789ABCDEF"[byte >> 4])
                .append(1, "0123456789ABCDEF"[byte & 15]);
    }
}

PARTNER_CENTER_DECL std::string form_escaped(std::string_view text)
{
    std::string escaped;
    append_form_escaped(escaped, text);
    return escaped;
}

PARTNER_CENTER_DECL void append_form_field(std::string& form, std::string_view name, std::string_view value)
{
    if (!form.empty())
        form += '&';
    append_form_escaped(form, name);
    form += '=';
    append_form_escaped(form, value);
}

} // namespace partner_center::detail

#endif
