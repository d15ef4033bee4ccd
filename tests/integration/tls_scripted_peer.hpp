// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_TLS_SCRIPTED_PEER_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_TLS_SCRIPTED_PEER_HPP

#include "tls_script.hpp"
#include "tls_scripted_connection.hpp"

#include <partner_center/testing/certificates.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// What tls_scripted_peer::verify() found.
class tls_script_outcome {
public:
    tls_script_outcome() {}
    bool ok = true;
    std::string mismatch; ///< The first one; empty if there is none.
};

/// A TLS server on loopback that does with each connection what its script says.
///
/// @code
/// tls_scripted_peer peer;
/// peer.on_connection().expect_request("PUT /v1/").reply("HTTP/1.1 503 ...\r\n\r\n").then_close();
/// peer.on_connection().expect_head().reset();
/// ... let the client call peer.base_url() ...
/// const auto outcome = peer.verify();
/// CHECK_MESSAGE(outcome.ok, outcome.mismatch);
/// @endcode
///
/// The n-th connection plays the n-th script; one that has no script is reset. A script that ends
/// without close(), reset(), drop() or silence() leaves the connection open, and any byte that the client
/// sends after it is a mismatch. The peer has a thread of its own; its members may be called from any
/// thread. Its destructor ends all connections at once and never waits for a client.
class tls_scripted_peer {
public:
    using outcome = tls_script_outcome;

    /// Selects the constructor of a peer that does not listen yet.
    struct deaf_type {};
    static constexpr deaf_type deaf{};

    /// Listens on a free port of 127.0.0.1 with a certificate for localhost from an authority of its own.
    tls_scripted_peer()
        : tls_scripted_peer(certificate_authority())
    {
    }

    /// The same with a certificate that says what the request says.
    explicit tls_scripted_peer(const certificate_authority& authority,
                               const certificate_request& request = certificate_request())
        : tls_scripted_peer(authority.issue(request), authority.pem())
    {
    }

    /// The same with a given certificate. @param ca_pem What ca_pem() shall return.
    tls_scripted_peer(const certificate_identity& identity, std::string ca_pem)
        : tls_scripted_peer(identity, std::move(ca_pem), deaf)
    {
        listen();
        begin_to_accept();
    }

    /// The same, but deaf: it has its port, and refuses connections until listen().
    tls_scripted_peer(const certificate_identity& identity, std::string ca_pem, deaf_type)
        : ca_pem_{std::move(ca_pem)}
        , acceptor_{io_, asio::ip::tcp::v4()}
    {
        acceptor_.bind(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
        port_ = acceptor_.local_endpoint().port();
        context_.use_certificate_chain(asio::buffer(identity.certificate_pem));
        context_.use_private_key(asio::buffer(identity.private_key_pem), asio::ssl::context::pem);
    }

    /// Lets connections into the system's queue, of which a deaf peer takes none until begin_to_accept().
    void listen(int backlog = asio::socket_base::max_listen_connections) { acceptor_.listen(backlog); }

    /// Makes the system take few bytes that no script reads yet; before listen().
    void receive_little() { acceptor_.set_option(asio::socket_base::receive_buffer_size(16 * 1024)); }

    /// From now on scripts are played. Once, after listen().
    void begin_to_accept()
    {
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }

    tls_scripted_peer(const tls_scripted_peer&) = delete;
    tls_scripted_peer& operator=(const tls_scripted_peer&) = delete;

    ~tls_scripted_peer()
    {
        io_.stop();
        if (thread_.joinable())
            thread_.join();
    }

    /// Begins the script of the next connection that has none yet.
    [[nodiscard]] tls_script on_connection()
    {
        return tls_script([this](detail::play script) {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(std::move(script));
            ++scripts_;
        });
    }

    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] std::string base_url() const { return "https://localhost:" + std::to_string(port_); }
    [[nodiscard]] const std::string& ca_pem() const { return ca_pem_; }

    /// How many connections were accepted, with or without a script.
    [[nodiscard]] std::size_t connections() const
    {
        const std::lock_guard lock(mutex_);
        return accepted_;
    }

    /// How many handshakes were completed.
    [[nodiscard]] std::size_t handshakes() const
    {
        const std::lock_guard lock(mutex_);
        return handshakes_;
    }

    /// What was read so far, in the order of the heads; also the parts of requests that broke off.
    [[nodiscard]] std::vector<received_request> requests() const
    {
        const std::lock_guard lock(mutex_);
        return {requests_.begin(), requests_.end()};
    }

    /// Waits until each script was played to its end, and tells the first thing that went otherwise.
    [[nodiscard]] outcome verify(std::chrono::milliseconds limit = std::chrono::seconds{5}) const
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, limit, [this] { return !mismatch_.empty() || ended_ == scripts_; });
        outcome result;
        result.mismatch = mismatch_;
        if (result.mismatch.empty() && ended_ != scripts_)
            result.mismatch = unfinished();
        result.ok = result.mismatch.empty();
        return result;
    }

private:
    using connection = detail::tls_scripted_connection;

    [[nodiscard]] std::string unfinished() const
    {
        if (!waiting_.empty())
            return std::to_string(waiting_.size()) + " of " + std::to_string(scripts_) +
                   " scripts never got a connection";
        return std::to_string(scripts_ - ended_) + " scripts did not come to their end";
    }

    void fail(const connection& c, const std::string& where, const std::string& what)
    {
        const std::lock_guard lock(mutex_);
        if (mismatch_.empty())
            mismatch_ = "connection " + std::to_string(c.number()) + ", " + where + ": " + what;
        changed_.notify_all();
    }

    void end_script()
    {
        const std::lock_guard lock(mutex_);
        ++ended_;
        changed_.notify_all();
    }

    void note(const received_request& request, bool complete)
    {
        const std::lock_guard lock(mutex_);
        if (!complete) {
            requests_.push_back(request);
            return;
        }
        for (auto i = requests_.rbegin(); i != requests_.rend(); ++i)
            if (i->connection == request.connection) {
                i->body = request.body;
                return;
            }
    }

    asio::awaitable<void> accept()
    {
        for (;;) {
            boost::system::error_code ec;
            asio::ip::tcp::socket socket(io_);
            co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
            if (ec) {
                // Out of descriptors, most likely: without a pause the thread would spin.
                asio::steady_timer pause(io_, std::chrono::milliseconds{10});
                co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
                continue;
            }
            socket.set_option(asio::ip::tcp::no_delay(true), ec);
            auto c = std::make_shared<connection>(
                std::move(socket), context_,
                [this](const received_request& r, bool complete) { note(r, complete); });
            detail::play script;
            if (take_script(*c, script)) {
                open_.push_back(c);
                asio::co_spawn(io_, perform(c, std::move(script)), asio::detached);
            } else {
                c->hang_up(true);
            }
        }
    }

    bool take_script(connection& c, detail::play& script)
    {
        const std::lock_guard lock(mutex_);
        ++accepted_;
        if (waiting_.empty())
            return false;
        script = std::move(waiting_.front());
        waiting_.pop_front();
        c.begin(accepted_, script.plain);
        return true;
    }

    asio::awaitable<void> perform(std::shared_ptr<connection> c, detail::play script)
    {
        if (!script.plain) {
            const bool shaken = co_await shake_hands(*c, script.tls_must_fail);
            if (!shaken)
                co_return;
        }
        std::size_t number = 0;
        for (const detail::step& s : script.steps) {
            const std::string trouble = co_await c->take(s);
            ++number;
            if (!trouble.empty()) {
                fail(*c, "step " + std::to_string(number) + " (" + s.name + ")", trouble);
                c->hang_up(true);
                co_return;
            }
        }
        end_script();
        const bool silent = !script.steps.empty() && script.steps.back().what == detail::verb::silence;
        if (silent || !c->open())
            co_return;
        const std::string trouble = co_await c->read_close();
        if (trouble.empty())
            co_return;
        fail(*c, "after the script's end", trouble);
        c->hang_up(true);
    }

    asio::awaitable<bool> shake_hands(connection& c, bool must_fail)
    {
        const boost::system::error_code ec = co_await c.shake_hands();
        if (!ec) {
            const std::lock_guard lock(mutex_);
            ++handshakes_;
        }
        if (!must_fail && !ec)
            co_return true;
        if (!must_fail)
            fail(c, "handshake", ec.message());
        else if (!ec)
            fail(c, "handshake", "it succeeded, but the client should have refused it");
        else
            end_script();
        c.hang_up(false);
        co_return false;
    }

    const std::string ca_pem_;
    asio::ssl::context context_{asio::ssl::context::tls_server};
    asio::io_context io_{1};
    asio::ip::tcp::acceptor acceptor_;
    unsigned short port_ = 0;
    std::vector<std::shared_ptr<connection>> open_; // used on the peer's thread only

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::deque<detail::play> waiting_;
    std::deque<received_request> requests_;
    std::size_t scripts_ = 0;
    std::size_t ended_ = 0;
    std::size_t accepted_ = 0;
    std::size_t handshakes_ = 0;
    std::string mismatch_;

    std::thread thread_;
};

} // namespace partner_center::testing

#endif
