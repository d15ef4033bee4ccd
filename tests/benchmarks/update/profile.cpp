// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "profile.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace benchmarks {

namespace json = boost::json;

namespace {

template <class Member>
void get(const json::object& from, std::string_view name, Member& to)
{
    to = json::value_to<Member>(from.at(name));
}

void get(const json::object& from, std::string_view name, std::optional<std::string>& to)
{
    if (const json::value* value = from.if_contains(name); value && !value->is_null())
        to = json::value_to<std::string>(*value);
}

void put(json::object& to, std::string_view name, const std::optional<std::string>& from)
{
    if (from)
        to[name] = *from;
}

} // namespace

void tag_invoke(json::value_from_tag, json::value& to, const address& from)
{
    json::object object{{"country", from.country},
                        {"city", from.city},
                        {"state", from.state},
                        {"addressLine1", from.address_line1},
                        {"postalCode", from.postal_code},
                        {"firstName", from.first_name},
                        {"lastName", from.last_name}};
    put(object, "addressLine2", from.address_line2);
    put(object, "phoneNumber", from.phone_number);
    to = std::move(object);
}

void tag_invoke(json::value_from_tag, json::value& to, const link_header& from)
{
    to = {{"key", from.key}, {"value", from.value}};
}

void tag_invoke(json::value_from_tag, json::value& to, const link& from)
{
    to = {{"uri", from.uri}, {"method", from.method}, {"headers", json::value_from(from.headers)}};
}

void tag_invoke(json::value_from_tag, json::value& to, const links& from)
{
    to = {{"self", json::value_from(from.self)}};
}

void tag_invoke(json::value_from_tag, json::value& to, const attributes& from)
{
    to = {{"etag", from.etag}, {"objectType", from.object_type}};
}

void tag_invoke(json::value_from_tag, json::value& to, const profile& from)
{
    json::object object{{"id", from.id},
                        {"companyName", from.company_name},
                        {"defaultAddress", json::value_from(from.default_address)},
                        {"tenantId", from.tenant_id},
                        {"domain", from.domain},
                        {"email", from.email},
                        {"language", from.language},
                        {"culture", from.culture},
                        {"links", json::value_from(from.links)},
                        {"attributes", json::value_from(from.attributes)}};
    put(object, "profileType", from.profile_type);
    to = std::move(object);
}

address tag_invoke(json::value_to_tag<address>, const json::value& from)
{
    const json::object& object = from.as_object();
    address to;
    get(object, "country", to.country);
    get(object, "city", to.city);
    get(object, "state", to.state);
    get(object, "addressLine1", to.address_line1);
    get(object, "addressLine2", to.address_line2);
    get(object, "postalCode", to.postal_code);
    get(object, "firstName", to.first_name);
    get(object, "lastName", to.last_name);
    get(object, "phoneNumber", to.phone_number);
    return to;
}

link_header tag_invoke(json::value_to_tag<link_header>, const json::value& from)
{
    const json::object& object = from.as_object();
    link_header to;
    get(object, "key", to.key);
    get(object, "value", to.value);
    return to;
}

link tag_invoke(json::value_to_tag<link>, const json::value& from)
{
    const json::object& object = from.as_object();
    link to;
    get(object, "uri", to.uri);
    get(object, "method", to.method);
    get(object, "headers", to.headers);
    return to;
}

links tag_invoke(json::value_to_tag<links>, const json::value& from)
{
    links to;
    get(from.as_object(), "self", to.self);
    return to;
}

attributes tag_invoke(json::value_to_tag<attributes>, const json::value& from)
{
    const json::object& object = from.as_object();
    attributes to;
    get(object, "etag", to.etag);
    get(object, "objectType", to.object_type);
    return to;
}

profile tag_invoke(json::value_to_tag<profile>, const json::value& from)
{
    const json::object& object = from.as_object();
    profile to;
    get(object, "id", to.id);
    get(object, "companyName", to.company_name);
    get(object, "defaultAddress", to.default_address);
    get(object, "tenantId", to.tenant_id);
    get(object, "domain", to.domain);
    get(object, "email", to.email);
    get(object, "language", to.language);
    get(object, "culture", to.culture);
    get(object, "profileType", to.profile_type);
    get(object, "links", to.links);
    get(object, "attributes", to.attributes);
    return to;
}

profile parse_profile(std::string_view text)
{
    return json::value_to<profile>(json::parse(json::string_view(text.data(), text.size())));
}

std::string serialize_profile(const profile& from)
{
    return json::serialize(json::value_from(from));
}

} // namespace benchmarks
