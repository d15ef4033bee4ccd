// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_REQUEST_FORMAT_IPP
#define PARTNER_CENTER_IMPL_REQUEST_FORMAT_IPP

#include <partner_center/detail/request_format.hpp>

#include <charconv>

namespace partner_center::detail {

inline void append_header(std::string& to, std::string_view name, std::string_view value)
{
    if (!value.empty())
        to.append(name).append(": ").append(value).append("\r\n");
}

inline void append_content_length(std::string& to, std::size_t size)
{
    char digits[20];
    const char* end = std::to_chars(digits, digits + sizeof digits, size).ptr;
    append_header(to, "Content-Length", std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

PARTNER_CENTER_DECL std::size_t format_request(const request_content& request, std::string& to)
{
    const std::size_t start = to.size();
    constexpr std::size_t names_and_separators = 340;
    to.reserve(start + names_and_separators + request.method.size() + request.base_path.size() +
               request.path.size() + request.host_header.size() + request.token.size() +
               request.request_id.size() + request.correlation_id.size() + request.locale.size() +
               request.application_name.size() + request.if_match.size() + request.body.size());
    to.append(request.method) += ' ';
    to.append(request.base_path)
        .append(request.path)
        .append(" HTTP/1.1\r\nHost: ")
        .append(request.host_header);
    to.append("\r\nAuthorization: Bearer ").append(request.token);
    to.append("\r\nAccept: application/json\r\nMS-RequestId: ").append(request.request_id);
    to.append("\r\nMS-CorrelationId: ").append(request.correlation_id);
    to.append("\r\nMS-Contract-Version: v1\r\n");
    append_header(to, "MS-PartnerCenter-Application", request.application_name);
    append_header(to, "X-Locale", request.locale);
    append_header(to, "If-Match", request.if_match);
    if (request.validate_mfa)
        append_header(to, "ValidateMfa", "true");
    if (request.has_body) {
        append_header(to, "Content-Type", "application/json");
        append_content_length(to, request.body.size());
    }
    if (request.expect_continue)
        append_header(to, "Expect", "100-continue");
    to.append("\r\n");
    const std::size_t header_size = to.size() - start;
    to.append(request.body);
    return header_size;
}

PARTNER_CENTER_DECL std::size_t format_form_request(std::string_view host_header, std::string_view target,
                                                    std::string_view form, std::string& to)
{
    const std::size_t start = to.size();
    constexpr std::size_t names_and_separators = 160;
    to.reserve(start + names_and_separators + host_header.size() + target.size() + form.size());
    to.append("POST ").append(target).append(" HTTP/1.1\r\n");
    append_header(to, "Host", host_header);
    append_header(to, "Accept", "application/json");
    append_header(to, "Content-Type", "application/x-www-form-urlencoded");
    append_content_length(to, form.size());
    to.append("\r\n");
    const std::size_t header_size = to.size() - start;
    to.append(form);
    return header_size;
}

PARTNER_CENTER_DECL std::string_view check_header_value(std::string_view value) noexcept
{
    for (char c : value) {
        if (c == '\r' || c == '\n')
            return "it has a line break";
        if (c < 0x20 || c > 0x7e)
            return "it has a character outside visible ASCII";
    }
    if (value.starts_with(' ') || value.ends_with(' '))
        return "it begins or ends with a space";
    return {};
}

PARTNER_CENTER_DECL std::string_view check_target(std::string_view target) noexcept
{
    if (!target.starts_with('/'))
        return "it does not begin with a slash";
    for (char c : target)
        if (c <= ' ' || c >= 0x7f || c == '#')
            return "it has a character that is not allowed";
    return {};
}

PARTNER_CENTER_DECL std::string_view check_token(std::string_view token) noexcept
{
    while (token.ends_with('='))
        token.remove_suffix(1);
    if (token.empty())
        return "it is empty";
    for (char c : token) {
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!alphanumeric && std::string_view("-._~+/").find(c) == std::string_view::npos)
            return "it has a character that no bearer token has (RFC 6750)";
    }
    return {};
}

PARTNER_CENTER_DECL std::string_view quote_etag(std::string_view etag, std::string& to)
{
    if (etag.empty())
        return "it is empty";
    if (etag == "*") {
        to.assign(etag);
        return {};
    }
    std::string_view opaque = etag;
    if (opaque.starts_with("W/\""))
        opaque.remove_prefix(2);
    const bool quoted = opaque.size() >= 2 && opaque.starts_with('"') && opaque.ends_with('"');
    if (quoted)
        opaque = opaque.substr(1, opaque.size() - 2);
    for (char c : opaque) {
        if (c == '\r' || c == '\n')
            return "it has a line break";
        if (c <= 0x20 || c > 0x7e)
            return "it has a space or a character outside visible ASCII";
        if (c == '"')
            return "it has a quote inside";
    }
    to.clear();
    if (quoted)
        to.assign(etag);
    else
        to.append(1, '"').append(etag).append(1, '"');
    return {};
}

} // namespace partner_center::detail

#endif
