// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Signs a person in by a device code, and keeps the refresh token in a file for the next time.

#include "common/program.hpp"
#include "common/token_file.hpp"

#include <partner_center/device_code.hpp>
#include <partner_center/refresh_token.hpp>

#include <chrono>

struct arguments {
    pc::application_options application;
    std::string base_url;
    std::string ca_file;
    std::string file = "partner_center.refresh_token";
};

void show(const pc::device_code_prompt& prompt)
{
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(prompt.expires_in).count();
    std::cout << "Open the page " << prompt.verification_uri << " in a browser\n"
              << "and enter the code " << prompt.user_code << ", which is good for " << minutes << " minutes."
              << std::endl;
}

asio::awaitable<std::string> sign_in(pc::transport& transport, const arguments& given,
                                     const examples::token_file& file)
{
    const pc::signed_in tokens =
        co_await pc::sign_in_by_device_code(transport, pc::device_code_options(given.application), show);
    file.store(tokens.refresh_token);
    std::cout << "Signed in. The refresh token is stored in " << file.path().string() << std::endl;
    co_return tokens.refresh_token;
}

asio::awaitable<void> show_company(pc::transport& transport, const arguments& given)
{
    const examples::token_file file(given.file);
    std::optional<std::string> token = file.read();
    if (!token)
        token = co_await sign_in(transport, given, file);

    pc::refresh_token_options options(given.application, *token);
    // Each use of a refresh token may bring another one, and may end the old one.
    // By value: it may be called when this function is through.
    options.on_refresh_token = [file](const std::string& next) { file.store(next); };
    pc::client_options settings;
    settings.base_url = given.base_url;
    settings.application_name = "partner_center examples";
    const pc::client client(transport, pc::credential::refresh_token(std::move(options)), settings);

    const pc::OrganizationProfile profile = co_await client.get();
    std::cout << "Company: " << profile.company_name.value_or("(without a name)") << '\n';
}

std::unique_ptr<pc::testing::emulator> start_emulator(arguments& given)
{
    if (!given.application.tenant.empty())
        return nullptr;
    pc::testing::emulator_options options;
    options.oauth.approve_device_code_after = 1;
    options.oauth.device_code_interval = std::chrono::seconds(1);
    options.oauth.refresh_token = examples::token_file(given.file).read().value_or("");
    auto emulator = std::make_unique<pc::testing::emulator>(options);
    given.application.tenant = emulator->tenant();
    given.application.client_id = emulator->client_id();
    given.application.client_secret = emulator->client_secret();
    given.application.authority = given.base_url = emulator->base_url();
    std::cerr << "No PARTNER_CENTER_TENANT: this program talks to an emulator of Partner Center that it has "
                 "started at\n"
              << given.base_url << ", where a sign-in is approved by itself\n\n";
    return emulator;
}

void run(arguments given)
{
    const auto emulator = start_emulator(given);
    asio::io_context context;
    pc::transport transport(context, examples::network(given.ca_file, emulator.get()));
    asio::co_spawn(context, show_company(transport, given), [](std::exception_ptr failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    context.run();
}

int main(int argc, char** argv)
{
    CLI::App app{"Signs a person in by a device code and stores the refresh token in a file; uses it from\n"
                 "then on. Prints the name of the company."};
    arguments given;
    app.add_option("--file", given.file, "Where the refresh token is kept; delete it to sign in again")
        ->capture_default_str();
    app.add_option("--tenant", given.application.tenant, "The partner's tenant: its id or a domain of it")
        ->envname("PARTNER_CENTER_TENANT");
    app.add_option("--client-id", given.application.client_id, "The application that is registered there")
        ->envname("PARTNER_CENTER_CLIENT_ID");
    app.add_option("--client-secret", given.application.client_secret,
                   "Its secret, if it has one; better given in the environment")
        ->envname("PARTNER_CENTER_CLIENT_SECRET");
    app.add_option("--authority", given.application.authority, "Who gives tokens, if not the global cloud's")
        ->envname("PARTNER_CENTER_AUTHORITY");
    app.add_option("--base-url", given.base_url, "The service, if it is not the global cloud's")
        ->envname("PARTNER_CENTER_BASE_URL");
    app.add_option("--ca-file", given.ca_file, "The certificates to trust, as PEM, instead of the system's")
        ->envname("PARTNER_CENTER_CA_FILE");
    app.footer("HTTPS_PROXY and NO_PROXY are obeyed. Without a tenant the program starts an emulator.\n"
               "Exit status: 0 success, 1 the service or the connection failed, 2 bad usage.");

    return examples::run(app, argc, argv, [&] { run(std::move(given)); });
}
