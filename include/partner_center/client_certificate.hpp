// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CLIENT_CERTIFICATE_HPP
#define PARTNER_CENTER_CLIENT_CERTIFICATE_HPP

#include <string>
#include <utility>

namespace partner_center {

/**
 * What an application proves its identity with instead of a secret: its certificate, which the authority
 * knows, and the private key that belongs to it. The key never leaves the process: it signs an assertion for
 * each request (PS256; see Microsoft identity platform, "Certificate credentials").
 *
 * It is a secret. Distinct objects may be used from different threads.
 */
struct client_certificate {
    /// No certificate.
    client_certificate() noexcept {}

    /// Takes the texts (`certificate_pem_`, `private_key_pem_`, `passphrase_`) as they are; they are read
    /// when a credential is made of them.
    client_certificate(std::string certificate_pem_, std::string private_key_pem_,
                       std::string passphrase_ = {})
        : certificate_pem(std::move(certificate_pem_))
        , private_key_pem(std::move(private_key_pem_))
        , passphrase(std::move(passphrase_))
    {
    }

    /// The certificate as PEM, first in its chain if there are more.
    std::string certificate_pem;

    /// Its private key as PEM: RSA with 2048 bits or more, PKCS #8 or PKCS #1.
    std::string private_key_pem;

    /// What the private key is encrypted with. Not used when it is not encrypted.
    std::string passphrase;
};

} // namespace partner_center

#endif
