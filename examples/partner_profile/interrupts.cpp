// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "interrupts.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>

namespace partner_profile {
namespace {

std::array<int, 2> pipe_ends = {-1, -1};
std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free); // or a handler could not use it

extern "C" void note_signal(int number)
{
    const int saved = errno;
    int none = 0;
    if (first_signal.compare_exchange_strong(none, number)) {
        const char byte = 0;
        [[maybe_unused]] const auto written = ::write(pipe_ends[1], &byte, 1);
    }
    errno = saved;
}

void check_call(bool fine, const char* what)
{
    if (!fine)
        throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

interrupts::interrupts()
{
    check_call(::pipe2(pipe_ends.data(), O_CLOEXEC | O_NONBLOCK) == 0, "a pipe for signals");
    struct ::sigaction act = {};
    act.sa_handler = note_signal; // without SA_RESTART: what waits has to look up
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct ::sigaction before = {};
        check_call(::sigaction(number, nullptr, &before) == 0, "looking at a signal");
        // Under nohup, or in the background of a simple shell, somebody has decided otherwise.
        if (before.sa_handler != SIG_IGN)
            check_call(::sigaction(number, &act, nullptr) == 0, "catching a signal");
    }
}

int interrupts::descriptor() const noexcept
{
    return pipe_ends[0];
}

int interrupts::pending() const noexcept
{
    return first_signal;
}

void interrupts::check() const
{
    if (pending() != 0)
        throw interrupted{};
}

void interrupts::wait_readable(int fd) const
{
    for (;;) {
        std::array<::pollfd, 2> wanted = {::pollfd{fd, POLLIN, 0}, ::pollfd{descriptor(), POLLIN, 0}};
        const int found = ::poll(wanted.data(), wanted.size(), -1);
        check();
        if (found > 0 && wanted[0].revents != 0)
            return;
        check_call(found >= 0 || errno == EINTR, "waiting for input");
    }
}

} // namespace partner_profile
