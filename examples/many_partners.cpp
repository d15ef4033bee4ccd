// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Many partners, one transport: each has its own token, all share the connections.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>
#include <sstream>
#include <string>

// What happens to one partner is nothing to the others.
asio::awaitable<void> show_company(pc::client client, unsigned partner, unsigned& failures)
{
    try {
        const pc::OrganizationProfile profile = co_await client.get();
        std::cout << "Partner " << partner << ": " << profile.company_name.value_or("(no name)") << '\n';
    } catch (const pc::error& e) {
        ++failures;
        std::cerr << "Partner " << partner << ": " << e.what() << '\n';
    }
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport_options net = env.network();
        net.max_connections = 4; // to one host, however many partners there are
        pc::transport transport(context, std::move(net));

        // A token for each partner, with spaces in between.
        std::istringstream tokens(examples::variable("PARTNER_CENTER_TOKENS", env.token()));
        unsigned partner = 0;
        unsigned failures = 0;
        for (std::string token; tokens >> token;) {
            const pc::client client(transport, pc::credential::bearer(token), env.settings());
            asio::co_spawn(context, show_company(client, ++partner, failures), asio::detached);
        }
        context.run();
        return failures == 0 ? 0 : 1;
    });
}
