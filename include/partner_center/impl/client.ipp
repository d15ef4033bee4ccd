// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CLIENT_IPP
#define PARTNER_CENTER_IMPL_CLIENT_IPP

#include <partner_center/client.hpp>
#include <partner_center/detail/call.hpp>
#include <partner_center/detail/transport_access.hpp>

#include <optional>

namespace partner_center {

// The state outlives the client while calls are under way; this does not.
class client::owner : public detail::shared_object {
public:
    owner(detail::ref<detail::connection_pool> pool, credential source, client_options options)
        : state(new detail::calling_client(std::move(pool), std::move(source), std::move(options)))
    {
    }
    owner(transport own, credential source, client_options options)
        : owner(detail::transport_access::pool(own), std::move(source), std::move(options))
    {
        private_transport.emplace(std::move(own));
    }
    ~owner() override { state->end(); }

    std::optional<transport> private_transport;
    detail::ref<const detail::client_state> state;
};

PARTNER_CENTER_DECL client::client(asio::any_io_executor executor, credential source, client_options options)
    : owner_(new owner(transport(std::move(executor)), std::move(source), std::move(options)))
{
}

PARTNER_CENTER_DECL client::client(transport& shared, credential source, client_options options)
    : owner_(new owner(detail::transport_access::pool(shared), std::move(source), std::move(options)))
{
}

PARTNER_CENTER_DECL client::client(const client& other) noexcept = default;
PARTNER_CENTER_DECL client& client::operator=(const client& other) noexcept = default;
PARTNER_CENTER_DECL client::~client() = default;

PARTNER_CENTER_DECL asio::any_io_executor client::get_executor() const noexcept
{
    return owner_->state->transport->executor();
}

PARTNER_CENTER_DECL const detail::call_maker& client::state() const noexcept
{
    return *owner_->state;
}

} // namespace partner_center

#endif
