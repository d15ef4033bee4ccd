// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_EMULATE_HPP
#define PARTNER_PROFILE_EMULATE_HPP

#include "../common/emulation.hpp"
#include "failure.hpp"
#include "interrupts.hpp"

namespace partner_profile {

/// Serves until a signal comes, which is reported as always. @throws interrupted
exit_status emulate(const examples::emulation& given, const interrupts& signals);

} // namespace partner_profile

#endif
