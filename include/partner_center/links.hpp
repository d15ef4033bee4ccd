// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_LINKS_HPP
#define PARTNER_CENTER_LINKS_HPP

#include <partner_center/resource.hpp>

#include <optional>
#include <string>
#include <vector>

namespace partner_center {

/// A header that the service wants with a @ref Link: one element of `headers`, `{"key": ..., "value": ...}`.
struct LinkHeader {
    std::optional<std::string> key;   ///< The name of the header.
    std::optional<std::string> value; ///< What it shall say.

    /// Members that are not named above, and explicit nulls; see @ref json_mapped.
    json::object extra;

    /// A header without any member.
    LinkHeader() noexcept {}

    /// Calls `visit(name, member)` for each member of `self`; see @ref json_mapped.
    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("key", self.key);
        visit("value", self.value);
    }

    /// Whether both would be sent as the same document.
    friend bool operator==(const LinkHeader& a, const LinkHeader& b) { return detail::equal_members(a, b); }
};

/**
 * A reference from one resource to another.
 *
 * The service has been seen to send links without `uri`. A `uri` is relative and comes from the network: this
 * library sends links back as they were and never follows one. `body`, which the service documents without a
 * type, stays in `extra`.
 */
struct Link {
    std::optional<std::string> uri;                 ///< Where it leads, relative to the API.
    std::optional<std::string> method;              ///< How to ask there, such as "GET".
    std::optional<std::vector<LinkHeader>> headers; ///< What to say there.

    /// Members that are not named above, and explicit nulls; see @ref json_mapped.
    json::object extra;

    /// A link without any member.
    Link() noexcept {}

    /// Calls `visit(name, member)` for each member of `self`; see @ref json_mapped.
    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("uri", self.uri);
        visit("method", self.method);
        visit("headers", self.headers);
    }

    /// Whether both would be sent as the same document.
    friend bool operator==(const Link& a, const Link& b) { return detail::equal_members(a, b); }
};

/// The links of a resource: to itself and, in a collection, to its neighbours.
struct Links {
    std::optional<Link> self;     ///< The resource itself.
    std::optional<Link> next;     ///< The next page of a collection.
    std::optional<Link> previous; ///< The page before.

    /// Members that are not named above, and explicit nulls; see @ref json_mapped.
    json::object extra;

    /// No links.
    Links() noexcept {}

    /// Calls `visit(name, member)` for each member of `self`; see @ref json_mapped.
    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("self", self.self);
        visit("next", self.next);
        visit("previous", self.previous);
    }

    /// Whether both would be sent as the same document.
    friend bool operator==(const Links& a, const Links& b) { return detail::equal_members(a, b); }
};

} // namespace partner_center

#endif
