// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_REFRESH_TOKEN_OPTIONS_IPP
#define PARTNER_CENTER_IMPL_REFRESH_TOKEN_OPTIONS_IPP

#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/client_assertion.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/refresh_token_options.hpp>

#include <string_view>

namespace partner_center {
namespace detail {

// A name that is a part of a path: a GUID, a domain, or one of the authority's words such as "common".
inline std::string_view check_tenant(std::string_view tenant) noexcept
{
    constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.";
    if (tenant.empty())
        return "it is empty";
    if (tenant.size() > 253 || tenant.find_first_not_of(allowed) != tenant.npos || tenant.starts_with('.') ||
        tenant.ends_with('.'))
        return "it is neither a tenant's id (a GUID) nor a domain";
    return {};
}

inline std::string_view check_client_id(std::string_view client_id) noexcept
{
    if (client_id.empty())
        return "it is empty";
    return is_guid(client_id) ? std::string_view() : "it is not a GUID";
}

// RFC 6749, appendix A.17, without the space that no authority puts there and that files and shells add.
inline std::string_view check_refresh_token(std::string_view token) noexcept
{
    if (token.empty())
        return "it is empty";
    for (char c : token)
        if (c <= ' ' || c >= 0x7f)
            return "it has a space, a line break or another character that no refresh token has";
    return {};
}

inline std::string_view check_client_secret(std::string_view secret) noexcept
{
    for (char c : secret)
        if ((c >= 0 && c < ' ') || c == 0x7f)
            return "it has a line break or another control character";
    return secret.starts_with(' ') || secret.ends_with(' ') ? "it begins or ends with a space" : "";
}

inline std::string_view check_resource(std::string_view resource) noexcept
{
    for (char c : resource)
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\')
            return "it has a space or a character that is not allowed in a scope (RFC 6749)";
    return resource.ends_with('/') ? "it ends with a slash" : "";
}

// RFC 6749, section 3.3
inline std::string_view check_scope(std::string_view scope) noexcept
{
    char before = ' ';
    for (char c : scope) {
        if (c < ' ' || c >= 0x7f || c == '"' || c == '\\')
            return "it has a character that is not allowed (RFC 6749)";
        if (c == ' ' && before == ' ')
            return "it begins with a space or has more than one between two words";
        before = c;
    }
    return scope.ends_with(' ') ? "it ends with a space" : "";
}

inline error_code check_authority(const std::string& text, std::string& reason)
{
    base_url url;
    error_code ec;
    if (!text.empty())
        ec = parse_base_url(text, url, reason);
    if (ec)
        reason.insert(0, "refresh_token_options::authority: ");
    return ec;
}

} // namespace detail

PARTNER_CENTER_DECL error_code check(const refresh_token_options& options, std::string& reason)
{
    reason.clear();
    const auto is_wrong = [&](std::string_view member, std::string_view why) {
        if (!why.empty())
            reason.append("refresh_token_options::").append(member).append(": ").append(why);
        return !why.empty();
    };
    if (is_wrong("tenant", detail::check_tenant(options.tenant)) ||
        is_wrong("client_id", detail::check_client_id(options.client_id)) ||
        is_wrong("client_secret", detail::check_client_secret(options.client_secret)) ||
        is_wrong("refresh_token", detail::check_refresh_token(options.refresh_token)) ||
        is_wrong("resource", detail::check_resource(options.resource)) ||
        is_wrong("scope", detail::check_scope(options.scope)))
        return errc::invalid_argument;
    if (options.refresh_margin < std::chrono::seconds(0) && is_wrong("refresh_margin", "it is negative"))
        return errc::invalid_argument;
    if (options.certificate) {
        if (!options.client_secret.empty() &&
            is_wrong("certificate", "there is a client_secret too, set one of them"))
            return errc::invalid_argument;
        detail::assertion_signer signer;
        if (const std::string why = signer.load(*options.certificate); !why.empty()) {
            reason.append("refresh_token_options::certificate.").append(why);
            return errc::invalid_argument;
        }
    }
    return detail::check_authority(options.authority, reason);
}

} // namespace partner_center

#endif
