// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_FUZZ_OPENSSL_MEMORY_HPP
#define PARTNER_CENTER_TESTS_FUZZ_OPENSSL_MEMORY_HPP

#include "fuzz_input.hpp"

#include <openssl/crypto.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

// The C library's own functions, which AddressSanitizer leaves alone.
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_realloc(void* old, std::size_t size);
extern "C" void __libc_free(void* freed);

namespace partner_center::testing {

/// Keeps OpenSSL's own memory, of which a handshake takes thousands of blocks, from AddressSanitizer: that
/// would be a third of all time. The blocks are counted instead.
class openssl_memory {
public:
    /// Before OpenSSL does anything.
    static void take_over()
    {
        require(CRYPTO_set_mem_functions(&allocate, &reallocate, &release) == 1, "OpenSSL has not begun yet");
    }

    static std::int64_t blocks() noexcept { return blocks_; }

private:
    static void* allocate(std::size_t size, const char*, int)
    {
        ++blocks_;
        return __libc_malloc(size);
    }

    static void* reallocate(void* old, std::size_t size, const char*, int)
    {
        blocks_ += old ? 0 : 1;
        return __libc_realloc(old, size);
    }

    static void release(void* freed, const char*, int)
    {
        blocks_ -= freed ? 1 : 0;
        __libc_free(freed);
    }

    static inline std::atomic<std::int64_t> blocks_{0};
};

} // namespace partner_center::testing

#endif
