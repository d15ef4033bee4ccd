// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls that go on while nginx closes connections, takes a new configuration, or is replaced: no caller
// notices.

#include "fixtures/client_fixture.hpp"
#include "fixtures/nginx_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

const char* const document = R"({"id":"11111111-1111-1111-1111-111111111111","companyName":"TEST"})";

testing::nginx_options traffic_options()
{
    testing::nginx_options options;
    options.log_fields = "$connection $connection_requests $request_method $status $pid";
    return options;
}

/// What nginx says of the requests it has answered.
struct served {
    explicit served(const std::vector<std::string>& log)
    {
        for (const std::string& line : log) {
            std::istringstream fields(line);
            unsigned long connection = 0, number = 0, status = 0, worker = 0;
            std::string method;
            if (!(fields >> connection >> number >> method >> status >> worker) || status != 200) {
                strange.push_back(line);
                continue;
            }
            connections.emplace(worker, connection);
            workers.insert(worker);
            ++(method == "PUT" ? puts : gets);
            reuses += number > 1;
        }
    }

    std::set<std::pair<unsigned long, unsigned long>> connections;
    std::set<unsigned long> workers;
    std::size_t gets = 0, puts = 0, reuses = 0;
    std::vector<std::string> strange;
};

/// Callers that go on until the traffic is over, and what became of their calls.
class traffic {
public:
    /// From the shortest pause between two calls of a caller to the longest.
    using pauses = std::pair<steady_clock::duration, steady_clock::duration>;

    explicit traffic(const testing::nginx_server& nginx)
        : nginx_(nginx)
    {
    }

    /// Adds callers that share one transport.
    void add(unsigned callers, pauses between)
    {
        transports_.emplace_back(io_, testing::trusting(nginx_.ca_pem()));
        const pc::client client(transports_.back(), pc::credential::bearer(testing::fake_token),
                                testing::talking_to(nginx_.base_url()));
        for (unsigned i = 0; i != callers; ++i)
            asio::co_spawn(io_, call_on(client, between, ++caller_), rethrow);
    }

    /// Runs until the coroutine that is made from this, and then the callers, have ended.
    void run_while(asio::awaitable<void> scenario)
    {
        asio::co_spawn(io_, std::move(scenario), [this](std::exception_ptr thrown) {
            over_ = true;
            rethrow(thrown);
        });
        io_.run_for(90s);
        REQUIRE_MESSAGE(io_.stopped(), "the calls did not come to their end");
    }

    /// Checks that every call succeeded; `least` are the numbers below which nothing was tried.
    served check(std::size_t least_calls, std::size_t least_connections, std::size_t least_reuses) const
    {
        for (const std::string& failure : failures_)
            CHECK_MESSAGE(false, failure);
        const served seen(nginx_.log(calls_));
        for (const std::string& line : seen.strange)
            CHECK_MESSAGE(false, line);
        MESSAGE(calls_ << " calls, of them " << fresh_attempts_ << " by a fresh attempt, " << failures_.size()
                       << " failed; nginx answered " << seen.gets << " GET and " << seen.puts << " PUT on "
                       << seen.connections.size() << " connections of " << seen.workers.size() << " workers, "
                       << seen.reuses << " of them on a kept one");
        CHECK(calls_ >= least_calls);
        CHECK(seen.gets + seen.puts >= calls_);
        CHECK(seen.gets >= calls_ / 4);
        CHECK(seen.puts >= calls_ / 4);
        CHECK(seen.connections.size() >= least_connections);
        CHECK(seen.reuses >= least_reuses);
        return seen;
    }

private:
    static void rethrow(std::exception_ptr thrown)
    {
        if (thrown)
            std::rethrow_exception(thrown);
    }

    asio::awaitable<void> call_on(pc::client client, pauses between, unsigned caller)
    {
        std::minstd_rand random(caller);
        std::uniform_int_distribution<steady_clock::rep> pause(between.first.count(), between.second.count());
        asio::steady_timer timer(io_);
        for (unsigned n = caller; !over_; ++n) {
            pc::diagnostics diag;
            pc::error_code ec;
            if (n % 2 == 0)
                std::tie(ec, std::ignore) =
                    co_await client.async_get(diag, asio::as_tuple(asio::use_awaitable));
            else
                std::tie(ec, std::ignore) = co_await client.async_update(
                    testing::some_profile(), pc::call_options{}.expect_continue(n % 4 == 1), diag,
                    asio::as_tuple(asio::use_awaitable));
            ++calls_;
            fresh_attempts_ += diag.attempts > 1;
            if (ec)
                failures_.push_back(pc::describe(ec, diag));
            timer.expires_after(steady_clock::duration(pause(random)));
            co_await timer.async_wait(asio::use_awaitable);
        }
    }

    const testing::nginx_server& nginx_;
    asio::io_context io_;
    std::deque<pc::transport> transports_;
    unsigned caller_ = 0;
    bool over_ = false;
    std::size_t calls_ = 0;
    std::size_t fresh_attempts_ = 0;
    std::vector<std::string> failures_;
};

asio::awaitable<void> pass(steady_clock::duration time)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

/// Looks until it is so.
asio::awaitable<void> wait_until(std::function<bool()> condition, std::string what)
{
    const auto until = steady_clock::now() + 20s;
    while (!condition()) {
        if (steady_clock::now() > until)
            throw std::runtime_error("it never came to this: " + what);
        co_await pass(20ms);
    }
}

std::set<unsigned long> workers_of(const testing::nginx_server& nginx)
{
    return served(nginx.log(0)).workers;
}

/// Until a worker has answered that had not before.
asio::awaitable<void> wait_for_another_worker(const testing::nginx_server& nginx, std::size_t before)
{
    co_await wait_until([&nginx, before] { return workers_of(nginx).size() > before; },
                        "a new worker answers: " + nginx.error_log());
}

asio::awaitable<void> reload(const testing::nginx_server& nginx, unsigned times)
{
    for (unsigned i = 0; i != times; ++i) {
        co_await pass(200ms);
        const std::size_t before = workers_of(nginx).size();
        nginx.reload();
        co_await wait_for_another_worker(nginx, before);
    }
    co_await pass(200ms);
}

asio::awaitable<void> upgrade(const testing::nginx_server& nginx, unsigned times)
{
    for (unsigned i = 0; i != times; ++i) {
        co_await pass(200ms);
        const std::size_t before = workers_of(nginx).size();
        nginx.begin_upgrade();
        co_await wait_until([&nginx] { return nginx.has_two_masters(); },
                            "two masters: " + nginx.error_log());
        co_await wait_for_another_worker(nginx, before);
        nginx.finish_upgrade();
        co_await wait_until([&nginx] { return !nginx.has_two_masters(); },
                            "the old master has ended: " + nginx.error_log());
    }
    co_await pass(200ms);
}

using change_of_nginx = asio::awaitable<void>(const testing::nginx_server& nginx, unsigned times);

/// Each time a new worker takes over from the old one.
void check_that_all_succeed_while(change_of_nginx* change, unsigned times)
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    testing::nginx_options options = traffic_options();
    options.with_master = true;
    options.keepalive_requests = 40; // new connections, which the new worker gets, have to be made, too
    const testing::nginx_server nginx(*program, document, options);
    traffic calls(nginx);
    calls.add(8, {0ms, 10ms});
    for (unsigned i = 0; i != 8; ++i)
        calls.add(1, {0ms, 20ms});
    calls.run_while(change(nginx, times));
    CHECK(calls.check(200, 16 + times, 100).workers.size() >= times + 1);
}

} // namespace

TEST_CASE("half a minute of calls about as far apart as nginx keeps connections goes without an error")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    testing::nginx_options options = traffic_options();
    options.keepalive_timeout = "1s";
    const testing::nginx_server nginx(*program, document, options);
    traffic calls(nginx);
    // These take from the pool what somebody else has used at any time before.
    calls.add(8, {300ms, 1500ms});
    // Each of these uses a connection of its own again just when nginx closes it.
    for (unsigned i = 0; i != 32; ++i)
        calls.add(1, {993ms, 1006ms});
    calls.run_while(pass(30s));
    calls.check(500, 200, 100);
}

TEST_CASE("no call fails when nginx is reloaded under traffic")
{
    check_that_all_succeed_while(reload, 8);
}

// While nobody listens, a refused connection is the truth, and told to the caller. So nginx is restarted as
// it is in earnest, by an upgrade of the running program: the old master hands its listening socket on and
// ends once the new one answers. (Two servers with a socket each on one port, by `reuseport`, would not do:
// the kernel gives some connections to the one that ends, and resets them when it closes its socket.)
TEST_CASE("no call fails when nginx is replaced by another nginx under traffic")
{
    check_that_all_succeed_while(upgrade, 4);
}

TEST_CASE("a client goes on after nginx was killed and started again between two calls")
{
    const auto program = testing::nginx_server::find_or_skip();
    if (!program)
        return;
    testing::nginx_server nginx(*program, document, traffic_options());
    testing::client_fixture fixture(nginx.base_url(), nginx.ca_pem());
    for (unsigned i = 0; i != 3; ++i) {
        const testing::call_result read = fixture.get();
        CHECK_MESSAGE(!read.ec, read.what());
        const testing::call_result stored = fixture.update();
        CHECK_MESSAGE(!stored.ec, stored.what());
        nginx.restart();
    }
    const testing::call_result first = fixture.update();
    CHECK_MESSAGE(!first.ec, first.what());
    CHECK(served(nginx.log(7)).connections.size() == 4);
}
