// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Reads the organization profile, changes it, and writes it back.

#include "common/changes.hpp"
#include "common/output.hpp"
#include "common/program.hpp"

struct arguments {
    examples::service_options service;
    examples::changes changes;
    bool dry_run = false;
    bool json = false;

    void check() { changes.check(); }
};

asio::awaitable<void> update_profile(pc::client client, const arguments& given)
{
    const pc::OrganizationProfile before = co_await client.get();
    pc::OrganizationProfile profile = before;
    given.changes.apply_to(profile);

    if (given.dry_run) {
        std::cout << "Would send PUT " << given.service.url(profile) << "\n\n";
        examples::print_difference(before, profile);
        co_return;
    }
    if (!given.json)
        std::cout << "PUT " << given.service.url(profile) << "\n\n";

    const examples::call_ids ids;
    const pc::OrganizationProfile stored = co_await client.update(profile, ids.options());

    if (!given.json) {
        examples::print_difference(before, stored);
        examples::print_ids(ids.request_id, ids.correlation_id);
    }
    examples::print_resource(stored, given.json);
}

int main(int argc, char** argv)
{
    CLI::App app{"Reads the organization profile, changes it, and writes it back.\n"
                 "Without a change on the command line the phone number becomes a random one."};
    arguments given;
    given.changes.add_to(app);
    given.service.add_to(app);
    auto* const dry_run =
        app.add_flag("--dry-run", given.dry_run, "Shows the difference and sends no change");
    app.add_flag("--json", given.json, "Prints nothing but the stored profile")->excludes(dry_run);

    return examples::run(app, argc, argv, given, update_profile);
}
