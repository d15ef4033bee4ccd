// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_JSON_DOCUMENT_HPP
#define PARTNER_CENTER_DETAIL_JSON_DOCUMENT_HPP

#include <partner_center/errc.hpp>
#include <partner_center/resource.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center::detail {

/// `json::parse_options` that keep the last digits of a fraction, however many there are, where this
/// Boost.JSON has the choice.
template <class Options>
Options with_exact_numbers(Options options)
{
    if constexpr (requires { options.numbers; })
        options.numbers = decltype(options.numbers)::precise;
    return options;
}

/**
 * Parses a JSON text, after a UTF-8 byte order mark if there is one: the service sends some, and RFC 8259,
 * section 8.1, lets a parser ignore it. Nesting is limited to 32 levels, Boost.JSON's default.
 *
 * @param reason Set to what is wrong, and where, when the result is an error (@ref errc::malformed_json).
 */
PARTNER_CENTER_DECL error_code parse_json(std::string_view text, json::value& to, std::string& reason);

/// Takes a resource out of a document. Error: @ref errc::unexpected_json_type.
template <json_mapped T>
error_code read_resource(const json::value& document, T& to, std::string& reason)
{
    if (!read_json(document, to, json_location{}, reason))
        return errc::unexpected_json_type;
    return {};
}

/// Reads a resource out of a JSON text. Errors: as @ref parse_json, and @ref errc::unexpected_json_type.
template <json_mapped T>
error_code read_document(std::string_view text, T& to, std::string& reason)
{
    unsigned char stack[4096];
    json::monotonic_resource memory(stack, sizeof stack);
    json::value document(&memory);
    if (const error_code ec = parse_json(text, document, reason))
        return ec;
    return read_resource(document, to, reason);
}

/// Appends text as a JSON string.
PARTNER_CENTER_DECL void append_json(std::string& to, std::string_view text);
PARTNER_CENTER_DECL void append_json(std::string& to, std::int64_t number);
inline void append_json(std::string& to, bool truth)
{
    to += truth ? "true" : "false";
}

/// Appends the name of a member, which is in no need of escaping, with the brace or comma before it.
PARTNER_CENTER_DECL void append_json_name(std::string& to, std::string_view name, bool first);

/// Appends a member of any name and value. Throws as @ref require_writable.
PARTNER_CENTER_DECL void append_kept_json(std::string& to, std::string_view name, const json::value& kept,
                                          bool first);

/// Whether one of the members that are set has a name.
struct set_member_finder {
    std::string_view wanted;
    bool found = false;

    template <class Member>
    void operator()(std::string_view name, const std::optional<Member>& member)
    {
        found = found || (member && name == wanted);
    }
};

/// Writes a resource as JSON text: the same that `serialize` makes of @ref write_json, without the document
/// in between, which would cost more than the rest of a call's preparation.
class text_writer {
public:
    explicit text_writer(std::string& to) noexcept
        : to_(to)
    {
    }

    /// A member, as visited.
    template <class Member>
    void operator()(std::string_view name, const std::optional<Member>& from)
    {
        if (!from)
            return;
        append_json_name(to_, name, first_);
        first_ = false;
        text_writer(to_).write(*from);
    }

    void write(const std::string& from) { append_json(to_, from); }
    void write(std::int64_t from) { append_json(to_, from); }
    void write(bool from) { append_json(to_, from); }

    template <json_mapped T>
    void write(const T& from)
    {
        T::visit_members(from, *this);
        for (const auto& [name, value] : from.extra) {
            set_member_finder finder{name};
            T::visit_members(from, finder);
            if (finder.found)
                continue;
            append_kept_json(to_, name, value, first_);
            first_ = false;
        }
        to_ += first_ ? "{}" : "}";
    }

    template <json_mapped T>
    void write(const std::vector<T>& from)
    {
        to_ += '[';
        for (const T& element : from) {
            if (&element != from.data())
                to_ += ',';
            text_writer(to_).write(element);
        }
        to_ += ']';
    }

private:
    std::string& to_;
    bool first_ = true;
};

/// The JSON text of a resource.
template <json_mapped T>
std::string write_document(const T& from)
{
    std::string text;
    text.reserve(1024);
    text_writer(text).write(from);
    return text;
}

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/json_document.ipp>
#endif

#endif
