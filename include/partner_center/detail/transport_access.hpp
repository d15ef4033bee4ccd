// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TRANSPORT_ACCESS_HPP
#define PARTNER_CENTER_DETAIL_TRANSPORT_ACCESS_HPP

#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/transport.hpp>

namespace partner_center::detail {

/// What a transport is to those that use it; null when it was moved from.
class transport_access {
public:
    static const ref<connection_pool>& pool(const transport& t) noexcept { return t.pool_; }
};

} // namespace partner_center::detail

#endif
