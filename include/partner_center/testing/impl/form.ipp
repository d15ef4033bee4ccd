// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_FORM_IPP
#define PARTNER_CENTER_TESTING_IMPL_FORM_IPP

#include <partner_center/testing/detail/form.hpp>

#include <algorithm>

namespace partner_center::testing::detail {

inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

inline std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] == '+') {
            result += ' ';
            continue;
        }
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (text.size() - i < 3)
            return std::nullopt;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        result += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
        i += 2;
    }
    return result;
}

PARTNER_CENTER_DECL std::optional<form> form::parse(std::string_view body)
{
    // More than any grant has; without a bound, looking for doubles would take too long.
    constexpr std::size_t most = 100;
    form result;
    while (!body.empty()) {
        const std::string_view field = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(field.size() + 1, body.size()));
        const auto equals = field.find('=');
        if (equals == std::string_view::npos || result.fields_.size() == most)
            return std::nullopt;
        auto name = percent_decoded(field.substr(0, equals));
        auto value = percent_decoded(field.substr(equals + 1));
        if (!name || !value)
            return std::nullopt;
        for (const auto& [other, unused] : result.fields_)
            if (other == *name)
                return std::nullopt;
        result.fields_.emplace_back(*std::move(name), *std::move(value));
    }
    return result;
}

PARTNER_CENTER_DECL std::optional<std::string_view> form::find(std::string_view name) const
{
    for (const auto& [key, value] : fields_)
        if (key == name && !value.empty())
            return std::string_view(value);
    return std::nullopt;
}

} // namespace partner_center::testing::detail

#endif
