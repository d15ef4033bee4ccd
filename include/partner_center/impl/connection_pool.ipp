// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CONNECTION_POOL_IPP
#define PARTNER_CENTER_IMPL_CONNECTION_POOL_IPP

#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/error.hpp>

#include <boost/beast/core/string.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace partner_center::detail {

[[noreturn]] inline void throw_invalid_option(std::string what)
{
    diagnostics diag;
    diag.description = std::move(what);
    throw error(errc::invalid_argument, std::move(diag));
}

inline transport_options checked(transport_options options)
{
    using duration = transport_options::duration;
    if (options.max_connections == 0)
        throw_invalid_option("transport_options::max_connections is 0");
    if (options.max_response_header < 256)
        throw_invalid_option("transport_options::max_response_header is less than 256 bytes");
    if (options.max_response_body == 0)
        throw_invalid_option("transport_options::max_response_body is 0");
    if (options.idle_timeout < duration::zero())
        throw_invalid_option("transport_options::idle_timeout is negative");
    if (options.max_connection_age < duration::zero())
        throw_invalid_option("transport_options::max_connection_age is negative");
    if (options.connect_timeout <= duration::zero())
        throw_invalid_option("transport_options::connect_timeout is not more than zero");
    if (options.handshake_timeout <= duration::zero())
        throw_invalid_option("transport_options::handshake_timeout is not more than zero");
    if (options.attempt_timeout <= duration::zero())
        throw_invalid_option("transport_options::attempt_timeout is not more than zero");
    return options;
}

PARTNER_CENTER_DECL connection_pool::connection_pool(asio::any_io_executor executor,
                                                     transport_options options)
    : executor_(std::move(executor))
    , options_(checked(std::move(options)))
    , context_(make_tls_context(options_))
{
    options_.tls.reset();
    if (const std::string wrong = parse_proxy(options_.proxy, proxy_); !wrong.empty())
        throw_invalid_option("transport_options::proxy." + wrong);
}

PARTNER_CENTER_DECL ref<origin_pool> connection_pool::origin(const base_url& url)
{
    const std::lock_guard lock(mutex_);
    for (const auto& known : origins_)
        if (boost::beast::iequals(known->origin().host, url.host) && known->origin().port == url.port)
            return known;
    const bool direct = proxy_.host.empty() || bypasses_proxy(options_.proxy.bypass, url);
    ref<origin_pool> made(new origin_pool(executor_, url, direct ? nullptr : &proxy_, options_));
    origins_.push_back(std::move(made));
    if (closed_)
        origins_.back()->close();
    return origins_.back();
}

// Not under the mutex: who is told of the closed connections may use the transport.
PARTNER_CENTER_DECL void connection_pool::close() noexcept
{
    for (std::size_t i = 0;; ++i) {
        ref<origin_pool> next;
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
            if (i == origins_.size())
                return;
            next = origins_[i];
        }
        next->close();
    }
}

} // namespace partner_center::detail

#endif
