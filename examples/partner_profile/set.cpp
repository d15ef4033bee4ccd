// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "commands.hpp"
#include "document.hpp"
#include "session.hpp"

#include "../common/changes.hpp"
#include "../common/output.hpp"

#include <partner_center/validate.hpp>

#include <cctype>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

namespace partner_profile {
namespace {

// default_address.phone_number is defaultAddress.phoneNumber: the names of C++ are taken too.
std::string json_path(const std::string& given)
{
    std::string name;
    for (std::size_t i = 0; i != given.size(); ++i) {
        if (given[i] == '_' && i + 1 != given.size() && given[i + 1] >= 'a' && given[i + 1] <= 'z')
            name += static_cast<char>(given[++i] - 'a' + 'A');
        else
            name += given[i];
    }
    const std::vector<std::string> path = split(name, '.');
    return examples::has_member<pc::OrganizationProfile>(path) ? name : given;
}

json::value json_value(const std::string& path, const std::string& text)
{
    boost::system::error_code ec;
    json::value value = json::parse(text, ec);
    if (ec)
        throw examples::usage_error(path + ":=...: the value is no JSON: " + ec.message());
    return value;
}

// PATH=TEXT, or PATH:=JSON.
void add_assignment(examples::changes& to, const std::string& text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
        throw examples::usage_error("an argument without '=': write PATH=TEXT or PATH:=JSON, or --from FILE");
    if (equals != 0 && text[equals - 1] == ':') {
        const std::string path = json_path(text.substr(0, equals - 1));
        to.add(path, json_value(path, text.substr(equals + 1)));
    } else
        to.add(json_path(text.substr(0, equals)), json::value(text.substr(equals + 1)));
}

// All that the command line wants changed.
class wanted_changes {
public:
    wanted_changes(const options& given, const interrupts& signals)
    {
        for (const std::string& text : given.assignments)
            add_assignment(members_, text);
        for (const std::string& path : given.nulls)
            members_.add(json_path(path), json::value(nullptr));
        for (const std::string& path : given.removals)
            members_.add(json_path(path), std::nullopt);
        if (!given.file.empty())
            file_.emplace(document::read(given.file, signals));
        if (members_.empty() && !file_)
            throw examples::usage_error("nothing to set: write PATH=TEXT, or --from FILE");
        if (file_) [[maybe_unused]]
            const pc::OrganizationProfile checked = file_->profile();
    }

    /// @throws failure The file is of another state of the profile, or names another etag by hand.
    void apply_to(pc::OrganizationProfile& profile) const
    {
        json::value changed = json::value_from(profile);
        const std::string etag = etag_of(changed);
        if (file_) {
            const std::string expected = etag_of(file_->value());
            if (!expected.empty() && expected != etag)
                throw failure(
                    exit_status::conflict,
                    "the profile was changed since the file was read from the service\nSee what is "
                    "different with 'partner_profile diff', and take the etag out of the file to set\n"
                    "its members all the same.");
            set_members(changed, file_->value());
            profile = json::value_to<pc::OrganizationProfile>(changed);
        }
        members_.apply_to(profile);
        if (etag_of(json::value_from(profile)) != etag)
            throw examples::usage_error("attributes.etag is the service's, and cannot be set");
    }

private:
    examples::changes members_;
    std::optional<document> file_;
};

struct outcome {
    pc::OrganizationProfile before;
    pc::OrganizationProfile stored;
};

asio::awaitable<void> modify(pc::client client, const wanted_changes& wanted, outcome& result)
{
    const auto change = [&wanted, &result](pc::OrganizationProfile& profile) {
        result.before = profile;
        wanted.apply_to(profile);
    };
    result.stored = co_await client.modify(change);
}

// As the library would refuse it.
void check_limits(const pc::OrganizationProfile& profile)
{
    std::string text;
    for (const pc::violation& each : pc::validate(profile))
        text += each.path + ": " + each.problem + "\n";
    if (!text.empty())
        throw failure(exit_status::invalid, text + "This would not be stored: correct that.");
}

} // namespace

exit_status set(const options& given, const interrupts& signals)
{
    const wanted_changes wanted(given, signals);
    session calls(given.service, signals);
    outcome result;
    if (given.dry_run) {
        result.before = read_profile(calls);
        result.stored = result.before;
        wanted.apply_to(result.stored);
    } else
        calls.run(modify(calls.client(credential_of(given.service)), wanted, result));

    if (given.json)
        examples::print_resource(result.stored, true);
    else {
        show_differences(given, json::value_from(result.before), json::value_from(result.stored));
        if (given.dry_run)
            std::cout << "Nothing was sent.\n";
        else
            std::cout << (result.before == result.stored ? "Nothing was to be changed.\n" : "Stored.\n");
    }
    if (given.dry_run)
        check_limits(result.stored);
    return exit_status::success;
}

} // namespace partner_profile
