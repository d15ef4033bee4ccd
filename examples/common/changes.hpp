// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_CHANGES_HPP
#define PARTNER_CENTER_EXAMPLES_CHANGES_HPP

// Changes of a resource as the command line gives them: `--set defaultAddress.city=Redmond`.

#include "usage_error.hpp"

#include <partner_center/resource.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace examples {

namespace json = boost::json;
namespace pc = partner_center;

/// A JSON path such as defaultAddress.city, and the value to set there; no value removes the member.
struct change {
    std::string text;
    std::vector<std::string> path;
    std::optional<json::value> value;

    change(std::string_view dotted, std::optional<json::value> with)
        : text(dotted)
        , value(std::move(with))
    {
        for (std::size_t begin = 0; begin <= dotted.size();) {
            const std::size_t end = std::min(dotted.find('.', begin), dotted.size());
            path.emplace_back(dotted.substr(begin, end - begin));
            if (path.back().empty())
                throw usage_error("'" + text + "' is no path: write it like defaultAddress.phoneNumber");
            begin = end + 1;
        }
    }
};

/// Whether the library's type has a member at this path, be it in the document or not.
template <pc::json_mapped T>
bool has_member(std::span<const std::string> path)
{
    bool found = false;
    const auto visit = [&]<class Member>(std::string_view name, const std::optional<Member>&) {
        if (name != path.front())
            return;
        if constexpr (pc::json_mapped<Member>)
            found = path.size() == 1 || has_member<Member>(path.subspan(1));
        else
            found = path.size() == 1;
    };
    const T nothing;
    T::visit_members(nothing, visit);
    return found;
}

class changes {
public:
    /// @tparam App `CLI::App`.
    template <class App>
    void add_to(App& app)
    {
        app.add_option("--set", set_, "Sets the member at a path to a string, as in companyName=Contoso")
            ->type_name("PATH=VALUE")
            ->allow_extra_args(false);
        app.add_option("--set-null", set_null_, "Sets the member at a path to null")
            ->type_name("PATH")
            ->allow_extra_args(false);
        app.add_option("--unset", unset_, "Removes the member at a path")
            ->type_name("PATH")
            ->allow_extra_args(false);
    }

    /// Makes sense of the options before anything is sent. Without any, the phone number gets a random one.
    void check()
    {
        for (const std::string& text : set_) {
            const std::size_t equals = text.find('=');
            if (equals == std::string::npos)
                throw usage_error("--set " + text + ": write PATH=VALUE");
            add(text.substr(0, equals), json::value(text.substr(equals + 1)));
        }
        for (const std::string& path : set_null_)
            add(path, json::value(nullptr));
        for (const std::string& path : unset_)
            add(path, std::nullopt);
        if (all_.empty())
            add("defaultAddress.phoneNumber", json::value(random_phone_number()));
    }

    /// No value removes the member. @throws usage_error It is no path, no UTF-8, or touches another change.
    void add(std::string_view path, std::optional<json::value> value)
    {
        const change added(path, std::move(value));
        for (const change& other : all_) {
            // Options of different names have no order, so no change may depend on another.
            const std::size_t common = std::min(other.path.size(), added.path.size());
            if (std::equal(added.path.begin(), added.path.begin() + static_cast<std::ptrdiff_t>(common),
                           other.path.begin()))
                throw usage_error("'" + other.text + "' and '" + added.text + "' change the same member");
        }
        boost::system::error_code ec;
        if (added.value)
            json::parse(json::serialize(*added.value), ec);
        if (ec)
            throw usage_error("the value for '" + added.text + "' is not UTF-8");
        all_.push_back(added);
    }

    bool empty() const noexcept { return all_.empty(); }

    /// @throws usage_error A path leads nowhere, or the value does not fit there.
    template <pc::json_mapped Resource>
    void apply_to(Resource& resource) const
    {
        json::value document = json::value_from(resource);
        for (const change& each : all_)
            apply<Resource>(document.get_object(), each);
        try {
            resource = json::value_to<Resource>(document);
        } catch (const boost::system::system_error& e) {
            throw usage_error(std::string("the changes do not fit: ") + e.what());
        }
    }

private:
    template <class Resource>
    static void apply(json::object& document, const change& wanted)
    {
        json::object* level = &document;
        for (std::size_t depth = 0;; ++depth) {
            const std::string& name = wanted.path[depth];
            json::value* member = level->if_contains(name);
            if (!member && !has_member<Resource>(std::span(wanted.path).first(depth + 1)))
                throw usage_error("'" + wanted.text + "': the resource has no member '" + name + "'");
            if (depth + 1 == wanted.path.size()) {
                if (wanted.value)
                    (*level)[name] = *wanted.value;
                else
                    level->erase(name);
                return;
            }
            if (!member) {
                if (!wanted.value)
                    return;
                member = &((*level)[name] = json::object());
            }
            if (!member->is_object())
                throw usage_error("'" + wanted.text + "': '" + name + "' is no object, but " +
                                  json::serialize(*member));
            level = &member->get_object();
        }
    }

    static std::string random_phone_number()
    {
        std::random_device source;
        return std::to_string(
            std::uniform_int_distribution<std::uint64_t>(1'000'000'000, 9'999'999'999)(source));
    }

    std::vector<std::string> set_;
    std::vector<std::string> set_null_;
    std::vector<std::string> unset_;
    std::vector<change> all_;
};

} // namespace examples

#endif
