// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_REFRESH_TOKEN_HPP
#define PARTNER_CENTER_REFRESH_TOKEN_HPP

// What credential::refresh_token needs: its options, and, where bodies are in headers, what it does. Not a
// part of partner_center.hpp, so that programs with other tokens do not compile it.

#include <partner_center/credential.hpp>
#include <partner_center/refresh_token_options.hpp>

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/detail/call.hpp>
#include <partner_center/detail/refresh_token_source.hpp>
#endif

#endif
