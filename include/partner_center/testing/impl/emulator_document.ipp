// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_DOCUMENT_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_DOCUMENT_IPP

#include <partner_center/testing/detail/emulator_document.hpp>

#include <boost/json/array.hpp>
#include <boost/json/kind.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace partner_center::testing::detail {

using found_fault = std::optional<document_fault>;

inline std::string kind_name(const json::value& value)
{
    if (value.is_number())
        return "number";
    const json::string_view name = json::to_string(value.kind());
    return std::string(name.data(), name.size());
}

inline document_fault wrong_type(std::string path, const char* expected, const json::value& got)
{
    return document_fault(std::move(path), std::string("expected ") + expected + ", got " + kind_name(got));
}

// Null as good as absent: the resource's members are all optional.
inline const json::value* present(const json::object& object, std::string_view name)
{
    const json::value* const value = object.if_contains(name);
    return value != nullptr && value->is_null() ? nullptr : value;
}

inline found_fault check_string(const json::object& object, const std::string& path, std::string_view name,
                                std::size_t least = 0,
                                std::size_t most = std::numeric_limits<std::size_t>::max())
{
    const json::value* const value = present(object, name);
    if (value == nullptr)
        return std::nullopt;
    const std::string where = path + "/" + std::string(name);
    const json::string* const text = value->if_string();
    if (text == nullptr)
        return wrong_type(where, "string", *value);
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    const auto length =
        text->size() - static_cast<std::size_t>(std::count_if(text->begin(), text->end(), continues));
    if (length >= least && length <= most)
        return std::nullopt;
    return document_fault(where, "expected " + std::to_string(least) + " to " + std::to_string(most) +
                                     " characters, got " + std::to_string(length));
}

inline found_fault check_country(const json::object& address, const std::string& path)
{
    if (found_fault fault = check_string(address, path, "country"))
        return fault;
    const json::value* const value = present(address, "country");
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    if (value == nullptr)
        return std::nullopt;
    const json::string& country = value->get_string();
    if (country.size() == 2 && letter(country[0]) && letter(country[1]))
        return std::nullopt;
    return document_fault(path + "/country", "expected an ISO country code of 2 letters");
}

inline found_fault check_address(const json::value& value, const std::string& path)
{
    struct limit {
        const char* name;
        std::size_t least;
        std::size_t most;
    };
    static constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
    static constexpr limit limits[] = {
        {"region", 0, any},       {"city", 0, any},        {"state", 0, 2},      {"addressLine1", 1, 200},
        {"addressLine2", 0, 200}, {"postalCode", 0, any},  {"firstName", 1, 50}, {"middleName", 1, 50},
        {"lastName", 1, 50},      {"phoneNumber", 0, any},
    };
    const json::object* const address = value.if_object();
    if (address == nullptr)
        return wrong_type(path, "object", value);
    if (found_fault fault = check_country(*address, path))
        return fault;
    for (const limit& l : limits)
        if (found_fault fault = check_string(*address, path, l.name, l.least, l.most))
            return fault;
    return std::nullopt;
}

inline found_fault check_link_headers(const json::value& value, const std::string& path)
{
    const json::array* const headers = value.if_array();
    if (headers == nullptr)
        return wrong_type(path, "array", value);
    for (std::size_t i = 0; i != headers->size(); ++i) {
        const std::string where = path + "/" + std::to_string(i);
        const json::object* const header = (*headers)[i].if_object();
        if (header == nullptr)
            return wrong_type(where, "object", (*headers)[i]);
        if (found_fault fault = check_string(*header, where, "key"))
            return fault;
        if (found_fault fault = check_string(*header, where, "value"))
            return fault;
    }
    return std::nullopt;
}

inline found_fault check_link(const json::value& value, const std::string& path)
{
    const json::object* const link = value.if_object();
    if (link == nullptr)
        return wrong_type(path, "object", value);
    if (found_fault fault = check_string(*link, path, "uri"))
        return fault;
    if (found_fault fault = check_string(*link, path, "method"))
        return fault;
    const json::value* const headers = present(*link, "headers");
    return headers == nullptr ? std::nullopt : check_link_headers(*headers, path + "/headers");
}

inline found_fault check_links(const json::value& value, const std::string& path)
{
    const json::object* const links = value.if_object();
    if (links == nullptr)
        return wrong_type(path, "object", value);
    for (const char* const name : {"self", "next", "previous"})
        if (const json::value* const link = present(*links, name))
            if (found_fault fault = check_link(*link, path + "/" + name))
                return fault;
    return std::nullopt;
}

inline found_fault check_attributes(const json::value& value, const std::string& path)
{
    const json::object* const attributes = value.if_object();
    if (attributes == nullptr)
        return wrong_type(path, "object", value);
    if (found_fault fault = check_string(*attributes, path, "etag"))
        return fault;
    return check_string(*attributes, path, "objectType");
}

PARTNER_CENTER_DECL std::optional<document_fault> find_fault(const json::value& document)
{
    const json::object* const profile = document.if_object();
    if (profile == nullptr)
        return wrong_type("", "object", document);
    for (const char* const name :
         {"id", "companyName", "tenantId", "domain", "email", "language", "culture", "profileType"})
        if (found_fault fault = check_string(*profile, "", name))
            return fault;
    using check = found_fault (*)(const json::value&, const std::string&);
    static constexpr std::pair<const char*, check> parts[] = {
        {"defaultAddress", &check_address}, {"links", &check_links}, {"attributes", &check_attributes}};
    for (const auto& [name, check_part] : parts)
        if (const json::value* const part = present(*profile, name))
            if (found_fault fault = check_part(*part, std::string("/") + name))
                return fault;
    return std::nullopt;
}

PARTNER_CENTER_DECL std::string_view etag_of(const json::object& document)
{
    const json::value* const attributes = document.if_contains("attributes");
    const json::object* const object = attributes == nullptr ? nullptr : attributes->if_object();
    const json::value* const etag = object == nullptr ? nullptr : object->if_contains("etag");
    const json::string* const text = etag == nullptr ? nullptr : etag->if_string();
    return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

// The service answers a profile without a type with one that has it before the links.
inline void insert_profile_type(json::object& document)
{
    if (json::value* const type = document.if_contains("profileType")) {
        *type = "OrganizationProfile";
        return;
    }
    json::object ordered(document.storage());
    ordered.reserve(document.size() + 3);
    bool inserted = false;
    for (auto& [name, value] : document) {
        if (!inserted && (name == "links" || name == "attributes"))
            inserted = ordered.emplace("profileType", "OrganizationProfile").second;
        ordered.emplace(name, std::move(value));
    }
    ordered.emplace("profileType", "OrganizationProfile");
    document = std::move(ordered);
}

inline json::object* object_member(json::object& parent, std::string_view name)
{
    json::value& member = parent[name];
    if (member.is_null())
        member.emplace_object();
    return member.if_object();
}

PARTNER_CENTER_DECL void complete_document(json::object& document, std::string_view etag)
{
    insert_profile_type(document);
    if (json::object* const links = object_member(document, "links"))
        if (json::object* const self = object_member(*links, "self"); self != nullptr && self->empty()) {
            self->emplace("uri", "/profiles/organization");
            self->emplace("method", "GET");
            self->emplace("headers", json::array(document.storage()));
        }
    if (json::object* const attributes = object_member(document, "attributes")) {
        (*attributes)["etag"] = etag;
        (*attributes)["objectType"] = "OrganizationProfile";
    }
}

PARTNER_CENTER_DECL json::object make_documented_profile()
{
    json::object address;
    address["country"] = "US";
    address["city"] = "Redmond";
    address["state"] = "WA";
    address["addressLine1"] = "Two Microsoft Way";
    address["addressLine2"] = "";
    address["postalCode"] = "98052";
    address["firstName"] = "Test";
    address["lastName"] = "Account";
    address["phoneNumber"] = "";

    json::object profile;
    profile["id"] = "11111111-1111-1111-1111-111111111111";
    profile["companyName"] = "TEST_TEST_BugBash1";
    profile["defaultAddress"] = std::move(address);
    profile["tenantId"] = "22222222-2222-2222-2222-222222222222";
    profile["domain"] = "testtestbugbash1.onmicrosoft.com";
    profile["email"] = "test-partner@microsoft.com";
    profile["language"] = "es";
    profile["culture"] = "es-US";
    return profile;
}

} // namespace partner_center::testing::detail

#endif
