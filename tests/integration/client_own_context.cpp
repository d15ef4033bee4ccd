// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A TLS context of the user's: its verify callback has the last word on whom a client talks to, and nothing else
// that is set in it may loosen what is promised of every call.

#include "fixtures/client_fixture.hpp"

#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/verify_context.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using testing::call_result;
using testing::client_fixture;
using testing::emulator;

namespace {

/// A connection of its own for each call.
pc::transport_options without_kept_connections(const emulator& service)
{
    pc::transport_options network = testing::trusting(service.ca_pem());
    network.idle_timeout = std::chrono::nanoseconds{1};
    return network;
}

/// One TLS server for one connection, which notes whether anything was sent to it.
class odd_server {
public:
    explicit odd_server(const std::function<void(SSL_CTX*)>& prepare)
    {
        SSL_CTX_set_security_level(context_.native_handle(), 0);
        prepare(context_.native_handle());
        thread_ = std::thread([this] { serve(); });
    }
    odd_server(const odd_server&) = delete;
    odd_server& operator=(const odd_server&) = delete;
    ~odd_server() { join(); }

    void join()
    {
        if (thread_.joinable())
            thread_.join();
    }

    [[nodiscard]] std::string base_url() const
    {
        return "https://localhost:" + std::to_string(acceptor_.local_endpoint().port());
    }

    // To be read after join().
    bool shaken = false;
    int failure = 0; // of the handshake, in OpenSSL's numbers
    bool was_told = false;

private:
    void serve()
    {
        boost::system::error_code ec;
        asio::ssl::stream<asio::ip::tcp::socket> stream(acceptor_.accept(), context_);
        stream.handshake(asio::ssl::stream_base::server, ec);
        shaken = !ec;
        failure = ERR_GET_REASON(static_cast<unsigned long>(ec.value()));
        char bytes[256];
        if (shaken)
            was_told = stream.read_some(asio::buffer(bytes), ec) != 0;
    }

    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
    asio::ssl::context context_{asio::ssl::context::tls_server};
    std::thread thread_;
};

void use_identity(SSL_CTX* context, const testing::certificate_identity& identity)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> certificate(
        BIO_new_mem_buf(identity.certificate_pem.data(), -1), &BIO_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> key(BIO_new_mem_buf(identity.private_key_pem.data(), -1),
                                                        &BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> x509(
        PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr), &X509_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey(
        PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    REQUIRE(SSL_CTX_use_certificate(context, x509.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context, pkey.get()) == 1);
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
    client_fixture fixture(service, std::move(network));
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
    client_fixture fixture(service, std::move(network));
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
        client_fixture fixture(service, std::move(network));
        CHECK_FALSE(fixture.get().ec);
        const unsigned first = std::exchange(asked, 0U);
        CHECK(first >= 1);
        CHECK_FALSE(fixture.get().ec);
        CHECK(asked == (resumes ? 0 : first));
        CHECK(service.connections_accepted() == 2);
    }
}

TEST_CASE("a server that needs no certificate by the context's ciphers gets no token")
{
    odd_server server([](SSL_CTX* context) {
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
        REQUIRE(SSL_CTX_set_cipher_list(context, "aNULL") == 1);
    });
    pc::transport_options network = testing::trusting(testing::certificate_authority().pem());
    REQUIRE(SSL_CTX_set_cipher_list(network.tls->native_handle(), "ALL:@SECLEVEL=0") == 1);
    client_fixture fixture(std::move(network), testing::talking_to(server.base_url()));
    const call_result result = fixture.update();
    CHECK(result.ec == pc::errc::untrusted_certificate);
    CHECK(result.diag.description == "the server has shown none");
    CHECK_FALSE(result.diag.may_have_been_applied);
    server.join();
    CHECK_FALSE(server.was_told);
}

TEST_CASE("a handshake that fails for another reason is not blamed on a certificate that was accepted")
{
    odd_server server([](SSL_CTX* context) {
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
        use_identity(context, testing::certificate_authority().issue());
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    });
    pc::transport_options network;
    network.tls.emplace(asio::ssl::context::tls_client);
    network.tls->set_verify_callback([](bool, asio::ssl::verify_context&) { return true; });
    client_fixture fixture(std::move(network), testing::talking_to(server.base_url()));
    const call_result result = fixture.get();
    CHECK(result.ec == pc::condition::connection_failed);
    CHECK_FALSE(result.ec == pc::condition::untrusted_peer);
    server.join();
    CHECK_FALSE(server.shaken);
}

TEST_CASE("a server whose certificate is refused is told so by an alert")
{
    odd_server server(
        [](SSL_CTX* context) { use_identity(context, testing::certificate_authority().issue()); });
    client_fixture fixture(testing::trusting(testing::certificate_authority("another").pem()),
                           testing::talking_to(server.base_url()));
    CHECK(fixture.get().ec == pc::errc::untrusted_certificate);
    server.join();
    CHECK(server.failure == SSL_R_TLSV1_ALERT_UNKNOWN_CA);
}

TEST_CASE("a context whose writes may be partial does not cut a request, nor its reads a response")
{
    emulator service;
    pc::transport_options network = testing::trusting(service.ca_pem());
    SSL_CTX_set_mode(network.tls->native_handle(), SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_clear_mode(network.tls->native_handle(), SSL_MODE_AUTO_RETRY);
    network.attempt_timeout = std::chrono::seconds{10};
    pc::client_options options = testing::talking_to({});
    options.expect_continue = false;
    client_fixture fixture(service, std::move(network), options);
    pc::OrganizationProfile profile = testing::some_profile();
    profile.company_name = std::string(100'000, 'x');
    for (int i = 0; i != 2; ++i) {
        const call_result result = fixture.update(profile);
        CHECK_MESSAGE(!result.ec, result.what());
        CHECK(service.profile().company_name == profile.company_name);
        CHECK_FALSE(fixture.get().ec);
    }
    CHECK(service.connections_accepted() == 1);
}

TEST_CASE("a context that no client can use is refused by the constructor")
{
    const auto refuse = [](asio::ssl::context context) {
        asio::io_context io;
        pc::transport_options network;
        network.tls.emplace(std::move(context));
        try {
            const pc::transport transport(io, std::move(network));
            FAIL_CHECK("made");
        } catch (const pc::error& e) {
            CHECK(e.code() == pc::errc::invalid_tls_settings);
            CHECK(std::string(e.what()).find("transport_options::tls") != std::string::npos);
        }
    };
    refuse(asio::ssl::context(asio::ssl::context::tls_server));
    asio::ssl::context old(asio::ssl::context::tls_client);
    SSL_CTX_set_max_proto_version(old.native_handle(), TLS1_1_VERSION);
    refuse(std::move(old));
    asio::ssl::context moved(asio::ssl::context::tls_client);
    const asio::ssl::context elsewhere(std::move(moved));
    refuse(std::move(moved));
}
