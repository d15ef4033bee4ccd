// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_ORGANIZATION_PROFILE_HPP
#define PARTNER_CENTER_ORGANIZATION_PROFILE_HPP

#include <partner_center/address.hpp>
#include <partner_center/links.hpp>
#include <partner_center/resource.hpp>
#include <partner_center/resource_attributes.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace partner_center {

/**
 * A partner's organization profile.
 *
 * An update replaces the whole resource, so every member of the document read is kept, known or not: those
 * that this library does not know stay in `extra`, at every level, and are sent back. A regular type;
 * distinct objects may be used from different threads.
 *
 * @see Partner Center, "Update an organization profile"
 */
struct OrganizationProfile {
    /// Where the service keeps it, below the base URL.
    static constexpr std::string_view resource_path = "/v1/profiles/organization";

    std::optional<std::string> id;                ///< The profile's id, set by the service.
    std::optional<std::string> company_name;      ///< The name of the partner's company.
    std::optional<Address> default_address;       ///< Where the partner is, and whom to contact there.
    std::optional<std::string> tenant_id;         ///< The id of the partner's tenant, set by the service.
    std::optional<std::string> domain;            ///< The tenant's domain, such as "contoso.onmicrosoft.com".
    std::optional<std::string> email;             ///< The partner's e-mail address.
    std::optional<std::string> language;          ///< The preferred language, such as "en".
    std::optional<std::string> culture;           ///< The preferred culture, such as "en-US".
    std::optional<std::string> profile_type;      ///< "OrganizationProfile", set by the service.
    std::optional<Links> links;                   ///< Sent back as they came, and never followed.
    std::optional<ResourceAttributes> attributes; ///< The etag by which a lost update is noticed.

    /// Members that are not named above, and explicit nulls; see @ref json_mapped.
    json::object extra;

    /// A profile without any member.
    OrganizationProfile() noexcept {}

    /// Calls `visit(name, member)` for each member of `self` in the order of the documentation; see
    /// @ref json_mapped.
    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("id", self.id);
        visit("companyName", self.company_name);
        visit("defaultAddress", self.default_address);
        visit("tenantId", self.tenant_id);
        visit("domain", self.domain);
        visit("email", self.email);
        visit("language", self.language);
        visit("culture", self.culture);
        visit("profileType", self.profile_type);
        visit("links", self.links);
        visit("attributes", self.attributes);
    }

    /// Whether both would be sent as the same document.
    friend bool operator==(const OrganizationProfile& a, const OrganizationProfile& b)
    {
        return detail::equal_members(a, b);
    }
};

} // namespace partner_center

#endif
