// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_DOCUMENT_HPP
#define PARTNER_PROFILE_DOCUMENT_HPP

#include "../common/output.hpp"
#include "failure.hpp"
#include "interrupts.hpp"

#include <partner_center/organization_profile.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace partner_profile {

namespace json = boost::json;

/// A mistake in a document, and where.
struct mistake {
    std::string text;
    std::size_t line = 1; ///< From 1.
};

/// A document that is no profile, or one that breaks the limits.
class invalid_document : public failure {
public:
    invalid_document(const std::string& name, std::vector<mistake> all);

    const std::vector<mistake>& mistakes() const noexcept { return all_; }

private:
    std::vector<mistake> all_;
};

/// A text that holds a profile, or a part of one.
class document {
public:
    /// Reads a file, or the standard input if the name is `-`.
    /// @throws failure It cannot be read, or has more than a mebibyte. @throws interrupted
    static document read(const std::string& file, const interrupts& signals);

    /// @param name What errors call it.
    /// @throws invalid_document It is no JSON object. Lines that begin with `#` are not looked at.
    document(std::string name, std::string text);

    const json::value& value() const noexcept { return value_; }

    /// @throws invalid_document It is no profile.
    pc::OrganizationProfile profile() const;

    /// As above, and keeps the documented limits. @throws invalid_document
    pc::OrganizationProfile valid_profile() const;

    /// The line of the member at a path, or of the innermost object around it that is there.
    std::size_t line_of(const std::vector<std::string>& path) const;

private:
    std::string name_;
    std::string text_;
    json::value value_;
};

/// @throws failure It cannot be read, or has more than a mebibyte. @throws interrupted
std::string read_text(int fd, const std::string& name, const interrupts& signals);

/// The texts of a path such as defaultAddress.city.
std::vector<std::string> split(std::string_view path, char separator);

/// What somebody changed, done to what there is now.
/// @throws failure Both changed the same member; the text names it.
json::object merged(const json::object& base, const json::object& changed, const json::object& now);

/// Sets the members that a document names, in objects member by member.
void set_members(json::value& to, const json::value& from);

/// All differences but the etag, which differs after each update.
std::vector<examples::difference> differences(const json::value& before, const json::value& after);

/// The etag of a profile's document; empty without one.
std::string etag_of(const json::value& profile);

} // namespace partner_profile

#endif
