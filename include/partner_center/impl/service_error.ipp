// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_SERVICE_ERROR_IPP
#define PARTNER_CENTER_IMPL_SERVICE_ERROR_IPP

#include <partner_center/condition.hpp>
#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/json_document.hpp>
#include <partner_center/detail/retry_after.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/detail/whole_characters.hpp>

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>

namespace partner_center::detail {

// How many bytes the character has at the beginning of the text: in clear, with JSON's escapes (RFC 8259,
// section 7) or, in a path, with those of a JSON pointer (RFC 6901, section 3); 0 when it is not there.
inline std::size_t match_character(std::string_view text, char c, bool in_path)
{
    // Comes first, for in a path "~01" is "~1".
    if (in_path && ((c == '~' && text.starts_with("~0")) || (c == '/' && text.starts_with("~1"))))
        return 2;
    if (text.starts_with(c))
        return 1;
    if (c == '/' && text.starts_with("\\/"))
        return 2;
    constexpr std::string_view digits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    const char escaped[] = {'\\', 'u', '0', '0', digits[code >> 4U], digits[code & 0x0fU], 0};
    return starts_with_ignoring_case(text, escaped) ? 6 : 0;
}

// How many bytes of the text from `at` on are the secret; 0 when they are not.
inline std::size_t match_secret(std::string_view text, std::size_t at, std::string_view secret, bool in_path)
{
    std::size_t end = at;
    for (char c : secret) {
        const std::size_t size = match_character(text.substr(end), c, in_path);
        if (size == 0)
            return 0;
        end += size;
    }
    return end - at;
}

PARTNER_CENTER_DECL std::string bounded_text(std::string_view text, std::string_view secret)
{
    return bounded_text_without(text, std::span(&secret, 1));
}

// How many bytes of the text from `at` on are a control character; 0 when they are none. U+0080 to
// U+009F, some of which steer terminals, are two bytes.
inline std::size_t match_control(std::string_view text, std::size_t at)
{
    const char c = text[at];
    if ((c >= 0 && c < ' ') || c == 0x7f)
        return 1;
    const bool is_long =
        c == '\xc2' && at + 1 != text.size() && (static_cast<unsigned char>(text[at + 1]) & 0xe0) == 0x80;
    return is_long ? 2 : 0;
}

// A header's value.
inline void show(std::string& to, std::string_view text, std::string_view secret)
{
    // What begins with 0xc2 may be a control character, which takes a closer look.
    const auto is_visible = [](char c) { return (c < 0 || c >= ' ') && c != 0x7f && c != '\xc2'; };
    // As most are: too short to hold the secret in any form.
    if (text.size() < secret.size() && text.size() <= diagnostics::max_text_size &&
        std::all_of(text.begin(), text.end(), is_visible))
        to.assign(text);
    else
        to = bounded_text(text, secret);
}

inline std::size_t match_longest_secret(std::string_view text, std::size_t at,
                                        std::span<const std::string_view> secrets)
{
    std::size_t longest = 0;
    for (std::string_view secret : secrets)
        for (const bool in_path : {false, true})
            longest = std::max(longest, match_secret(text, at, secret, in_path));
    return longest;
}

PARTNER_CENTER_DECL std::string bounded_text_without(std::string_view text,
                                                     std::span<const std::string_view> secrets)
{
    constexpr std::size_t most = diagnostics::max_text_size;
    std::string bounded;
    for (std::size_t at = 0; at != text.size() && bounded.size() <= most;) {
        if (const std::size_t size = match_longest_secret(text, at, secrets)) {
            bounded += "***";
            at += size;
        } else if (const std::size_t control = match_control(text, at)) {
            bounded.append(control, ' ');
            at += control;
        } else {
            bounded += text[at++];
        }
    }
    bounded.resize(whole_characters(bounded, most).size());
    return bounded;
}

inline std::string_view header(const http_response& response, std::string_view name)
{
    const auto found = response.find(boost::beast::string_view(name.data(), name.size()));
    if (found == response.end())
        return {};
    return std::string_view(found->value().data(), found->value().size());
}

// .NET writes "True" where others write "true".
inline std::optional<bool> truth(std::string_view text) noexcept
{
    if (text.size() == 4 && starts_with_ignoring_case(text, "true"))
        return true;
    if (text.size() == 5 && starts_with_ignoring_case(text, "false"))
        return false;
    return std::nullopt;
}

inline bool is_json_type(std::string_view content_type) noexcept
{
    std::string_view type = content_type.substr(0, content_type.find(';'));
    while (type.ends_with(' ') || type.ends_with('\t'))
        type.remove_suffix(1);
    constexpr std::string_view suffix = "+json"; // RFC 6839, section 3.1
    return (type.size() == 16 && starts_with_ignoring_case(type, "application/json")) ||
           (type.size() > suffix.size() &&
            starts_with_ignoring_case(type.substr(type.size() - suffix.size()), suffix));
}

// The documentation has strings where captured responses have numbers, and the other way round.
inline std::string text_member(const json::object& object, std::string_view name, std::string_view secret)
{
    const json::value* value = object.if_contains(name);
    if (!value)
        return {};
    if (const json::string* text = value->if_string())
        return bounded_text(std::string_view(text->data(), text->size()), secret);
    if (const std::int64_t* number = value->if_int64())
        return std::to_string(*number);
    return {};
}

// "Authentication failed. MFA required. (10001)"
inline std::string_view code_in_parentheses(std::string_view text) noexcept
{
    while (text.ends_with(' ') || text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    const std::size_t open = text.rfind('(');
    if (open == text.npos || !text.ends_with(')') || text.size() - open < 3)
        return {};
    const std::string_view digits = text.substr(open + 1, text.size() - open - 2);
    return digits.find_first_not_of("0123456789") == digits.npos ? digits : std::string_view();
}

inline void interpret_error_document(const json::object& document, std::string_view secret, diagnostics& diag)
{
    diag.service_code = text_member(document, "code", secret);
    if (diag.service_code.empty())
        diag.service_code = text_member(document, "errorCode", secret);
    diag.description = text_member(document, "description", secret);
    if (diag.description.empty())
        diag.description = text_member(document, "message", secret);
    if (diag.description.empty())
        diag.description = text_member(document, "errorName", secret);
    diag.source = text_member(document, "source", secret);
    if (const json::value* retryable = document.if_contains("isRetryable"); retryable && retryable->is_bool())
        diag.is_retryable = retryable->get_bool();
}

inline void interpret_error_body(std::string_view body, std::string_view secret, diagnostics& diag)
{
    diag.body_excerpt = bounded_text(body, secret);
    json::value document;
    std::string reason;
    if (!parse_json(body, document, reason)) {
        if (const json::object* object = document.if_object())
            interpret_error_document(*object, secret, diag);
        else if (const json::string* text = document.if_string())
            diag.description = bounded_text(std::string_view(text->data(), text->size()), secret);
    } else if (body.find('<') == body.npos) {
        // Plain text is a description; markup is not fit for a sentence and stays an excerpt.
        diag.description = bounded_text(body, secret);
    }
    if (diag.service_code.empty())
        diag.service_code = code_in_parentheses(diag.description);
}

inline void interpret_header(const http_response& response, std::string_view secret, diagnostics& diag)
{
    diag.http_status = response.result_int();
    show(diag.content_type, header(response, "Content-Type"), secret);
    show(diag.correlation_vector, header(response, "MS-CV"), secret);
    show(diag.server_id, header(response, "MS-ServerId"), secret);
    show(diag.www_authenticate, header(response, "WWW-Authenticate"), secret);
    diag.retry_after = parse_retry_after(header(response, "Retry-After"), std::chrono::system_clock::now());
    diag.mfa_compliant = truth(header(response, "isMfaCompliant"));
}

inline error_code failure_code(const diagnostics& diag)
{
    const unsigned status = diag.http_status;
    const std::string& code = diag.service_code;
    if ((status == 400 && code == "2055") || (status == 417 && code == "800036"))
        return errc::stale_etag;
    if (status == 401 && code == "900420")
        return errc::wrong_token_audience;
    if (status == 401 &&
        (code == "900421" || (code == "10001" && diag.description.find("MFA") != std::string::npos)))
        return errc::mfa_required;
    return make_http_status_code(status);
}

inline error_code check_document_header(const http_response& response, std::string_view secret,
                                        diagnostics& diag)
{
    const std::string_view body = response.body();
    if (body.empty())
        return errc::empty_body;
    if (!diag.content_type.empty() && !is_json_type(diag.content_type)) {
        diag.body_excerpt = bounded_text(body, secret);
        return errc::unexpected_content_type;
    }
    return {};
}

PARTNER_CENTER_DECL error_code interpret_response(const http_response& response, std::string_view secret,
                                                  diagnostics& diag)
{
    interpret_header(response, secret, diag);
    const std::string_view coding = header(response, "Content-Encoding");
    // RFC 9110, section 8.4.1: without regard to case.
    const bool compressed = !coding.empty() && !boost::beast::iequals(coding, "identity");
    if (diag.http_status == 200) {
        if (!compressed)
            return check_document_header(response, secret, diag);
        diag.description = bounded_text(coding, secret);
        return errc::unexpected_content_encoding;
    }
    if (!compressed && !response.body().empty())
        interpret_error_body(response.body(), secret, diag);
    if (diag.description.empty() && diag.http_status >= 300 && diag.http_status < 400)
        diag.description = bounded_text(
            "redirected to " + std::string(header(response, "Location")) + ", not followed", secret);
    return failure_code(diag);
}

} // namespace partner_center::detail

#endif
