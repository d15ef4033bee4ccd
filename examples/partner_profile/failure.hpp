// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_FAILURE_HPP
#define PARTNER_PROFILE_FAILURE_HPP

#include <partner_center/error.hpp>

#include <stdexcept>
#include <string>

namespace partner_profile {

namespace pc = partner_center;

/// What the program ends with. The numbers are documented in the manual page and stay as they are.
enum class exit_status {
    success = 0,
    different = 1, ///< Of `diff` only.
    usage = 2,
    not_signed_in = 3,
    invalid = 4,
    conflict = 5,
    out_of_time = 6,
    no_connection = 7,
    service = 8,
    may_have_been_applied = 9,
    editor = 10,
    other = 11,
};

/// The statuses in words, for --help.
extern const char* const exit_statuses;

/// The program cannot do what it was asked for. The text says why, and in its last line what to do.
class failure : public std::runtime_error {
public:
    failure(exit_status status, const std::string& text)
        : runtime_error(text)
        , status_(status)
    {
    }

    exit_status status() const noexcept { return status_; }

private:
    exit_status status_;
};

/// What an error of the library means to the user of a program.
failure explain(const pc::error& e);

} // namespace partner_profile

#endif
