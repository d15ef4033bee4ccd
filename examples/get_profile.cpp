// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Reads the organization profile and prints it, with all that is known of the call.

#include "common/output.hpp"
#include "common/program.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

struct arguments {
    examples::service_options service;
    bool json = false;

    void check() const {}
};

asio::awaitable<void> get_profile(pc::client client, const arguments& given)
{
    // `co_await client.get()` does the same and throws. This form also tells about a call that went well.
    pc::error_code ec;
    pc::diagnostics diag;
    const pc::OrganizationProfile profile =
        co_await client.async_get(diag, asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
        throw pc::error(ec, diag);

    if (!given.json) {
        std::cout << diag.method << ' ' << diag.url << ": HTTP status " << diag.http_status << "\n\n";
        examples::print_ids(diag.request_id, diag.correlation_id);
    }
    examples::print_resource(profile, given.json);
}

int main(int argc, char** argv)
{
    CLI::App app{"Reads the organization profile and prints it."};
    arguments given;
    given.service.add_to(app);
    app.add_flag("--json", given.json, "Prints nothing but the profile");

    return examples::run(app, argc, argv, given, get_profile);
}
