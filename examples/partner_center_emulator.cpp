// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Partner Center on loopback, until it is interrupted.

#include "common/program.hpp"

#include <boost/asio/signal_set.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

namespace fs = std::filesystem;

struct arguments {
    pc::testing::emulator_options emulator;
    std::string state_file;
    std::string ca_file;
    bool authority = false;
    double failures = 0;
    std::uint64_t seed = 1;
    std::optional<std::size_t> throttle;
    std::optional<unsigned> token_seconds;
    std::optional<unsigned> interval_seconds;
};

// A new folder that goes away with this object.
class temporary_folder {
public:
    temporary_folder()
        : path_((fs::temp_directory_path() / "partner_center.XXXXXX").string())
    {
        if (!::mkdtemp(path_.data()))
            throw std::system_error(errno, std::generic_category(),
                                    "the folder " + path_ + " cannot be made");
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder()
    {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    fs::path file(const char* name) const { return fs::path(path_) / name; }

private:
    std::string path_;
};

// In single quotes, for a shell.
std::string quoted(const std::string& text)
{
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

void apply(arguments& given)
{
    if (!given.state_file.empty())
        given.emulator.state_file = given.state_file;
    if (given.throttle)
        given.emulator.throttle.emplace().requests = *given.throttle;
    if (given.token_seconds)
        given.emulator.oauth.access_token_lifetime = std::chrono::seconds{*given.token_seconds};
    if (given.interval_seconds)
        given.emulator.oauth.device_code_interval = std::chrono::seconds{*given.interval_seconds};
}

// Before a request is applied and after it, with an answer and without one.
pc::testing::failure_rule failures_of(const arguments& given)
{
    using pc::testing::failure;
    return pc::testing::failure_rule({failure::answer(503), failure::reset(), failure::apply_and_answer(503),
                                      failure::apply_and_close(), failure::apply_and_reset()})
        .randomly(given.failures / 100, given.seed);
}

void print_authority(const pc::testing::emulator& emulator)
{
    std::cout << "export PARTNER_CENTER_AUTHORITY=" << quoted(emulator.base_url())
              << "\nexport PARTNER_CENTER_TENANT=" << quoted(emulator.tenant())
              << "\nexport PARTNER_CENTER_CLIENT_ID=" << quoted(emulator.client_id())
              << "\nexport PARTNER_CENTER_CLIENT_SECRET=" << quoted(emulator.client_secret())
              << "\nexport PARTNER_CENTER_REFRESH_TOKEN=" << quoted(emulator.refresh_token()) << std::endl;
}

void serve(arguments given)
{
    asio::io_context context;
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const pc::error_code&, int) { context.stop(); });

    apply(given);
    pc::testing::emulator emulator(context.get_executor(), given.emulator);
    if (given.failures > 0)
        emulator.add_failure(failures_of(given));

    std::optional<temporary_folder> folder;
    const fs::path ca_file =
        given.ca_file.empty() ? folder.emplace().file("ca.pem") : fs::absolute(given.ca_file);
    emulator.write_ca_file(ca_file);

    std::cout << "export PARTNER_CENTER_BASE_URL=" << quoted(emulator.base_url())
              << "\nexport PARTNER_CENTER_TOKEN=" << quoted(emulator.token())
              << "\nexport PARTNER_CENTER_CA_FILE=" << quoted(ca_file.string()) << std::endl;
    if (given.authority)
        print_authority(emulator);
    if (std::cout)
        context.run();
}

int main(int argc, char** argv)
{
    CLI::App app{
        "Runs an emulator of Partner Center until SIGINT or SIGTERM. Prints what the other examples need\n"
        "in their environment, as commands for a shell."};
    arguments given;
    app.add_option("--port", given.emulator.port, "The port to listen on; 0 takes a free one")
        ->capture_default_str();
    app.add_option("--state-file", given.state_file, "Keeps the profile between runs");
    app.add_option("--ca-file", given.ca_file,
                   "Where to write the certificate to trust; a temporary file if not given");
    app.add_flag("--authority", given.authority,
                 "Also prints what is needed to get tokens from the authority that the emulator contains");
    app.add_option("--access-token-seconds", given.token_seconds, "How long an access token is accepted")
        ->check(CLI::Range(1U, 86'400U));
    app.add_option("--approve-after-polls", given.emulator.oauth.approve_device_code_after,
                   "A sign-in with a device code is approved after so many polls; otherwise never");
    app.add_option("--poll-seconds", given.interval_seconds, "The least time between two polls")
        ->check(CLI::Range(0U, 3600U));
    app.add_option("--requests-per-minute", given.throttle, "Further ones are answered with 429");
    app.add_option("--fail-percent", given.failures,
                   "So many requests fail, before or after they are applied")
        ->check(CLI::Range(0.0, 100.0));
    app.add_option("--seed", given.seed, "Decides which ones fail")->capture_default_str();

    return examples::run(app, argc, argv, [&] { serve(std::move(given)); });
}
