// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/tls_session.hpp>
#include <partner_center/testing/certificates.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::detail::tls_session;
using status = pc::detail::tls_session::status;

namespace {

/// OpenSSL's own server at the other end of a session, in memory.
class server {
public:
    server()
    {
        const testing::certificate_identity identity = authority.issue();
        context_.use_certificate_chain(asio::buffer(identity.certificate_pem));
        context_.use_private_key(asio::buffer(identity.private_key_pem), asio::ssl::context::pem);
        meet_another_client();
    }

    /// Forgets the connection, and keeps what its sessions are resumed with.
    void meet_another_client()
    {
        ssl.reset(SSL_new(context_.native_handle()));
        input_ = BIO_new(BIO_s_mem());
        output_ = BIO_new(BIO_s_mem());
        BIO_set_mem_eof_return(input_, -1);
        SSL_set_bio(ssl.get(), input_, output_);
        SSL_set_accept_state(ssl.get());
    }

    [[nodiscard]] asio::ssl::context trusting_context() const
    {
        asio::ssl::context context(asio::ssl::context::tls_client);
        context.add_certificate_authority(asio::buffer(authority.pem()));
        return context;
    }

    /// Carries the bytes of both, in turn.
    void exchange(tls_session& client)
    {
        std::string bytes;
        client.take_output(bytes);
        BIO_write(input_, bytes.data(), static_cast<int>(bytes.size()));
        SSL_do_handshake(ssl.get());
        char* data = nullptr;
        const long size = BIO_get_mem_data(output_, &data);
        client.add_input(data, static_cast<std::size_t>(size));
        (void)BIO_reset(output_);
    }

    struct free_ssl {
        void operator()(SSL* one) const { SSL_free(one); }
    };

    testing::certificate_authority authority;
    std::unique_ptr<SSL, free_ssl> ssl;

private:
    asio::ssl::context context_{asio::ssl::context::tls_server};
    BIO* input_ = nullptr; // both owned by ssl
    BIO* output_ = nullptr;
};

status shake_hands(tls_session& client, server& peer)
{
    status result = client.handshake();
    for (int i = 0; i != 10 && result == status::want_input; ++i) {
        peer.exchange(client);
        result = client.handshake();
    }
    peer.exchange(client);
    return result;
}

} // namespace

TEST_CASE("a session shakes hands, and carries bytes both ways")
{
    server peer;
    asio::ssl::context context = peer.trusting_context();
    tls_session client(context);
    REQUIRE_FALSE(client.prepare("localhost", pc::tls_version::tls_1_2));
    REQUIRE(shake_hands(client, peer) == status::done);
    CHECK(client.certificate_problem().empty());

    CHECK(client.write("ping", 4) == status::done);
    peer.exchange(client);
    char text[16];
    std::size_t size = 0;
    REQUIRE(SSL_read(peer.ssl.get(), text, sizeof text) == 4);
    CHECK(std::string(text, 4) == "ping");

    CHECK(client.read(text, sizeof text, size) == status::want_input);
    CHECK_FALSE(client.has_input());
    SSL_write(peer.ssl.get(), "pong!", 5);
    peer.exchange(client);
    CHECK(client.has_input());
    CHECK(client.read(text, 4, size) == status::done);
    CHECK(std::string(text, size) == "pong");
    CHECK(client.has_input()); // "!"
    CHECK(client.read(text, sizeof text, size) == status::done);
    CHECK_FALSE(client.has_input());

    CHECK_FALSE(client.closed_by_peer());
    SSL_shutdown(peer.ssl.get());
    peer.exchange(client);
    CHECK(client.read(text, sizeof text, size) == status::closed);
    CHECK(client.closed_by_peer());
}

TEST_CASE("the beginning of a record is left over, however little of it there is")
{
    const std::string record("\x17\x03\x03\x00\x20 and so on", 15);
    for (const pc::tls_version version : {pc::tls_version::tls_1_2, pc::tls_version::tls_1_3})
        for (std::size_t size = 0; size <= record.size(); ++size) {
            CAPTURE(size);
            server peer;
            if (version == pc::tls_version::tls_1_2)
                SSL_set_max_proto_version(peer.ssl.get(), TLS1_2_VERSION);
            asio::ssl::context context = peer.trusting_context();
            tls_session client(context);
            REQUIRE_FALSE(client.prepare("localhost", version));
            REQUIRE(shake_hands(client, peer) == status::done);
            SSL_write(peer.ssl.get(), "pong", 4);
            peer.exchange(client);
            client.add_input(record.data(), size);
            char text[16];
            std::size_t read = 0;
            REQUIRE(client.read(text, sizeof text, read) == status::done);
            CHECK(std::string(text, read) == "pong");
            CHECK(client.has_input() == (size != 0));
            CHECK(client.read(text, sizeof text, read) == status::want_input);
            CHECK(client.has_input() == (size != 0));
        }
}

TEST_CASE("a session adds to bytes that wait, and minds no error that somebody else has left with OpenSSL")
{
    server peer;
    asio::ssl::context context = peer.trusting_context();
    tls_session client(context);
    REQUIRE_FALSE(client.prepare("localhost", pc::tls_version::tls_1_2));
    ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
    CHECK(client.handshake() == status::want_input);
    std::string bytes = "before";
    client.take_output(bytes);
    CHECK(bytes.substr(0, 8) == "before\x16\x03"); // a handshake record of TLS
    ERR_clear_error();
}

TEST_CASE("a session says what is wrong with a certificate")
{
    server peer;
    asio::ssl::context context = peer.trusting_context();
    tls_session client(context);
    REQUIRE_FALSE(client.prepare("example.test", pc::tls_version::tls_1_2));
    CHECK(shake_hands(client, peer) == status::failed);
    CHECK(client.failure() == pc::errc::untrusted_certificate);
    CHECK(client.certificate_problem() == "hostname mismatch");
}

TEST_CASE("a session that has no memory to look at a certificate says that")
{
    server peer;
    asio::ssl::context context = peer.trusting_context();
    SSL_CTX_set_cert_verify_callback(
        context.native_handle(),
        [](X509_STORE_CTX* at, void*) {
            X509_STORE_CTX_set_error(at, X509_V_ERR_OUT_OF_MEM);
            return 0;
        },
        nullptr);
    tls_session client(context);
    REQUIRE_FALSE(client.prepare("localhost", pc::tls_version::tls_1_2));
    CHECK(shake_hands(client, peer) == status::failed);
    CHECK(client.failure() == boost::system::errc::not_enough_memory);
}

TEST_CASE("a peer that asks for keys without end is not answered without end")
{
    server peer;
    asio::ssl::context context = peer.trusting_context();
    tls_session client(context);
    REQUIRE_FALSE(client.prepare("localhost", pc::tls_version::tls_1_3));
    REQUIRE(shake_hands(client, peer) == status::done);

    char text[16];
    std::size_t size = 0;
    status result = client.read(text, sizeof text, size);
    unsigned asked = 0;
    for (; asked != 5000 && result == status::want_input; ++asked) {
        REQUIRE(SSL_key_update(peer.ssl.get(), SSL_KEY_UPDATE_REQUESTED) == 1);
        REQUIRE(SSL_do_handshake(peer.ssl.get()) == 1);
        char* data = nullptr;
        const long bytes = BIO_get_mem_data(SSL_get_wbio(peer.ssl.get()), &data);
        client.add_input(data, static_cast<std::size_t>(bytes));
        (void)BIO_reset(SSL_get_wbio(peer.ssl.get()));
        result = client.read(text, sizeof text, size);
    }
    CHECK(result == status::failed);
    CHECK(client.failure() == pc::errc::malformed_response);
    CHECK(asked > 1); // a peer may ask now and then
    CHECK(asked < 1000);
}

TEST_CASE("a session that has failed keeps its reason, whatever is asked of it")
{
    for (const std::string& bytes :
         {std::string("no record of TLS"), std::string("\x17\x03\x03\x00\x01?", 6)}) {
        server peer;
        asio::ssl::context context = peer.trusting_context();
        tls_session client(context);
        REQUIRE_FALSE(client.prepare("localhost", pc::tls_version::tls_1_2));
        REQUIRE(shake_hands(client, peer) == status::done);
        SSL_write(peer.ssl.get(), "ping", 4);
        peer.exchange(client);
        client.add_input(bytes.data(), bytes.size());

        char text[16];
        std::size_t size = 0;
        CHECK(client.read(text, sizeof text, size) == status::done);
        REQUIRE(client.read(text, sizeof text, size) == status::failed);
        const pc::error_code reason = client.failure();
        CHECK(reason.category() == asio::error::get_ssl_category());
        CHECK(client.read(text, sizeof text, size) == status::failed);
        CHECK(size == 0);
        CHECK(client.failure() == reason);
        CHECK(client.write("pong", 4) == status::failed);
        CHECK(client.failure() == reason);
    }
}

TEST_CASE("a session is resumed by a later connection, in both versions of TLS")
{
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        server peer;
        asio::ssl::context context = peer.trusting_context();
        pc::detail::tls_ticket ticket;
        std::chrono::steady_clock::time_point verified;
        for (const bool resumed : {false, true, true}) {
            peer.meet_another_client();
            REQUIRE(SSL_set_max_proto_version(peer.ssl.get(), version) == 1);
            tls_session client(context);
            REQUIRE_FALSE(client.prepare("localhost", pc::tls_version::tls_1_2));
            client.offer(std::move(ticket));
            REQUIRE(shake_hands(client, peer) == status::done);
            CHECK(client.resumed() == resumed);
            CHECK(client.version() == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
            char text[16];
            std::size_t size = 0;
            CHECK(client.read(text, sizeof text, size) == status::want_input); // TLS 1.3's tickets
            ticket = client.take_ticket();
            REQUIRE(ticket.session);
            // Not the time of the resumption: the certificate was not looked at then.
            if (resumed)
                CHECK(ticket.verified == verified);
            verified = ticket.verified;
            CHECK_FALSE(client.take_ticket().session);
        }
    }
}

TEST_CASE("a session that was refused is not resumed")
{
    server peer;
    asio::ssl::context context = peer.trusting_context();
    tls_session client(context);
    REQUIRE_FALSE(client.prepare("example.test", pc::tls_version::tls_1_2));
    CHECK(shake_hands(client, peer) == status::failed);
    CHECK_FALSE(client.take_ticket().session);
}

TEST_CASE("an offer that the server knows nothing of leads to a full handshake")
{
    server first;
    asio::ssl::context context = first.trusting_context();
    context.add_certificate_authority(asio::buffer(first.authority.pem()));
    tls_session client(context);
    REQUIRE_FALSE(client.prepare("localhost", pc::tls_version::tls_1_2));
    REQUIRE(shake_hands(client, first) == status::done);
    char text[16];
    std::size_t size = 0;
    CHECK(client.read(text, sizeof text, size) == status::want_input);
    pc::detail::tls_ticket ticket = client.take_ticket();
    REQUIRE(ticket.session);

    server second;
    context.add_certificate_authority(asio::buffer(second.authority.pem()));
    tls_session other(context);
    REQUIRE_FALSE(other.prepare("localhost", pc::tls_version::tls_1_2));
    other.offer(std::move(ticket));
    CHECK(shake_hands(other, second) == status::done);
    CHECK_FALSE(other.resumed());
}
