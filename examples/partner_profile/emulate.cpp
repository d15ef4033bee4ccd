// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "emulate.hpp"

namespace partner_profile {

exit_status emulate(const examples::emulation& given, const interrupts& signals)
{
    // The emulator has a thread of its own, and this one waits for the signal.
    examples::serve(given, [&signals] { signals.wait_readable(signals.descriptor()); });
    return exit_status::other; // the standard output cannot be written
}

} // namespace partner_profile
