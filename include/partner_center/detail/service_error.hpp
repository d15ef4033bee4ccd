// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_SERVICE_ERROR_HPP
#define PARTNER_CENTER_DETAIL_SERVICE_ERROR_HPP

#include <partner_center/detail/response_reader.hpp>
#include <partner_center/diagnostics.hpp>

#include <span>
#include <string>
#include <string_view>

namespace partner_center::detail {

/**
 * What a complete final response means.
 *
 * Fills in what the response says of itself, and leaves what the call knows (method, ids, attempts, phase).
 *
 * @param secret Is left out of every text: a service may echo what it was sent.
 * @return Success only for a 200 whose body may be a document: it is there, it says it is JSON, and it is not
 *         compressed.
 */
PARTNER_CENTER_DECL error_code interpret_response(const http_response& response, std::string_view secret,
                                                  diagnostics& diag);

/// The first bytes of a text, at most `diagnostics::max_text_size` and never half a UTF-8 character, with
/// every occurrence of the secret replaced by "***" and each byte of a control character, up to U+009F, by a
/// space.
PARTNER_CENTER_DECL std::string bounded_text(std::string_view text, std::string_view secret);

/// The same with any number of secrets.
PARTNER_CENTER_DECL std::string bounded_text_without(std::string_view text,
                                                     std::span<const std::string_view> secrets);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/service_error.ipp>
#endif

#endif
