// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_OPTIONS_HPP
#define PARTNER_PROFILE_OPTIONS_HPP

#include <partner_center/application_options.hpp>

#include <string>
#include <vector>

namespace partner_profile {

namespace pc = partner_center;

/// Which Partner Center to talk to, as whom, and how much to tell of it.
struct service_options {
    std::string token;
    std::string token_file;
    pc::application_options application;
    std::string cloud = "global";
    std::string base_url;
    std::string ca_file;
    unsigned timeout = 100;
    bool verbose = false;
};

/// What the command line says.
struct options {
    service_options service;
    std::string colour = "auto";
    bool json = false;
    bool dry_run = false;
    bool online = false;
    bool force = false;
    /// `-` is the standard input.
    std::string file;
    std::vector<std::string> assignments;
    std::vector<std::string> nulls;
    std::vector<std::string> removals;
};

} // namespace partner_profile

#endif
