// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_UNIT_TESTING_SIGNED_JWT_HPP
#define PARTNER_CENTER_TESTS_UNIT_TESTING_SIGNED_JWT_HPP

#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/detail/client_assertion.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

namespace partner_center::testing {

/// A JWT of these parts, signed by PS256 with a salt of this length.
inline std::string signed_jwt(const json::object& header, const json::object& claims,
                              const std::string& private_key_pem, int salt_length = RSA_PSS_SALTLEN_DIGEST)
{
    const auto check = [](bool good) {
        if (!good)
            throw std::runtime_error("signed_jwt: OpenSSL refuses");
    };
    const std::string text = detail::base64url_encoded(json::serialize(header)) + "." +
                             detail::base64url_encoded(json::serialize(claims));
    const std::shared_ptr<BIO> in(
        BIO_new_mem_buf(private_key_pem.data(), static_cast<int>(private_key_pem.size())), &BIO_free_all);
    const std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr),
                                        &EVP_PKEY_free);
    const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    check(key && context);
    EVP_PKEY_CTX* parameters = nullptr;
    check(EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, key.get()) == 1);
    check(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
    check(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt_length) == 1);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1);
    std::string signature(size, '\0');
    check(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                         text.size()) == 1);
    signature.resize(size);
    return text + "." + detail::base64url_encoded(signature);
}

} // namespace partner_center::testing

#endif
