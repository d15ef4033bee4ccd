// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_SCENES_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_SCENES_HPP

#include "allocations.hpp"
#include "play.hpp"

#include <partner_center/client.hpp>
#include <partner_center/testing/emulator.hpp>
#include <partner_center/testing/failure.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>

#include <doctest/doctest.h>

namespace partner_center::testing {

/// What many scenes begin with: a connection that is kept.
inline void open_connection(play& now, const client& of)
{
    outcome first;
    of.async_get(first.diag, asio::bind_cancellation_slot(now.signal.slot(), outcome::handler{&first}));
    const bool ended = now.run();
    const plenty memory;
    REQUIRE(ended);
    REQUIRE_FALSE(first.ec);
}

inline void open_connection(play& now)
{
    open_connection(now, now.client);
}

/// The service fails from now on, as the rule says.
inline void fail(play& now, const failure_rule& rule)
{
    const plenty not_ours;
    now.service.add_failure(rule);
}

/// Whether the first call has succeeded.
inline bool ended_well(const play& over)
{
    return over.results[0].completions == 1 && !over.results[0].ec;
}

} // namespace partner_center::testing

#endif
