// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "allocations.hpp"
#include "clock.hpp"

#include <openssl/crypto.h>

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <utility>

namespace {

namespace testing = partner_center::testing;
using testing::allocator_of;

constexpr std::size_t most_frames = 96;

struct shortage_state {
    bool on = false;
    allocator_of whose = allocator_of::cpp;
    std::size_t count = 0;
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t distance = 1; // between those that fail
    bool reached = false;
    bool failed = false;
    std::array<void*, most_frames> frames{};
    int frame_count = 0;
};

thread_local shortage_state shortage;
thread_local bool counted = false;
thread_local std::chrono::steady_clock::duration leapt{0};
std::atomic<std::ptrdiff_t> live_blocks = 0;

// What Asio 1.26 does not survive, by a part of the name of a function on the way from the handler, or the
// test, to the allocation.
struct exemption {
    const char* function;
    const char* why;
    std::size_t times = 0;
};

std::array exemptions{
    exemption{
        "make_call_strand",
        "asio/detail/impl/strand_executor_service.ipp:56 destroys a strand without a service, and uses that"},
    exemption{
        "strand_executor_service::invoker<",
        "asio/detail/impl/strand_executor_service.hpp:268 leaves a strand locked, and :104 may not throw"},
};

std::string find_name(void* address)
{
    Dl_info info{};
    if (::dladdr(address, &info) == 0 || !info.dli_sname)
        return {};
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> plain(
        abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), &std::free);
    return plain ? std::string(plain.get()) : std::string(info.dli_sname);
}

// Each is looked for but once: the search goes through all symbols of the program.
const std::string& name_of(void* address)
{
    static std::unordered_map<void*, std::string> known;
    const testing::plenty not_ours;
    const auto [entry, is_new] = known.try_emplace(address);
    if (is_new)
        entry->second = find_name(address);
    return entry->second;
}

// Without its result, its parameters, and arguments of templates.
std::string qualified_name(const std::string& function)
{
    std::string name;
    std::size_t depth = 0;
    for (const char c : function) {
        if (c == '(' && depth == 0)
            break;
        if (c == '>' && depth != 0)
            --depth;
        else if (c == '<')
            ++depth;
        else if (c == ' ' && depth == 0)
            name.clear();
        else if (depth == 0)
            name += c;
    }
    return name;
}

bool is_spared(const shortage_state& now)
{
    for (int i = 0; i != now.frame_count; ++i) {
        const std::string& name = name_of(now.frames[static_cast<std::size_t>(i)]);
        // What is around it is somebody else's.
        const bool handler = name.find("::do_complete(") != std::string::npos;
        for (exemption& known : exemptions)
            if (name.find(known.function) != std::string::npos) {
                ++known.times;
                return true;
            }
        if (handler)
            return false;
    }
    return false;
}

bool has_to_fail(allocator_of whose)
{
    shortage_state& now = shortage;
    if (!now.on || now.whose != whose)
        return false;
    ++now.count;
    if (now.count < now.first || now.count > now.last || (now.count - now.first) % now.distance != 0)
        return false;
    now.on = false;
    now.reached = true;
    std::array<void*, most_frames> before = now.frames;
    const int before_count = now.frame_count;
    now.frame_count = ::backtrace(now.frames.data(), static_cast<int>(now.frames.size()));
    const bool spare = whose == allocator_of::cpp && is_spared(now);
    if (now.failed || spare) {
        now.frames = before;
        now.frame_count = before_count;
    }
    now.failed = now.failed || !spare;
    now.on = true;
    return !spare;
}

// In front of every block. Says whether it is counted, and keeps the alignment.
struct alignas(std::max_align_t) block_head {
    void* whole;
    bool counted;
};

void* take(std::size_t size, std::size_t alignment)
{
    if (has_to_fail(allocator_of::cpp))
        return nullptr;
    const std::size_t before = std::max(sizeof(block_head), alignment);
    void* whole = nullptr;
    if (::posix_memalign(&whole, std::max(alignment, alignof(block_head)), before + size) != 0)
        return nullptr;
    void* const block = static_cast<char*>(whole) + before;
    auto* const head = static_cast<block_head*>(block) - 1;
    head->whole = whole;
    head->counted = counted;
    if (counted)
        ++live_blocks;
    return block;
}

void give_back(void* block) noexcept
{
    if (!block)
        return;
    const block_head* const head = static_cast<block_head*>(block) - 1;
    if (head->counted)
        --live_blocks;
    std::free(head->whole);
}

void* take_or_throw(std::size_t size, std::size_t alignment = alignof(std::max_align_t))
{
    void* const block = take(size, alignment);
    if (!block)
        throw std::bad_alloc();
    return block;
}

void* openssl_malloc(std::size_t size, const char*, int)
{
    return has_to_fail(allocator_of::openssl) ? nullptr : std::malloc(size);
}

void* openssl_realloc(void* block, std::size_t size, const char*, int)
{
    return has_to_fail(allocator_of::openssl) ? nullptr : std::realloc(block, size);
}

void openssl_free(void* block, const char*, int)
{
    std::free(block);
}

// OpenSSL takes other functions only before it has allocated anything. And the first backtrace of a program
// loads a library.
const bool prepared = [] {
    std::array<void*, 4> frames{};
    ::backtrace(frames.data(), static_cast<int>(frames.size()));
    return ::CRYPTO_set_mem_functions(&openssl_malloc, &openssl_realloc, &openssl_free) == 1;
}();

} // namespace

void* operator new(std::size_t size)
{
    return take_or_throw(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
    return take(size, alignof(std::max_align_t));
}

void* operator new(std::size_t size, std::align_val_t alignment)
{
    return take_or_throw(size, static_cast<std::size_t>(alignment));
}

void operator delete(void* block) noexcept
{
    give_back(block);
}

void operator delete(void* block, std::size_t) noexcept
{
    give_back(block);
}

void operator delete(void* block, const std::nothrow_t&) noexcept
{
    give_back(block);
}

void operator delete(void* block, std::align_val_t) noexcept
{
    give_back(block);
}

void operator delete(void* block, std::size_t, std::align_val_t) noexcept
{
    give_back(block);
}

// Before glibc's own. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept
{
    void* block = nullptr;
    if (has_to_fail(allocator_of::cpp))
        errno = ENOMEM;
    else if (const int failure = ::posix_memalign(&block, std::max(alignment, sizeof(void*)), size))
        errno = failure;
    return block;
}

// Before the standard library's own.
std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return time_point(seconds{now.tv_sec} + nanoseconds{now.tv_nsec} + leapt);
}

namespace partner_center::testing {

void leap(std::chrono::steady_clock::duration far) noexcept
{
    leapt += far;
}

memory_shortage::memory_shortage(allocator_of whose, std::size_t nth, std::size_t length, std::size_t gap)
{
    shortage = shortage_state();
    shortage.whose = whose;
    shortage.first = nth;
    shortage.distance = gap + 1;
    shortage.last = nth + (length - 1) * shortage.distance;
    shortage.on = prepared;
}

memory_shortage::~memory_shortage()
{
    shortage.on = false;
}

bool memory_shortage::reached() const
{
    return shortage.reached;
}

bool memory_shortage::failed() const
{
    return shortage.failed;
}

bool memory_shortage::is_of_library() const
{
    const plenty memory;
    for (int i = 0; i != shortage.frame_count; ++i) {
        const std::string name = qualified_name(name_of(shortage.frames[static_cast<std::size_t>(i)]));
        if (name.starts_with("partner_center::"))
            return true;
        if (name.starts_with("boost::asio::"))
            return false;
    }
    return false;
}

std::string memory_shortage::where() const
{
    const plenty memory;
    std::string text;
    for (int i = 0; i != shortage.frame_count; ++i)
        if (const std::string& name = name_of(shortage.frames[static_cast<std::size_t>(i)]); !name.empty())
            text.append("    ").append(name.substr(0, 240)).append("\n");
    return text;
}

std::string spared()
{
    std::string text;
    for (exemption& known : exemptions)
        if (const std::size_t times = std::exchange(known.times, 0); times != 0)
            text.append("\n").append(std::to_string(times)).append(" times: ").append(known.why);
    return text;
}

block_count::block_count()
{
    live_blocks = 0;
    counted = true;
}

block_count::~block_count()
{
    counted = false;
}

std::ptrdiff_t block_count::live() const
{
    return live_blocks;
}

plenty::plenty()
    : short_before_{std::exchange(shortage.on, false)}
    , counted_before_{std::exchange(counted, false)}
{
}

plenty::~plenty()
{
    shortage.on = short_before_;
    counted = counted_before_;
}

} // namespace partner_center::testing
