// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_VALIDATE_HPP
#define PARTNER_CENTER_VALIDATE_HPP

#include <partner_center/detail/config.hpp>
#include <partner_center/organization_profile.hpp>
#include <partner_center/violation.hpp>

#include <vector>

namespace partner_center {

/**
 * Every documented limit that the profile breaks, in the order of the documentation; none if all is well.
 *
 * The limits are those of `Address` in "Partner Center resources", and stand beside its members: `country` is
 * two letters (ISO 3166-1 alpha-2), `state` 0 to 2 characters, `addressLine1` 1 to 200, `addressLine2` 0 to
 * 200, `firstName`, `middleName` and `lastName` 1 to 50. Nothing else has one. A member that is absent or
 * null breaks none: the documentation requires no member, and its own example goes without some.
 *
 * A character is a Unicode code point. The service does not say how it counts; of the usual ways this one
 * refuses least.
 *
 * An update asks this before it sends anything, see `client_options::validate`. A function of this name and
 * form in the namespace of another resource is asked for that resource.
 *
 * @param profile What to look at.
 * @throws std::bad_alloc Memory is exhausted.
 */
[[nodiscard]] PARTNER_CENTER_DECL std::vector<violation> validate(const OrganizationProfile& profile);

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/validate.ipp>
#endif

#endif
