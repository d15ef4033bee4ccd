// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "commands.hpp"
#include "session.hpp"

#include "../common/token_file.hpp"

#include <partner_center/device_code.hpp>
#include <partner_center/refresh_token.hpp>

#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

namespace partner_profile {
namespace {

namespace fs = std::filesystem;

fs::path token_path(const service_options& given)
{
    if (!given.token_file.empty())
        return given.token_file;
    const char* const config = std::getenv("XDG_CONFIG_HOME");
    const char* const home = std::getenv("HOME");
    if (config && *config == '/')
        return fs::path(config) / "partner_center" / "refresh_token";
    if (home && *home != '\0')
        return fs::path(home) / ".config" / "partner_center" / "refresh_token";
    throw failure(exit_status::usage, "there is no HOME to keep a token in\nName a file with --token-file.");
}

pc::application_options application_of(const service_options& given)
{
    pc::application_options application = given.application;
    application.cloud = cloud_of(given);
    if (application.tenant.empty() || application.client_id.empty())
        throw failure(exit_status::usage, std::string("the ") +
                                              (application.tenant.empty() ? "tenant" : "client id") +
                                              " of the application that you sign in with is not known\n"
                                              "Set PARTNER_CENTER_TENANT and PARTNER_CENTER_CLIENT_ID, and "
                                              "PARTNER_CENTER_CLIENT_SECRET if it has a secret.");
    return application;
}

// Each use of a refresh token may bring another one, and may end the old one.
pc::credential renewing(const service_options& given, std::string token, const examples::token_file& file)
{
    pc::refresh_token_options options(application_of(given), std::move(token));
    options.on_refresh_token = [file](const std::string& next) { file.store(next); };
    return pc::credential::refresh_token(std::move(options));
}

void make_folder_of(const fs::path& file)
{
    const fs::path folder = file.parent_path();
    if (folder.empty() || fs::exists(folder))
        return;
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
}

asio::awaitable<void> ask_person(session& calls, const examples::token_file& file)
{
    const auto show = [&calls](const pc::device_code_prompt& prompt) {
        std::cout << "Open the page " << prompt.verification_uri << " in a browser\nand enter the code "
                  << prompt.user_code << std::endl;
        calls.shown().begin_wait("waiting until you have signed in, at most", prompt.expires_in);
    };
    const pc::device_code_options options(application_of(calls.given()));
    const pc::signed_in tokens = co_await pc::sign_in_by_device_code(calls.transport(), options, show);
    file.store(tokens.refresh_token);
}

asio::awaitable<void> read_company(pc::client client, std::string& company)
{
    const pc::OrganizationProfile profile = co_await client.get();
    // As JSON it cannot hold what a terminal would obey.
    company = profile.company_name ? boost::json::serialize(*profile.company_name) : "(without a name)";
}

std::string company_of(session& calls, std::string token, const examples::token_file& file)
{
    std::string company;
    calls.run(read_company(calls.client(renewing(calls.given(), std::move(token), file)), company));
    return company;
}

// Nothing when a person has to sign in again.
std::optional<std::string> company_by_stored_token(session& calls, const examples::token_file& file)
{
    const std::optional<std::string> token = file.read();
    if (!token)
        return std::nullopt;
    try {
        return company_of(calls, *token, file);
    } catch (const pc::error& e) {
        if (e.code() != pc::errc::sign_in_required && e.code() != pc::errc::mfa_required)
            throw;
    }
    return std::nullopt;
}

} // namespace

pc::credential credential_of(const service_options& given)
{
    if (!given.token.empty())
        return pc::credential::bearer(given.token);
    const fs::path path = token_path(given);
    if (!fs::exists(path))
        throw failure(exit_status::not_signed_in,
                      "you are not signed in: there is no token in PARTNER_CENTER_TOKEN, and no file " +
                          path.string() + "\nRun 'partner_profile sign-in'.");
    const examples::token_file file(path);
    return renewing(given, file.read().value_or(""), file);
}

exit_status sign_in(const options& given, const interrupts& signals)
{
    const fs::path path = token_path(given.service);
    [[maybe_unused]] const pc::application_options checked = application_of(given.service);
    make_folder_of(path);
    const examples::token_file file(path);
    session calls(given.service, signals);
    if (!given.force) {
        if (const auto company = company_by_stored_token(calls, file)) {
            std::cout << "You are signed in already. Company: " << *company << '\n';
            return exit_status::success;
        }
    } else if (fs::exists(path)) [[maybe_unused]]
        const auto readable = file.read(); // or nobody should sign in for it
    calls.run(ask_person(calls, file));
    std::cout << "Signed in. The refresh token is stored in " << file.path().string() << std::endl;
    std::cout << "Company: " << company_of(calls, file.read().value_or(""), file) << '\n';
    return exit_status::success;
}

} // namespace partner_profile
