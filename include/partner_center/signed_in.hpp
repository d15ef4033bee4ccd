// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_SIGNED_IN_HPP
#define PARTNER_CENTER_SIGNED_IN_HPP

#include <partner_center/access_token.hpp>

#include <string>

namespace partner_center {

/// What a sign-in brings. Both are secrets. Distinct objects may be used from different threads.
struct signed_in {
    /// For calls at once, until it expires.
    access_token access;
    /// To be stored, and given to `credential::refresh_token`.
    std::string refresh_token;

    /// Nothing.
    signed_in() noexcept {}
};

} // namespace partner_center

#endif
