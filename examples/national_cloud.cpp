// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// National clouds: the application's tokens and the calls have to be of the same one.

#include "common/environment.hpp"
#include "common/service.hpp"
#include "common/token_file.hpp"

#include <partner_center/refresh_token.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <string>

pc::cloud cloud_named(const std::string& name)
{
    if (name == "global")
        return pc::cloud::global;
    if (name == "us_government")
        return pc::cloud::us_government;
    if (name == "china_21vianet")
        return pc::cloud::china_21vianet;
    throw examples::usage_error("PARTNER_CENTER_CLOUD is '" + name +
                                "', and can be global, us_government or china_21vianet");
}

asio::awaitable<void> show_company(pc::client client)
{
    const pc::OrganizationProfile profile = co_await client.get();
    std::cout << "Company: " << profile.company_name.value_or("(without a name)") << '\n';
}

int main()
{
    return examples::run([] {
        const pc::cloud cloud = cloud_named(examples::variable("PARTNER_CENTER_CLOUD", "global"));
        pc::client_options settings;
        settings.cloud = cloud;
        settings.base_url = examples::variable("PARTNER_CENTER_BASE_URL"); // instead of the cloud's, if set
        pc::application_options app = examples::application();
        app.cloud = cloud;
        app.client_secret = examples::required_variable("PARTNER_CENTER_CLIENT_SECRET");

        std::cout << "Tokens from " << (app.authority.empty() ? authority(cloud) : app.authority)
                  << ", calls to " << (settings.base_url.empty() ? base_url(cloud) : settings.base_url)
                  << '\n';

        // The example sign_in puts it there. It may be replaced at each use.
        const examples::token_file file("partner_center.refresh_token");
        pc::refresh_token_options options(app, file.read().value_or(""));
        options.on_refresh_token = [&file](const std::string& next) { file.store(next); };

        asio::io_context context;
        pc::transport transport(context,
                                examples::network(examples::variable("PARTNER_CENTER_CA_FILE"), nullptr));
        const pc::client client(transport, pc::credential::refresh_token(options), settings);
        asio::co_spawn(context, show_company(client), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
        context.run();
    });
}
