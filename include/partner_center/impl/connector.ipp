// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CONNECTOR_IPP
#define PARTNER_CENTER_IMPL_CONNECTOR_IPP

#include <partner_center/detail/connector.hpp>
#include <partner_center/detail/proxy_tunnel.hpp>

#include <boost/system/errc.hpp>

#include <new>
#include <string>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL std::vector<asio::ip::tcp::endpoint>
interleave_families(const std::vector<asio::ip::tcp::endpoint>& resolved)
{
    std::vector<asio::ip::tcp::endpoint> order;
    order.reserve(resolved.size());
    std::size_t same = 0;
    std::size_t other = 0;
    const auto take = [&](std::size_t& from, bool first_family) {
        for (; from != resolved.size(); ++from)
            if ((resolved[from].protocol() == resolved.front().protocol()) == first_family) {
                order.push_back(resolved[from++]);
                return;
            }
    };
    while (order.size() != resolved.size()) {
        take(same, true);
        take(other, false);
    }
    return order;
}

struct name_lookup : shared_object {
    explicit name_lookup(const asio::any_io_executor& executor)
        : resolver(executor)
    {
    }

    asio::ip::tcp::resolver resolver;
    operation op;
    std::vector<asio::ip::tcp::endpoint> endpoints;
};

struct connect_attempt : shared_object {
    explicit connect_attempt(const asio::any_io_executor& executor)
        : socket(executor)
    {
    }

    asio::ip::tcp::socket socket;
    operation op;
    bool failed = false;
};

struct lookup_completion {
    completion next;
    name_lookup* lookup;

    using executor_type = asio::any_io_executor;
    const executor_type& get_executor() const noexcept { return next.get_executor(); }

    void operator()(const error_code& ec, const asio::ip::tcp::resolver::results_type& results)
    {
        error_code outcome = ec;
        try {
            for (const auto& entry : results)
                lookup->endpoints.push_back(entry.endpoint());
        } catch (const std::bad_alloc&) {
            // Not into Asio: the call would never hear of the end of its look-up.
            outcome = make_error_code(boost::system::errc::not_enough_memory);
        }
        next(outcome);
    }
};

// The resolver's thread cannot be interrupted: a call that has to stop leaves the look-up to end by itself.
inline task resolve(call_context& context, const std::string& host, const std::string& port,
                    std::vector<asio::ip::tcp::endpoint>& endpoints)
{
    const ref<name_lookup> lookup(new name_lookup(context.io_executor()));
    lookup->resolver.async_resolve(host, port,
                                   lookup_completion{context.complete(lookup->op, lookup), lookup.get()});
    while (!context.settled(lookup->op))
        co_await context.park();
    if (context.stopped()) {
        lookup->resolver.cancel();
        co_return context.stopped();
    }
    if (!lookup->op.ec)
        endpoints = interleave_families(lookup->endpoints);
    co_return lookup->op.ec;
}

class connect_race {
public:
    connect_race(call_context& context, std::vector<asio::ip::tcp::endpoint> endpoints)
        : context_(context)
        , endpoints_(std::move(endpoints))
    {
    }

    task run(asio::ip::tcp::socket& winner)
    {
        while (!context_.stopped()) {
            const bool late = steady_clock::now() >= next_start_;
            if (attempts_.size() < endpoints_.size() && (late || pending_ == 0))
                start_next();
            if (connect_attempt* connected = look()) {
                winner = std::move(connected->socket);
                break;
            }
            if (pending_ == 0 && attempts_.size() == endpoints_.size())
                co_return last_error_;
            if (pending_ != 0)
                co_await context_.park();
        }
        close_losers();
        co_return context_.stopped();
    }

private:
    static constexpr std::chrono::milliseconds stagger{250};

    void start_next()
    {
        const auto& endpoint = endpoints_[attempts_.size()];
        const ref<connect_attempt> attempt(new connect_attempt(context_.io_executor()));
        attempts_.push_back(attempt);
        ++pending_;
        attempt->socket.async_connect(endpoint, context_.complete(attempt->op, attempt));
        next_start_ = steady_clock::now() + stagger;
        if (attempts_.size() < endpoints_.size())
            context_.wake_at(next_start_);
    }

    // The first attempt that connected, after the failed ones were taken note of.
    connect_attempt* look()
    {
        for (const auto& attempt : attempts_) {
            if (!attempt->op.done || attempt->failed)
                continue;
            if (!attempt->op.ec)
                return attempt.get();
            attempt->failed = true;
            last_error_ = attempt->op.ec;
            --pending_;
        }
        return nullptr;
    }

    void close_losers()
    {
        error_code ignored;
        for (const auto& attempt : attempts_)
            attempt->socket.close(ignored);
    }

    call_context& context_;
    std::vector<asio::ip::tcp::endpoint> endpoints_;
    std::vector<ref<connect_attempt>> attempts_;
    std::size_t pending_ = 0;
    steady_clock::time_point next_start_;
    error_code last_error_ = asio::error::host_not_found;
};

inline task handshake(call_context& context, connection& opened)
{
    for (;;) {
        const auto status = opened.tls.handshake();
        if (status == tls_session::status::failed) {
            opened.send_last_words();
            co_return opened.tls.failure();
        }
        if (status == tls_session::status::closed)
            co_return errc::connection_closed;
        opened.send(context);
        while (!context.settled(opened.sent))
            co_await context.park();
        if (context.stopped())
            co_return context.stopped();
        if (opened.sent.ec || status == tls_session::status::done)
            co_return opened.sent.ec;
        opened.receive(context);
        while (!context.settled(opened.received))
            co_await context.park();
        if (context.stopped())
            co_return context.stopped();
        if (opened.received.ec)
            co_return opened.received.ec == asio::error::eof ? make_error_code(errc::connection_closed)
                                                             : opened.received.ec;
        opened.take_received();
    }
}

PARTNER_CENTER_DECL task connect_first(call_context& context, std::vector<asio::ip::tcp::endpoint> endpoints,
                                       asio::ip::tcp::socket& winner)
{
    connect_race race(context, std::move(endpoints));
    co_return co_await race.run(winner);
}

// How long each part of opening a connection takes, for its event.
class step_clock {
public:
    steady_clock::duration lap() noexcept
    {
        const auto now = steady_clock::now();
        return now - std::exchange(last_, now);
    }
    steady_clock::duration total() const noexcept { return last_ - begin_; }

private:
    steady_clock::time_point begin_ = steady_clock::now();
    steady_clock::time_point last_ = begin_;
};

// TCP, to the proxy if there is one.
inline task connect_socket(call_context& context, const origin_pool& origin, diagnostics& diag,
                           step_clock& clock, event& times, asio::ip::tcp::socket& socket)
{
    const proxy* const via = origin.via();
    diag.phase = phase::resolve;
    std::vector<asio::ip::tcp::endpoint> endpoints;
    error_code ec = co_await resolve(context, via ? via->host : origin.origin().host,
                                     via ? via->port : origin.origin().port, endpoints);
    times.resolve_time = clock.lap();
    if (ec)
        co_return ec;
    diag.phase = phase::connect;
    ec = co_await connect_first(context, std::move(endpoints), socket);
    times.connect_time = clock.lap();
    if (!ec)
        socket.set_option(asio::ip::tcp::no_delay(true), ec);
    co_return ec;
}

inline task tunnel_through_proxy(call_context& context, const origin_pool& origin, std::size_t max_header,
                                 diagnostics& diag, connection& fresh)
{
    diag.phase = phase::proxy;
    co_return co_await open_tunnel(context, fresh, origin.origin(), *origin.via(), max_header,
                                   diag.description);
}

inline task secure(call_context& context, origin_pool& origin, const transport_options& options,
                   diagnostics& diag, connection& fresh)
{
    diag.phase = phase::handshake;
    error_code ec = fresh.tls.prepare(origin.origin().host, options.min_tls_version);
    if (ec)
        co_return ec;
    fresh.tls.offer(origin.take_ticket());
    context.limit_step(options.handshake_timeout, errc::handshake_timeout);
    ec = co_await handshake(context, fresh);
    context.end_step();
    if (ec)
        diag.description = fresh.tls.certificate_problem();
    co_return ec;
}

inline task make_connection(call_context& context, connection_pool& transport, origin_pool& origin,
                            diagnostics& diag, step_clock& clock, event& times, ref<connection>& made)
{
    const transport_options& options = transport.options();
    context.limit_step(options.connect_timeout, errc::connect_timeout);
    asio::ip::tcp::socket socket(context.io_executor());
    error_code ec = co_await connect_socket(context, origin, diag, clock, times, socket);
    ref<connection> fresh;
    if (!ec) {
        fresh.reset(
            new connection(transport.next_connection_number(), std::move(socket), transport.tls_context()));
        if (origin.via()) {
            ec = co_await tunnel_through_proxy(context, origin, options.max_response_header, diag, *fresh);
            times.proxy_time = clock.lap();
        }
    }
    context.end_step();
    if (ec && origin.via())
        diag.description.insert(0,
                                "the proxy " + origin.via()->name + (diag.description.empty() ? "" : ": "));
    if (!ec) {
        ec = co_await secure(context, origin, options, diag, *fresh);
        times.handshake_time = clock.lap();
    }
    if (!ec)
        made = std::move(fresh);
    else if (fresh)
        fresh->close();
    co_return ec;
}

PARTNER_CENTER_DECL task open_connection(call_context& context, connection_pool& transport,
                                         origin_pool& origin, diagnostics& diag, ref<connection>& opened)
{
    step_clock clock;
    event e;
    const error_code ec = co_await make_connection(context, transport, origin, diag, clock, e, opened);
    if (origin.observed()) {
        e.kind = ec ? event_kind::connection_failed : event_kind::connection_opened;
        e.ec = ec;
        e.elapsed = clock.total();
        if (!ec) {
            e.connection = opened->number;
            e.tls_version = opened->tls.version();
            e.tls_resumed = opened->tls.resumed();
        }
        add_call(e, diag);
        ++e.attempt; // for the attempt to come
        origin.tell(e);
    }
    co_return ec;
}

} // namespace partner_center::detail

#endif
