// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The entry point of every test program.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// OpenSSL is not instrumented: ThreadSanitizer sees the memory that it allocates, compares and frees, but not
// the atomic counters by which it shares sessions and certificates among connections. Named are the functions
// that let go of shared objects, and the look at a certificate that another thread has completed.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions()
{
    return "race:^OPENSSL_sk_free$\n"
           "race:^SSL_SESSION_free$\n"
           "race:^ASN1_STRING_cmp$\n";
}
#endif
#endif
