// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_OPENSSL_ERROR_IPP
#define PARTNER_CENTER_IMPL_OPENSSL_ERROR_IPP

#include <partner_center/detail/openssl_error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/errc.hpp>

#include <openssl/err.h>

namespace partner_center::detail {

PARTNER_CENTER_DECL error_code last_openssl_error() noexcept
{
    const unsigned long code = ERR_get_error();
    if (code != 0 && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
        return make_error_code(boost::system::errc::not_enough_memory);
    return code == 0 ? error_code(asio::ssl::error::unexpected_result)
                     : error_code(static_cast<int>(code), asio::error::get_ssl_category());
}

} // namespace partner_center::detail

#endif
