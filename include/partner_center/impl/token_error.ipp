// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_TOKEN_ERROR_IPP
#define PARTNER_CENTER_IMPL_TOKEN_ERROR_IPP

#include <partner_center/condition.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/detail/token_error.hpp>
#include <partner_center/detail/whole_characters.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

namespace partner_center::detail {

inline constexpr std::string_view aadsts = "AADSTS";

PARTNER_CENTER_DECL error_code make_token_error(token_outcome outcome) noexcept
{
    switch (outcome) {
    case token_outcome::granted: return {};
    case token_outcome::sign_in_required: return errc::sign_in_required;
    case token_outcome::invalid_credential: return errc::invalid_credential;
    case token_outcome::unavailable: return errc::authority_unavailable;
    case token_outcome::declined: return errc::sign_in_declined;
    case token_outcome::expired: return errc::sign_in_expired;
    case token_outcome::authorization_pending:
    case token_outcome::slow_down:
    case token_outcome::failed: break;
    }
    return errc::token_request_failed;
}

inline std::string_view token_error_text(const json::object& document, std::string_view name)
{
    const json::value* value = document.if_contains(name);
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

inline void add_code(std::string_view digits, std::vector<std::int64_t>& to)
{
    std::int64_t code = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
    if (ec == std::errc{} && end != digits.data() && code > 0)
        to.push_back(code);
}

inline void add_codes(const json::value& codes, std::vector<std::int64_t>& to)
{
    constexpr std::size_t most = 8;
    const json::array* array = codes.if_array();
    for (std::size_t i = 0; array && i != std::min(array->size(), most); ++i) {
        if (const std::int64_t* number = (*array)[i].if_int64(); number && *number > 0)
            to.push_back(*number);
        else if (const json::string* text = (*array)[i].if_string())
            add_code(std::string_view(text->data(), text->size()), to);
    }
}

PARTNER_CENTER_DECL token_error read_token_error(const json::object& document)
{
    token_error error;
    error.error = token_error_text(document, "error");
    error.description = token_error_text(document, "error_description");
    error.suberror = token_error_text(document, "suberror");
    error.trace_id = token_error_text(document, "trace_id");
    if (const json::value* codes = document.if_contains("error_codes"))
        add_codes(*codes, error.codes);
    if (const std::size_t at = error.description.find(aadsts);
        error.codes.empty() && at != error.description.npos)
        add_code(error.description.substr(at + aadsts.size()), error.codes);
    return error;
}

// Codes whose meaning OAuth's error does not tell, or not reliably; and what to do in the common cases.
struct known_token_error {
    std::int64_t code;
    token_outcome outcome;
    std::string_view advice;
};

inline const known_token_error* find_known_token_error(std::int64_t code) noexcept
{
    using outcome = token_outcome;
    static constexpr std::string_view with_mfa =
        "a person must sign in again, with multi-factor authentication";
    static constexpr std::string_view again = "a person must sign in again";
    static constexpr known_token_error known[] = {
        {50072, outcome::sign_in_required, with_mfa},
        {50074, outcome::sign_in_required, with_mfa},
        {50076, outcome::sign_in_required, with_mfa},
        {50078, outcome::sign_in_required, with_mfa},
        {50079, outcome::sign_in_required, with_mfa},
        {50158, outcome::sign_in_required, with_mfa},
        {50173, outcome::sign_in_required, again},
        {65001, outcome::sign_in_required, "a person must sign in again and consent to the application"},
        {70008, outcome::sign_in_required, again},
        {70043, outcome::sign_in_required, again},
        {700081, outcome::sign_in_required, again},
        {700082, outcome::sign_in_required,
         "a person must sign in again; refresh tokens end when they are not used for 90 days"},
        {700083, outcome::sign_in_required, again},
        {700084, outcome::sign_in_required, again},
        {50012, outcome::invalid_credential, "correct the client secret or the certificate"},
        {90002, outcome::invalid_credential, "correct the tenant, or the cloud"},
        {900023, outcome::invalid_credential, "correct the tenant"},
        {500011, outcome::invalid_credential, "correct the resource, or register it in the tenant"},
        {650057, outcome::invalid_credential, "give the application the permission for the resource"},
        {70011, outcome::invalid_credential, "correct the scope"},
        {700007, outcome::invalid_credential, {}},
        {700016, outcome::invalid_credential, "correct the client id or the tenant"},
        {700024, outcome::invalid_credential, "set this machine's clock"},
        {700027, outcome::invalid_credential, "register the certificate with the application"},
        {7000112, outcome::invalid_credential, "enable the application"},
        {7000215, outcome::invalid_credential, "correct the client secret (its value is wanted, not its id)"},
        {7000218, outcome::invalid_credential, "set a client secret or a certificate"},
        {7000222, outcome::invalid_credential, "make a new client secret, this one has expired"},
        {50196, outcome::failed, "it takes the requests for a loop: wait some minutes and ask less often"},
        {90033, outcome::unavailable, {}},
        {90055, outcome::unavailable, {}},
    };
    for (const known_token_error& one : known)
        if (one.code == code)
            return &one;
    return nullptr;
}

inline const known_token_error* find_known_token_error(const token_error& error) noexcept
{
    for (std::int64_t code : error.codes)
        if (const known_token_error* known = find_known_token_error(code))
            return known;
    return nullptr;
}

inline token_outcome outcome_of_oauth_error(std::string_view error) noexcept
{
    struct meaning {
        std::string_view error;
        token_outcome outcome;
    };
    using outcome = token_outcome;
    static constexpr meaning meanings[] = {
        {"authorization_pending", outcome::authorization_pending}, // RFC 8628, section 3.5
        {"slow_down", outcome::slow_down},
        {"access_denied", outcome::declined},
        {"authorization_declined", outcome::declined}, // Microsoft's name of it
        {"expired_token", outcome::expired},
        {"code_expired", outcome::expired}, // of the v1 endpoint
        {"temporarily_unavailable", outcome::unavailable},
        {"invalid_grant", outcome::sign_in_required}, // RFC 6749, section 5.2
        {"interaction_required", outcome::sign_in_required},
        {"login_required", outcome::sign_in_required},
        {"consent_required", outcome::sign_in_required},
        {"invalid_client", outcome::invalid_credential},
        {"unauthorized_client", outcome::invalid_credential},
        {"unsupported_grant_type", outcome::invalid_credential},
        {"invalid_request", outcome::invalid_credential},
        {"invalid_scope", outcome::invalid_credential},
        {"invalid_resource", outcome::invalid_credential},
        {"invalid_target", outcome::invalid_credential}, // RFC 8707, section 2
    };
    for (const meaning& one : meanings)
        if (one.error == error)
            return one.outcome;
    return outcome::failed;
}

PARTNER_CENTER_DECL token_outcome classify_token_error(unsigned status, const token_error& error) noexcept
{
    if (make_http_status_code(status) == condition::transient)
        return token_outcome::unavailable;
    const token_outcome by_name = outcome_of_oauth_error(error.error);
    // A sign-in that goes on is no failure, whatever code Microsoft gives it.
    if (by_name == token_outcome::authorization_pending || by_name == token_outcome::slow_down ||
        by_name == token_outcome::declined || by_name == token_outcome::expired)
        return by_name;
    if (const known_token_error* known = find_known_token_error(error))
        return known->outcome;
    return by_name;
}

inline void cut_text(std::string& text, std::size_t most)
{
    text.resize(whole_characters(text, most).size());
}

PARTNER_CENTER_DECL std::string token_error_code(const token_error& error,
                                                 std::span<const std::string_view> secrets)
{
    if (const known_token_error* known = find_known_token_error(error))
        return std::string(aadsts) + std::to_string(known->code);
    if (!error.codes.empty())
        return std::string(aadsts) + std::to_string(error.codes.front());
    std::string code = bounded_text_without(error.error, secrets);
    cut_text(code, 64); // not before: half a secret is not recognised
    return code;
}

inline std::string advice_for(token_outcome outcome, const token_error& error)
{
    const known_token_error* const known = find_known_token_error(error);
    std::string advice(known && known->outcome == outcome ? known->advice : std::string_view());
    if (outcome == token_outcome::sign_in_required && advice.empty())
        advice = error.suberror == "consent_required" || error.error == "consent_required"
                     ? "a person must sign in again and consent to the application"
                     : "a person must sign in again";
    if (outcome == token_outcome::invalid_credential)
        advice.append(advice.empty() ? "" : "; ").append("signing in again does not help");
    if (error.trace_id.size() == 36 && is_guid(error.trace_id))
        advice.append(advice.empty() ? "" : "; ").append("trace id ").append(error.trace_id);
    return advice;
}

// What follows is for Microsoft's support, on lines of its own or, since 2023, on the same.
inline std::string_view first_line(std::string_view description) noexcept
{
    description = description.substr(0, description.find_first_of("\r\n"));
    description = description.substr(0, description.find(" Trace ID:"));
    while (description.ends_with(' '))
        description.remove_suffix(1);
    return description;
}

PARTNER_CENTER_DECL std::string describe_token_error(token_outcome outcome, const token_error& error,
                                                     std::span<const std::string_view> secrets)
{
    const std::string code = token_error_code(error, secrets);
    std::string words = bounded_text_without(first_line(error.description), secrets);
    if (words.empty())
        words = "the authority says " + (code.empty() ? std::string("nothing") : code);
    else if (words.find(code) == words.npos)
        words.insert(0, code + ": ");
    const std::string advice = advice_for(outcome, error);
    constexpr std::string_view separator = "; ";
    if (advice.empty()) {
        cut_text(words, diagnostics::max_text_size);
        return words;
    }
    cut_text(words, diagnostics::max_text_size - separator.size() - advice.size());
    while (words.ends_with('.'))
        words.pop_back();
    return words.append(separator).append(advice);
}

} // namespace partner_center::detail

#endif
