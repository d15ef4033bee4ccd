// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_COMMANDS_HPP
#define PARTNER_PROFILE_COMMANDS_HPP

#include "failure.hpp"
#include "interrupts.hpp"
#include "options.hpp"

#include <partner_center/credential.hpp>
#include <partner_center/organization_profile.hpp>

#include <boost/json/value.hpp>

namespace partner_profile {

class session;

// The commands; each has a file of its name, or is in commands.cpp. They throw failure, pc::error,
// interrupted, and std::exception for what is none of the three.

exit_status get(const options& given, const interrupts& signals);
exit_status set(const options& given, const interrupts& signals);
exit_status edit(const options& given, const interrupts& signals);
exit_status validate(const options& given, const interrupts& signals);
exit_status diff(const options& given, const interrupts& signals);
exit_status sign_in(const options& given, const interrupts& signals);

/// The token that was given, or the refresh token that a sign-in has stored. @throws failure There is
/// neither.
pc::credential credential_of(const service_options& given);

/// Reads the profile. @param mfa_compliant Set to what the service says of the token.
pc::OrganizationProfile read_profile(session& calls, bool* mfa_compliant = nullptr);

/// Shows what a change does, or did.
void show_differences(const options& given, const boost::json::value& before,
                      const boost::json::value& after);

} // namespace partner_profile

#endif
