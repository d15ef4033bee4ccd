// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_PROFILE_SESSION_HPP
#define PARTNER_PROFILE_SESSION_HPP

#include "interrupts.hpp"
#include "options.hpp"
#include "progress.hpp"

#include <partner_center/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <string>

namespace partner_profile {

namespace asio = boost::asio;
namespace pc = partner_center;

/// The connections of the program, and what runs calls on them. One in the program.
class session {
public:
    /// @throws pc::error Of the transport's options.
    session(const service_options& given, const interrupts& signals);
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session();

    const service_options& given() const noexcept { return given_; }
    pc::transport& transport() noexcept { return transport_; }
    progress& shown() noexcept { return progress_; }

    /// A client of the service. @throws pc::error Of the client's options.
    pc::client client(pc::credential credential);

    /// Runs a coroutine to its end while the progress is told, and rethrows what it throws.
    /// @throws interrupted A signal has ended it.
    void run(asio::awaitable<void> work);

private:
    static asio::io_context& endless_context();
    void watch_signals();
    void finish_soon();

    const service_options& given_;
    const interrupts& signals_;
    asio::io_context& context_;
    asio::posix::stream_descriptor signal_;
    asio::cancellation_signal cancel_;
    progress progress_;
    pc::transport transport_;
    bool done_ = true;
};

/// The URL of the API.
std::string base_url(const service_options& given);

/// @throws failure It is none.
pc::cloud cloud_of(const service_options& given);

} // namespace partner_profile

#endif
