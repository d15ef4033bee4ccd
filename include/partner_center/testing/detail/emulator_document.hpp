// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_EMULATOR_DOCUMENT_HPP
#define PARTNER_CENTER_TESTING_DETAIL_EMULATOR_DOCUMENT_HPP

#include <partner_center/detail/config.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace partner_center::testing::detail {

/// What is wrong with a document, and where.
class document_fault {
public:
    document_fault(std::string path_, std::string reason_)
        : path{std::move(path_)}
        , reason{std::move(reason_)}
    {
    }

    std::string path;   ///< JSON pointer
    std::string reason; ///< "expected string, got number"
};

/// The profile of the documented example, with its placeholders filled and without an etag.
PARTNER_CENTER_DECL json::object make_documented_profile();

/// Looks for wrong types of known members and for broken limits of the address.
///
/// Nothing documents a member as required, so absent and null are fine everywhere. Lengths count characters.
PARTNER_CENTER_DECL std::optional<document_fault> find_fault(const json::value& document);

/// attributes.etag if that is a string, otherwise "".
PARTNER_CENTER_DECL std::string_view etag_of(const json::object& document);

/// Gives a document what the service sets itself: etag, object type, profile type and a link to itself.
/// A links or attributes member of another type is left as it is.
PARTNER_CENTER_DECL void complete_document(json::object& document, std::string_view etag);

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/emulator_document.ipp>
#endif

#endif
