// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CHECK_APPLICATION_IPP
#define PARTNER_CENTER_IMPL_CHECK_APPLICATION_IPP

#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/check_application.hpp>
#include <partner_center/detail/client_assertion.hpp>
#include <partner_center/detail/guid.hpp>

namespace partner_center::detail {

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

PARTNER_CENTER_DECL bool is_wrong_option(std::string_view options, std::string_view member,
                                         std::string_view why, std::string& reason)
{
    if (why.empty())
        return false;
    reason.assign(options).append("::").append(member).append(": ").append(why);
    return true;
}

inline error_code check_certificate(const application_options& options, std::string_view name,
                                    std::string& reason)
{
    if (!options.certificate)
        return {};
    if (!options.client_secret.empty() &&
        is_wrong_option(name, "certificate", "there is a client_secret too, set one of them", reason))
        return errc::invalid_argument;
    assertion_signer signer;
    const std::string why = signer.load(*options.certificate);
    if (why.empty())
        return {};
    reason.assign(name).append("::certificate.").append(why);
    return errc::invalid_argument;
}

PARTNER_CENTER_DECL error_code check_application(const application_options& options, std::string_view name,
                                                 std::string& reason)
{
    reason.clear();
    if (is_wrong_option(name, "tenant", check_tenant(options.tenant), reason) ||
        is_wrong_option(name, "client_id", check_client_id(options.client_id), reason) ||
        is_wrong_option(name, "client_secret", check_client_secret(options.client_secret), reason) ||
        is_wrong_option(name, "resource", check_resource(options.resource), reason) ||
        is_wrong_option(name, "scope", check_scope(options.scope), reason))
        return errc::invalid_argument;
    error_code ec = check_certificate(options, name, reason);
    if (ec || options.authority.empty())
        return ec;
    base_url authority;
    std::string why;
    ec = parse_base_url(options.authority, authority, why);
    is_wrong_option(name, "authority", why, reason);
    return ec;
}

} // namespace partner_center::detail

#endif
