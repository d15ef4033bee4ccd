// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A call for which OpenSSL has no random bytes has no ids, and a request for a token no signature: it ends,
// and nothing is sent.

#define OPENSSL_SUPPRESS_DEPRECATED // RAND_set_rand_method is the one way to bring that about

#include "fixtures/authority_fixture.hpp"

#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <openssl/rand.h>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>

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

TEST_CASE("a request for a token that cannot be signed is not sent, and the next one is")
{
    const testing::certificate_identity identity = testing::make_client_identity();
    testing::emulator_options with_certificate;
    with_certificate.oauth.client_certificate_pem = identity.certificate_pem;
    testing::authority_fixture fixture(with_certificate);
    std::optional<no_random_bytes> none;
    bool run_out = false;
    // When the service has refused the token, over a connection that the authority is asked over, too.
    pc::transport_options network = testing::trusting(fixture.service.ca_pem());
    network.on_event = [&](const pc::event& e) {
        if (run_out && e.kind == pc::event_kind::attempt_finished && e.http_status == 401)
            none.emplace();
    };
    pc::transport transport(fixture.io, std::move(network));
    pc::refresh_token_options options = testing::app_and_user(fixture.service);
    options.client_secret.clear();
    options.certificate.emplace(identity.certificate_pem, identity.private_key_pem);
    pc::client_options asking = testing::talking_to(fixture.service.base_url());
    asking.retry.max_attempts = 4;
    const pc::client client(transport, pc::credential::refresh_token(options), asking);
    CHECK_FALSE(fixture.get(client).ec);
    fixture.service.revoke_access_tokens();
    run_out = true;
    const call_result failed = fixture.get(client);
    run_out = false;
    REQUIRE(none);
    none.reset();
    CHECK(failed.ec);
    CHECK(failed.ec != pc::condition::transient);
    CHECK(failed.diag.phase == pc::phase::token);
    CHECK_MESSAGE(failed.diag.description.find("signing the client assertion failed") != std::string::npos,
                  failed.what());
    CHECK(testing::token_requests(fixture.service) == 1);
    const call_result read = fixture.get(client);
    CHECK_MESSAGE(!read.ec, read.what());
}
