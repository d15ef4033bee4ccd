// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CONFIG_HPP
#define PARTNER_CENTER_DETAIL_CONFIG_HPP

// Header-only by default: the bodies in impl/*.ipp are inline functions. With
// PARTNER_CENTER_SEPARATE_COMPILATION defined in every translation unit, headers only declare, and
// exactly one file of the program includes <partner_center/src.hpp> to hold the bodies.
#ifdef PARTNER_CENTER_SEPARATE_COMPILATION
#define PARTNER_CENTER_DECL
#else
#define PARTNER_CENTER_DECL inline
#endif

#include <boost/version.hpp>

#if BOOST_VERSION < 108100
#error "partner_center needs Boost 1.81 or newer"
#endif

namespace boost::asio {
}
namespace boost::beast::http {
}
namespace boost::json {
}

/// A client for the profiles of Microsoft Partner Center.
namespace partner_center {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

} // namespace partner_center

#endif
