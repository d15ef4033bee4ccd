// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_LISTENER_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_LISTENER_IPP

#include <partner_center/testing/detail/emulator_listener.hpp>

#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace partner_center::testing::detail {

PARTNER_CENTER_DECL
emulator_listener::emulator_listener(asio::any_io_executor executor, bool one_thread,
                                     asio::ip::tcp::endpoint endpoint, std::size_t max_connections,
                                     std::shared_ptr<const session_environment> environment)
    : executor_{std::move(executor)}
    , one_thread_{one_thread}
    , max_connections_{max_connections}
    , environment_{std::move(environment)}
    , acceptor_{executor_}
    , retry_{executor_}
{
    try {
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(endpoint);
        acceptor_.listen();
    } catch (const boost::system::system_error& e) {
        throw boost::system::system_error(e.code(), "emulator: cannot listen on " +
                                                        endpoint.address().to_string() + " port " +
                                                        std::to_string(endpoint.port()));
    }
    port_ = acceptor_.local_endpoint().port();
}

PARTNER_CENTER_DECL std::size_t emulator_listener::accepted() const
{
    const std::lock_guard lock(mutex_);
    return accepted_;
}

PARTNER_CENTER_DECL void emulator_listener::accept_next()
{
    asio::any_io_executor executor = executor_;
    if (!one_thread_)
        executor = asio::make_strand(executor_);
    auto session = std::make_shared<emulator_session>(std::move(executor), environment_);
    const std::lock_guard lock(mutex_);
    if (stopped_)
        return;
    auto& socket = session->socket();
    acceptor_.async_accept(socket, [self = shared_from_this(),
                                    accepted = std::move(session)](boost::system::error_code ec) mutable {
        self->on_accept(std::exchange(accepted, nullptr), ec);
    });
}

PARTNER_CENTER_DECL void emulator_listener::on_accept(const std::shared_ptr<emulator_session>& session,
                                                      boost::system::error_code ec)
{
    if (ec) {
        retry_later();
        return;
    }
    start_session(session);
    accept_next();
}

PARTNER_CENTER_DECL void emulator_listener::start_session(const std::shared_ptr<emulator_session>& session)
{
    const std::lock_guard lock(mutex_);
    if (stopped_ || sessions_.size() >= max_connections_)
        return;
    const std::size_t number = ++accepted_;
    sessions_.emplace(number, session);
    session->start(number, [self = shared_from_this(), number] { self->forget(number); });
}

// An error of the acceptor is most likely a lack of descriptors: without a pause this would spin.
PARTNER_CENTER_DECL void emulator_listener::retry_later()
{
    const std::lock_guard lock(mutex_);
    if (stopped_)
        return;
    retry_.expires_after(std::chrono::milliseconds{10});
    retry_.async_wait([self = shared_from_this()](boost::system::error_code) { self->accept_next(); });
}

PARTNER_CENTER_DECL void emulator_listener::forget(std::size_t number)
{
    const std::lock_guard lock(mutex_);
    sessions_.erase(number);
}

PARTNER_CENTER_DECL void emulator_listener::stop()
{
    std::vector<std::shared_ptr<emulator_session>> open;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(stopped_, true))
            return;
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        retry_.cancel();
        for (const auto& [number, session] : sessions_)
            if (auto s = session.lock())
                open.push_back(std::move(s));
    }
    // Not under the lock: the last owner of a session comes back to forget().
    for (const auto& session : open)
        session->stop();
}

} // namespace partner_center::testing::detail

#endif
