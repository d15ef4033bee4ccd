// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_OPENSSL_ERROR_HPP
#define PARTNER_CENTER_DETAIL_OPENSSL_ERROR_HPP

#include <partner_center/errc.hpp>

namespace partner_center::detail {

/// Why OpenSSL has just failed: the oldest error of this thread's queue, which loses that one. Never success,
/// for OpenSSL does not always say.
PARTNER_CENTER_DECL error_code last_openssl_error() noexcept;

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/openssl_error.ipp>
#endif

#endif
