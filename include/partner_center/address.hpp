// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_ADDRESS_HPP
#define PARTNER_CENTER_ADDRESS_HPP

#include <partner_center/resource.hpp>

#include <optional>
#include <string>

namespace partner_center {

/**
 * A postal address with the person to contact there.
 *
 * The lengths are those that Partner Center documents for the resource; nothing is checked or cut here.
 * A regular type; two addresses are equal when they would be sent as the same document. Distinct objects may
 * be used from different threads.
 *
 * @see Partner Center REST, "Partner Center resources": Address
 */
struct Address {
    std::optional<std::string> id;      ///< Not documented, but known to the service.
    std::optional<std::string> country; ///< ISO 3166-1 alpha-2, such as "US".
    std::optional<std::string> region;  ///< The part of the country, where that is no state.
    std::optional<std::string> city;    ///< The town or city.
    std::optional<std::string> state;   ///< 0 to 2 characters.
    /// Not documented, but known to the service.
    std::optional<std::string> district;
    std::optional<std::string> address_line1; ///< 1 to 200 characters.
    std::optional<std::string> address_line2; ///< 0 to 200 characters.
    /// Not documented, but known to the service.
    std::optional<std::string> address_line3;
    std::optional<std::string> postal_code; ///< A ZIP or postal code; no format is checked.
    std::optional<std::string> first_name;  ///< 1 to 50 characters.
    std::optional<std::string> middle_name; ///< 1 to 50 characters.
    std::optional<std::string> last_name;   ///< 1 to 50 characters.
    /// The contact's telephone number; no format is checked.
    std::optional<std::string> phone_number;
    /// Not documented, but known to the service.
    std::optional<std::string> email_address;

    /// Members that are not named above, and explicit nulls; see @ref json_mapped.
    json::object extra;

    /// An address without any member.
    Address() noexcept {}

    /// Calls `visit(name, member)` for each member of `self` in the order of the documentation; see
    /// @ref json_mapped.
    template <class Self, class Visitor>
    static void visit_members(Self& self, Visitor& visit)
    {
        visit("id", self.id);
        visit("country", self.country);
        visit("region", self.region);
        visit("city", self.city);
        visit("state", self.state);
        visit("district", self.district);
        visit("addressLine1", self.address_line1);
        visit("addressLine2", self.address_line2);
        visit("addressLine3", self.address_line3);
        visit("postalCode", self.postal_code);
        visit("firstName", self.first_name);
        visit("middleName", self.middle_name);
        visit("lastName", self.last_name);
        visit("phoneNumber", self.phone_number);
        visit("emailAddress", self.email_address);
    }

    /// Whether both would be sent as the same document.
    friend bool operator==(const Address& a, const Address& b) { return detail::equal_members(a, b); }
};

} // namespace partner_center

#endif
