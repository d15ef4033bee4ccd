// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_EDITOR_HPP
#define PARTNER_PROFILE_EDITOR_HPP

#include "interrupts.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace partner_profile {

/// A new file for the user's editor, which nobody else can read. It goes away with this object, unless it is
/// kept.
class draft {
public:
    /// @throws std::system_error
    draft();
    draft(const draft&) = delete;
    draft& operator=(const draft&) = delete;
    ~draft();

    const std::filesystem::path& path() const noexcept { return path_; }

    /// @throws std::system_error
    void write(const std::string& text) const;

    /// What the editor left there, which may have made a new file of that name. @throws failure
    std::string read(const interrupts& signals) const;

    void keep(bool whether) noexcept { kept_ = whether; }
    bool kept() const noexcept { return kept_; }

private:
    std::filesystem::path path_;
    bool kept_ = false;
};

/// Runs $VISUAL or else $EDITOR, or else what Debian or POSIX has, on a file, and waits for its end. On a
/// terminal the editor is the foreground job, and what it does to the terminal's settings is undone.
///
/// @param line Where the editor should begin, if it is one that is known to be able to; 0 for nowhere.
/// @throws failure It ended with an error.
/// @throws interrupted It was ended by an interrupt, or this program was.
void run_editor(const std::filesystem::path& file, std::size_t line, const interrupts& signals);

/// Whether there is a terminal to ask on.
bool can_ask();

/// Asks on the terminal, and takes Enter for yes. @throws interrupted
bool confirm(const std::string& question, const interrupts& signals);

} // namespace partner_profile

#endif
