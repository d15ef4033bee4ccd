// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "failure.hpp"

#include <partner_center/condition.hpp>

namespace partner_profile {
namespace {

bool is_usage(const pc::error_code& ec)
{
    return ec == pc::errc::invalid_base_url || ec == pc::errc::insecure_base_url ||
           ec == pc::errc::invalid_tls_settings || ec == pc::errc::invalid_argument;
}

exit_status status_of(const pc::error& e)
{
    const pc::error_code& ec = e.code();
    if (e.diagnostics().may_have_been_applied)
        return exit_status::may_have_been_applied;
    if (is_usage(ec))
        return exit_status::usage;
    if (ec == pc::condition::conflict)
        return exit_status::conflict;
    if (ec == pc::condition::unauthorized || ec == pc::condition::forbidden)
        return exit_status::not_signed_in;
    if (ec == pc::condition::throttled || ec == pc::condition::timeout)
        return exit_status::out_of_time;
    if (ec == pc::condition::invalid_request)
        return exit_status::invalid;
    if (ec == pc::condition::connection_failed)
        return exit_status::no_connection;
    if (ec == pc::errc::refresh_token_not_stored || ec == pc::errc::prompt_failed)
        return exit_status::other;
    return exit_status::service;
}

std::string advice_against_timeout(const pc::error& e)
{
    if (e.code() == pc::errc::sign_in_expired)
        return "Nobody entered the code in time: run 'partner_profile sign-in' again.";
    if (e.diagnostics().retry_after)
        return "The service asks for patience: try again in " +
               std::to_string(e.diagnostics().retry_after->count()) + " s, or give more time with --timeout.";
    return "Try again later, or give more time with --timeout.";
}

std::string advice_on_sign_in(const pc::error& e)
{
    if (e.code() == pc::errc::invalid_credential)
        return "The application is not set up as the authority knows it: correct the tenant, the client id "
               "or\n"
               "the secret.";
    if (e.code() == pc::errc::wrong_token_audience)
        return "The token is for another service: get one for Partner Center.";
    if (e.code() == pc::condition::forbidden)
        return "Sign in as somebody who may do this, with 'partner_profile sign-in --force'.";
    return "Run 'partner_profile sign-in --force', or give a good token in PARTNER_CENTER_TOKEN.";
}

std::string advice(const pc::error& e)
{
    switch (status_of(e)) {
    case exit_status::usage: return "See 'partner_profile --help'.";
    case exit_status::may_have_been_applied:
        return "The change was sent, and how that ended is not known: look with 'partner_profile get' "
               "before\n"
               "you try again.";
    case exit_status::conflict:
        return "Somebody else changes the profile at the same time; nothing was stored: try again.";
    case exit_status::not_signed_in: return advice_on_sign_in(e);
    case exit_status::out_of_time: return advice_against_timeout(e);
    case exit_status::invalid: return "Nothing was stored: correct what is named above.";
    case exit_status::no_connection:
        return e.code() == pc::condition::untrusted_peer
                   ? "The server is not who it should be: see --base-url and --ca-file."
                   : "Look at the network, --base-url, and HTTPS_PROXY if you need a proxy.";
    case exit_status::other: return "Look at the file or the terminal that is named above, and try again.";
    default: return "Try again later; support asks for the ids above.";
    }
}

} // namespace

const char* const exit_statuses = "Exit status:\n"
                                  "    0  success; of diff: no difference\n"
                                  "    1  of diff: there are differences\n"
                                  "    2  bad usage\n"
                                  "    3  not signed in, or not allowed\n"
                                  "    4  the profile is not valid\n"
                                  "    5  somebody else changed the same at the same time\n"
                                  "    6  throttled, or out of time\n"
                                  "    7  no connection\n"
                                  "    8  the service failed\n"
                                  "    9  the change may have been applied\n"
                                  "   10  the editor failed, or was left with an empty file\n"
                                  "   11  another failure, such as of a file\n"
                                  "  129  ended by SIGHUP, 130 by SIGINT (Ctrl-C), 143 by SIGTERM";

failure explain(const pc::error& e)
{
    return {status_of(e), std::string(e.what()) + "\n" + advice(e)};
}

} // namespace partner_profile
