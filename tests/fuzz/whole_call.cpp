// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole calls against a TLS server whose bytes, their pieces, its ways to end a connection, and the moment of
// a cancellation come from the input. Every call completes once, by an error that is documented, says rightly
// whether the change may have been applied, leaves no connection behind, and the next call on the same
// transport succeeds with its own answer.

#include "call_record.hpp"
#include "fuzz_input.hpp"
#include "openssl_memory.hpp"
#include "stepped_service.hpp"

#include <partner_center.hpp>
#include <partner_center/testing/impl/certificates.ipp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <sanitizer/lsan_interface.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::testing::call_log;
using pc::testing::ending;
using pc::testing::fuzz_input;
using pc::testing::is_documented;
using pc::testing::require;

namespace {

constexpr std::string_view pieces[] = {
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"id\":\"9\"}",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"id\":\"9\"}\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\n\r\n{\"id\":\"9\"}",
    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy",
    "HTTP/1.1 500 Internal Server Error\r\n\r\n<html>",
    "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 15\r\n\r\n{\"code\":\"2055\"}",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: https://localhost/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "Content-Length: 10\r\n",
    "Content-Encoding: gzip\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Type: text/html\r\n",
    "\r\n",
    "0\r\n\r\n",
    "{\"id\":1}",
};

/// One transport, used by call after call, and its server.
class stage {
public:
    stage()
        : transport_(context_, options())
    {
    }

    void play(fuzz_input input)
    {
        const unsigned how = input.byte();
        const unsigned more = input.byte();
        service_.highest_version = (how & 0x20) != 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
        // The one connection that is left of the input before, which must make no difference.
        auto* const idle = service_.newest();
        if (idle && ((how & 0x10) != 0 || idle->version() != service_.highest_version))
            idle->end();
        service_.begin_anew();
        cancelled_ = false;

        ending end;
        {
            const bool is_change = (how & 1) != 0;
            const pc::client client(transport_, token(), client_settings(how));
            begin(client, is_change, end);
            run(more % 16);
            for (int acts = 0; acts != 24 && !input.empty(); ++acts)
                act(input, end);
            finish(end);
            check_end(end, is_change);
        }
        check_next_call();
    }

private:
    static pc::credential token() { return pc::credential::bearer("fake-token"); }

    pc::transport_options options()
    {
        pc::transport_options options;
        options.tls.emplace(asio::ssl::context::tls_client);
        const std::string& root = service_.authority().pem();
        options.tls->add_certificate_authority(asio::buffer(root));
        options.connect_timeout = options.handshake_timeout = options.attempt_timeout = std::chrono::hours(1);
        options.idle_timeout = options.max_connection_age = std::chrono::hours(1);
        options.max_response_header = 512;
        options.max_response_body = 256;
        options.on_event = [this](const pc::event& e) { note(e); };
        return options;
    }

    pc::client_options client_settings(unsigned how) const
    {
        pc::client_options options;
        options.base_url = service_.url();
        options.timeout = std::chrono::hours(1);
        options.expect_continue = (how & 2) != 0;
        options.continue_timeout =
            (how & 4) != 0 ? std::chrono::steady_clock::duration(1) : std::chrono::hours(1);
        options.retry.max_attempts = (how & 8) != 0 ? 3 : 1;
        options.retry.base_delay = std::chrono::steady_clock::duration(1);
        return options;
    }

    void note(const pc::event& e)
    {
        log_.add(e);
        // The numbers of both ends differ: one that is cancelled while it connects has none at the client's.
        if (e.kind == pc::event_kind::connection_opened)
            accepted_as_[e.connection] = service_.accepted();
    }

    pc::testing::stepped_connection* peer_of(std::uint64_t connection)
    {
        const auto found = accepted_as_.find(connection);
        return found == accepted_as_.end() ? nullptr : service_.accepted_as(found->second);
    }

    void begin(const pc::client& client, bool is_change, ending& end)
    {
        log_.begin();
        if (!accepted_as_.empty())
            accepted_as_.erase(accepted_as_.begin(), std::prev(accepted_as_.end()));
        const auto note = [this, &end](const pc::error_code& ec, pc::OrganizationProfile profile) {
            ++end.completions;
            end.ec = ec;
            end.profile = std::move(profile);
            log_.connects = false;
        };
        pc::OrganizationProfile change;
        change.company_name = "Contoso";
        change.domain = "contoso.example.com";
        auto handler = asio::bind_cancellation_slot(cancellation_.slot(), note);
        if (is_change)
            client.async_update(change, end.diag, std::move(handler));
        else
            client.async_get(end.diag, std::move(handler));
    }

    // At most so many handlers of the client; 15 is as many as there are, and all that the server can do.
    void run(unsigned handlers)
    {
        if (handlers == 15)
            return settle();
        context_.restart();
        while (handlers != 0 && context_.poll_one() != 0)
            --handlers;
    }

    // Until nothing happens any more by itself.
    void settle()
    {
        for (int waits = 0;;) {
            context_.restart();
            bool stepped = context_.poll() != 0;
            const auto accepted = service_.accepted();
            stepped = service_.step() || stepped;
            if (service_.accepted() != accepted)
                log_.connects = false;
            if (stepped)
                continue;
            if (!log_.connects)
                return;
            context_.run_one_for(std::chrono::milliseconds(50));
            require(++waits != 400, "a connection is made or fails");
        }
    }

    // Loopback is at once as a rule, but on a busy machine its bytes may be under way for a moment.
    template <class Condition>
    void settle_until(Condition holds)
    {
        settle();
        for (int waits = 0; !holds() && waits != 400; ++waits) {
            context_.run_one_for(std::chrono::milliseconds(5));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            settle();
        }
    }

    void act(fuzz_input& input, ending& end)
    {
        const unsigned code = input.byte();
        auto* const peer = service_.newest();
        switch (code % 16) {
        case 9: cancel(input.byte(), end); break;
        case 14: break;
        case 15: service_.reads = !service_.reads; break;
        default:
            if (peer)
                act(code % 16, *peer, input);
        }
        run(15 - code / 16);
    }

    void act(unsigned what, pc::testing::stepped_connection& peer, fuzz_input& input)
    {
        switch (what) {
        case 7: {
            std::string_view left = pieces[input.byte() % std::size(pieces)];
            const std::size_t size = 1 + input.byte() % 32;
            for (; !left.empty(); left.remove_prefix(std::min(size, left.size()))) {
                peer.write(left.substr(0, size));
                settle();
            }
            break;
        }
        case 8: peer.write_below_tls(input.text(input.byte() % 64)); break;
        case 10: peer.notify_close(); break;
        case 11: peer.end_writing(); break;
        case 12: peer.reset(); break;
        case 13: peer.update_keys(); break;
        case 4:
        case 5:
        case 6: peer.write(pieces[input.byte() % std::size(pieces)]); break;
        default: peer.write(input.text(input.byte() % 64));
        }
    }

    void cancel(unsigned how, const ending& end)
    {
        constexpr asio::cancellation_type types[] = {asio::cancellation_type::terminal,
                                                     asio::cancellation_type::partial,
                                                     asio::cancellation_type::total};
        if (end.completions != 0)
            return;
        cancelled_ = true;
        cancellation_.emit(types[how % std::size(types)]);
    }

    // The server goes, and if that is not enough the call is cancelled.
    void finish(ending& end)
    {
        service_.reads = true;
        settle();
        if (auto* peer = service_.newest(); peer && end.completions == 0)
            peer->end();
        service_.refuses = true;
        settle();
        if (end.completions == 0) {
            cancel(0, end);
            settle();
        }
        service_.refuses = false;
        require(end.completions == 1, "a call completes once");
    }

    // As require, and tells how the call went.
    void check(bool holds, const char* property, const ending& end) const
    {
        if (!holds) {
            std::fprintf(stderr, "%s\n", describe(end.ec, end.diag).c_str());
            for (const auto& one : log_.attempts)
                std::fprintf(stderr, "an attempt on connection %llu sent %llu bytes and was answered %u\n",
                             static_cast<unsigned long long>(one.connection),
                             static_cast<unsigned long long>(one.sent), one.status);
        }
        require(holds, property);
    }

    void check_end(const ending& end, bool is_change)
    {
        const pc::diagnostics& diag = end.diag;
        check(!end.ec || is_documented(end.ec, cancelled_, diag), "an error is one of those documented", end);
        check(end.ec || (diag.http_status == 200 && diag.phase == pc::phase::done), "a success is a 200",
              end);
        check(diag.attempts == log_.attempts.size(), "every attempt is told of", end);
        bool is_open = false;
        bool was_sent = false;
        for (std::size_t i = 0; i != log_.attempts.size(); ++i) {
            const auto& attempt = log_.attempts[i];
            const bool is_refusal = (attempt.status >= 400 && attempt.status < 500) || attempt.status == 501;
            auto* const peer = peer_of(attempt.connection);
            // A connection is used again only when the whole request before was sent.
            const auto earlier =
                std::count_if(log_.attempts.begin(), log_.attempts.begin() + static_cast<std::ptrdiff_t>(i),
                              [&](const auto& one) { return one.connection == attempt.connection; });
            const auto received = [&] { return peer && peer->requests > earlier; };
            if (is_change && attempt.status == 200 && !end.ec)
                settle_until([&] { return received() || !peer || !peer->is_open(); });
            const bool was_received = received();
            was_sent = was_sent || attempt.sent != 0;
            is_open = is_open || (is_change && !is_refusal && was_received);
            check(attempt.status != 200 || end.ec || !is_change || was_received || !peer || !peer->is_open(),
                  "a change that succeeds was received", end);
        }
        check(!diag.may_have_been_applied || (end.ec && is_change && was_sent),
              "only a change that was sent may have been applied", end);
        check(!end.ec || !is_open || diag.may_have_been_applied,
              "a change that was received and not refused may have been applied", end);
    }

    void check_next_call()
    {
        const std::string id = "n" + std::to_string(++calls_);
        const std::string body = "{\"id\":\"" + id + "\"}";
        service_.begin_anew();
        service_.answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body;
        ending end;
        const pc::client client(transport_, token(), client_settings(0));
        begin(client, false, end);
        settle_until([&] { return end.completions != 0 && service_.open_connections() == 1; });
        service_.answer.clear();
        check(end.completions == 1, "the next call completes", end);
        check(!end.ec, "the next call succeeds", end);
        check(end.profile.id == id, "the next call has its own answer", end);
        check(end.diag.attempts == 1, "the next call gets no connection that is of no use", end);
        check(service_.open_connections() == 1, "one connection is kept, and no other", end);
    }

    pc::testing::stepped_service service_;
    call_log log_;
    std::map<std::uint64_t, std::uint64_t> accepted_as_; // the server's numbers by the client's
    asio::io_context context_{1};
    pc::transport transport_;
    asio::cancellation_signal cancellation_;
    bool cancelled_ = false;
    std::uint64_t calls_ = 0;
};

std::unique_ptr<stage> stage_now;

} // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    std::signal(SIGPIPE, SIG_IGN);
    pc::testing::openssl_memory::take_over();
    return 0;
}

namespace {

// What is left when a transport and its server are gone: nothing, but for what OpenSSL keeps once for all.
void check_leaks()
{
    static std::int64_t kept = 0;
    static int times = 0;
    require(__lsan_do_recoverable_leak_check() == 0, "nothing is leaked");
    const std::int64_t now = pc::testing::openssl_memory::blocks();
    kept = ++times <= 2 ? now : kept;
    require(now <= kept + 64, "nothing of OpenSSL is leaked");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // A transport serves many calls; whether anything is left of it is looked at when it has ended.
    static std::uint64_t executions = 0;
    if (executions++ % 2000 == 0) {
        stage_now.reset();
        check_leaks();
        stage_now = std::make_unique<stage>();
    }
    stage_now->play(fuzz_input(data, size));
    return 0;
}
