// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_UNIT_RSA_IDENTITY_HPP
#define PARTNER_CENTER_TESTS_UNIT_RSA_IDENTITY_HPP

#include <partner_center/client_certificate.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct free_openssl {
    void operator()(BIO* p) const { BIO_free_all(p); }
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(X509* p) const { X509_free(p); }
};

template <class T>
using openssl_pointer = std::unique_ptr<T, free_openssl>;

inline std::string written(const openssl_pointer<BIO>& out)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

/// A key, and a certificate for it that it signed itself: what an application shows to its authority.
class application_identity {
public:
    explicit application_identity(EVP_PKEY* made)
        : key(made)
        , certificate(X509_new())
    {
        X509* const x = certificate.get();
        const auto* const name = reinterpret_cast<const unsigned char*>("partner_center test application");
        if (!made || !x || X509_set_version(x, X509_VERSION_3) != 1 ||
            ASN1_INTEGER_set(X509_get_serialNumber(x), 1) != 1 ||
            !X509_gmtime_adj(X509_getm_notBefore(x), -86400) ||
            !X509_gmtime_adj(X509_getm_notAfter(x), 86400) || X509_set_pubkey(x, made) != 1 ||
            X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, name, -1, -1, 0) != 1 ||
            X509_set_issuer_name(x, X509_get_subject_name(x)) != 1 || X509_sign(x, made, EVP_sha256()) == 0)
            throw std::runtime_error("cannot make a certificate for a test");
    }

    /// RSA with 2048 bits, made once: that takes its time.
    static const application_identity& rsa()
    {
        static const application_identity one(EVP_RSA_gen(2048));
        return one;
    }

    [[nodiscard]] std::string certificate_pem() const
    {
        const openssl_pointer<BIO> out(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(out.get(), certificate.get());
        return written(out);
    }

    /// PKCS #8; encrypted when there is a passphrase.
    [[nodiscard]] std::string key_pem(const std::string& passphrase = {}) const
    {
        const openssl_pointer<BIO> out(BIO_new(BIO_s_mem()));
        PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), passphrase.empty() ? nullptr : EVP_aes_256_cbc(),
                                      passphrase.data(), static_cast<int>(passphrase.size()), nullptr,
                                      nullptr);
        return written(out);
    }

    /// The older form, "BEGIN RSA PRIVATE KEY".
    [[nodiscard]] std::string traditional_key_pem() const
    {
        const openssl_pointer<BIO> out(BIO_new(BIO_s_mem()));
        PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        return written(out);
    }

    [[nodiscard]] partner_center::client_certificate pem() const
    {
        return partner_center::client_certificate(certificate_pem(), key_pem());
    }

    openssl_pointer<EVP_PKEY> key;
    openssl_pointer<X509> certificate;
};

} // namespace

#endif
