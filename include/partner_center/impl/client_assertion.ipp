// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CLIENT_ASSERTION_IPP
#define PARTNER_CENTER_IMPL_CLIENT_ASSERTION_IPP

#include <partner_center/detail/client_assertion.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/openssl_error.hpp>
#include <partner_center/errc.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstddef>
#include <cstring>
#include <utility>

namespace partner_center::detail {

struct assertion_deleter {
    void operator()(BIO* p) const noexcept { BIO_free_all(p); }
    void operator()(EVP_MD_CTX* p) const noexcept { EVP_MD_CTX_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(X509* p) const noexcept { X509_free(p); }
};

template <class T>
using assertion_ptr = std::unique_ptr<T, assertion_deleter>;

inline constexpr std::size_t max_pem_size = 1024 * 1024;

PARTNER_CENTER_DECL std::string base64url(std::string_view bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // EVP_EncodeBlock ends it with a NUL
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    while (text.ends_with('='))
        text.pop_back();
    for (char& c : text)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

// OpenSSL's reason for the last failure, and an end to its memory of it.
inline std::string take_openssl_reason()
{
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string text = reason ? reason : "no reason given";
    ERR_clear_error();
    return text;
}

struct passphrase_request {
    std::string_view passphrase;
    bool was_asked = false;
};

// Given in every case: without one OpenSSL asks at the terminal, and the program hangs.
inline int give_passphrase(char* to, int size, int, void* user) noexcept
{
    auto& request = *static_cast<passphrase_request*>(user);
    request.was_asked = true;
    if (request.passphrase.empty() || request.passphrase.size() > static_cast<std::size_t>(size))
        return -1;
    std::memcpy(to, request.passphrase.data(), request.passphrase.size());
    return static_cast<int>(request.passphrase.size());
}

inline assertion_ptr<BIO> pem_reader(std::string_view pem)
{
    return assertion_ptr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

inline std::string read_certificate(const std::string& pem, assertion_ptr<X509>& to)
{
    if (pem.size() > max_pem_size)
        return "certificate_pem: it is larger than 1 MiB";
    if (pem.find(" CERTIFICATE-----") == pem.npos)
        return "certificate_pem: it holds no PEM certificate (\"-----BEGIN CERTIFICATE-----\")";
    passphrase_request none;
    const assertion_ptr<BIO> reader = pem_reader(pem);
    if (reader)
        to.reset(PEM_read_bio_X509(reader.get(), nullptr, &give_passphrase, &none));
    return to ? "" : "certificate_pem: it cannot be read: " + take_openssl_reason();
}

inline std::string read_private_key(const client_certificate& from, assertion_ptr<EVP_PKEY>& to)
{
    if (from.private_key_pem.size() > max_pem_size)
        return "private_key_pem: it is larger than 1 MiB";
    if (from.private_key_pem.find("PRIVATE KEY-----") == from.private_key_pem.npos)
        return "private_key_pem: it holds no PEM private key (\"-----BEGIN PRIVATE KEY-----\")";
    if (from.passphrase.size() > PEM_BUFSIZE)
        return "passphrase: it is longer than 1024 bytes";
    passphrase_request request;
    request.passphrase = from.passphrase;
    const assertion_ptr<BIO> reader = pem_reader(from.private_key_pem);
    if (reader)
        to.reset(PEM_read_bio_PrivateKey(reader.get(), nullptr, &give_passphrase, &request));
    if (to)
        return {};
    const std::string reason = take_openssl_reason();
    if (request.was_asked)
        return from.passphrase.empty() ? "private_key_pem: it is encrypted, and there is no passphrase"
                                       : "passphrase: it does not decrypt the private key";
    return "private_key_pem: it cannot be read: " + reason;
}

inline std::string check_key_pair(X509* certificate, EVP_PKEY* key)
{
    if (EVP_PKEY_is_a(key, "RSA") != 1)
        return "private_key_pem: it is not an RSA key, which the authority's PS256 needs";
    if (EVP_PKEY_get_bits(key) < 2048) // RFC 7518, section 3.5
        return "private_key_pem: it has fewer than 2048 bits";
    const bool belongs = X509_check_private_key(certificate, key) == 1;
    return belongs ? "" : "private_key_pem: it does not belong to the (first) certificate of certificate_pem";
}

PARTNER_CENTER_DECL std::string assertion_signer::load(const client_certificate& from)
{
    assertion_ptr<X509> certificate;
    assertion_ptr<EVP_PKEY> key;
    ERR_clear_error();
    std::string wrong = read_certificate(from.certificate_pem, certificate);
    if (wrong.empty())
        wrong = read_private_key(from, key);
    if (wrong.empty())
        wrong = check_key_pair(certificate.get(), key.get());
    ERR_clear_error(); // those that OpenSSL got over are of no interest to the next who asks
    if (!wrong.empty())
        return wrong;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate.get(), EVP_sha256(), digest, &size) != 1)
        return "certificate_pem: its thumbprint cannot be computed: " + take_openssl_reason();
    thumbprint_ = base64url(std::string_view(reinterpret_cast<const char*>(digest), size));
    key_ = std::move(key);
    return {};
}

[[noreturn]] inline void throw_assertion_failure()
{
    const error_code why = last_openssl_error();
    ERR_clear_error();
    throw boost::system::system_error(why, "cannot sign a client assertion");
}

// RFC 7518, section 3.5: RSASSA-PSS with SHA-256 for both digests, and a salt of the digest's length.
inline std::string sign_ps256(EVP_PKEY* key, std::string_view text)
{
    const assertion_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr; // owned by the context
    const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), &settings, EVP_sha256(), nullptr, key) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(settings, EVP_sha256()) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) != 1)
        throw_assertion_failure();
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                       text.size()) != 1)
        throw_assertion_failure();
    signature.resize(size);
    return signature;
}

PARTNER_CENTER_DECL std::string assertion_signer::sign(std::string_view token_url, std::string_view client_id,
                                                       std::chrono::system_clock::time_point now) const
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const json::object header{{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", thumbprint_}};
    const json::object claims{
        {"aud", token_url},
        {"iss", client_id},
        {"sub", client_id},
        {"jti", make_guid()},
        {"nbf", seconds},
        {"iat", seconds},
        {"exp", seconds + std::chrono::seconds(lifetime).count()},
    };
    std::string assertion = base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    const std::string signature = base64url(sign_ps256(key_.get(), assertion));
    return assertion.append(1, '.').append(signature);
}

} // namespace partner_center::detail

#endif
