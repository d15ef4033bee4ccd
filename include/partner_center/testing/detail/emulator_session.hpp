// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_EMULATOR_SESSION_HPP
#define PARTNER_CENTER_TESTING_DETAIL_EMULATOR_SESSION_HPP

#include <partner_center/testing/detail/emulator_state.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace partner_center::testing::detail {

/// What all sessions of an emulator share. Outlives them.
class session_environment {
public:
    session_environment() {}

    std::shared_ptr<asio::ssl::context> tls;
    std::shared_ptr<emulator_state> state;
    std::size_t max_head_size = 0;
    std::size_t max_body_size = 0;
    std::chrono::milliseconds idle_timeout{0};
    std::chrono::milliseconds request_timeout{0};
};

/// One TLS connection: bytes to requests, answers to bytes, one after the other.
///
/// All of it runs on one executor that runs one handler at a time, so the watchdog can close the socket
/// without getting in the way of TLS.
class emulator_session : public std::enable_shared_from_this<emulator_session> {
public:
    PARTNER_CENTER_DECL emulator_session(asio::any_io_executor executor,
                                         std::shared_ptr<const session_environment> environment);
    PARTNER_CENTER_DECL ~emulator_session();

    emulator_session(const emulator_session&) = delete;
    emulator_session& operator=(const emulator_session&) = delete;

    /// The socket to accept into.
    asio::ip::tcp::socket& socket() { return tls_.next_layer(); }

    /// Begins. @param on_end Called once, by the destructor.
    PARTNER_CENTER_DECL void start(std::size_t number, std::function<void()> on_end);

    /// Closes the socket soon, from any thread.
    PARTNER_CENTER_DECL void stop();

private:
    using parser = http::request_parser<http::string_body>;
    enum class reading { complete, closed, too_large, malformed };

    PARTNER_CENTER_DECL static asio::awaitable<void> run(std::shared_ptr<emulator_session> self);
    PARTNER_CENTER_DECL static asio::awaitable<void> watch(std::shared_ptr<emulator_session> self);

    PARTNER_CENTER_DECL asio::awaitable<bool> shake_hands();
    PARTNER_CENTER_DECL asio::awaitable<bool> serve_request();
    PARTNER_CENTER_DECL asio::awaitable<bool> serve_parsed(parser& in, recorded_request& entry);
    PARTNER_CENTER_DECL asio::awaitable<bool> finish(parser& in, recorded_request& entry,
                                                     const exchange_ids& ids, request_plan& plan,
                                                     std::optional<emulator_response>& response, bool keep);
    PARTNER_CENTER_DECL asio::awaitable<bool> wait(std::chrono::milliseconds time);
    PARTNER_CENTER_DECL asio::awaitable<void> refuse_bytes(reading what, recorded_request& entry);
    PARTNER_CENTER_DECL asio::awaitable<reading> read_head();
    PARTNER_CENTER_DECL asio::awaitable<reading> read_body(parser& in);
    PARTNER_CENTER_DECL asio::awaitable<bool> read_some();
    PARTNER_CENTER_DECL asio::awaitable<bool> write_out();
    PARTNER_CENTER_DECL asio::awaitable<void> leave();

    PARTNER_CENTER_DECL std::string_view received() const;
    PARTNER_CENTER_DECL void end_within(std::chrono::milliseconds time);
    PARTNER_CENTER_DECL void close();
    PARTNER_CENTER_DECL void reset();

    std::shared_ptr<const session_environment> environment_;
    asio::ssl::stream<asio::ip::tcp::socket> tls_;
    asio::steady_timer timer_;
    asio::steady_timer pause_;
    std::chrono::steady_clock::time_point deadline_;
    boost::beast::flat_buffer in_;
    std::string out_;
    std::size_t head_size_ = 0;
    std::size_t number_ = 0;
    bool closed_ = false;
    std::function<void()> on_end_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/emulator_session.ipp>
#endif

#endif
