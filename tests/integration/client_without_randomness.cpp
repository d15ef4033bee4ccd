// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A call for which OpenSSL has no random bytes has no ids: it ends, and nothing is sent.

#define OPENSSL_SUPPRESS_DEPRECATED // RAND_set_rand_method is the one way to bring that about

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/emulator.hpp>

#include <openssl/rand.h>

#include <doctest/doctest.h>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;

namespace {

class no_random_bytes {
public:
    no_random_bytes()
        : before_(RAND_get_rand_method())
    {
        static const RAND_METHOD none{nullptr, &refuse, nullptr, nullptr, &refuse, nullptr};
        RAND_set_rand_method(&none);
    }
    no_random_bytes(const no_random_bytes&) = delete;
    no_random_bytes& operator=(const no_random_bytes&) = delete;
    ~no_random_bytes() { RAND_set_rand_method(before_); }

private:
    static int refuse(unsigned char*, int) { return 0; }

    const RAND_METHOD* before_;
};

} // namespace

TEST_CASE("a call whose ids cannot be made ends with that, and the next one succeeds")
{
    testing::emulator service;
    client_fixture fixture(service);
    for (const bool is_change : {false, true}) {
        call_result result;
        {
            const no_random_bytes now;
            if (is_change)
                fixture.client.async_update(testing::some_profile(), result.diag, testing::keep_in(result));
            else
                fixture.client.async_get(result.diag, testing::keep_in(result));
            fixture.run();
        }
        CHECK(result.completions == 1);
        CHECK(result.ec);
        CHECK(result.diag.attempts == 0);
        CHECK_FALSE(result.diag.may_have_been_applied);
        CHECK_FALSE(fixture.get().ec);
    }
}
