// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_JSON_DOCUMENT_IPP
#define PARTNER_CENTER_IMPL_JSON_DOCUMENT_IPP

#include <partner_center/detail/json_document.hpp>
#include <partner_center/detail/json_mapping.hpp>

#include <boost/json/error.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <cstddef>
#include <cstring>

namespace partner_center::detail {

PARTNER_CENTER_DECL error_code parse_json(std::string_view text, json::value& to, std::string& reason)
{
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    const std::size_t skipped = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    text.remove_prefix(skipped);
    unsigned char temporary[1024];
    json::parser parser(json::storage_ptr(), with_exact_numbers(json::parse_options()), temporary);
    parser.reset(to.storage());
    error_code ec;
    const std::size_t used = parser.write_some(text.data(), text.size(), ec);
    if (!ec && used < text.size())
        ec = json::make_error_code(json::error::extra_data);
    if (ec) {
        reason = ec == json::error::incomplete ? "it ends too early, after " : ec.message() + " at ";
        reason.append("byte ").append(std::to_string(skipped + used));
        return errc::malformed_json;
    }
    to = parser.release();
    return {};
}

// RFC 8259, section 7: what has to be escaped are control characters, the quote and the backslash. Eight
// bytes at a time, for nearly all text has none of them.
inline bool is_plain_json(std::string_view text) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = ones * 0x80;
    const auto has_special = [](std::uint64_t word) {
        const std::uint64_t quotes = word ^ (ones * '"');
        const std::uint64_t backslashes = word ^ (ones * '\\');
        // A borrow reaches from a byte into the next only where the answer is yes already.
        return (((word - ones * ' ') & ~word) | ((quotes - ones) & ~quotes) |
                ((backslashes - ones) & ~backslashes)) &
               highs;
    };
    std::uint64_t word = 0;
    for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
        std::memcpy(&word, text.data(), sizeof word);
        if (has_special(word) != 0)
            return false;
    }
    word = ones * 'x';
    std::memcpy(&word, text.data(), text.size());
    return has_special(word) == 0;
}

PARTNER_CENTER_DECL void append_json(std::string& to, std::string_view text)
{
    if (is_plain_json(text)) {
        to += '"';
        to.append(text);
        to += '"';
    } else {
        to += json::serialize(json::string_view(text.data(), text.size()));
    }
}

PARTNER_CENTER_DECL void append_json(std::string& to, std::int64_t number)
{
    char digits[20];
    const char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    to.append(digits, static_cast<std::size_t>(end - digits));
}

PARTNER_CENTER_DECL void append_json_name(std::string& to, std::string_view name, bool first)
{
    to.append(first ? "{\"" : ",\"", 2).append(name).append("\":", 2);
}

PARTNER_CENTER_DECL void append_kept_json(std::string& to, std::string_view name, const json::value& kept,
                                          bool first)
{
    require_writable(name, kept);
    to += first ? '{' : ',';
    append_json(to, name);
    to.append(1, ':').append(json::serialize(kept));
}

} // namespace partner_center::detail

#endif
