// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_EMULATION_HPP
#define PARTNER_CENTER_EXAMPLES_EMULATION_HPP

// Partner Center on loopback, as a program.

#include "file_content.hpp"

#include <partner_center/testing/emulator.hpp>

#include <CLI/CLI.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace examples {

namespace fs = std::filesystem;
namespace pc = partner_center;

/// What an emulator of Partner Center that is a program does, as the command line says.
struct emulation {
    pc::testing::emulator_options emulator;
    std::string state_file;
    std::string ca_file;
    bool authority = false;
    double failures = 0;
    std::optional<unsigned> delay;
    std::string client_certificate;
    std::uint64_t seed = 1;
    std::optional<std::size_t> throttle;
    std::optional<unsigned> token_seconds;
    std::optional<unsigned> interval_seconds;

    void add_to(CLI::App& app)
    {
        app.add_option("--port", emulator.port, "The port to listen on; 0 takes a free one")
            ->capture_default_str();
        app.add_option("--state-file", state_file, "Keeps the profile between runs");
        app.add_option("--ca-file", ca_file,
                       "Where to write the certificate to trust; a temporary file if not given");
        app.add_flag(
            "--authority", authority,
            "Also prints what is needed to get tokens from the authority that the emulator contains");
        app.add_option("--access-token-seconds", token_seconds, "How long an access token is accepted")
            ->check(CLI::Range(1U, 86'400U));
        app.add_option("--approve-after-polls", emulator.oauth.approve_device_code_after,
                       "A sign-in with a device code is approved after so many polls; otherwise never");
        app.add_option("--poll-seconds", interval_seconds, "The least time between two polls")
            ->check(CLI::Range(0U, 3600U));
        app.add_option("--requests-per-minute", throttle, "Further ones are answered with 429");
        app.add_option("--fail-percent", failures, "So many requests fail, before or after they are applied")
            ->check(CLI::Range(0.0, 100.0));
        app.add_option("--delay-ms", delay, "Answers of the API take so long")
            ->check(CLI::Range(1U, 86'400'000U));
        app.add_option("--client-certificate", client_certificate,
                       "The application's certificate as PEM, for assertions instead of the secret");
        app.add_option("--seed", seed, "Decides which ones fail")->capture_default_str();
    }
};

namespace detail {

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
inline std::string quoted(const std::string& text)
{
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

inline void apply(emulation& given)
{
    if (!given.state_file.empty())
        given.emulator.state_file = given.state_file;
    if (given.throttle)
        given.emulator.throttle.emplace().requests = *given.throttle;
    if (given.token_seconds)
        given.emulator.oauth.access_token_lifetime = std::chrono::seconds{*given.token_seconds};
    if (!given.client_certificate.empty())
        given.emulator.oauth.client_certificate_pem = content_of(given.client_certificate);
    if (given.interval_seconds)
        given.emulator.oauth.device_code_interval = std::chrono::seconds{*given.interval_seconds};
}

// Before a request is applied and after it, with an answer and without one.
inline pc::testing::failure_rule failures_of(const emulation& given)
{
    using pc::testing::failure;
    return pc::testing::failure_rule({failure::answer(503), failure::reset(), failure::apply_and_answer(503),
                                      failure::apply_and_close(), failure::apply_and_reset()})
        .randomly(given.failures / 100, given.seed);
}

// Every request of the API is served at once, and answered later.
inline pc::testing::failure_rule delay_of(unsigned milliseconds)
{
    using pc::testing::failure;
    return pc::testing::failure_rule(failure::apply_and_delay(std::chrono::milliseconds{milliseconds}))
        .path("/v1/*")
        .always();
}

inline void print_authority(const pc::testing::emulator& emulator)
{
    std::cout << "export PARTNER_CENTER_AUTHORITY=" << quoted(emulator.base_url())
              << "\nexport PARTNER_CENTER_TENANT=" << quoted(emulator.tenant())
              << "\nexport PARTNER_CENTER_CLIENT_ID=" << quoted(emulator.client_id())
              << "\nexport PARTNER_CENTER_CLIENT_SECRET=" << quoted(emulator.client_secret())
              << "\nexport PARTNER_CENTER_REFRESH_TOKEN=" << quoted(emulator.refresh_token()) << std::endl;
}

} // namespace detail

/// Makes the emulator, on a thread of its own, and prints what the other programs need in their environment,
/// as commands for a shell. Serves until `wait` returns; the certificate's file goes away with that unless a
/// place for it was given. Does not wait when the standard output cannot be written.
inline void serve(emulation given, const std::function<void()>& wait)
{
    detail::apply(given);
    pc::testing::emulator emulator(given.emulator);
    if (given.failures > 0)
        emulator.add_failure(detail::failures_of(given));
    if (given.delay)
        emulator.add_failure(detail::delay_of(*given.delay));

    std::optional<detail::temporary_folder> folder;
    const fs::path ca_file =
        given.ca_file.empty() ? folder.emplace().file("ca.pem") : fs::absolute(given.ca_file);
    emulator.write_ca_file(ca_file);

    std::cout << "export PARTNER_CENTER_BASE_URL=" << detail::quoted(emulator.base_url())
              << "\nexport PARTNER_CENTER_TOKEN=" << detail::quoted(emulator.token())
              << "\nexport PARTNER_CENTER_CA_FILE=" << detail::quoted(ca_file.string()) << std::endl;
    if (given.authority)
        detail::print_authority(emulator);
    if (std::cout)
        wait();
}

} // namespace examples

#endif
