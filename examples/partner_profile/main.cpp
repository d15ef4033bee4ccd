// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Reads, changes, checks and compares the organization profile from a terminal or a script.

#include "commands.hpp"
#include "emulate.hpp"
#include "failure.hpp"
#include "interrupts.hpp"
#include "options.hpp"

#include "../common/usage_error.hpp"

#include <partner_center/version.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <string>

namespace partner_profile {
namespace {

class command_line {
public:
    explicit command_line(const interrupts& signals)
        : signals_(signals)
    {
        app_.name("partner_profile");
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "partner_profile " PARTNER_CENTER_VERSION_STRING);
        app_.footer(
            "'partner_profile COMMAND --help' tells the options of a command. HTTPS_PROXY and NO_PROXY "
            "are\nobeyed, and NO_COLOR, VISUAL and EDITOR.\n\n" +
            std::string(exit_statuses));
        add_get();
        add_set();
        add_edit();
        add_validate();
        add_diff();
        add_emulate();
        add_sign_in();
    }

    /// @throws CLI::ParseError, and what the commands throw.
    exit_status run(int argc, char** argv)
    {
        app_.parse(argc, argv);
        take_environment();
        return command_();
    }

    CLI::App& app() noexcept { return app_; }

private:
    using function = exit_status (*)(const options&, const interrupts&);

    CLI::App& add(const char* name, const char* what, function body)
    {
        CLI::App& command = *app_.add_subcommand(name, what);
        command.callback([this, body] { command_ = [this, body] { return body(given_, signals_); }; });
        return command;
    }

    void add_get()
    {
        CLI::App& command = add("get", "Prints the profile.", get);
        command.add_flag("--json", given_.json, "Prints it on one line, for programs");
        add_service_to(command);
    }

    void add_set()
    {
        CLI::App& command =
            add("set", "Changes members of the profile, and leaves what others change alone.", set);
        command
            .add_option("assignment", given_.assignments,
                        "A member and its new value, such as default_address.phone_number=4255550101; "
                        "PATH:=JSON for what is no text")
            ->type_name("PATH=TEXT");
        command.add_option("--null", given_.nulls, "Sets the member at a path to null")
            ->type_name("PATH")
            ->allow_extra_args(false);
        command.add_option("--unset", given_.removals, "Removes the member at a path")
            ->type_name("PATH")
            ->allow_extra_args(false);
        command
            .add_option("--from", given_.file,
                        "Sets the members that this JSON has; - is the standard input. With an etag in it, "
                        "only while that is the present one")
            ->type_name("FILE");
        add_change_to(command);
    }

    void add_edit()
    {
        CLI::App& command =
            add("edit", "Opens the profile in $VISUAL or $EDITOR, and stores what was changed.", edit);
        add_change_to(command);
    }

    void add_validate()
    {
        CLI::App& command = add("validate", "Checks a profile against the documented limits.", validate);
        command
            .add_option("file", given_.file,
                        "The profile as JSON; - is the standard input. Without it, the service's")
            ->type_name("FILE");
        command.add_flag("--online", given_.online,
                         "Also asks the service whether the file is of your organization and up to date, and "
                         "whether you may sign in; stores nothing");
        command.add_flag("--json", given_.json, "Prints the mistakes as JSON");
        add_service_to(command);
    }

    void add_diff()
    {
        CLI::App& command = add("diff", "Compares the service's profile with a file.", diff);
        command.add_option("file", given_.file, "The profile as JSON; - is the standard input")
            ->type_name("FILE")
            ->required();
        command.add_flag("--json", given_.json, "Prints the differences as JSON");
        add_colour_to(command);
        add_service_to(command);
    }

    void add_emulate()
    {
        CLI::App& command = *app_.add_subcommand(
            "emulate", "Runs an emulator of Partner Center, and prints the environment that leads to it.");
        emulation_.add_to(command);
        command.callback([this] { command_ = [this] { return emulate(emulation_, signals_); }; });
    }

    void add_sign_in()
    {
        CLI::App& command =
            add("sign-in", "Signs a person in by a device code, and stores the refresh token in a file.",
                sign_in);
        command.add_flag("--force", given_.force, "Signs in even if the stored token is still good");
        add_application_to(command);
        add_network_to(command);
    }

    void add_change_to(CLI::App& command)
    {
        command.add_flag("--dry-run", given_.dry_run, "Shows the differences and sends no change");
        command.add_flag("--json", given_.json, "Prints nothing but the stored profile, on one line");
        add_colour_to(command);
        add_service_to(command);
    }

    void add_colour_to(CLI::App& command)
    {
        command
            .add_option("--color", given_.colour,
                        "auto, which is on terminals without NO_COLOR; always; never")
            ->check(CLI::IsMember({"auto", "always", "never"}))
            ->type_name("WHEN");
    }

    void add_service_to(CLI::App& command)
    {
        command
            .add_option("--token", given_.service.token,
                        "The access token; better given in PARTNER_CENTER_TOKEN, where others do not see it")
            ->type_name("TOKEN");
        add_application_to(command);
        add_network_to(command);
    }

    void add_application_to(CLI::App& command)
    {
        pc::application_options& application = given_.service.application;
        command
            .add_option("--token-file", given_.service.token_file,
                        "Where sign-in keeps the refresh token, or PARTNER_CENTER_TOKEN_FILE; by default in "
                        "~/.config/partner_center")
            ->type_name("FILE");
        command
            .add_option("--tenant", application.tenant,
                        "The partner's tenant, its id or a domain of it, or PARTNER_CENTER_TENANT")
            ->type_name("TENANT");
        command
            .add_option("--client-id", application.client_id,
                        "The application that is registered there, or PARTNER_CENTER_CLIENT_ID")
            ->type_name("GUID");
        command
            .add_option("--client-secret", application.client_secret,
                        "Its secret, if it has one; better given in PARTNER_CENTER_CLIENT_SECRET")
            ->type_name("SECRET");
        command
            .add_option("--authority", application.authority,
                        "Who gives tokens, if not the cloud's, or PARTNER_CENTER_AUTHORITY")
            ->type_name("URL");
    }

    void add_network_to(CLI::App& command)
    {
        service_options& service = given_.service;
        command.add_option("--cloud", service.cloud, "global, us_government or china_21vianet")
            ->check(CLI::IsMember({"global", "us_government", "china_21vianet"}))
            ->type_name("CLOUD");
        command
            .add_option("--base-url", service.base_url,
                        "The service, if it is not the cloud's, or PARTNER_CENTER_BASE_URL")
            ->type_name("URL");
        command
            .add_option(
                "--ca-file", service.ca_file,
                "The certificates to trust, as PEM, instead of the system's, or PARTNER_CENTER_CA_FILE")
            ->type_name("FILE");
        command
            .add_option("--timeout", service.timeout, "The most seconds that a call may take, waits included")
            ->check(CLI::Range(1U, 86'400U))
            ->type_name("SECONDS")
            ->capture_default_str();
        command.add_flag("--verbose", service.verbose, "Tells what happens on the connections");
    }

    // Not by the parser: it would let the environment of one command win over the arguments of another.
    void take_environment()
    {
        const auto take = [](std::string& to, const char* name) {
            if (const char* const value = std::getenv(name); value && to.empty())
                to = value;
        };
        service_options& service = given_.service;
        take(service.token, "PARTNER_CENTER_TOKEN");
        take(service.token_file, "PARTNER_CENTER_TOKEN_FILE");
        take(service.base_url, "PARTNER_CENTER_BASE_URL");
        take(service.ca_file, "PARTNER_CENTER_CA_FILE");
        take(service.application.tenant, "PARTNER_CENTER_TENANT");
        take(service.application.client_id, "PARTNER_CENTER_CLIENT_ID");
        take(service.application.client_secret, "PARTNER_CENTER_CLIENT_SECRET");
        take(service.application.authority, "PARTNER_CENTER_AUTHORITY");
    }

    const interrupts& signals_;
    CLI::App app_{"Reads, changes, checks and compares the organization profile of Partner Center."};
    options given_;
    examples::emulation emulation_;
    std::function<exit_status()> command_;
};

// A value is not shown, for it may be a token in the wrong place.
std::string unexpected_argument(const CLI::App& app)
{
    const std::string first = app.remaining(true).front();
    return "not expected: " + (first.starts_with('-') ? first.substr(0, first.find('='))
                                                      : "an argument that belongs to no option");
}

exit_status run(command_line& given, int argc, char** argv)
{
    const auto failed = [](const std::string& what, exit_status status) {
        std::cout.flush();
        std::cerr << "partner_profile: " << what << '\n';
        return status;
    };
    const std::string see_help = "\nSee 'partner_profile --help'.";
    try {
        const exit_status status = given.run(argc, argv);
        return std::cout.flush() ? status
                                 : failed("the standard output cannot be written", exit_status::other);
    } catch (const CLI::ExtrasError&) {
        return failed(unexpected_argument(given.app()) + see_help, exit_status::usage);
    } catch (const CLI::ParseError& e) {
        return given.app().exit(e) == 0 ? exit_status::success : exit_status::usage;
    } catch (const examples::usage_error& e) {
        return failed(e.what() + see_help, exit_status::usage);
    } catch (const failure& e) {
        return failed(e.what(), e.status());
    } catch (const pc::error& e) {
        const failure explained = explain(e);
        return failed(explained.what(), explained.status());
    } catch (const std::exception& e) {
        return failed(e.what(), exit_status::other);
    }
}

// Destroying a context would wait for a look-up of a host name that nobody wants any more.
[[noreturn]] void leave(int status)
{
    std::cout.flush();
    std::cerr.flush();
    ::_exit(status);
}

} // namespace
} // namespace partner_profile

int main(int argc, char** argv)
{
    namespace pp = partner_profile;
    try {
        const pp::interrupts signals;
        try {
            pp::command_line given(signals);
            const pp::exit_status status = pp::run(given, argc, argv);
            if (status == pp::exit_status::success || signals.pending() == 0)
                pp::leave(static_cast<int>(status));
        } catch (const pp::interrupted& e) {
            std::cerr << "partner_profile: interrupted" << (e.text.empty() ? "" : ": ") << e.text << '\n';
        }
        pp::leave(128 + (signals.pending() == 0 ? SIGINT : signals.pending()));
    } catch (const std::exception& e) {
        std::cerr << "partner_profile: " << e.what() << '\n';
        pp::leave(static_cast<int>(pp::exit_status::other));
    }
}
