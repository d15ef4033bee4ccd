// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "rsa_identity.hpp"

#include <partner_center/detail/client_assertion.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/testing/certificates.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace json = boost::json;
namespace pc = partner_center;
using pc::client_certificate;
using pc::detail::assertion_signer;
using pc::detail::base64url;

namespace {

constexpr std::string_view token_url =
    "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token";
constexpr std::string_view client_id = "22222222-2222-2222-2222-222222222222";
const std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};

std::string decoded(std::string text)
{
    for (char& c : text)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    const std::size_t padding = (4 - text.size() % 4) % 4;
    text.append(padding, '=');
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    REQUIRE(size >= 0);
    bytes.resize(bytes.size() - padding);
    return bytes;
}

struct jwt {
    explicit jwt(const std::string& text)
    {
        const std::size_t first = text.find('.');
        const std::size_t second = text.find('.', first + 1);
        REQUIRE(second != text.npos);
        REQUIRE(text.find('.', second + 1) == text.npos);
        REQUIRE(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
                text.npos);
        header = json::parse(decoded(text.substr(0, first))).as_object();
        claims = json::parse(decoded(text.substr(first + 1, second - first - 1))).as_object();
        signed_text = text.substr(0, second);
        signature = decoded(text.substr(second + 1));
    }

    /// By OpenSSL, with the public key of a certificate and exactly the parameters of PS256.
    [[nodiscard]] bool is_signed_by(X509* certificate) const
    {
        const openssl_pointer<EVP_MD_CTX> context(EVP_MD_CTX_new());
        EVP_PKEY_CTX* settings = nullptr;
        REQUIRE(EVP_DigestVerifyInit(context.get(), &settings, EVP_sha256(), nullptr,
                                     X509_get0_pubkey(certificate)) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(settings, EVP_sha256()) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, 32) == 1);
        return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                                signature.size(), reinterpret_cast<const unsigned char*>(signed_text.data()),
                                signed_text.size()) == 1;
    }

    json::object header;
    json::object claims;
    std::string signed_text;
    std::string signature;
};

std::string what_is_wrong(const client_certificate& with)
{
    assertion_signer signer;
    return signer.load(with);
}

} // namespace

TEST_CASE("base64url has its own two letters and no padding")
{
    struct row {
        std::string_view bytes;
        std::string_view text;
    };
    using namespace std::string_view_literals;
    const row rows[] = {
        {"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"fooba", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\xfd"sv, "__79"},
        {"\xfb\xef"sv, "--8"},
        {"\0"sv, "AA"},
    };
    for (const row& r : rows)
        CHECK(base64url(r.bytes) == r.text);
}

TEST_CASE(
    "an assertion says who asks whom, and for how long, and its signature is PS256 by the certificate's key")
{
    const application_identity& identity = application_identity::rsa();
    assertion_signer signer;
    REQUIRE(signer.load(identity.pem()) == "");
    const jwt assertion(signer.sign(token_url, client_id, now + std::chrono::milliseconds(999)));

    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    REQUIRE(X509_digest(identity.certificate.get(), EVP_sha256(), digest, &size) == 1);
    const json::object header{
        {"alg", "PS256"},
        {"typ", "JWT"},
        {"x5t#S256", base64url(std::string_view(reinterpret_cast<const char*>(digest), size))},
    };
    CHECK(assertion.header == header);

    json::object claims = assertion.claims;
    const json::value jti = claims["jti"];
    REQUIRE(jti.is_string());
    CHECK(pc::detail::is_guid(std::string_view(jti.get_string().data(), jti.get_string().size())));
    claims.erase("jti");
    const json::object expected{
        {"aud", token_url},     {"iss", client_id},     {"sub", client_id},
        {"nbf", 1'800'000'000}, {"iat", 1'800'000'000}, {"exp", 1'800'000'600},
    };
    CHECK(claims == expected);

    CHECK(assertion.is_signed_by(identity.certificate.get()));
    CHECK(assertion.signature.size() == 256);
    jwt forged = assertion;
    forged.signed_text.back() = forged.signed_text.back() == 'A' ? 'B' : 'A';
    CHECK_FALSE(forged.is_signed_by(identity.certificate.get()));
}

TEST_CASE("no two assertions are the same")
{
    assertion_signer signer;
    REQUIRE(signer.load(application_identity::rsa().pem()) == "");
    std::set<std::string> ids;
    for (int i = 0; i != 10; ++i) {
        const jwt assertion(signer.sign(token_url, client_id, now));
        ids.insert(json::value_to<std::string>(assertion.claims.at("jti")));
    }
    CHECK(ids.size() == 10);
}

TEST_CASE("one signer serves several threads at the same time")
{
    const application_identity& identity = application_identity::rsa();
    assertion_signer signer;
    REQUIRE(signer.load(identity.pem()) == "");
    std::vector<std::string> assertions(8);
    std::vector<std::thread> threads;
    for (std::string& one : assertions)
        threads.emplace_back([&signer, &one] {
            for (int i = 0; i != 5; ++i)
                one = signer.sign(token_url, client_id, now);
        });
    for (std::thread& one : threads)
        one.join();
    for (const std::string& one : assertions)
        CHECK(jwt(one).is_signed_by(identity.certificate.get()));
}

TEST_CASE("what is in an assertion's claims cannot leave its quotes")
{
    assertion_signer signer;
    REQUIRE(signer.load(application_identity::rsa().pem()) == "");
    const std::string name = "a\"b\\c\n\xc3\xa9";
    const jwt assertion(signer.sign(name, name, now));
    CHECK(json::value_to<std::string>(assertion.claims.at("aud")) == name);
    CHECK(json::value_to<std::string>(assertion.claims.at("sub")) == name);
}

TEST_CASE("certificate and key come as PEM in every usual form")
{
    const application_identity& identity = application_identity::rsa();
    const std::string certificate = identity.certificate_pem();
    const std::string issuer = pc::testing::certificate_authority().pem();
    const std::vector<client_certificate> all{
        {certificate, identity.key_pem()},
        {certificate + issuer, identity.key_pem()},
        {"subject=CN = a comment\n\n" + certificate, "# mine\n" + identity.key_pem()},
        {certificate, identity.traditional_key_pem()},
        {certificate, identity.key_pem(), "a passphrase that is not needed"},
        {certificate, identity.key_pem("correct horse"), "correct horse"},
        {certificate + identity.key_pem(), certificate + identity.key_pem()}, // one file with both
    };
    for (const client_certificate& one : all) {
        assertion_signer signer;
        REQUIRE(signer.load(one) == "");
        CHECK(jwt(signer.sign(token_url, client_id, now)).is_signed_by(identity.certificate.get()));
    }
}

TEST_CASE("a certificate or key that cannot be used is refused with the reason, and without its text")
{
    const application_identity& identity = application_identity::rsa();
    const application_identity short_rsa(EVP_RSA_gen(1024));
    const application_identity elliptic(EVP_EC_gen("P-256"));
    const std::string certificate = identity.certificate_pem();
    const std::string key = identity.key_pem();
    const std::string issuer = pc::testing::certificate_authority().pem();
    const auto broken = [](std::string pem) {
        return pem.replace(pem.size() / 2, 20, "!!!!!!!!!!!!!!!!!!!!");
    };

    struct row {
        client_certificate with;
        std::string_view begins;
    };
    const row rows[] = {
        {{}, "certificate_pem: it holds no PEM certificate"},
        {{"", key}, "certificate_pem: it holds no PEM certificate"},
        {{key, key}, "certificate_pem: it holds no PEM certificate"},
        {{"/etc/ssl/application.pem", key}, "certificate_pem: it holds no PEM certificate"},
        {{broken(certificate), key}, "certificate_pem: it cannot be read: "},
        {{certificate.substr(0, certificate.size() / 2), key}, "certificate_pem: it cannot be read: "},
        {{std::string(2 * 1024 * 1024, 'x'), key}, "certificate_pem: it is larger than 1 MiB"},
        {{certificate, ""}, "private_key_pem: it holds no PEM private key"},
        {{certificate, certificate}, "private_key_pem: it holds no PEM private key"},
        {{certificate, broken(key)}, "private_key_pem: it cannot be read: "},
        {{certificate, std::string(2 * 1024 * 1024, 'x')}, "private_key_pem: it is larger than 1 MiB"},
        {{certificate, identity.key_pem("one")},
         "private_key_pem: it is encrypted, and there is no passphrase"},
        {{certificate, identity.key_pem("one"), "two"}, "passphrase: it does not decrypt the private key"},
        {{certificate, key, std::string(1025, 'x')}, "passphrase: it is longer than 1024 bytes"},
        {elliptic.pem(), "private_key_pem: it is not an RSA key"},
        {{certificate, elliptic.key_pem()}, "private_key_pem: it is not an RSA key"},
        {short_rsa.pem(), "private_key_pem: it has fewer than 2048 bits"},
        {{elliptic.certificate_pem(), key}, "private_key_pem: it does not belong to the (first) certificate"},
        {{short_rsa.certificate_pem(), key},
         "private_key_pem: it does not belong to the (first) certificate"},
        {{issuer + certificate, key}, "private_key_pem: it does not belong to the (first) certificate"},
    };
    for (const row& r : rows) {
        const std::string wrong = what_is_wrong(r.with);
        CAPTURE(r.begins);
        CHECK(wrong.starts_with(r.begins));
        CHECK(wrong.size() < 200);
        CHECK(wrong.find("MII") == wrong.npos);
    }
}
