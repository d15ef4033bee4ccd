// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_JSON_MAPPING_HPP
#define PARTNER_CENTER_DETAIL_JSON_MAPPING_HPP

#include <partner_center/resource.hpp>

#include <boost/system/system_error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center::detail {

/// Where in the document the reader is: a list on the stack, written out only when there is an error.
struct json_location {
    const json_location* parent = nullptr;
    std::string_view name;
    std::size_t index = 0;
};

PARTNER_CENTER_DECL std::string to_json_pointer(const json_location& at);
PARTNER_CENTER_DECL std::string wrong_type_message(const json_location& at, std::string_view expected,
                                                   json::kind got);
/// Looks for a number beyond the limit, or one that is none, in a value that is kept as it is; sets `error`.
PARTNER_CENTER_DECL bool check_numbers(const json::value& kept, double limit, const json_location& at,
                                       std::string& error);
/// Above it, whole numbers that were read as `double` may have lost digits.
inline constexpr double largest_exact_number = 9007199254740992.0; // 2^53
/// Throws `boost::system::system_error` when JSON has no way to write the value.
PARTNER_CENTER_DECL void require_writable(std::string_view name, const json::value& kept);

PARTNER_CENTER_DECL bool equal_extra(const json::object& a, const json::object& b,
                                     const std::vector<std::string_view>& set_members);

PARTNER_CENTER_DECL bool read_json(const json::value& from, std::string& to, const json_location& at,
                                   std::string& error);
PARTNER_CENTER_DECL bool read_json(const json::value& from, std::int64_t& to, const json_location& at,
                                   std::string& error);
PARTNER_CENTER_DECL bool read_json(const json::value& from, bool& to, const json_location& at,
                                   std::string& error);
template <json_mapped T>
bool read_json(const json::value& from, T& to, const json_location& at, std::string& error);
template <json_mapped T>
bool read_json(const json::value& from, std::vector<T>& to, const json_location& at, std::string& error);

inline json::value write_json(const std::string& from, const json::storage_ptr& storage)
{
    return json::value(from, storage);
}
inline json::value write_json(std::int64_t from, const json::storage_ptr& storage)
{
    return json::value(from, storage);
}
inline json::value write_json(bool from, const json::storage_ptr& storage)
{
    return json::value(from, storage);
}
template <json_mapped T>
json::value write_json(const T& from, const json::storage_ptr& storage);
template <json_mapped T>
json::value write_json(const std::vector<T>& from, const json::storage_ptr& storage);

struct member_reader {
    const json::object& from;
    const json_location& at;
    std::string& error;
    std::size_t used = 0;
    json::object::const_iterator next = from.begin(); // documents come in the order of the members, as a rule

    template <class Member>
    void operator()(std::string_view name, std::optional<Member>& to)
    {
        if (!error.empty())
            return;
        if (next == from.end() || next->key() != name) {
            const auto found = from.find(name);
            if (found == from.end())
                return;
            next = found;
        }
        const json::value& value = (next++)->value();
        if (value.is_null())
            return;
        ++used;
        read_json(value, to.emplace(), json_location{&at, name}, error);
    }
};

struct member_name_finder {
    std::string_view wanted;
    bool found = false;

    template <class Member>
    void operator()(std::string_view name, const Member&)
    {
        found = found || name == wanted;
    }
};

struct member_writer {
    json::object& to;

    template <class Member>
    void operator()(std::string_view name, const std::optional<Member>& from)
    {
        if (from)
            to.emplace(name, write_json(*from, to.storage()));
    }
};

template <json_mapped T>
bool read_json(const json::value& from, T& to, const json_location& at, std::string& error)
{
    const json::object* object = from.if_object();
    if (!object) {
        error = wrong_type_message(at, "object", from.kind());
        return false;
    }
    member_reader reader{*object, at, error};
    T::visit_members(to, reader);
    if (!error.empty())
        return false;
    if (reader.used == object->size())
        return true;
    for (const auto& [name, value] : *object) {
        member_name_finder finder{name};
        if (!value.is_null())
            T::visit_members(to, finder);
        if (finder.found)
            continue;
        if (!check_numbers(value, largest_exact_number, json_location{&at, name}, error))
            return false;
        to.extra.emplace(name, value);
    }
    return true;
}

template <json_mapped T>
bool read_json(const json::value& from, std::vector<T>& to, const json_location& at, std::string& error)
{
    const json::array* array = from.if_array();
    if (!array) {
        error = wrong_type_message(at, "array", from.kind());
        return false;
    }
    to.reserve(array->size());
    for (const json::value& element : *array) {
        const json_location here{&at, {}, to.size()};
        if (!read_json(element, to.emplace_back(), here, error))
            return false;
    }
    return true;
}

template <json_mapped T>
json::value write_json(const T& from, const json::storage_ptr& storage)
{
    json::object object(storage);
    member_writer writer{object};
    T::visit_members(from, writer);
    for (const auto& [name, value] : from.extra) {
        require_writable(name, value);
        object.emplace(name, value);
    }
    return json::value(std::move(object));
}

template <json_mapped T>
json::value write_json(const std::vector<T>& from, const json::storage_ptr& storage)
{
    json::array array(storage);
    array.reserve(from.size());
    for (const T& element : from)
        array.push_back(write_json(element, storage));
    return json::value(std::move(array));
}

struct member_collector {
    std::vector<const void*> members;
    std::vector<std::string_view> set;

    template <class Member>
    void operator()(std::string_view name, const std::optional<Member>& member)
    {
        members.push_back(&member);
        if (member)
            set.push_back(name);
    }
};

struct member_comparer {
    const void* const* other;
    bool equal = true;

    template <class Member>
    void operator()(std::string_view, const std::optional<Member>& member)
    {
        equal = equal && member == *static_cast<const std::optional<Member>*>(*other);
        ++other;
    }
};

/// Equal when both would be sent as the same document: what `extra` holds under the name of a member that
/// has a value is not sent, and so does not count.
template <class T>
bool equal_members(const T& a, const T& b)
{
    member_collector collector;
    T::visit_members(b, collector);
    member_comparer comparer{collector.members.data()};
    T::visit_members(a, comparer);
    return comparer.equal && equal_extra(a.extra, b.extra, collector.set);
}

} // namespace partner_center::detail

namespace partner_center {

template <json_mapped T>
void tag_invoke(json::value_from_tag, json::value& to, const T& from)
{
    to = detail::write_json(from, to.storage());
}

template <json_mapped T>
T tag_invoke(json::value_to_tag<T>, const json::value& from)
{
    T to;
    std::string error;
    if (!detail::read_json(from, to, detail::json_location{}, error))
        throw boost::system::system_error(make_error_code(errc::unexpected_json_type), error);
    return to;
}

template <json_mapped T>
boost::system::result<T> tag_invoke(json::try_value_to_tag<T>, const json::value& from)
{
    T to;
    std::string error;
    if (!detail::read_json(from, to, detail::json_location{}, error))
        return make_error_code(errc::unexpected_json_type);
    return to;
}

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/json_mapping.ipp>
#endif

#endif
