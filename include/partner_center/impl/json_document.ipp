// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_JSON_DOCUMENT_IPP
#define PARTNER_CENTER_IMPL_JSON_DOCUMENT_IPP

#include <partner_center/detail/json_document.hpp>

#include <boost/json/error.hpp>
#include <boost/json/stream_parser.hpp>

namespace partner_center::detail {

PARTNER_CENTER_DECL error_code parse_json(std::string_view text, json::value& to, std::string& reason)
{
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    const std::size_t skipped = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    text.remove_prefix(skipped);
    unsigned char temporary[1024];
    json::stream_parser parser(json::storage_ptr(), json::parse_options(), temporary);
    parser.reset(to.storage());
    error_code ec;
    const std::size_t used = parser.write_some(text.data(), text.size(), ec);
    if (!ec && used < text.size())
        ec = json::make_error_code(json::error::extra_data);
    if (!ec)
        parser.finish(ec);
    if (ec) {
        reason = ec == json::error::incomplete ? "it ends too early, after " : ec.message() + " at ";
        reason.append("byte ").append(std::to_string(skipped + used));
        return errc::malformed_json;
    }
    to = parser.release();
    return {};
}

} // namespace partner_center::detail

#endif
