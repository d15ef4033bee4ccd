// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// soak UPDATES SEED: so many updates by 64 coroutines on 2 threads, while the service fails in every way that
// it can, some calls are given too little time or cancelled under way, and tokens are revoked. One in four waits
// for `100 Continue`. Every update writes something of its own. After each round, when nothing is under way, the
// service's log tells which were applied and how often; memory and descriptors are read from the system. Exits
// with 1 when an update is lost, applied twice or in other words than it was told of, when too few succeed or
// one fails by what nobody has done to it, or when memory or descriptors grow.

#include "ledger.hpp"
#include "usage.hpp"

#include <partner_center.hpp>
#include <partner_center/refresh_token.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;

namespace {

constexpr unsigned coroutines = 64;
constexpr unsigned updates_in_a_round = 128; // of each coroutine

// One request in twenty, and one in twenty of the questions for a token.
void make_unreliable(testing::emulator& service, std::uint64_t seed)
{
    using testing::failure;
    const std::string profile = "*/profiles/organization";
    // Each of these is the end of an update: they are rarer than the others.
    service.add_failure(
        testing::failure_rule({failure::answer(403), failure::answer(417), failure::answer(200, "{\"id\":"),
                               failure::apply_and_answer(200, "no JSON")})
            .path(profile)
            .randomly(0.005, seed));
    service.add_failure(
        testing::failure_rule(
            {failure::answer(503), failure::answer(500), failure::answer(502), failure::answer(504),
             failure::answer(408), failure::answer(429, {}, {{"Retry-After", "0"}}), failure::close(),
             failure::reset(), failure::delay(20ms), failure::apply_and_answer(503),
             failure::apply_and_close(), failure::apply_and_reset(), failure::apply_and_delay(20ms)})
            .path(profile)
            .randomly(0.045, seed + 1));
    service.add_failure(testing::failure_rule({failure::answer(503), failure::close(), failure::reset()})
                            .path("*/token")
                            .randomly(0.05, seed + 2));
}

pc::client make_client(pc::transport& transport, const testing::emulator& service)
{
    pc::refresh_token_options app;
    app.tenant = service.tenant();
    app.client_id = service.client_id();
    app.client_secret = service.client_secret();
    app.refresh_token = service.refresh_token();
    app.authority = service.base_url();
    app.on_refresh_token = [](const std::string&) {};
    pc::client_options options;
    options.base_url = service.base_url();
    options.retry.max_attempts = 10;
    options.retry.base_delay = 1ms;
    options.retry.max_delay = 10ms;
    return pc::client{transport, pc::credential::refresh_token(std::move(app)), options};
}

soak::fate draw_fate(std::mt19937_64& chance)
{
    switch (chance() % 200) {
    case 0: return soak::fate::hurried;
    case 1: return soak::fate::cancelled;
    default: return soak::fate::undisturbed;
    }
}

// From none to what most updates take.
std::chrono::microseconds draw_time(std::mt19937_64& chance)
{
    return std::chrono::microseconds(chance() % 10'000 + 1);
}

asio::cancellation_type draw_type(std::mt19937_64& chance)
{
    switch (chance() % 3) {
    case 0: return asio::cancellation_type::terminal;
    case 1: return asio::cancellation_type::partial;
    default: return asio::cancellation_type::total;
    }
}

// The caller has a strand, in which the timer emits the signal, too.
asio::awaitable<void> update_and_cancel(const pc::client& client, const pc::OrganizationProfile& profile,
                                        pc::call_options options, const std::string& id, soak::ledger& book,
                                        std::mt19937_64& chance)
{
    // A timer that has expired when it is cancelled still calls its handler, which therefore owns the signal.
    const auto signal = std::make_shared<asio::cancellation_signal>();
    asio::steady_timer timer(co_await asio::this_coro::executor, draw_time(chance));
    timer.async_wait([signal, type = draw_type(chance)](const pc::error_code& ec) {
        if (!ec)
            signal->emit(type);
    });
    pc::diagnostics diag;
    const auto [ec, stored] = co_await client.async_update(
        profile, std::move(options), diag,
        asio::bind_cancellation_slot(signal->slot(), asio::as_tuple(asio::use_awaitable)));
    if (ec)
        book.failed(id, ec, diag);
    else
        book.acknowledged(id, stored.company_name.value_or(""));
}

// One coroutine's updates of one round.
asio::awaitable<void> update_often(pc::client client, unsigned self, soak::ledger& book, unsigned round,
                                   std::uint64_t seed)
{
    std::mt19937_64 chance(seed * 1'000'003 + round * coroutines + self);
    pc::OrganizationProfile profile;
    profile.default_address.emplace();
    for (unsigned i = 0; i != updates_in_a_round; ++i) {
        const std::string name = soak::name_of(round, self, i);
        profile.company_name = name;
        const soak::fate fate = draw_fate(chance);
        pc::call_options options;
        const std::string id = book.begin(name, fate);
        options.request_id(id).expect_continue(chance() % 4 == 0);
        options.timeout(fate == soak::fate::hurried ? draw_time(chance) : 60s);
        if (fate == soak::fate::cancelled) {
            co_await update_and_cancel(client, profile, std::move(options), id, book, chance);
            continue;
        }
        try {
            const pc::OrganizationProfile stored = co_await client.update(profile, std::move(options));
            book.acknowledged(id, stored.company_name.value_or(""));
        } catch (const pc::error& e) {
            book.failed(id, e.code(), e.diagnostics());
        }
    }
}

template <class Number>
Number number(std::string_view text, const char* what)
{
    Number result = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (ec != std::errc() || end != text.data() + text.size() || result == 0) {
        std::fprintf(stderr, "error: %s must be a positive number, not \"%.*s\"\n", what,
                     static_cast<int>(text.size()), text.data());
        std::exit(2);
    }
    return result;
}

void run_round(asio::io_context& context, const pc::client& client, soak::ledger& book, unsigned round,
               std::uint64_t seed)
{
    for (unsigned self = 0; self != coroutines; ++self)
        asio::co_spawn(asio::make_strand(context), update_often(client, self, book, round, seed),
                       [](std::exception_ptr failure) {
                           if (failure)
                               std::rethrow_exception(failure);
                       });
    context.restart();
    std::thread second([&context] { context.run(); });
    context.run();
    second.join();
}

void end_round(testing::emulator& service, soak::ledger& book)
{
    book.end_round(service.requests());
    service.clear_requests();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: soak UPDATES SEED\n");
        return 2;
    }
    const auto wanted = number<std::uint64_t>(argv[1], "UPDATES");
    const auto seed = number<std::uint64_t>(argv[2], "SEED");

    soak::usage usage;
    testing::emulator_options unreliable;
    unreliable.max_logged_requests = std::size_t{4} * coroutines * updates_in_a_round;
    testing::emulator service(unreliable);
    make_unreliable(service, seed);

    asio::io_context context;
    pc::transport_options net;
    net.tls.emplace(asio::ssl::context::tls_client).add_certificate_authority(asio::buffer(service.ca_pem()));
    pc::transport transport{context, std::move(net)};
    const pc::client client = make_client(transport, service);

    soak::ledger book;
    const auto start = std::chrono::steady_clock::now();
    for (unsigned round = 0; book.total() < wanted; ++round) {
        run_round(context, client, book, round, seed);
        end_round(service, book);
        if (round % 4 == 3)
            service.revoke_access_tokens();
        usage.measure(book.total());
    }
    // The last round's, whatever was still on its way.
    std::this_thread::sleep_for(100ms);
    end_round(service, book);
    end_round(service, book);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("seed %llu, %.0f s\n", static_cast<unsigned long long>(seed), took.count());
    const bool nothing_lost = book.report();
    const bool nothing_grows = usage.report();
    return nothing_lost && nothing_grows ? 0 : 1;
}
