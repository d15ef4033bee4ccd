// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_PROGRESS_HPP
#define PARTNER_PROFILE_PROGRESS_HPP

#include <partner_center/event.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace partner_profile {

namespace asio = boost::asio;
namespace pc = partner_center;

/// Tells on the standard error what a call waits for: on one line of a terminal that is rewritten each second
/// and erased at the end, and event by event if that is wanted. Must not be destroyed before the last time
/// that the context runs.
class progress {
public:
    using clock = std::chrono::steady_clock;

    /// @param visible Whether there is a terminal to write the line on.
    /// @param verbose Whether events are printed.
    progress(asio::io_context& context, bool visible, bool verbose);

    /// Something begins that may take long: told once it has taken a second.
    void begin(std::string what);

    /// Something that lasts until then, whatever happens on the connections meanwhile.
    void begin_wait(std::string what, clock::duration time);

    void end();

    /// What a transport tells.
    void tell(const pc::event& e);

private:
    void count_down(std::string what, clock::duration time);
    std::string text() const;
    void draw();
    void erase();
    void schedule();

    asio::steady_timer timer_;
    bool visible_;
    bool verbose_;
    bool drawn_ = false;
    bool pinned_ = false;
    std::string what_; // empty: nothing to tell
    clock::time_point since_;
    std::optional<clock::time_point> until_;
};

/// Whether the standard error is a terminal that knows how to erase a line.
bool has_status_line();

} // namespace partner_profile

#endif
