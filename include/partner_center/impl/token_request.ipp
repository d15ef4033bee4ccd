// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_TOKEN_REQUEST_IPP
#define PARTNER_CENTER_IMPL_TOKEN_REQUEST_IPP

#include <partner_center/detail/form_encoding.hpp>
#include <partner_center/detail/token_request.hpp>

namespace partner_center::detail {

inline std::string resource_of(const application_options& options)
{
    return options.resource.empty() ? std::string(partner_center::base_url(options.cloud)) : options.resource;
}

inline std::string scope_of(const application_options& options)
{
    if (!options.scope.empty())
        return options.scope;
    // Without offline_access the v2 endpoint gives no new refresh token.
    return options.oauth_version == oauth_version::v1
               ? "openid"
               : resource_of(options) + "/user_impersonation offline_access";
}

PARTNER_CENTER_DECL token_endpoint::token_endpoint(const application_options& options)
    : tenant(options.tenant)
    , version(options.oauth_version)
    , client_id(options.client_id)
    , client_secret(options.client_secret)
    , resource(resource_of(options))
    , scope(scope_of(options))
{
    std::string reason;
    parse_base_url(options.authority.empty() ? partner_center::authority(options.cloud) : options.authority,
                   authority, reason);
}

inline std::string endpoint_target(const token_endpoint& endpoint, std::string_view name)
{
    std::string target = endpoint.authority.path + "/" + endpoint.tenant;
    return target.append(endpoint.version == oauth_version::v1 ? "/oauth2/" : "/oauth2/v2.0/").append(name);
}

PARTNER_CENTER_DECL std::string token_endpoint::token_target() const
{
    return endpoint_target(*this, "token");
}

PARTNER_CENTER_DECL std::string token_endpoint::device_code_target() const
{
    return endpoint_target(*this, "devicecode");
}

PARTNER_CENTER_DECL std::string token_endpoint::token_url() const
{
    return "https://" + authority.host_header + token_target();
}

// What is asked for, and who asks.
inline void append_client_fields(std::string& form, const token_endpoint& endpoint)
{
    append_form_field(form, "client_id", endpoint.client_id);
    if (endpoint.version == oauth_version::v1)
        append_form_field(form, "resource", endpoint.resource);
    append_form_field(form, "scope", endpoint.scope);
}

inline void append_client_proof(std::string& form, const token_endpoint& endpoint,
                                std::string_view client_assertion)
{
    if (!client_assertion.empty()) {
        append_form_field(form, "client_assertion_type",
                          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        append_form_field(form, "client_assertion", client_assertion);
    } else if (!endpoint.client_secret.empty()) {
        append_form_field(form, "client_secret", endpoint.client_secret);
    }
}

PARTNER_CENTER_DECL std::string refresh_token_form(const token_endpoint& endpoint,
                                                   std::string_view refresh_token,
                                                   std::string_view client_assertion)
{
    std::string form;
    append_form_field(form, "grant_type", "refresh_token");
    append_client_fields(form, endpoint);
    append_client_proof(form, endpoint, client_assertion);
    append_form_field(form, "refresh_token", refresh_token);
    return form;
}

PARTNER_CENTER_DECL std::string device_code_form(const token_endpoint& endpoint)
{
    std::string form;
    append_client_fields(form, endpoint);
    return form;
}

PARTNER_CENTER_DECL std::string device_token_form(const token_endpoint& endpoint,
                                                  std::string_view device_code,
                                                  std::string_view client_assertion)
{
    std::string form;
    append_form_field(form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    append_form_field(form, "client_id", endpoint.client_id);
    append_client_proof(form, endpoint, client_assertion);
    // The name of RFC 8628, and the older one of the v1 endpoint.
    append_form_field(form, endpoint.version == oauth_version::v1 ? "code" : "device_code", device_code);
    return form;
}

} // namespace partner_center::detail

#endif
