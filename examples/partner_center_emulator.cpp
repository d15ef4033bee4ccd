// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Partner Center on loopback, until it is interrupted.

#include "common/program.hpp"

#include <boost/asio/signal_set.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

namespace fs = std::filesystem;

struct arguments {
    pc::testing::emulator_options emulator;
    std::string state_file;
    std::string ca_file;
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

void serve(arguments given)
{
    asio::io_context context;
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const pc::error_code&, int) { context.stop(); });

    if (!given.state_file.empty())
        given.emulator.state_file = given.state_file;
    const pc::testing::emulator emulator(context.get_executor(), given.emulator);

    std::optional<temporary_folder> folder;
    const fs::path ca_file =
        given.ca_file.empty() ? folder.emplace().file("ca.pem") : fs::absolute(given.ca_file);
    emulator.write_ca_file(ca_file);

    std::cout << "export PARTNER_CENTER_BASE_URL=" << quoted(emulator.base_url())
              << "\nexport PARTNER_CENTER_TOKEN=" << quoted(emulator.token())
              << "\nexport PARTNER_CENTER_CA_FILE=" << quoted(ca_file.string()) << std::endl;
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

    return examples::run(app, argc, argv, [&] { serve(std::move(given)); });
}
