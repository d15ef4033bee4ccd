// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "merge_patch.hpp"

#include "../common/changes.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <utility>
#include <vector>

namespace profile_service {

namespace json = boost::json;
namespace pc = partner_center;

namespace {

// A misspelt member would otherwise be kept as one that only the service knows.
void check_member(const std::vector<std::string>& path, bool is_there)
{
    if (!is_there && !examples::has_member<pc::OrganizationProfile>(path))
        throw bad_patch("the profile has no member '" + path.back() + "'");
}

void merge(json::object& target, const json::object& patch, std::vector<std::string>& path)
{
    for (const auto& [name, value] : patch) {
        path.emplace_back(name);
        json::value* const found = target.if_contains(name);
        check_member(path, found != nullptr);
        if (value.is_null())
            target.erase(name);
        else if (value.is_object()) {
            json::value& level = found ? *found : target[name];
            if (!level.is_object())
                level = json::object();
            merge(level.get_object(), value.get_object(), path);
        } else
            target[name] = value;
        path.pop_back();
    }
}

} // namespace

merge_patch::merge_patch(std::string_view text)
{
    boost::system::error_code ec;
    json::value parsed = json::parse(text, ec);
    if (ec)
        throw bad_patch("the body is no JSON: " + ec.message());
    if (!parsed.is_object())
        throw bad_patch("the body is no JSON object");
    changes_ = std::move(parsed.get_object());
    for (const std::string_view own : {"id", "links", "attributes"})
        if (changes_.contains(own))
            throw bad_patch("'" + std::string(own) + "' is Partner Center's own, and cannot be changed");
}

void merge_patch::operator()(pc::OrganizationProfile& profile) const
{
    json::value document = json::value_from(profile);
    std::vector<std::string> path;
    merge(document.get_object(), changes_, path);
    try {
        profile = json::value_to<pc::OrganizationProfile>(document);
    } catch (const boost::system::system_error& e) {
        throw bad_patch(std::string("the changes do not fit: ") + e.what());
    }
}

} // namespace profile_service
