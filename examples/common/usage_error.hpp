// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_USAGE_ERROR_HPP
#define PARTNER_CENTER_EXAMPLES_USAGE_ERROR_HPP

#include <stdexcept>

namespace examples {

/// The user asked for something that makes no sense; the text says what.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace examples

#endif
