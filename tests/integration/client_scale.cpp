// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Thousands of calls that wait and thousands of clients cost little. benchmarks/queued_calls.cpp tells how
// much.

#include "benchmarks/queued_calls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <doctest/doctest.h>

#include <malloc.h>

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace benchmarks = partner_center::benchmarks;

namespace {

constexpr std::size_t count = 10'000;
constexpr std::size_t token_length = 2048; // as the real ones have

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool measured = false; // the memory is the sanitizer's
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool measured = false;
#else
constexpr bool measured = true;
#endif
#else
constexpr bool measured = true;
#endif

// The memory in use of the main thread: glibc gives other threads, such as the emulator's, other arenas.
std::size_t memory_in_use()
{
    const struct mallinfo2 now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
}

double each(std::size_t before, std::size_t after)
{
    return (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(count);
}

} // namespace

TEST_CASE("ten thousand calls may wait for eight connections, each in less than 4 KiB")
{
    benchmarks::queued_calls calls(token_length);
    const std::size_t before = memory_in_use();
    calls.begin(count);
    calls.run_ready(count);
    const double waiting = each(before, memory_in_use());
    CHECK(calls.ended() < count / 10);
    calls.finish(); // throws if one fails
    if (measured) {
        CHECK(waiting > 100); // or it was not measured
        CHECK(waiting < 4096);
    }
}

// How much longer, to the percent, is for the benchmark to say: this machine may be doing other things.
TEST_CASE("a call among ten thousand does not take much longer than one among a hundred")
{
    benchmarks::queued_calls calls(token_length);
    const benchmarks::measured_growth time = benchmarks::measure_growth(calls, measured ? 3 : 1);
    if (measured)
        CHECK(time.processor.ratio() < 1.5);
}

TEST_CASE("ten thousand clients share a transport, each in less than 2 KiB beside its token")
{
    boost::asio::io_context io;
    pc::transport_options network;
    network.tls.emplace(boost::asio::ssl::context::tls_client);
    pc::transport transport(io, std::move(network));
    std::vector<pc::credential> credentials;
    credentials.reserve(count);
    for (std::size_t i = 0; i != count; ++i)
        credentials.push_back(pc::credential::bearer(benchmarks::token_of(token_length)));
    const std::size_t before = memory_in_use();
    std::deque<pc::client> clients;
    for (const pc::credential& credential : credentials)
        clients.emplace_back(transport, credential);
    const double client = each(before, memory_in_use());
    CHECK(clients.size() == count);
    if (measured) {
        CHECK(client > 100);
        CHECK(client < 2048);
    }
}
