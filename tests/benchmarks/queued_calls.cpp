// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a call costs that waits for a connection, what a long queue costs, and what a client costs that does
// nothing: for a service with thousands of partners.

#include "queued_calls.hpp"

#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>

namespace {

// Of the calling thread: the emulator's is another.
thread_local std::ptrdiff_t live_bytes = 0;
thread_local std::ptrdiff_t live_blocks = 0;

} // namespace

void* operator new(std::size_t size)
{
    void* const block = std::malloc(size);
    if (!block)
        throw std::bad_alloc();
    live_bytes += static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
    ++live_blocks;
    return block;
}

void* operator new(std::size_t size, std::align_val_t alignment)
{
    void* block = nullptr;
    if (::posix_memalign(&block, static_cast<std::size_t>(alignment), size) != 0)
        throw std::bad_alloc();
    live_bytes += static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
    ++live_blocks;
    return block;
}

void operator delete(void* block) noexcept
{
    if (!block)
        return;
    live_bytes -= static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
    --live_blocks;
    std::free(block);
}

void operator delete(void* block, std::size_t) noexcept
{
    operator delete(block);
}

void operator delete(void* block, std::align_val_t) noexcept
{
    operator delete(block);
}

void operator delete(void* block, std::size_t, std::align_val_t) noexcept
{
    operator delete(block);
}

namespace {

namespace pc = partner_center;
namespace benchmarks = partner_center::benchmarks;

struct heap {
    std::ptrdiff_t bytes = live_bytes;
    std::ptrdiff_t blocks = live_blocks;
};

double each(std::ptrdiff_t before, std::ptrdiff_t after, std::size_t count)
{
    return static_cast<double>(after - before) / static_cast<double>(count);
}

void print_growth(const char* name, const benchmarks::growth& time)
{
    std::printf("  %-18s %6.1f us a call, %zu at once; %6.1f us a call, %zu at once: %.2f\n", name,
                time.microseconds_of_few, time.few, time.microseconds_of_many, time.many, time.ratio());
}

void print_waiting_calls(std::size_t token_length)
{
    constexpr std::size_t count = 10'000;
    benchmarks::queued_calls calls(token_length);
    const heap before;
    calls.begin(count);
    const heap begun;
    calls.run_ready(count);
    const heap waiting;
    const std::size_t ended = calls.ended();
    calls.finish();
    std::printf("%zu calls on 8 connections, a token of %zu bytes:\n", count, token_length);
    std::printf("  begun, not yet run     %6.0f bytes in %4.1f blocks a call\n",
                each(before.bytes, begun.bytes, count), each(before.blocks, begun.blocks, count));
    std::printf("  waiting                %6.0f bytes in %4.1f blocks a call (%zu calls had ended)\n",
                each(before.bytes, waiting.bytes, count - ended),
                each(before.blocks, waiting.blocks, count - ended), ended);
    const benchmarks::measured_growth grown = benchmarks::measure_growth(calls, 9);
    print_growth("by the clock", grown.elapsed);
    print_growth("processor, client", grown.processor);
}

void print_idle_clients(std::size_t token_length)
{
    constexpr std::size_t count = 10'000;
    boost::asio::io_context io;
    pc::transport_options network;
    network.tls.emplace(boost::asio::ssl::context::tls_client);
    pc::transport transport(io, std::move(network));
    std::vector<pc::credential> credentials;
    std::vector<pc::client> clients;
    credentials.reserve(count);
    clients.reserve(count);
    const heap before;
    for (std::size_t i = 0; i != count; ++i)
        credentials.push_back(pc::credential::bearer(benchmarks::token_of(token_length)));
    const heap with_credentials;
    for (const pc::credential& credential : credentials)
        clients.emplace_back(transport, credential);
    const heap with_clients;
    const auto handles = static_cast<double>(sizeof(pc::client));
    std::printf("%zu clients on one transport:\n", count);
    std::printf("  a client               %6.0f bytes in %4.1f blocks\n",
                each(with_credentials.bytes, with_clients.bytes, count) + handles,
                each(with_credentials.blocks, with_clients.blocks, count));
    std::printf("  its token of %4zu      %6.0f bytes in %4.1f blocks\n", token_length,
                each(before.bytes, with_credentials.bytes, count),
                each(before.blocks, with_credentials.blocks, count));
}

} // namespace

int main()
{
    try {
        for (const std::size_t token_length : {54U, 1536U, 2048U})
            print_waiting_calls(token_length);
        print_idle_clients(2048);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return EXIT_FAILURE;
    }
}
