// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_TRANSPORT_IPP
#define PARTNER_CENTER_IMPL_TRANSPORT_IPP

#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/transport.hpp>

#include <utility>

namespace partner_center {

PARTNER_CENTER_DECL transport::transport(asio::any_io_executor executor, transport_options options)
    : pool_(new detail::connection_pool(std::move(executor), std::move(options)))
{
}

PARTNER_CENTER_DECL transport::transport(transport&& other) noexcept = default;

PARTNER_CENTER_DECL transport& transport::operator=(transport&& other) noexcept
{
    if (this != &other) {
        const auto closed = std::exchange(pool_, std::move(other.pool_));
        if (closed)
            closed->close();
    }
    return *this;
}

PARTNER_CENTER_DECL transport::~transport()
{
    close();
}

PARTNER_CENTER_DECL void transport::close() noexcept
{
    // Who is told of the closed connections may destroy this object.
    if (const auto pool = pool_)
        pool->close();
}

} // namespace partner_center

#endif
