// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The one file of a program that compiles Boost.JSON instead of linking it.

#include <boost/json/src.hpp>
