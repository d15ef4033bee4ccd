// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_RESOURCE_ATTRIBUTES_HPP
#define PARTNER_CENTER_RESOURCE_ATTRIBUTES_HPP

#include <partner_center/resource.hpp>

#include <optional>
#include <string>

namespace partner_center {

/// What the service says of a resource as such: its version and its type.
struct ResourceAttributes {
    /// The version of the resource, opaque: sent back as it came. It may be "" and may carry quotes.
    std::optional<std::string> etag;
    /// The name of the resource's type, such as "OrganizationProfile".
    std::optional<std::string> object_type;

    /// Members that are not named above, and explicit nulls; see @ref json_mapped.
    json::object extra;

    /// Attributes without any member.
    ResourceAttributes() noexcept {}

    /// Calls `visit(name, member)` for each member of `self`; see @ref json_mapped.
    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("etag", self.etag);
        visit("objectType", self.object_type);
    }

    /// Whether both would be sent as the same document.
    friend bool operator==(const ResourceAttributes& a, const ResourceAttributes& b)
    {
        return detail::equal_members(a, b);
    }
};

} // namespace partner_center

#endif
