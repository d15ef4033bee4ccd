// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "commands.hpp"

#include "document.hpp"
#include "session.hpp"

#include "../common/output.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <string>
#include <utility>

namespace partner_profile {
namespace {

// Parameters of a coroutine that the session runs outlive it: run() returns when it has ended.
asio::awaitable<void> read(pc::client client, pc::OrganizationProfile& profile, bool* mfa_compliant)
{
    pc::call_options options;
    options.validate_mfa(mfa_compliant != nullptr);
    pc::error_code ec;
    pc::diagnostics diag;
    profile = co_await client.async_get(options, diag, asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
        throw pc::error(ec, diag);
    if (mfa_compliant)
        *mfa_compliant = diag.mfa_compliant.value_or(true);
}

json::value member(const json::value& profile, const char* name)
{
    const json::value* const found = profile.get_object().if_contains(name);
    return found ? json::value(*found) : json::value(nullptr);
}

// What the service would say of a document, as far as that can be known without storing it.
void compare_with_service(const document& given, session& calls)
{
    bool mfa_compliant = true;
    const json::value stored = json::value_from(read_profile(calls, &mfa_compliant));
    for (const char* const name : {"id", "tenantId"}) {
        const json::value ours = member(given.value(), name);
        if (!ours.is_null() && ours != member(stored, name))
            throw failure(exit_status::invalid, std::string(name) +
                                                    " is not that of the organization that you are signed in "
                                                    "to\nSign in to the right one, or correct that.");
    }
    const std::string etag = etag_of(given.value());
    if (!etag.empty() && etag != etag_of(stored))
        throw failure(
            exit_status::conflict,
            "the profile was changed since this was read from the service\nSee what is different with "
            "'partner_profile diff'.");
    if (!mfa_compliant)
        std::cerr << "partner_profile: the token was issued without multi-factor authentication; the service "
                     "may refuse changes\n";
}

void print_mistakes(const std::vector<mistake>& all)
{
    json::array list;
    for (const mistake& each : all)
        list.push_back(json::object{{"line", each.line}, {"problem", each.text}});
    const json::object result{{"valid", all.empty()}, {"mistakes", std::move(list)}};
    std::cout << json::serialize(result) << '\n';
}

document document_to_validate(const options& given, session* calls, const interrupts& signals)
{
    if (!given.file.empty())
        return document::read(given.file, signals);
    return document("profile", examples::indented(json::value_from(read_profile(*calls))));
}

} // namespace

pc::OrganizationProfile read_profile(session& calls, bool* mfa_compliant)
{
    pc::OrganizationProfile profile;
    calls.run(read(calls.client(credential_of(calls.given())), profile, mfa_compliant));
    return profile;
}

void show_differences(const options& given, const json::value& before, const json::value& after)
{
    const bool colourful = given.colour == "always" || (given.colour == "auto" && examples::is_colourful());
    examples::print_differences(differences(before, after), colourful);
}

exit_status get(const options& given, const interrupts& signals)
{
    session calls(given.service, signals);
    examples::print_resource(read_profile(calls), given.json);
    return exit_status::success;
}

exit_status validate(const options& given, const interrupts& signals)
{
    std::optional<session> calls;
    if (given.online || given.file.empty())
        calls.emplace(given.service, signals);
    try {
        const document checked = document_to_validate(given, calls ? &*calls : nullptr, signals);
        [[maybe_unused]] const pc::OrganizationProfile valid = checked.valid_profile();
        if (given.online)
            compare_with_service(checked, *calls);
    } catch (const invalid_document& e) {
        if (!given.json)
            throw;
        print_mistakes(e.mistakes());
        return e.status();
    }
    if (given.json)
        print_mistakes({});
    else
        std::cout << "The profile is valid.\n";
    return exit_status::success;
}

exit_status diff(const options& given, const interrupts& signals)
{
    const document file = document::read(given.file, signals);
    const json::value after = json::value_from(file.profile());
    session calls(given.service, signals);
    const json::value before = json::value_from(read_profile(calls));
    const auto all = differences(before, after);
    if (given.json) {
        json::array list;
        for (const examples::difference& each : all) {
            json::object& entry = list.emplace_back(json::object()).get_object();
            entry["path"] = each.path;
            if (each.before)
                entry["before"] = *each.before;
            if (each.after)
                entry["after"] = *each.after;
        }
        std::cout << json::serialize(list) << '\n';
    } else
        show_differences(given, before, after);
    return all.empty() ? exit_status::success : exit_status::different;
}

} // namespace partner_profile
