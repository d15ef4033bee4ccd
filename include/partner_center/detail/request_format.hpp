// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_REQUEST_FORMAT_HPP
#define PARTNER_CENTER_DETAIL_REQUEST_FORMAT_HPP

#include <partner_center/errc.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace partner_center::detail {

/// What one request says; views into what its call owns. An empty value is a header that is not sent.
struct request_content {
    std::string_view method;
    std::string_view host_header;
    std::string_view base_path; ///< The target is this and the next.
    std::string_view path;
    std::string_view token;
    std::string_view request_id;
    std::string_view correlation_id;
    std::string_view locale;
    std::string_view application_name;
    std::string_view if_match; ///< Quoted, see @ref quote_etag.
    std::string_view body;
    bool has_body = false;
    bool expect_continue = false;
    bool validate_mfa = false;

    request_content() noexcept {}
};

/// Writes header and body to the end of `to`, as one block of bytes; returns the size of the header.
PARTNER_CENTER_DECL std::size_t format_request(const request_content& request, std::string& to);

/// Appends the whole POST of an `application/x-www-form-urlencoded` body; returns the size of its header.
PARTNER_CENTER_DECL std::size_t format_form_request(std::string_view host_header, std::string_view target,
                                                    std::string_view form, std::string& to);

/// Why the text cannot be sent as a header value; empty when it can. Only visible ASCII and inner spaces are
/// let through: a stricter rule than RFC 9110, section 5.5, and one that no server disputes.
PARTNER_CENTER_DECL std::string_view check_header_value(std::string_view value) noexcept;

/// Why the text cannot follow a base URL in a request line; empty when it can.
PARTNER_CENTER_DECL std::string_view check_target(std::string_view target) noexcept;

/// Why the text is not a `b64token` (RFC 6750, section 2.1); empty when it is.
PARTNER_CENTER_DECL std::string_view check_token(std::string_view token) noexcept;

/// Turns an etag as the service gives it into an `If-Match` value: quotes it unless it is quoted or "*".
/// Returns why it cannot be one, or an empty text (RFC 9110, sections 8.8.3 and 13.1.1).
PARTNER_CENTER_DECL std::string_view quote_etag(std::string_view etag, std::string& to);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/request_format.ipp>
#endif

#endif
