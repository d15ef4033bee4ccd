// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The library once more, without optimization: its functions, and Asio's, have to have names on the stack.

#include <partner_center/src.hpp>
