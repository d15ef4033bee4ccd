// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_VERSION_HPP
#define PARTNER_CENTER_VERSION_HPP

/// The first number of the library's version, which follows semantic versioning. The build files read the
/// version from here.
#define PARTNER_CENTER_VERSION_MAJOR 0
/// The second number of the version.
#define PARTNER_CENTER_VERSION_MINOR 1
/// The third number of the version.
#define PARTNER_CENTER_VERSION_PATCH 0

/// The three numbers as one that grows from version to version, for `#if`: 10203 is 1.2.3.
#define PARTNER_CENTER_VERSION \
    (PARTNER_CENTER_VERSION_MAJOR * 10000 + PARTNER_CENTER_VERSION_MINOR * 100 + PARTNER_CENTER_VERSION_PATCH)

/// The same three numbers as text.
#define PARTNER_CENTER_VERSION_STRING "0.1.0"

#endif
