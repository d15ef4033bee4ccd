// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_INTERRUPTS_HPP
#define PARTNER_PROFILE_INTERRUPTS_HPP

#include <string>

namespace partner_profile {

/// Thrown where a signal ended what the program was about.
struct interrupted {
    std::string text; ///< What the user has to know beside the interruption; may be empty.
};

/// SIGINT, SIGTERM and SIGHUP, which end the program with 128 + their number, and make no call of the system
/// wait on. There is one object in the program: signals belong to the process.
class interrupts {
public:
    /// @throws std::system_error
    interrupts();
    interrupts(const interrupts&) = delete;
    interrupts& operator=(const interrupts&) = delete;
    ~interrupts() = default; // The handlers stay until the program ends.

    /// Readable for ever once there was a signal.
    int descriptor() const noexcept;

    /// The first of them, 0 before.
    int pending() const noexcept;

    /// @throws interrupted There was one.
    void check() const;

    /// Waits until a descriptor is readable or at its end. @throws interrupted A signal came first.
    void wait_readable(int fd) const;
};

} // namespace partner_profile

#endif
