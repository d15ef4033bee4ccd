// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_OUTPUT_HPP
#define PARTNER_CENTER_EXAMPLES_OUTPUT_HPP

// What the examples show: documents, differences, and the ids of a call.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace examples {

namespace json = boost::json;

/// Whether the standard output takes colours: see no-color.org.
inline bool is_colourful()
{
    const char* const terminal = std::getenv("TERM");
    const char* const unwanted = std::getenv("NO_COLOR");
    return ::isatty(STDOUT_FILENO) == 1 && (!unwanted || *unwanted == '\0') &&
           (!terminal || std::string_view(terminal) != "dumb");
}

inline void print_ids(std::string_view request_id, std::string_view correlation_id)
{
    std::cout << "MS-RequestId:     " << request_id << "\nMS-CorrelationId: " << correlation_id << "\n\n";
}

/// A document for people.
inline std::string indented(const json::value& value, const std::string& margin = "\n")
{
    const auto all = [&](const auto& children, char open, char close, auto one) {
        std::string text;
        char separator = open;
        for (const auto& child : children) {
            text += separator + margin + "    " + one(child);
            separator = ',';
        }
        return text + margin + close;
    };
    if (value.is_object() && !value.get_object().empty())
        return all(value.get_object(), '{', '}', [&](const auto& member) {
            return json::serialize(member.key()) + ": " + indented(member.value(), margin + "    ");
        });
    if (value.is_array() && !value.get_array().empty())
        return all(value.get_array(), '[', ']',
                   [&](const auto& element) { return indented(element, margin + "    "); });
    return json::serialize(value);
}

/// A resource as JSON: for people, or on one line for programs.
template <class Resource>
void print_resource(const Resource& resource, bool one_line)
{
    const json::value document = json::value_from(resource);
    std::cout << (one_line ? json::serialize(document) : indented(document)) << '\n';
}

/// A member that two documents do not have in common; nothing where there is none.
struct difference {
    std::string path;
    std::optional<json::value> before;
    std::optional<json::value> after;
};

namespace detail {

inline std::string join(const std::string& path, std::string_view name)
{
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

inline void compare(const std::string& path, const json::value* before, const json::value* after,
                    std::vector<difference>& found)
{
    if (before && after && before->is_object() && after->is_object()) {
        for (const auto& member : before->get_object())
            compare(join(path, member.key()), &member.value(), after->get_object().if_contains(member.key()),
                    found);
        for (const auto& member : after->get_object())
            if (!before->get_object().if_contains(member.key()))
                compare(join(path, member.key()), nullptr, &member.value(), found);
    } else if (before && after && before->is_array() && after->is_array()) {
        const std::size_t size = std::max(before->get_array().size(), after->get_array().size());
        for (std::size_t i = 0; i != size; ++i)
            compare(join(path, std::to_string(i)), before->get_array().if_contains(i),
                    after->get_array().if_contains(i), found);
    } else if (!before || !after || *before != *after) {
        difference& added = found.emplace_back();
        added.path = path;
        if (before)
            added.before.emplace(*before);
        if (after)
            added.after.emplace(*after);
    }
}

} // namespace detail

inline std::vector<difference> differences(const json::value& before, const json::value& after)
{
    std::vector<difference> found;
    detail::compare("", &before, &after, found);
    return found;
}

/// Prints two lines per changed member: `- path: old` and `+ path: new`.
inline void print_differences(const std::vector<difference>& all, bool colourful)
{
    const auto line = [&](char sign, std::string_view colour, const std::string& path,
                          const json::value& value) {
        // Serialized, the name of a member cannot hold what a terminal would obey.
        std::string name = json::serialize(path);
        name = name.substr(1, name.size() - 2);
        std::cout << (colourful ? colour : "") << sign << ' ' << name << ": " << json::serialize(value)
                  << (colourful ? "\x1b[0m" : "") << '\n';
    };
    for (const difference& each : all) {
        if (each.before)
            line('-', "\x1b[31m", each.path, *each.before);
        if (each.after)
            line('+', "\x1b[32m", each.path, *each.after);
    }
    std::cout << (all.empty() ? "(no difference)\n\n" : "\n");
}

template <class Resource>
void print_difference(const Resource& before, const Resource& after)
{
    print_differences(differences(json::value_from(before), json::value_from(after)), is_colourful());
}

} // namespace examples

#endif
