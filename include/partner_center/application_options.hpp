// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_APPLICATION_OPTIONS_HPP
#define PARTNER_CENTER_APPLICATION_OPTIONS_HPP

#include <partner_center/client_certificate.hpp>
#include <partner_center/cloud.hpp>

#include <optional>
#include <string>

namespace partner_center {

/// The endpoints of the authority that give tokens.
enum class oauth_version {
    v1, ///< `/{tenant}/oauth2/token`, which takes a resource.
    v2, ///< `/{tenant}/oauth2/v2.0/token`, which takes a scope.
};

/**
 * An application as the authority knows it, and what it asks tokens for. `tenant` and `client_id` are
 * required.
 */
struct application_options {
    /// The partner's tenant: its id or one of its domains.
    std::string tenant;

    /// The application's id, a GUID.
    std::string client_id;

    /// The application's secret. With neither this nor `certificate`, the application is a public client, as
    /// those may be that sign people in by a device code.
    std::string client_secret;

    /// The application's certificate instead of a secret. Not together with `client_secret`.
    std::optional<client_certificate> certificate;

    /// The national cloud: decides the authority and the audience of the token. The same as the client's.
    partner_center::cloud cloud = partner_center::cloud::global;

    /// The authority's URL instead of the cloud's: `https://host[:port][/path]`, without the tenant.
    std::string authority;

    /// The endpoints to use.
    partner_center::oauth_version oauth_version = partner_center::oauth_version::v2;

    /// The API that the token is for, instead of the cloud's: a URL without a slash at its end.
    std::string resource;

    /// What to ask for instead of the default, which is `<resource>/user_impersonation offline_access` for v2
    /// and `openid` for v1.
    std::string scope;

    /// The defaults.
    application_options() noexcept {}
};

} // namespace partner_center

#endif
