// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_UNIT_WITHOUT_NETWORK_HPP
#define PARTNER_CENTER_TESTS_UNIT_WITHOUT_NETWORK_HPP

#include <partner_center/credential.hpp>
#include <partner_center/detail/call.hpp>
#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/detail/origin_pool.hpp>

#include <boost/asio/io_context.hpp>

#include <utility>

namespace partner_center::testing {

/// A call that says only whether it was woken, or stopped and why.
class quiet_call final : public detail::pooled_call {
public:
    explicit quiet_call(boost::asio::io_context& io)
        : pooled_call(io.get_executor(), detail::make_call_strand(io.get_executor()))
    {
        allow_to_begin(false);
    }

    bool woken = false;

private:
    bool begin() override
    {
        woken = true;
        return true;
    }
    void after_resume() override {}
    bool is_harmless_to_cancel() const noexcept override { return true; }
};

/// A client that nobody calls.
inline detail::ref<const detail::call_maker> make_client(boost::asio::io_context& io,
                                                         client_options settings = {})
{
    const detail::ref<detail::connection_pool> pool(
        new detail::connection_pool(io.get_executor(), transport_options()));
    return detail::ref<const detail::call_maker>(
        new detail::calling_client(pool, credential::bearer("fake-token"), std::move(settings)));
}

} // namespace partner_center::testing

#endif
