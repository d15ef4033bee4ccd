// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_TOKEN_RESPONSE_IPP
#define PARTNER_CENTER_IMPL_TOKEN_RESPONSE_IPP

#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/form_encoding.hpp>
#include <partner_center/detail/json_document.hpp>
#include <partner_center/detail/request_format.hpp>
#include <partner_center/detail/retry_after.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/detail/token_response.hpp>

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace partner_center::detail {

// No token lives as long; short enough to be added to any clock's time.
inline constexpr std::int64_t max_token_seconds = 365 * 24 * 3600;

inline std::string_view token_header(const http_response& response, std::string_view name)
{
    const auto found = response.find(boost::beast::string_view(name.data(), name.size()));
    if (found == response.end())
        return {};
    return std::string_view(found->value().data(), found->value().size());
}

// As others escape it: RFC 3986, section 2.1, gives the hexadecimal digits no case.
inline std::string with_small_escapes(std::string escaped)
{
    for (std::size_t at = escaped.find('%'); at != escaped.npos; at = escaped.find('%', at + 3))
        for (std::size_t digit = at + 1; digit != at + 3; ++digit)
            if (escaped[digit] >= 'A')
                escaped[digit] = static_cast<char>(escaped[digit] - 'A' + 'a');
    return escaped;
}

// The secrets as they are and as they stood in the form, for an authority may echo either, and may escape
// anew what it has read.
class sent_secrets {
public:
    explicit sent_secrets(std::span<const std::string_view> secrets)
        : all_(secrets.begin(), secrets.end())
    {
        for (std::string_view secret : secrets) {
            const std::string& as_sent = escaped_.emplace_back(form_escaped(secret));
            all_.push_back(as_sent);
            all_.push_back(escaped_.emplace_back(with_small_escapes(as_sent)));
        }
    }
    sent_secrets(const sent_secrets&) = delete;
    sent_secrets& operator=(const sent_secrets&) = delete;

    std::string bounded(std::string_view text) const { return bounded_text_without(text, all_); }
    std::span<const std::string_view> all() const noexcept { return all_; }

private:
    std::deque<std::string> escaped_; // keeps its elements where they are
    std::vector<std::string_view> all_;
};

inline std::optional<std::int64_t> parse_token_number(std::string_view text) noexcept
{
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || end != text.data() + text.size() || ec == std::errc::invalid_argument)
        return std::nullopt;
    if (ec == std::errc::result_out_of_range)
        return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                     : std::numeric_limits<std::int64_t>::max();
    return number;
}

// Seconds, as a number or, from the v1 endpoint, as text; of any size.
inline std::optional<std::int64_t> token_number(const json::object& document, std::string_view name)
{
    const json::value* const value = document.if_contains(name);
    if (!value)
        return std::nullopt;
    if (const std::int64_t* number = value->if_int64())
        return *number;
    if (value->if_uint64())
        return std::numeric_limits<std::int64_t>::max();
    // What Boost.JSON makes no number of is a zero with a large exponent, such as 0e309.
    if (const double* number = value->if_double())
        return std::isnan(*number) ? 0 : static_cast<std::int64_t>(std::clamp(*number, -1e15, 1e15));
    if (const json::string* text = value->if_string())
        return parse_token_number(std::string_view(text->data(), text->size()));
    return std::nullopt;
}

// Why there is no such text; empty when `to` is set.
inline std::string token_text(const json::object& document, std::string_view name, std::string_view& to)
{
    const json::value* const value = document.if_contains(name);
    const json::string* const text = value ? value->if_string() : nullptr;
    if (!value || value->is_null())
        return std::string(name) + " is missing";
    if (!text)
        return std::string(name) + " is not text";
    if (text->empty())
        return std::string(name) + " is empty";
    to = std::string_view(text->data(), text->size());
    return {};
}

inline bool is_printable(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

inline void read_lifetime(const json::object& document, std::chrono::system_clock::time_point sent_at,
                          access_token& to)
{
    using std::chrono::seconds;
    const auto in = token_number(document, "expires_in");
    const auto on = token_number(document, "expires_on");
    // A length of time is right whatever this machine's clock says, a point in time is not.
    if (in) {
        to.expires = sent_at + seconds(std::clamp<std::int64_t>(*in, 0, max_token_seconds));
    } else if (on) {
        const std::int64_t now = std::chrono::floor<seconds>(sent_at).time_since_epoch().count();
        to.expires = std::chrono::sys_seconds(seconds(std::clamp(*on, now, now + max_token_seconds)));
    }
    const auto refresh_in = token_number(document, "refresh_in");
    if (refresh_in && *refresh_in > 0 && *refresh_in <= max_token_seconds &&
        sent_at + seconds(*refresh_in) < to.expires)
        to.refresh_at = sent_at + seconds(*refresh_in);
}

// What is wrong with a document that should hold a token; empty when nothing is.
inline std::string read_grant(const json::object& document, std::chrono::system_clock::time_point sent_at,
                              token_grant& to)
{
    std::string_view access;
    std::string_view refresh;
    std::string_view type;
    if (const json::value* given = document.if_contains("refresh_token"); given && !given->is_null()) {
        if (!given->is_string())
            return "refresh_token is not text";
        refresh = std::string_view(given->get_string().data(), given->get_string().size());
        if (!is_printable(refresh))
            return "refresh_token has a character that no refresh token has (RFC 6749)";
    }
    // It counts whatever is wrong with the rest: the one before may be of no use any more.
    if (!refresh.empty())
        to.refresh_token = refresh;
    if (std::string wrong = token_text(document, "access_token", access); !wrong.empty())
        return wrong;
    if (const std::string_view why = check_token(access); !why.empty())
        return std::string("access_token cannot be sent: ").append(why);
    if (const json::value* given = document.if_contains("token_type"); given && !given->is_null())
        if (!token_text(document, "token_type", type).empty() || type.size() != 6 ||
            !starts_with_ignoring_case(type, "bearer"))
            return "token_type is not Bearer";
    token_grant grant;
    grant.access.token = access;
    grant.refresh_token = refresh;
    read_lifetime(document, sent_at, grant.access);
    to = std::move(grant);
    return {};
}

inline std::string read_device_authorization(const json::object& document, device_authorization& to)
{
    std::string_view code;
    std::string_view user_code;
    std::string_view uri;
    if (std::string wrong = token_text(document, "device_code", code); !wrong.empty())
        return wrong;
    if (std::string wrong = token_text(document, "user_code", user_code); !wrong.empty())
        return wrong;
    // The older name is that of the v1 endpoint.
    const bool older = !document.if_contains("verification_uri") && document.if_contains("verification_url");
    if (std::string wrong = token_text(document, older ? "verification_url" : "verification_uri", uri);
        !wrong.empty())
        return wrong;
    if (!check_header_value(user_code).empty() || user_code.size() > 64)
        return "user_code cannot be shown";
    if (!starts_with_ignoring_case(uri, "https://") || !is_printable(uri) ||
        uri.size() > diagnostics::max_text_size)
        return "verification_uri is not an https address";
    if (!is_printable(code))
        return "device_code has a character that no device code has";
    device_authorization read;
    read.device_code = code;
    read.user_code = user_code;
    read.verification_uri = uri;
    std::string_view message;
    if (token_text(document, "message", message).empty())
        read.message = bounded_text(message, code);
    const auto expires_in = token_number(document, "expires_in");
    const auto interval = token_number(document, "interval");
    read.expires_in = std::chrono::seconds(std::clamp<std::int64_t>(expires_in.value_or(900), 0, 86400));
    read.interval = std::chrono::seconds(std::clamp<std::int64_t>(interval.value_or(5), 1, 60));
    to = std::move(read);
    return {};
}

// An answer that is no document of OAuth: of a gateway, or of the endpoint when it throttles.
inline void describe_foreign_answer(const http_response& response, const std::string& parse_failure,
                                    const sent_secrets& secrets, diagnostics& diag)
{
    const std::string_view body = response.body();
    const bool success = response.result_int() == 200;
    diag.description = "the authority answered " + std::to_string(response.result_int());
    if (body.empty())
        diag.description += " without a body";
    else if (success)
        diag.description +=
            parse_failure.empty() ? " with JSON that is no object" : " without JSON: " + parse_failure;
    else if (body.find('<') != body.npos)
        diag.description += " with a page";
    else
        diag.description = secrets.bounded(body);
    // The body of a success may hold tokens that nobody knows to be secrets yet.
    if (!success)
        diag.body_excerpt = secrets.bounded(body);
}

// What a document of the authority comes to, where `read` says what is wrong with one of a success.
template <class Read>
token_outcome interpret_document(unsigned status, const json::object& document, const sent_secrets& secrets,
                                 const Read& read, diagnostics& diag)
{
    const token_error error = read_token_error(document);
    const token_outcome outcome = classify_token_error(status, error);
    if (!error.error.empty()) {
        diag.service_code = token_error_code(error, secrets.all());
        diag.description = describe_token_error(outcome, error, secrets.all());
        return outcome;
    }
    if (status != 200) {
        diag.description =
            "the authority answered " + std::to_string(status) + " with JSON that names no error";
        return outcome;
    }
    const std::string wrong = read(document);
    if (wrong.empty())
        return token_outcome::granted;
    diag.description = "the authority's answer is of no use: " + wrong;
    return token_outcome::failed;
}

template <class Read>
token_outcome interpret_authority(const http_response& response, std::span<const std::string_view> sent,
                                  std::chrono::system_clock::time_point sent_at, const Read& read,
                                  diagnostics& diag)
{
    const sent_secrets secrets(sent);
    diagnostics found;
    found.http_status = response.result_int();
    found.content_type = secrets.bounded(token_header(response, "Content-Type"));
    found.retry_after = parse_retry_after(token_header(response, "Retry-After"), sent_at);
    token_outcome outcome = classify_token_error(response.result_int(), token_error());
    const std::string_view coding = token_header(response, "Content-Encoding");
    json::value document;
    std::string failure;
    if (!coding.empty() && !boost::beast::iequals(coding, "identity"))
        found.description = "the authority's answer is compressed, which nobody asked for";
    else if (!parse_json(response.body(), document, failure) && document.is_object())
        outcome = interpret_document(response.result_int(), document.get_object(), secrets, read, found);
    else
        describe_foreign_answer(response, failure, secrets, found);
    if (outcome == token_outcome::granted)
        return outcome;
    diag.http_status = found.http_status;
    diag.service_code = std::move(found.service_code);
    diag.description = std::move(found.description);
    diag.retry_after = found.retry_after;
    diag.content_type = std::move(found.content_type);
    diag.body_excerpt = std::move(found.body_excerpt);
    return outcome;
}

PARTNER_CENTER_DECL token_outcome interpret_token_response(const http_response& response,
                                                           std::span<const std::string_view> secrets,
                                                           std::chrono::system_clock::time_point sent_at,
                                                           token_grant& to, diagnostics& diag)
{
    return interpret_authority(
        response, secrets, sent_at,
        [&](const json::object& document) { return read_grant(document, sent_at, to); }, diag);
}

PARTNER_CENTER_DECL token_outcome interpret_device_code_response(
    const http_response& response, std::span<const std::string_view> secrets,
    std::chrono::system_clock::time_point sent_at, device_authorization& to, diagnostics& diag)
{
    return interpret_authority(
        response, secrets, sent_at,
        [&](const json::object& document) { return read_device_authorization(document, to); }, diag);
}

} // namespace partner_center::detail

#endif
