// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A TLS context of the user's with a verify callback, which has the last word on whom a client talks to.

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;
using testing::emulator;

namespace {

client_fixture fixture_for(const emulator& service, pc::transport_options network)
{
    return client_fixture(std::move(network), testing::talking_to(service.base_url()), service.token());
}

/// A connection of its own for each call.
pc::transport_options without_kept_connections(const emulator& service)
{
    pc::transport_options network = testing::trusting(service.ca_pem());
    network.idle_timeout = std::chrono::nanoseconds{1};
    return network;
}

} // namespace

TEST_CASE("a verify callback is told what is wrong with a certificate, and may accept it")
{
    emulator service;
    pc::transport_options network = testing::trusting(testing::certificate_authority().pem());
    unsigned objections = 0;
    network.tls->set_verify_callback([&](bool preverified, asio::ssl::verify_context&) {
        objections += preverified ? 0U : 1U;
        return true;
    });
    client_fixture fixture = fixture_for(service, std::move(network));
    const call_result result = fixture.get();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(objections >= 1);
}

TEST_CASE("a verify callback that refuses a good certificate ends the call before the token is sent")
{
    emulator service;
    pc::transport_options network = testing::trusting(service.ca_pem());
    unsigned objections = 0;
    unsigned asked = 0;
    network.tls->set_verify_callback([&](bool preverified, asio::ssl::verify_context&) {
        ++asked;
        objections += preverified ? 0U : 1U;
        return false;
    });
    client_fixture fixture = fixture_for(service, std::move(network));
    const call_result result = fixture.update();
    CHECK(result.ec == pc::errc::untrusted_certificate);
    CHECK(result.diag.phase == pc::phase::handshake);
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(asked >= 1);
    CHECK(objections == 0);
    CHECK(service.requests().empty());
}

TEST_CASE("a verify callback is not asked when a session is resumed, unless that is switched off")
{
    for (const bool resumes : {true, false}) {
        emulator service;
        pc::transport_options network = without_kept_connections(service);
        network.resume_tls_sessions = resumes;
        unsigned asked = 0;
        network.tls->set_verify_callback([&](bool preverified, asio::ssl::verify_context&) {
            ++asked;
            return preverified;
        });
        client_fixture fixture = fixture_for(service, std::move(network));
        CHECK_FALSE(fixture.get().ec);
        const unsigned first = std::exchange(asked, 0U);
        CHECK(first >= 1);
        CHECK_FALSE(fixture.get().ec);
        CHECK(asked == (resumes ? 0 : first));
        CHECK(service.connections_accepted() == 2);
    }
}
