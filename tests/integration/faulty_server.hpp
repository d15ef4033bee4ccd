// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_FAULTY_SERVER_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_FAULTY_SERVER_HPP

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
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace partner_center::testing {

/// What a @ref faulty_server does instead of its duty.
enum class fault {
    none,
    unavailable,  ///< Answer 503 after the whole request.
    refuse_early, ///< Answer 503 to the head, if it asks for 100.
    no_continue,  ///< Answer properly, but without the 100 that was asked for.
    reset,        ///< RST after the head, or in place of the handshake.
    close,        ///< close_notify and FIN in place of an answer.
    cut,          ///< FIN in the middle of the answer.
    leave,        ///< A proper answer, and then the end of the connection, unannounced.
    rubbish,      ///< Bytes that are no HTTP.
    slow,         ///< A proper answer in small pieces, or a handshake after a while.
    silence,      ///< No answer until the client gives up, or a RST after a while in place of the handshake.
};

/// A TLS server on loopback for any number of connections and requests, that does wrong when it is told to.
///
/// Its answers are documents whose `id` is the MS-RequestId of the request, so that an answer to somebody
/// else's request is noticed. It has a thread of its own; its members may be called from any thread.
class faulty_server {
public:
    /// Asked on the server's thread, for each connection (`first` is true) and each request.
    using chooser = std::function<fault(bool first)>;

    explicit faulty_server(chooser choose = {})
        : choose_{std::move(choose)}
        , acceptor_{io_, asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)}
        , port_{acceptor_.local_endpoint().port()}
    {
        const certificate_authority authority;
        const certificate_identity identity = authority.issue();
        ca_pem_ = authority.pem();
        context_.use_certificate_chain(asio::buffer(identity.certificate_pem));
        context_.use_private_key(asio::buffer(identity.private_key_pem), asio::ssl::context::pem);
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::thread([this] { io_.run(); });
    }

    faulty_server(const faulty_server&) = delete;
    faulty_server& operator=(const faulty_server&) = delete;

    ~faulty_server()
    {
        io_.stop();
        thread_.join();
    }

    [[nodiscard]] std::string base_url() const { return "https://localhost:" + std::to_string(port_); }
    [[nodiscard]] const std::string& ca_pem() const { return ca_pem_; }

    /// Whether the whole body of a request with this MS-RequestId has come.
    [[nodiscard]] bool has_body_of(const std::string& request_id) const
    {
        const std::lock_guard lock(mutex_);
        return bodies_.contains(request_id);
    }

    /// Waits until the server has read to its end all that clients that are gone have sent.
    [[nodiscard]] bool wait_until_alone(std::chrono::seconds limit = std::chrono::seconds{20}) const
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [this] { return connections_ == 0; });
    }

private:
    using connection = detail::tls_scripted_connection;
    using verb = detail::verb;

    // One connection, and the request that it read last.
    struct guest {
        std::shared_ptr<connection> on;
        received_request request;
    };

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
            count(+1);
            asio::co_spawn(io_, serve(std::move(socket)), [this](const std::exception_ptr&) { count(-1); });
        }
    }

    asio::awaitable<void> serve(asio::ip::tcp::socket socket)
    {
        const auto self = std::make_shared<guest>();
        self->on = std::make_shared<connection>(
            std::move(socket), context_,
            [this, g = self.get()](const received_request& r, bool complete) { note(*g, r, complete); });
        const fault first = choose_ ? choose_(true) : fault::none;
        if (first == fault::slow || first == fault::silence)
            co_await pause(*self, std::chrono::milliseconds{20});
        if (first == fault::reset || first == fault::silence) {
            self->on->hang_up(true);
            co_return;
        }
        if (const auto ec = co_await self->on->shake_hands(); ec) {
            self->on->hang_up(false);
            co_return;
        }
        while (self->on->open()) {
            const std::string trouble = co_await answer(*self);
            if (!trouble.empty())
                self->on->hang_up(false);
        }
    }

    asio::awaitable<std::string> answer(guest& g)
    {
        std::string trouble = co_await g.on->take(make(verb::head));
        if (!trouble.empty())
            co_return trouble;
        const fault now = choose_ ? choose_(false) : fault::none;
        const bool asks = g.request.header("Expect").has_value();
        if (now == fault::reset)
            co_return co_await g.on->take(make(verb::reset));
        if (now == fault::refuse_early && asks)
            co_return co_await g.on->take(make(verb::write, unavailable()));
        if (asks && now != fault::no_continue) {
            trouble = co_await g.on->take(make(verb::write, "HTTP/1.1 100 Continue\r\n\r\n"));
            if (!trouble.empty())
                co_return trouble;
        }
        trouble = co_await g.on->take(make(verb::body));
        if (!trouble.empty())
            co_return trouble;
        co_return co_await finish(g, now);
    }

    static asio::awaitable<std::string> finish(guest& g, fault now)
    {
        const std::string right = document(g.request);
        detail::step last = make(verb::write, right);
        detail::step end = make(verb::pause);
        switch (now) {
        case fault::unavailable:
        case fault::refuse_early: last = make(verb::write, unavailable()); break;
        case fault::close: last = make(verb::shut_down); break;
        case fault::cut:
            last = make(verb::write, right.substr(0, right.size() / 2));
            end = make(verb::cut);
            break;
        case fault::leave: end = make(verb::shut_down); break;
        case fault::rubbish: last = make(verb::write, "rubbish\r\n\r\n"); break;
        case fault::slow:
            last.what = verb::slow_write;
            last.chunk = 100;
            last.gap = std::chrono::milliseconds{2};
            break;
        case fault::silence: last = make(verb::client_closes); break;
        case fault::none:
        case fault::no_continue:
        case fault::reset: break;
        }
        std::string trouble = co_await g.on->take(last);
        if (trouble.empty() && end.what != verb::pause)
            trouble = co_await g.on->take(end);
        co_return trouble;
    }

    static detail::step make(verb what, std::string bytes = {})
    {
        return {what, "", std::move(bytes), 0, {}, {}};
    }

    static asio::awaitable<void> pause(guest& g, std::chrono::milliseconds time)
    {
        detail::step waiting = make(verb::pause);
        waiting.gap = time;
        co_await g.on->take(waiting);
    }

    static std::string unavailable() { return json_reply("503 Service Unavailable", "{}"); }

    static std::string document(const received_request& request)
    {
        std::string body = "{\"id\":\"";
        body += request.header("MS-RequestId").value_or("");
        body += "\",\"companyName\":\"";
        body.append(300, 'x');
        return json_reply("200 OK", body + "\"}");
    }

    void note(guest& g, const received_request& request, bool complete)
    {
        g.request = request;
        if (!complete || !request.header("Content-Length"))
            return;
        const std::string length(*request.header("Content-Length"));
        if (request.body.size() != std::strtoul(length.c_str(), nullptr, 10))
            return;
        const std::lock_guard lock(mutex_);
        bodies_.emplace(request.header("MS-RequestId").value_or(""));
    }

    void count(int change)
    {
        const std::lock_guard lock(mutex_);
        connections_ += change;
        changed_.notify_all();
    }

    std::string ca_pem_;
    chooser choose_;
    asio::ssl::context context_{asio::ssl::context::tls_server};
    asio::io_context io_{1};
    asio::ip::tcp::acceptor acceptor_;
    const unsigned short port_;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::set<std::string> bodies_;
    int connections_ = 0;

    std::thread thread_;
};

} // namespace partner_center::testing

#endif
