// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An application that proves its identity by a certificate instead of a secret.

#include "common/environment.hpp"
#include "common/file_content.hpp"
#include "common/service.hpp"
#include "common/token_file.hpp"

#include <partner_center/refresh_token.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <string>

pc::refresh_token_options application(const examples::token_file& file)
{
    // The key signs an assertion for each token, and never leaves the program. Neither file is read again:
    // start the program anew when the certificate is replaced.
    pc::application_options app = examples::application();
    const std::string certificate = examples::required_variable("PARTNER_CENTER_CERTIFICATE_FILE");
    const std::string key = examples::required_variable("PARTNER_CENTER_KEY_FILE");
    app.certificate.emplace(examples::content_of(certificate), examples::content_of(key),
                            examples::variable("PARTNER_CENTER_KEY_PASSPHRASE"));

    pc::refresh_token_options options(app, file.read().value_or("")); // the example sign_in puts it there
    options.on_refresh_token = [&file](const std::string& next) { file.store(next); };
    return options;
}

asio::awaitable<void> show_company(pc::client client)
{
    try {
        const pc::OrganizationProfile profile = co_await client.get();
        std::cout << "Company: " << profile.company_name.value_or("(without a name)") << '\n';
    } catch (const pc::error& e) {
        if (e.code() == pc::errc::invalid_credential)
            std::cerr << "Does the authority know this certificate?\n";
        throw;
    }
}

int main()
{
    return examples::run([] {
        const examples::token_file file("partner_center.refresh_token");
        pc::client_options settings;
        settings.base_url = examples::variable("PARTNER_CENTER_BASE_URL");

        asio::io_context context;
        pc::transport transport(context,
                                examples::network(examples::variable("PARTNER_CENTER_CA_FILE"), nullptr));
        const pc::client client(transport, pc::credential::refresh_token(application(file)), settings);
        asio::co_spawn(context, show_company(client), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
        context.run();
    });
}
