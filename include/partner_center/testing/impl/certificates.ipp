// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_CERTIFICATES_IPP
#define PARTNER_CENTER_TESTING_IMPL_CERTIFICATES_IPP

#include <partner_center/testing/certificates.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <utility>

namespace partner_center::testing::detail {

struct openssl_deleter {
    void operator()(ASN1_OCTET_STRING* p) const noexcept { ASN1_OCTET_STRING_free(p); }
    void operator()(BIGNUM* p) const noexcept { BN_free(p); }
    void operator()(BIO* p) const noexcept { BIO_free_all(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(GENERAL_NAME* p) const noexcept { GENERAL_NAME_free(p); }
    void operator()(GENERAL_NAMES* p) const noexcept { GENERAL_NAMES_free(p); }
    void operator()(X509* p) const noexcept { X509_free(p); }
    void operator()(X509_EXTENSION* p) const noexcept { X509_EXTENSION_free(p); }
};

template <class T>
using openssl_ptr = std::unique_ptr<T, openssl_deleter>;

[[noreturn]] inline void throw_openssl(const char* step)
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    char text[256] = "no reason given";
    if (code != 0)
        ERR_error_string_n(code, text, sizeof text);
    throw std::runtime_error(std::string("certificate: ") + step + ": " + text);
}

template <class T>
T* checked(T* p, const char* step)
{
    if (p == nullptr)
        throw_openssl(step);
    return p;
}

inline void check(int result, const char* step)
{
    if (result <= 0)
        throw_openssl(step);
}

inline openssl_ptr<EVP_PKEY> make_key()
{
    return openssl_ptr<EVP_PKEY>(
        checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), "making an EC P-256 key"));
}

template <class Write>
std::string to_pem(Write write)
{
    openssl_ptr<BIO> out(checked(BIO_new(BIO_s_mem()), "making a buffer"));
    check(write(out.get()), "writing PEM");
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

inline std::string certificate_to_pem(X509* certificate)
{
    return to_pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

inline std::string key_to_pem(EVP_PKEY* key)
{
    return to_pem([&](BIO* out) {
        return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

inline void set_random_serial(X509* certificate)
{
    openssl_ptr<BIGNUM> number(checked(BN_new(), "making a serial number"));
    check(BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY), "drawing a serial number");
    checked(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)),
            "setting the serial number");
}

inline void set_validity(X509* certificate, const certificate_request& request)
{
    if (request.not_after <= request.not_before)
        throw std::invalid_argument("certificate_request: not_after must be later than not_before");
    const auto seconds = [](std::chrono::system_clock::time_point t) {
        return std::chrono::system_clock::to_time_t(t);
    };
    checked(ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(request.not_before)),
            "setting not_before");
    checked(ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(request.not_after)), "setting not_after");
}

inline void set_subject(X509* certificate, const std::string& common_name)
{
    if (common_name.empty() || common_name.size() > 64)
        throw std::invalid_argument("certificate_request: common_name must have 1 to 64 bytes");
    check(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.data()),
                                     static_cast<int>(common_name.size()), -1, 0),
          "setting the common name");
}

inline void add_extension(X509* certificate, X509* issuer, int nid, const char* value)
{
    X509V3_CTX context{}; // no database
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    openssl_ptr<X509_EXTENSION> extension(
        checked(X509V3_EXT_conf_nid(nullptr, &context, nid, value), "making an extension"));
    check(X509_add_ext(certificate, extension.get(), -1), "adding an extension");
}

inline void push_name(GENERAL_NAMES* names, int type, openssl_ptr<ASN1_OCTET_STRING> value)
{
    openssl_ptr<GENERAL_NAME> name(checked(GENERAL_NAME_new(), "making a subjectAltName"));
    GENERAL_NAME_set0_value(name.get(), type, value.release());
    check(sk_GENERAL_NAME_push(names, name.get()), "adding a subjectAltName");
    static_cast<void>(name.release());
}

inline openssl_ptr<ASN1_OCTET_STRING> dns_name_value(const std::string& name)
{
    constexpr const char* allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._*";
    if (name.empty() || name.size() > 253 || name.find_first_not_of(allowed) != std::string::npos)
        throw std::invalid_argument("certificate_request: '" + name + "' is not a DNS name");
    openssl_ptr<ASN1_OCTET_STRING> value(checked(ASN1_IA5STRING_new(), "making a DNS name"));
    check(ASN1_STRING_set(value.get(), name.data(), static_cast<int>(name.size())), "setting a DNS name");
    return value;
}

inline openssl_ptr<ASN1_OCTET_STRING> ip_address_value(const std::string& address)
{
    openssl_ptr<ASN1_OCTET_STRING> value(a2i_IPADDRESS(address.c_str()));
    ERR_clear_error();
    if (!value)
        throw std::invalid_argument("certificate_request: '" + address + "' is not an IP address");
    return value;
}

inline void add_alternative_names(X509* certificate, const certificate_request& request)
{
    if (request.dns_names.empty() && request.ip_addresses.empty())
        return;
    openssl_ptr<GENERAL_NAMES> names(checked(GENERAL_NAMES_new(), "making subjectAltName"));
    for (const std::string& name : request.dns_names)
        push_name(names.get(), GEN_DNS, dns_name_value(name));
    for (const std::string& address : request.ip_addresses)
        push_name(names.get(), GEN_IPADD, ip_address_value(address));
    check(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT),
          "adding subjectAltName");
}

inline openssl_ptr<X509> begin_certificate(const certificate_request& request, EVP_PKEY* key)
{
    openssl_ptr<X509> certificate(checked(X509_new(), "making a certificate"));
    check(X509_set_version(certificate.get(), X509_VERSION_3), "setting the version");
    set_random_serial(certificate.get());
    set_validity(certificate.get(), request);
    set_subject(certificate.get(), request.common_name);
    check(X509_set_pubkey(certificate.get(), key), "setting the public key");
    return certificate;
}

inline void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key)
{
    check(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)), "setting the issuer");
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    if (issuer != certificate)
        add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
    check(X509_sign(certificate, issuer_key, EVP_sha256()), "signing");
}

// Without an issuer the certificate signs itself.
inline certificate_identity make_identity(const certificate_request& request, X509* issuer,
                                          EVP_PKEY* issuer_key)
{
    const openssl_ptr<EVP_PKEY> key = make_key();
    const openssl_ptr<X509> certificate = begin_certificate(request, key.get());
    add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), certificate.get(), NID_ext_key_usage, "serverAuth");
    add_alternative_names(certificate.get(), request);
    if (issuer != nullptr)
        sign(certificate.get(), issuer, issuer_key);
    else
        sign(certificate.get(), certificate.get(), key.get());
    return certificate_identity(certificate_to_pem(certificate.get()), key_to_pem(key.get()));
}

} // namespace partner_center::testing::detail

namespace partner_center::testing {

PARTNER_CENTER_DECL certificate_request::certificate_request()
    : not_before{std::chrono::system_clock::now() - std::chrono::hours{24}}
    , not_after{not_before + std::chrono::hours{24 * 365}}
{
}

struct certificate_authority::state {
    detail::openssl_ptr<EVP_PKEY> key;
    detail::openssl_ptr<X509> certificate;
    std::string pem;
};

PARTNER_CENTER_DECL certificate_authority::certificate_authority(const std::string& common_name)
{
    certificate_request request;
    request.common_name = common_name;
    request.not_after = request.not_before + std::chrono::hours{24 * 3652};

    auto made = std::make_shared<state>();
    made->key = detail::make_key();
    made->certificate = detail::begin_certificate(request, made->key.get());
    X509* const certificate = made->certificate.get();
    detail::add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    detail::add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    detail::sign(certificate, certificate, made->key.get());
    made->pem = detail::certificate_to_pem(certificate);
    state_ = std::move(made);
}

PARTNER_CENTER_DECL const std::string& certificate_authority::pem() const noexcept
{
    return state_->pem;
}

PARTNER_CENTER_DECL certificate_identity
certificate_authority::issue(const certificate_request& request) const
{
    return detail::make_identity(request, state_->certificate.get(), state_->key.get());
}

PARTNER_CENTER_DECL certificate_identity make_self_signed(const certificate_request& request)
{
    return detail::make_identity(request, nullptr, nullptr);
}

PARTNER_CENTER_DECL certificate_identity make_client_identity(const std::string& common_name)
{
    using namespace detail;
    certificate_request request;
    request.common_name = common_name;
    const openssl_ptr<EVP_PKEY> key(
        checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), "making an RSA key"));
    const openssl_ptr<X509> certificate = begin_certificate(request, key.get());
    add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), certificate.get(), NID_ext_key_usage, "clientAuth");
    sign(certificate.get(), certificate.get(), key.get());
    return certificate_identity(certificate_to_pem(certificate.get()), key_to_pem(key.get()));
}

} // namespace partner_center::testing

#endif
