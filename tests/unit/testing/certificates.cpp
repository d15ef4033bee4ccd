// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/testing/certificates.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>

#include <doctest/doctest.h>

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace testing = partner_center::testing;

namespace {

using certificate_ptr = std::unique_ptr<X509, void (*)(X509*)>;

certificate_ptr read_pem(const std::string& pem)
{
    BIO* const in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    certificate_ptr certificate(PEM_read_bio_X509(in, nullptr, nullptr, nullptr), &X509_free);
    BIO_free(in);
    return certificate;
}

// X509_V_OK or the reason against it.
int verify(const std::string& leaf_pem, const std::string& ca_pem)
{
    const certificate_ptr leaf = read_pem(leaf_pem);
    const certificate_ptr ca = read_pem(ca_pem);
    REQUIRE(leaf);
    REQUIRE(ca);
    std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store(X509_STORE_new(), &X509_STORE_free);
    X509_STORE_add_cert(store.get(), ca.get());
    std::unique_ptr<X509_STORE_CTX, void (*)(X509_STORE_CTX*)> context(X509_STORE_CTX_new(),
                                                                       &X509_STORE_CTX_free);
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
}

} // namespace

TEST_CASE("an issued certificate is valid for loopback and for nothing else")
{
    const testing::certificate_authority authority;
    const testing::certificate_identity identity = authority.issue();
    CHECK(verify(identity.certificate_pem, authority.pem()) == X509_V_OK);

    const certificate_ptr leaf = read_pem(identity.certificate_pem);
    CHECK(X509_check_host(leaf.get(), "localhost", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(leaf.get(), "example.com", 0, 0, nullptr) == 0);
    CHECK(X509_check_ip_asc(leaf.get(), "127.0.0.1", 0) == 1);
    CHECK(X509_check_ip_asc(leaf.get(), "::1", 0) == 1);
    CHECK(X509_check_ip_asc(leaf.get(), "127.0.0.2", 0) == 0);
}

TEST_CASE("a key fits its certificate")
{
    const testing::certificate_identity identity = testing::certificate_authority().issue();
    namespace asio = boost::asio;
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.use_certificate_chain(asio::buffer(identity.certificate_pem));
    CHECK_NOTHROW(context.use_private_key(asio::buffer(identity.private_key_pem), asio::ssl::context::pem));
    CHECK(SSL_CTX_check_private_key(context.native_handle()) == 1);
}

TEST_CASE("certificates can be wrong on purpose")
{
    using namespace std::chrono_literals;
    const testing::certificate_authority authority;
    const auto now = std::chrono::system_clock::now();

    testing::certificate_request expired;
    expired.not_before = now - 48h;
    expired.not_after = now - 24h;
    CHECK(verify(authority.issue(expired).certificate_pem, authority.pem()) == X509_V_ERR_CERT_HAS_EXPIRED);

    testing::certificate_request early;
    early.not_before = now + 24h;
    early.not_after = now + 48h;
    CHECK(verify(authority.issue(early).certificate_pem, authority.pem()) == X509_V_ERR_CERT_NOT_YET_VALID);

    CHECK(verify(testing::make_self_signed().certificate_pem, authority.pem()) ==
          X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    CHECK(verify(testing::certificate_authority("other").issue().certificate_pem, authority.pem()) ==
          X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);

    testing::certificate_request elsewhere;
    elsewhere.dns_names = {"example.com", "*.example.com"};
    elsewhere.ip_addresses.clear();
    const certificate_ptr leaf = read_pem(authority.issue(elsewhere).certificate_pem);
    CHECK(X509_check_host(leaf.get(), "a.example.com", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(leaf.get(), "localhost", 0, 0, nullptr) == 0);
}

TEST_CASE("what cannot stand in a certificate is named")
{
    const testing::certificate_authority authority;
    testing::certificate_request request;
    SUBCASE("a DNS name")
    {
        request.dns_names = {"local host"};
        CHECK_THROWS_WITH_AS(static_cast<void>(authority.issue(request)), doctest::Contains("'local host'"),
                             std::invalid_argument);
    }
    SUBCASE("an IP address")
    {
        request.ip_addresses = {"300.0.0.1"};
        CHECK_THROWS_WITH_AS(static_cast<void>(authority.issue(request)), doctest::Contains("'300.0.0.1'"),
                             std::invalid_argument);
    }
    SUBCASE("a time that ends before it begins")
    {
        request.not_after = request.not_before;
        CHECK_THROWS_WITH_AS(static_cast<void>(authority.issue(request)), doctest::Contains("not_after"),
                             std::invalid_argument);
    }
    SUBCASE("no common name")
    {
        request.common_name.clear();
        CHECK_THROWS_WITH_AS(static_cast<void>(authority.issue(request)), doctest::Contains("common_name"),
                             std::invalid_argument);
    }
}
