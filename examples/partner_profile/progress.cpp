// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>

namespace partner_profile {
namespace {

constexpr std::string_view erased_line = "\r\x1b[K";

// A line that wraps could not be erased.
std::size_t width()
{
    struct ::winsize size = {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        return size.ws_col - 1U;
    return 79;
}

std::string in_seconds(progress::clock::duration time)
{
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()) + " s";
}

} // namespace

bool has_status_line()
{
    const char* const terminal = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) == 1 && terminal && std::string_view(terminal) != "dumb";
}

progress::progress(asio::io_context& context, bool visible, bool verbose)
    : timer_(context)
    , visible_(visible)
    , verbose_(verbose)
{
}

void progress::begin(std::string what)
{
    pinned_ = false;
    what_ = std::move(what);
    since_ = clock::now();
    until_.reset();
    erase();
    schedule();
}

void progress::begin_wait(std::string what, clock::duration time)
{
    count_down(std::move(what), time);
    pinned_ = true;
}

void progress::count_down(std::string what, clock::duration time)
{
    what_ = std::move(what);
    until_ = clock::now() + time;
    draw();
}

void progress::end()
{
    pinned_ = false;
    what_.clear();
    timer_.cancel();
    erase();
}

void progress::tell(const pc::event& e)
{
    if (verbose_) {
        erase();
        std::cerr << describe(e) << '\n';
    }
    if (!what_.empty() && !pinned_) {
        if (e.kind == pc::event_kind::attempt_started)
            begin("waiting for " + std::string(e.host));
        else if (e.kind == pc::event_kind::retry_scheduled && e.delay >= std::chrono::seconds(1))
            count_down(std::string(to_string(e.why_retried)) + ", retrying in", e.delay);
    } else if (verbose_ && pinned_)
        draw();
}

std::string progress::text() const
{
    const auto now = clock::now();
    return what_ + " " + in_seconds(until_ ? *until_ - now : now - since_ - std::chrono::milliseconds(500));
}

void progress::draw()
{
    if (!visible_ || what_.empty())
        return;
    if (until_ && *until_ <= clock::now()) {
        erase(); // what comes next tells of itself
        return;
    }
    std::cerr << erased_line << text().substr(0, width()) << std::flush;
    drawn_ = true;
    schedule();
}

void progress::erase()
{
    if (std::exchange(drawn_, false))
        std::cerr << erased_line << std::flush;
}

void progress::schedule()
{
    if (!visible_)
        return;
    const auto now = clock::now();
    auto next = now + std::chrono::seconds(1);
    if (until_) // just after the number becomes another one
        next = *until_ - std::chrono::floor<std::chrono::seconds>(*until_ - now);
    if (next <= now)
        next += std::chrono::seconds(1);
    timer_.expires_at(next);
    timer_.async_wait([this](const pc::error_code& ec) {
        if (!ec)
            draw();
    });
}

} // namespace partner_profile
