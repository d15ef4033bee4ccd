// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PROFILE_SERVICE_MERGE_PATCH_HPP
#define PROFILE_SERVICE_MERGE_PATCH_HPP

#include <partner_center/organization_profile.hpp>

#include <boost/json/object.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace profile_service {

/// The text says what is wrong with a patch.
struct bad_patch : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A change of the profile as JSON (RFC 7396): members to set, at any level; null removes one.
class merge_patch {
public:
    /// @throws bad_patch The text is no JSON object.
    explicit merge_patch(std::string_view text);

    /// @throws bad_patch A member is unknown, the service's own, or of another type.
    void operator()(partner_center::OrganizationProfile& profile) const;

private:
    boost::json::object changes_;
};

} // namespace profile_service

#endif
