// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CONNECTION_POOL_HPP
#define PARTNER_CENTER_DETAIL_CONNECTION_POOL_HPP

#include <partner_center/detail/base_url.hpp>
#include <partner_center/detail/origin_pool.hpp>
#include <partner_center/detail/proxy.hpp>
#include <partner_center/transport_options.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace partner_center::detail {

/// All that a transport has: the TLS context, the limits, and a pool for each origin. Thread-safe.
class connection_pool : public shared_object {
public:
    /// Throws `error`, see the constructor of @ref transport.
    PARTNER_CENTER_DECL connection_pool(asio::any_io_executor executor, transport_options options);

    const asio::any_io_executor& executor() const noexcept { return executor_; }
    const transport_options& options() const noexcept { return options_; }
    asio::ssl::context& tls_context() noexcept { return context_; }

    /// The number of a connection that is being opened, from 1.
    std::uint64_t next_connection_number() noexcept { return ++last_number_; }

    /// The pool of an origin, made when it is asked for the first time.
    PARTNER_CENTER_DECL ref<origin_pool> origin(const base_url& url);

    /// Closes the pool of every origin, and of those to come.
    PARTNER_CENTER_DECL void close() noexcept;

private:
    asio::any_io_executor executor_;
    transport_options options_;
    asio::ssl::context context_;
    proxy proxy_; // without a host when there is none
    std::atomic<std::uint64_t> last_number_ = 0;
    std::mutex mutex_;
    bool closed_ = false;
    std::vector<ref<origin_pool>> origins_; // few: a look-up walks them
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/connection_pool.ipp>
#endif

#endif
