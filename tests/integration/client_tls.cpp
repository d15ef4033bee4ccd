// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whom a client talks to: the configured host, over verified TLS, and nobody else.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <openssl/ssl.h>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::condition;
using pc::errc;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

// A call ends before the server sees anything of it, and says why.
void check_refused(const testing::certificate_identity& identity, const std::string& trusted,
                   std::string_view reason)
{
    tls_scripted_peer peer(identity, trusted);
    peer.on_connection().expect_tls_refused();
    client_fixture fixture(peer.base_url(), trusted);
    const call_result result = fixture.update();
    CHECK(result.ec == errc::untrusted_certificate);
    CHECK(result.ec == condition::untrusted_peer);
    CHECK(result.ec == condition::connection_failed);
    CHECK_FALSE(result.ec == condition::transient);
    CHECK_MESSAGE(contains(result.diag.description, reason), result.diag.description);
    CHECK(contains(result.what(), reason));
    CHECK(result.diag.phase == pc::phase::handshake);
    CHECK(result.diag.attempts == 0);
    CHECK_FALSE(result.diag.may_have_been_applied);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
    CHECK(peer.handshakes() == 0);
    CHECK(peer.requests().empty());
}

// What one TLS server, with a context of the test's own, sees of the one client that connects to it.
class watched_server {
public:
    watched_server(const testing::certificate_authority& authority, int lowest, int highest)
    {
        const auto identity = authority.issue();
        context_.use_certificate_chain(asio::buffer(identity.certificate_pem));
        context_.use_private_key(asio::buffer(identity.private_key_pem), asio::ssl::context::pem);
        SSL_CTX_set_security_level(context_.native_handle(), 0); // lets it offer what nobody should accept
        SSL_CTX_set_min_proto_version(context_.native_handle(), lowest);
        SSL_CTX_set_max_proto_version(context_.native_handle(), highest);
        SSL_CTX_set_alpn_select_cb(context_.native_handle(), &watched_server::select, this);
        thread_ = std::thread([this] { serve(); });
    }
    watched_server(const watched_server&) = delete;
    watched_server& operator=(const watched_server&) = delete;
    ~watched_server() { join(); }

    void join()
    {
        if (thread_.joinable())
            thread_.join();
    }

    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }

    // To be read after join().
    std::string protocols; // as offered by ALPN, each with its length before it
    std::string server_name;
    std::string version;
    bool shaken = false;

private:
    static int select(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                      unsigned int in_size, void* self)
    {
        static_cast<watched_server*>(self)->protocols.assign(reinterpret_cast<const char*>(in), in_size);
        *out = in + 1;
        *size = in[0];
        return SSL_TLSEXT_ERR_OK;
    }

    void serve()
    {
        boost::system::error_code ec;
        asio::ssl::stream<asio::ip::tcp::socket> stream(acceptor_.accept(), context_);
        stream.handshake(asio::ssl::stream_base::server, ec);
        shaken = !ec;
        if (const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name))
            server_name = name;
        version = SSL_get_version(stream.native_handle());
    }

    asio::io_context io_;
    asio::ssl::context context_{asio::ssl::context::tls_server};
    asio::ip::tcp::acceptor acceptor_{io_, asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
    std::thread thread_;
};

class temporary_file {
public:
    explicit temporary_file(const std::string& content)
        : path_{std::filesystem::temp_directory_path() /
                ("partner_center-" + std::to_string(std::random_device()()) + ".pem")}
    {
        std::ofstream(path_) << content;
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::filesystem::remove(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

void check_settings_refused(pc::transport_options options, std::string_view reason)
{
    asio::io_context io;
    try {
        const pc::transport transport(io, std::move(options));
        FAIL_CHECK("accepted");
    } catch (const pc::error& e) {
        CHECK(e.code() == errc::invalid_tls_settings);
        CHECK_MESSAGE(contains(e.what(), reason), e.what());
    }
}

} // namespace

TEST_CASE(
    "a certificate that is not the host's, not valid now or not trusted is refused before the token is sent")
{
    using clock = std::chrono::system_clock;
    const testing::certificate_authority authority;

    testing::certificate_request other_host;
    other_host.dns_names = {"partner.test", "*.localhost", "localhost.test"};
    check_refused(authority.issue(other_host), authority.pem(), "ostname mismatch");

    testing::certificate_request name_in_subject_only;
    name_in_subject_only.dns_names = {"partner.test"};
    name_in_subject_only.common_name = "localhost";
    check_refused(authority.issue(name_in_subject_only), authority.pem(), "ostname mismatch");

    testing::certificate_request name_nowhere_else;
    name_nowhere_else.dns_names.clear();
    name_nowhere_else.ip_addresses.clear();
    check_refused(authority.issue(name_nowhere_else), authority.pem(), "ostname mismatch");

    testing::certificate_request expired;
    expired.not_before = clock::now() - std::chrono::hours{48};
    expired.not_after = clock::now() - std::chrono::hours{24};
    check_refused(authority.issue(expired), authority.pem(), "has expired");

    testing::certificate_request early;
    early.not_before = clock::now() + std::chrono::hours{24};
    early.not_after = clock::now() + std::chrono::hours{48};
    check_refused(authority.issue(early), authority.pem(), "not yet valid");

    check_refused(testing::make_self_signed(), authority.pem(), "self-signed");
    const testing::certificate_authority stranger("somebody else");
    check_refused(stranger.issue(), authority.pem(), "unable to get local issuer certificate");
}

TEST_CASE("a client shows the host's name and HTTP/1.1 in its handshake")
{
    const testing::certificate_authority authority;
    watched_server server(authority, TLS1_2_VERSION, TLS1_3_VERSION);
    client_fixture fixture("https://localhost:" + server.port(), authority.pem());
    CHECK(fixture.get().ec);
    server.join();
    CHECK(server.shaken);
    CHECK(server.server_name == "localhost");
    CHECK(server.protocols == "\x08http/1.1");
    CHECK(server.version == "TLSv1.3");
}

TEST_CASE("TLS 1.2 is enough, unless the options ask for more; TLS 1.1 never is")
{
    const testing::certificate_authority authority;
    struct row {
        int server;
        pc::tls_version lowest;
        bool accepted;
    };
    for (const row& r : {row{TLS1_1_VERSION, pc::tls_version::tls_1_2, false},
                         row{TLS1_2_VERSION, pc::tls_version::tls_1_2, true},
                         row{TLS1_2_VERSION, pc::tls_version::tls_1_3, false},
                         row{TLS1_3_VERSION, pc::tls_version::tls_1_3, true}}) {
        CAPTURE(r.server);
        watched_server server(authority, r.server, r.server);
        pc::transport_options network = testing::trusting(authority.pem());
        // The caller's context would take anything.
        SSL_CTX_set_security_level(network.tls->native_handle(), 0);
        SSL_CTX_set_min_proto_version(network.tls->native_handle(), TLS1_VERSION);
        network.min_tls_version = r.lowest;
        client_fixture fixture(std::move(network), testing::talking_to("https://localhost:" + server.port()));
        const call_result result = fixture.get();
        server.join();
        CHECK(server.shaken == r.accepted);
        CHECK(result.ec);
        if (!r.accepted) {
            CHECK(result.diag.phase == pc::phase::handshake);
            CHECK(result.diag.attempts == 0);
            CHECK(result.ec == condition::connection_failed);
            CHECK_FALSE(result.ec == condition::untrusted_peer);
        }
    }
}

TEST_CASE("an IP address as host is verified against the addresses of the certificate")
{
    const testing::certificate_authority authority;
    tls_scripted_peer peer(authority);
    peer.on_connection().expect_request().reply(stored);
    const std::string base_url = "https://127.0.0.1:" + std::to_string(peer.port());
    client_fixture fixture(base_url, authority.pem());
    const call_result result = fixture.get();
    CHECK_MESSAGE(!result.ec, result.what());
    CHECK(peer.requests().at(0).header("Host") == base_url.substr(8));

    testing::certificate_request names_only;
    names_only.dns_names = {"localhost", "127.0.0.1"};
    names_only.ip_addresses = {"127.0.0.2"};
    tls_scripted_peer other(authority, names_only);
    other.on_connection().expect_tls_refused();
    client_fixture wrong("https://127.0.0.1:" + std::to_string(other.port()), authority.pem());
    const call_result refused = wrong.get();
    CHECK(refused.ec == errc::untrusted_certificate);
    CHECK_MESSAGE(contains(refused.what(), "IP address mismatch"), refused.what());
}

TEST_CASE("a TLS context that verifies nothing does not make a client that verifies nothing")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_tls_refused();
    peer.on_connection().expect_tls_refused();
    for (bool said : {false, true}) {
        pc::transport_options network;
        network.tls.emplace(asio::ssl::context::tls_client);
        if (said)
            network.tls->set_verify_mode(asio::ssl::verify_none);
        client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
        CHECK(fixture.get().ec == errc::untrusted_certificate);
    }
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE(
    "a client with a transport of its own trusts the system's roots, and so not a certificate made here")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_tls_refused();
    asio::io_context io;
    const pc::client client(io, pc::credential::bearer(testing::fake_token),
                            testing::talking_to(peer.base_url()));
    call_result result;
    client.async_get(result.diag, testing::keep_in(result));
    io.run_for(std::chrono::seconds{30});
    CHECK(result.ec == errc::untrusted_certificate);
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a CA file is trusted instead of the system's roots")
{
    testing::emulator service;
    const temporary_file roots(service.ca_pem());
    pc::transport_options network;
    network.ca_file = roots.path();
    client_fixture fixture(std::move(network), testing::talking_to(service.base_url()), service.token());
    const call_result result = fixture.get();
    CHECK_MESSAGE(!result.ec, result.what());
}

TEST_CASE("a CA file that cannot be used is refused by the constructor, which names it")
{
    pc::transport_options missing;
    missing.ca_file = "/nonexistent/roots.pem";
    check_settings_refused(std::move(missing), "/nonexistent/roots.pem");
    for (const char* content :
         {"", "no certificate\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
        const temporary_file malformed(content);
        pc::transport_options options;
        options.ca_file = malformed.path();
        check_settings_refused(std::move(options), malformed.path());
    }
    pc::transport_options both;
    both.ca_file = "roots.pem";
    both.tls.emplace(asio::ssl::context::tls_client);
    check_settings_refused(std::move(both), "ca_file");
}

TEST_CASE("a base URL that is not https is refused by the constructor, which names it")
{
    asio::io_context io;
    const auto refuse = [&](std::string base_url, errc expected) {
        try {
            const pc::client client(io, pc::credential::bearer("x"), testing::talking_to(base_url));
            FAIL_CHECK(base_url);
        } catch (const pc::error& e) {
            CHECK(e.code() == expected);
            // What is before an @ may be a password.
            const bool shown = base_url.find('@') == base_url.npos;
            CHECK_MESSAGE(contains(e.what(), base_url) == shown, e.what());
            CHECK(contains(e.what(), "client_options::base_url"));
            CHECK_FALSE(contains(e.what(), "secret"));
        }
    };
    refuse("http://localhost:8443", errc::insecure_base_url);
    refuse("HTTP://api.partnercenter.microsoft.com", errc::insecure_base_url);
    refuse("ftp://localhost", errc::invalid_base_url);
    refuse("localhost:8443", errc::invalid_base_url);
    refuse("https://", errc::invalid_base_url);
    refuse("https://user@localhost", errc::invalid_base_url);
    refuse("https://user:secret@localhost", errc::invalid_base_url);
    refuse("https://localhost/?a=b", errc::invalid_base_url);
    const pc::client fine(io, pc::credential::bearer("x"));
    CHECK(fine.get_executor() == asio::any_io_executor(io.get_executor()));
}
