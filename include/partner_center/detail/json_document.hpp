// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_JSON_DOCUMENT_HPP
#define PARTNER_CENTER_DETAIL_JSON_DOCUMENT_HPP

#include <partner_center/errc.hpp>
#include <partner_center/resource.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace partner_center::detail {

/**
 * Parses a JSON text, after a UTF-8 byte order mark if there is one: the service sends some, and RFC 8259,
 * section 8.1, lets a parser ignore it. Nesting is limited to 32 levels, Boost.JSON's default.
 *
 * @param reason Set to what is wrong, and where, when the result is an error (@ref errc::malformed_json).
 */
PARTNER_CENTER_DECL error_code parse_json(std::string_view text, json::value& to, std::string& reason);

/// Reads a resource out of a JSON text. Errors: as @ref parse_json, and @ref errc::unexpected_json_type.
template <json_mapped T>
error_code read_document(std::string_view text, T& to, std::string& reason)
{
    unsigned char stack[4096];
    json::monotonic_resource memory(stack, sizeof stack);
    json::value document(&memory);
    if (const error_code ec = parse_json(text, document, reason))
        return ec;
    if (!read_json(document, to, json_location{}, reason))
        return errc::unexpected_json_type;
    return {};
}

/// The JSON text of a resource.
template <json_mapped T>
std::string write_document(const T& from)
{
    unsigned char stack[4096];
    json::monotonic_resource memory(stack, sizeof stack);
    return json::serialize(write_json(from, &memory));
}

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/json_document.ipp>
#endif

#endif
