// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Counts what the program allocates. A malloc of the program's own goes before that of the C library, in all
// shared libraries too.

#include "common.hpp"

#include <cerrno>
#include <cstdlib>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}

namespace {

// Plain counters of each thread: counting must not cost what is measured.
thread_local benchmarks::allocations of_this_thread;
std::atomic<std::uint64_t> blocks_of_ended_threads{0};
std::atomic<std::uint64_t> bytes_of_ended_threads{0};

inline void count(std::size_t size) noexcept
{
    ++of_this_thread.blocks;
    of_this_thread.bytes += size;
}

} // namespace

extern "C" {

void* malloc(std::size_t size)
{
    count(size);
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size)
{
    count(number * size);
    return __libc_calloc(number, size);
}

void* realloc(void* block, std::size_t size)
{
    count(size);
    return __libc_realloc(block, size);
}

void* memalign(std::size_t alignment, std::size_t size)
{
    count(size);
    return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size)
{
    *block = memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}

void free(void* block)
{
    __libc_free(block);
}

} // extern "C"

namespace benchmarks {

allocations allocations_so_far()
{
    allocations sum = of_this_thread;
    sum.blocks += blocks_of_ended_threads.load();
    sum.bytes += bytes_of_ended_threads.load();
    return sum;
}

void in_threads(std::size_t count, const std::function<void(std::size_t)>& worker)
{
    if (count == 1)
        return worker(0);
    std::vector<std::exception_ptr> failures(count);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i != count; ++i)
        threads.emplace_back([&, i] {
            try {
                worker(i);
            } catch (...) {
                failures[i] = std::current_exception();
            }
            blocks_of_ended_threads += of_this_thread.blocks;
            bytes_of_ended_threads += of_this_thread.bytes;
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::exception_ptr& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
}

} // namespace benchmarks
