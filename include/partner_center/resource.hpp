// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_RESOURCE_HPP
#define PARTNER_CENTER_RESOURCE_HPP

#include <partner_center/detail/config.hpp>
#include <partner_center/errc.hpp>

#include <boost/json/conversion.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace partner_center {

namespace detail {

struct any_member_visitor {
    template <class Member>
    void operator()(std::string_view, Member&&) const noexcept
    {
    }
};

} // namespace detail

/**
 * A type that maps to a JSON object and loses nothing of it.
 *
 * Requirements on `T`:
 *  - `T::visit_members(self, visit)` calls `visit(name, member)` once for each member, where `name` is the
 *    JSON name and `member` a `std::optional` of `std::string`, `bool`, `std::int64_t`, another mapped type,
 *    or a `std::vector` of a mapped type;
 *  - `extra` is a `boost::json::object`: every member of the document that `visit_members` does not name, and
 *    an explicit `null` for a member that it does name.
 *
 * Such a type gets `json::value_from`, `json::value_to` and `json::try_value_to` from this header, which
 * finds it when it is in namespace `partner_center`. Absent (`nullopt`), null (`nullopt`, and a null in
 * `extra`) and "" stay three different things. A member that has a value wins over what `extra` holds under
 * its name. Integers of 64 bits and fractions of up to 15 digits and 22 decimals are kept exactly. Larger
 * integers are refused, by their path. In fractions with more of either the last digits may change where
 * Boost.JSON has no `number_precision`; 1.81 has none.
 */
// clang-format off
template <class T>
concept json_mapped = std::regular<T> && requires(T& object, const T& constant,
                                                  detail::any_member_visitor visit) {
    T::visit_members(object, visit);
    T::visit_members(constant, visit);
    requires std::same_as<decltype(T::extra), json::object>;
};

/// A @ref json_mapped type that the service keeps under a path of its own, such as
/// @ref partner_center::OrganizationProfile "OrganizationProfile". The path begins with a slash, may have a
/// query, and is written as it is sent: calls for another one fail with `errc::invalid_argument`.
template <class T>
concept resource = json_mapped<T> && requires {
    { T::resource_path } -> std::convertible_to<std::string_view>;
};
// clang-format on

/**
 * `json::value_from(from)`: the document to send, put in `to`.
 *
 * @throws boost::system::system_error with @ref errc::invalid_argument when `extra` holds a number that JSON
 *         cannot write (infinite, or none); `what()` names its JSON path.
 * @throws std::bad_alloc Memory is exhausted.
 */
template <json_mapped T>
void tag_invoke(json::value_from_tag, json::value& to, const T& from);

/**
 * `json::value_to<T>(from)`: the resource of a document.
 *
 * @throws boost::system::system_error with @ref errc::unexpected_json_type when a member has the wrong type;
 *         `what()` names its JSON path (RFC 6901), as in
 *         `/defaultAddress/postalCode: expected string, got number`.
 * @throws std::bad_alloc Memory is exhausted.
 */
template <json_mapped T>
T tag_invoke(json::value_to_tag<T>, const json::value& from);

/**
 * `json::try_value_to<T>(from)`: as `value_to`, with the error as a value (which has no place for the path).
 *
 * @throws std::bad_alloc Memory is exhausted.
 */
template <json_mapped T>
boost::system::result<T> tag_invoke(json::try_value_to_tag<T>, const json::value& from);

} // namespace partner_center

#include <partner_center/detail/json_mapping.hpp>

#endif
