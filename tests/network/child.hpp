// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_NETWORK_CHILD_HPP
#define PARTNER_CENTER_NETWORK_CHILD_HPP

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace network {

/// A program that runs beside this one until it is killed.
class child {
public:
    /// @param command The program, searched in PATH, and its arguments.
    /// @param output Where what it prints is added.
    child(const std::vector<std::string>& command, const std::filesystem::path& output);
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child();

    /// Sends it a signal, which must reach it.
    void signal(int number) const;

    /// SIGKILL; returns when it is gone.
    void kill() noexcept;

    /// Waits for its own end.
    /// @return The exit status; 128 and more for a signal.
    int wait() noexcept;

    /// Whether it still runs. Reaps it when it does not.
    [[nodiscard]] bool is_running() noexcept;

    [[nodiscard]] pid_t id() const noexcept { return id_; }

private:
    std::string name_;
    pid_t id_ = 0;
};

/// Runs a program to its end.
/// @throws std::runtime_error It fails; the text has the command and what it printed.
void run(const std::vector<std::string>& command);

} // namespace network

#endif
