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
#include <string>
#include <string_view>

#include <unistd.h>

namespace examples {

namespace json = boost::json;

/// Whether the standard output takes colours: see no-color.org.
inline bool is_colourful()
{
    const char* const terminal = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && !std::getenv("NO_COLOR") &&
           (!terminal || std::string_view(terminal) != "dumb");
}

inline void print_ids(std::string_view request_id, std::string_view correlation_id)
{
    std::cout << "MS-RequestId:     " << request_id << "\nMS-CorrelationId: " << correlation_id << "\n\n";
}

inline void print_indented(const json::value& value, const std::string& margin = "\n")
{
    const auto print_all = [&](const auto& children, char open, char close, auto print_one) {
        char separator = open;
        for (const auto& child : children) {
            std::cout << separator << margin << "    ";
            print_one(child);
            separator = ',';
        }
        std::cout << margin << close;
    };
    if (value.is_object() && !value.get_object().empty())
        print_all(value.get_object(), '{', '}', [&](const auto& member) {
            std::cout << json::serialize(member.key()) << ": ";
            print_indented(member.value(), margin + "    ");
        });
    else if (value.is_array() && !value.get_array().empty())
        print_all(value.get_array(), '[', ']',
                  [&](const auto& element) { print_indented(element, margin + "    "); });
    else
        std::cout << json::serialize(value);
}

/// A resource as JSON: for people, or on one line for programs.
template <class Resource>
void print_resource(const Resource& resource, bool one_line)
{
    if (one_line)
        std::cout << json::serialize(json::value_from(resource));
    else
        print_indented(json::value_from(resource));
    std::cout << '\n';
}

/// Prints two lines per changed member: `- path: old` and `+ path: new`.
class difference_printer {
public:
    template <class Resource>
    void print(const Resource& before, const Resource& after)
    {
        const json::value old_document = json::value_from(before);
        const json::value new_document = json::value_from(after);
        compare("", &old_document, &new_document);
        std::cout << (any_ ? "\n" : "(no difference)\n\n");
    }

private:
    static std::string join(const std::string& path, std::string_view name)
    {
        return path.empty() ? std::string(name) : path + "." + std::string(name);
    }

    void line(char sign, std::string_view colour, const std::string& path, const json::value& value)
    {
        any_ = true;
        // Serialized, the name of a member cannot hold what a terminal would obey.
        std::string name = json::serialize(path);
        name = name.substr(1, name.size() - 2);
        std::cout << (colourful_ ? colour : "") << sign << ' ' << name << ": " << json::serialize(value)
                  << (colourful_ ? "\x1b[0m" : "") << '\n';
    }

    void compare(const std::string& path, const json::value* before, const json::value* after)
    {
        if (before && after && before->is_object() && after->is_object()) {
            for (const auto& member : before->get_object())
                compare(join(path, member.key()), &member.value(),
                        after->get_object().if_contains(member.key()));
            for (const auto& member : after->get_object())
                if (!before->get_object().if_contains(member.key()))
                    compare(join(path, member.key()), nullptr, &member.value());
        } else if (before && after && before->is_array() && after->is_array()) {
            const std::size_t size = std::max(before->get_array().size(), after->get_array().size());
            for (std::size_t i = 0; i != size; ++i)
                compare(join(path, std::to_string(i)), before->get_array().if_contains(i),
                        after->get_array().if_contains(i));
        } else if (!before || !after || *before != *after) {
            if (before)
                line('-', "\x1b[31m", path, *before);
            if (after)
                line('+', "\x1b[32m", path, *after);
        }
    }

    bool colourful_ = is_colourful();
    bool any_ = false;
};

template <class Resource>
void print_difference(const Resource& before, const Resource& after)
{
    difference_printer().print(before, after);
}

} // namespace examples

#endif
