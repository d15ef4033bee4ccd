// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_ALLOCATIONS_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_ALLOCATIONS_HPP

#include <cstddef>
#include <string>

namespace partner_center::testing {

/// Whose allocations fail.
enum class allocator_of {
    cpp,    ///< `operator new`, and `aligned_alloc`, by which Asio has the memory of its handlers.
    openssl ///< What OpenSSL allocates.
};

/**
 * While it lives, allocations of this thread fail: the `nth`, and those after it that belong to the same
 * shortage. Other threads have memory.
 *
 * An allocation that Asio itself cannot do without is not failed: see @ref spared.
 */
class memory_shortage {
public:
    /// @param nth Counted from 1.
    /// @param length How many allocations fail.
    /// @param gap How many get their memory between two that fail.
    memory_shortage(allocator_of whose, std::size_t nth, std::size_t length = 1, std::size_t gap = 0);
    memory_shortage(const memory_shortage&) = delete;
    memory_shortage& operator=(const memory_shortage&) = delete;
    ~memory_shortage();

    /// Whether it came to the nth allocation.
    [[nodiscard]] bool reached() const;

    /// Whether any allocation failed: not so when those of Asio's were spared.
    [[nodiscard]] bool failed() const;

    /// Whether it was the library itself that asked for the first allocation that failed, not Asio for it.
    [[nodiscard]] bool is_of_library() const;

    /// The functions on the way to the first allocation that failed, innermost first; for a message.
    [[nodiscard]] std::string where() const;
};

/// How often an allocation was spared since this was asked last, and why; a line for each reason.
std::string spared();

/// The blocks of `operator new` that this thread's code asked for while a @ref block_count lives, less those
/// of them that were freed, on whatever thread.
class block_count {
public:
    block_count();
    block_count(const block_count&) = delete;
    block_count& operator=(const block_count&) = delete;
    ~block_count();

    [[nodiscard]] std::ptrdiff_t live() const;
};

/// While it lives there is memory, and no block is counted: for what a test does for itself in between.
class plenty {
public:
    plenty();
    plenty(const plenty&) = delete;
    plenty& operator=(const plenty&) = delete;
    ~plenty();

private:
    bool short_before_;
    bool counted_before_;
};

} // namespace partner_center::testing

#endif
