// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_JSON_MAPPING_IPP
#define PARTNER_CENTER_IMPL_JSON_MAPPING_IPP

#include <partner_center/detail/json_mapping.hpp>

#include <boost/json/array.hpp>
#include <boost/json/kind.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace partner_center::detail {

PARTNER_CENTER_DECL std::string to_json_pointer(const json_location& at)
{
    if (!at.parent)
        return {};
    std::string pointer = to_json_pointer(*at.parent) + '/';
    if (at.name.data() == nullptr)
        return pointer + std::to_string(at.index);
    for (char c : at.name) {
        // RFC 6901, section 3
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
    return pointer;
}

inline std::string_view json_kind_name(json::kind kind) noexcept
{
    switch (kind) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "boolean";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return "number";
    case json::kind::string: return "string";
    case json::kind::array: return "array";
    case json::kind::object: return "object";
    }
    return "nothing";
}

PARTNER_CENTER_DECL std::string wrong_type_message(const json_location& at, std::string_view expected,
                                                   json::kind got)
{
    std::string message = at.parent ? to_json_pointer(at) : std::string("the document");
    message += ": expected ";
    message += expected;
    message += ", got ";
    message += json_kind_name(got);
    return message;
}

PARTNER_CENTER_DECL bool read_json(const json::value& from, std::string& to, const json_location& at,
                                   std::string& error)
{
    if (const json::string* text = from.if_string()) {
        to.assign(text->data(), text->size());
        return true;
    }
    error = wrong_type_message(at, "string", from.kind());
    return false;
}

PARTNER_CENTER_DECL bool read_json(const json::value& from, std::int64_t& to, const json_location& at,
                                   std::string& error)
{
    if (const std::int64_t* number = from.if_int64()) {
        to = *number;
        return true;
    }
    error = from.is_number() ? wrong_type_message(at, "integer of 64 bits", from.kind())
                             : wrong_type_message(at, "integer", from.kind());
    return false;
}

PARTNER_CENTER_DECL bool read_json(const json::value& from, bool& to, const json_location& at,
                                   std::string& error)
{
    if (const bool* truth = from.if_bool()) {
        to = *truth;
        return true;
    }
    error = wrong_type_message(at, "boolean", from.kind());
    return false;
}

PARTNER_CENTER_DECL bool check_numbers(const json::value& kept, double limit, const json_location& at,
                                       std::string& error)
{
    if (const double* number = kept.if_double(); number && !(std::abs(*number) <= limit)) {
        error = to_json_pointer(at) + ": the number cannot be kept exactly";
        return false;
    }
    if (const json::object* object = kept.if_object())
        for (const auto& [name, value] : *object)
            if (!check_numbers(value, limit, json_location{&at, name}, error))
                return false;
    if (const json::array* array = kept.if_array())
        for (std::size_t i = 0; i != array->size(); ++i)
            if (!check_numbers((*array)[i], limit, json_location{&at, {}, i}, error))
                return false;
    return true;
}

PARTNER_CENTER_DECL void require_writable(std::string_view name, const json::value& kept)
{
    const json_location root;
    std::string error;
    if (!check_numbers(kept, std::numeric_limits<double>::max(), json_location{&root, name}, error))
        throw boost::system::system_error(make_error_code(errc::invalid_argument), error);
}

PARTNER_CENTER_DECL bool equal_extra(const json::object& a, const json::object& b,
                                     const std::vector<std::string_view>& set_members)
{
    if (a.empty() && b.empty())
        return true;
    const auto counts = [&](std::string_view name) {
        return std::find(set_members.begin(), set_members.end(), name) == set_members.end();
    };
    std::size_t counted = 0;
    for (const auto& [name, value] : a) {
        if (!counts(name))
            continue;
        ++counted;
        const json::value* other = b.if_contains(name);
        if (!other || *other != value)
            return false;
    }
    return counted ==
           static_cast<std::size_t>(std::count_if(
               b.begin(), b.end(), [&](const json::key_value_pair& member) { return counts(member.key()); }));
}

} // namespace partner_center::detail

#endif
