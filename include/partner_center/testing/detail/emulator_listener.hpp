// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_EMULATOR_LISTENER_HPP
#define PARTNER_CENTER_TESTING_DETAIL_EMULATOR_LISTENER_HPP

#include <partner_center/testing/detail/emulator_session.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

namespace partner_center::testing::detail {

/// Accepts connections and keeps count of them. Thread-safe; used through a shared_ptr.
class emulator_listener : public std::enable_shared_from_this<emulator_listener> {
public:
    /// Binds and listens. @param one_thread The executor runs one handler at a time already.
    /// Throws boost::system::system_error that names the endpoint.
    PARTNER_CENTER_DECL emulator_listener(asio::any_io_executor executor, bool one_thread,
                                          asio::ip::tcp::endpoint endpoint, std::size_t max_connections,
                                          std::shared_ptr<const session_environment> environment);

    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] PARTNER_CENTER_DECL std::size_t accepted() const;

    PARTNER_CENTER_DECL void accept_next();
    PARTNER_CENTER_DECL void stop();

private:
    PARTNER_CENTER_DECL void on_accept(const std::shared_ptr<emulator_session>& session,
                                       boost::system::error_code ec);
    PARTNER_CENTER_DECL void start_session(const std::shared_ptr<emulator_session>& session);
    PARTNER_CENTER_DECL void retry_later();
    PARTNER_CENTER_DECL void forget(std::size_t number);

    asio::any_io_executor executor_;
    const bool one_thread_;
    const std::size_t max_connections_;
    std::shared_ptr<const session_environment> environment_;
    mutable std::mutex mutex_; // guards all below
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer retry_;
    std::map<std::size_t, std::weak_ptr<emulator_session>> sessions_;
    std::size_t accepted_ = 0;
    bool stopped_ = false;
    unsigned short port_ = 0; // never changes after construction
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/emulator_listener.ipp>
#endif

#endif
