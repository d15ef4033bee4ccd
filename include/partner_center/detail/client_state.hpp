// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CLIENT_STATE_HPP
#define PARTNER_CENTER_DETAIL_CLIENT_STATE_HPP

#include <partner_center/client_options.hpp>
#include <partner_center/credential.hpp>
#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/token_source.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <string>
#include <string_view>

namespace partner_center::detail {

/// What all copies of a client share, and what its calls keep alive.
class client_state : public call_maker {
public:
    client_options options;
    base_url url;
    std::string url_text;
    ref<token_source> tokens;
    std::string_view token_problem; ///< Why it cannot be sent; empty if it can.
    ref<connection_pool> transport;
    ref<origin_pool> origin;

    /// Throws `error`, see the constructor of @ref client.
    PARTNER_CENTER_DECL client_state(ref<connection_pool> pool, credential source, client_options with);

    /// Ends the calls under way, and those to come of operations that were made but not begun.
    PARTNER_CENTER_DECL void end() const noexcept;
    bool ended() const noexcept { return ended_; }

    /// Makes all calls of the client wait until then; from any thread.
    PARTNER_CENTER_DECL void hold_until(steady_clock::time_point until) const noexcept;
    /// No call begins an attempt before.
    steady_clock::time_point held_until() const noexcept { return held_until_; }

private:
    mutable std::atomic<bool> ended_ = false;
    mutable std::atomic<steady_clock::time_point> held_until_ = steady_clock::time_point();
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/client_state.ipp>
#endif

#endif
