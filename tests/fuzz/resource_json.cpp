// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Documents: a text is refused when Boost.JSON refuses it, or with a path to a member that has the wrong type
// or holds a number that cannot be kept; otherwise writing what was read gives a document that is equal to
// the one that Boost.JSON holds, to the kind of each number.

#include "fuzz_input.hpp"

#include <partner_center/detail/json_document.hpp>
#include <partner_center/organization_profile.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace json = boost::json;
namespace pc = partner_center;
using pc::testing::require;

namespace {

// Numbers of one kind and value, and the same members in any order.
bool equal(const json::value& a, const json::value& b)
{
    if (a.kind() != b.kind())
        return false;
    if (const double* number = a.if_double())
        return *number == b.get_double() && std::signbit(*number) == std::signbit(b.get_double());
    if (const json::array* array = a.if_array())
        return std::equal(array->begin(), array->end(), b.get_array().begin(), b.get_array().end(), equal);
    const json::object* object = a.if_object();
    if (!object)
        return a == b;
    return object->size() == b.get_object().size() &&
           std::all_of(object->begin(), object->end(), [&](const json::key_value_pair& member) {
               const json::value* other = b.get_object().if_contains(member.key());
               return other && equal(member.value(), *other);
           });
}

// The value that a refusal names by its path (RFC 6901), which ends at the colon that belongs to the message.
const json::value* named(const json::value& document, std::string_view reason, std::string_view message)
{
    if (!reason.ends_with(message))
        return nullptr;
    const std::string_view path = reason.substr(0, reason.size() - message.size());
    if (path == "the document")
        return &document;
    boost::system::error_code ec;
    return document.find_pointer(path, ec);
}

bool is_named_number(const json::value& document, std::string_view reason)
{
    const json::value* value = named(document, reason, ": the number cannot be kept exactly");
    return value && value->is_double() && !(std::abs(value->get_double()) <= 9007199254740992.0);
}

bool is_named_type(const json::value& document, std::string_view reason)
{
    for (const char* expected : {"string", "object", "array"}) {
        const auto is = [&](const char* got, auto... kinds) {
            const std::string message = std::string(": expected ") + expected + ", got " + got;
            const json::value* value = named(document, reason, message);
            return value && ((value->kind() == kinds) || ...);
        };
        using json::kind;
        if (is("null", kind::null) || is("boolean", kind::bool_) || is("string", kind::string) ||
            is("number", kind::int64, kind::uint64, kind::double_) || is("array", kind::array) ||
            is("object", kind::object))
            return true;
    }
    return false;
}

void check_kept(const json::value& document, const pc::OrganizationProfile& profile)
{
    const std::string text = pc::detail::write_document(profile);
    require(json::serialize(json::value_from(profile)) == text, "both ways of writing give the same text");
    // Boost.JSON reads some fractions of more than 15 digits as their neighbours, also those that it has
    // written.
    const json::value expected = json::parse(json::serialize(document));
    require(equal(json::parse(text), expected), "what was read is written, and nothing else");

    pc::OrganizationProfile again;
    std::string reason;
    require(!pc::detail::read_document(text, again, reason), "what was written is read");
    if (!equal(expected, document))
        return;
    require(again == profile && profile == again, "what is read of it is equal");
    require(pc::detail::write_document(again) == text, "and is written the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = pc::testing::fuzz_input(data, size).rest();
    pc::OrganizationProfile profile;
    std::string reason;
    const pc::error_code ec = pc::detail::read_document(text, profile, reason);

    const std::string_view without_mark = text.substr(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    boost::system::error_code refused;
    const json::value document =
        json::parse(json::string_view(without_mark.data(), without_mark.size()), refused);
    require((ec == pc::errc::malformed_json) == static_cast<bool>(refused),
            "Boost.JSON reads the same texts");
    if (!ec)
        check_kept(document, profile);
    else if (refused)
        require(reason.find("byte ") != reason.npos, "a refused text is refused at a byte");
    else
        require(ec == pc::errc::unexpected_json_type &&
                    (is_named_type(document, reason) || is_named_number(document, reason)),
                "a refused document is refused at a path that leads to the reason");
    return 0;
}
