// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_MODIFICATION_HPP
#define PARTNER_CENTER_DETAIL_MODIFICATION_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <chrono>
#include <exception>
#include <string>

namespace partner_center::detail {

/// How long to wait after so many rounds that somebody else won: a random part (`jitter`, from 0 up to 1) of
/// an upper end that doubles with each round up to its limit.
PARTNER_CENTER_DECL std::chrono::steady_clock::duration modify_pause(unsigned lost_rounds,
                                                                     double jitter) noexcept;

/**
 * Where a modify is: all of it that does not depend on the resource.
 *
 * A round is a read and a write. A write that comes too late ends the round and nothing else: the service
 * says so only of a change that it did not apply, because it knows one that it did by its MS-RequestId.
 */
class modification {
public:
    /// Sets `ec` when the options cannot be those of a modify.
    /// @param told Null, or the caller's: learns at once what must not get lost, should memory run out.
    PARTNER_CENTER_DECL modification(const call_maker& client, call_options&& options, diagnostics* told);

    error_code ec;
    diagnostics diag; ///< Of the last request.

    /// Sets `ec` when there is no time for another request, or the modify was cancelled since the first look.
    PARTNER_CENTER_DECL void check_time(asio::cancellation_type cancelled);

    /// Whether what the change threw comes of its time being over; sets `ec` then.
    PARTNER_CENTER_DECL bool is_stopped(const error_code& thrown);
    std::chrono::steady_clock::time_point deadline() const noexcept { return deadline_; }

    PARTNER_CENTER_DECL call_options read_options() const;
    PARTNER_CENTER_DECL call_options write_options(std::string&& etag) const;

    /// Whether to read and apply again after a write; clears `ec` then.
    PARTNER_CENTER_DECL bool has_another_round();
    /// How long to wait before.
    std::chrono::steady_clock::duration pause() const noexcept { return pause_; }

    /// Throws `ec` with the diagnostics.
    [[noreturn]] PARTNER_CENTER_DECL void fail();
    /// Gives the diagnostics to who wants them.
    PARTNER_CENTER_DECL void succeed() noexcept;

private:
    using clock = std::chrono::steady_clock;

    PARTNER_CENTER_DECL void refuse(std::string_view why);
    PARTNER_CENTER_DECL clock::duration time_left() const;

    // Whether a write of any round may have been applied.
    PARTNER_CENTER_DECL void note_what_is_open() noexcept;

    call_options options_;
    diagnostics* told_;
    bool left_open_ = false;
    clock::time_point deadline_ = clock::time_point::max();
    clock::duration pause_{};
    unsigned rounds_left_;
    unsigned lost_rounds_ = 0;
    bool looked_ = false;
    asio::cancellation_type cancelled_before_ = asio::cancellation_type::none;
};

/// The error code for what a modify threw; fills in `diag`, if there is one, and leaves there that the change
/// may have been applied.
PARTNER_CENTER_DECL error_code failure_of_modify(const std::exception_ptr& thrown, diagnostics* diag);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/modification.ipp>
#endif

#endif
