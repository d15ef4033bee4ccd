// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_CERTIFICATES_HPP
#define PARTNER_CENTER_TESTING_CERTIFICATES_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What the tests of this library, and those of its users, stand on.
namespace partner_center::testing {

/// A certificate with its private key, both as PEM.
///
/// Not an aggregate, so that it may be built inside a `co_await` expression.
class certificate_identity {
public:
    /// No certificate.
    certificate_identity() {}

    /// Takes both parts, `certificate_pem_` and `private_key_pem_`, as they are; they are looked at when a
    /// TLS context is made from them.
    certificate_identity(std::string certificate_pem_, std::string private_key_pem_)
        : certificate_pem{std::move(certificate_pem_)}
        , private_key_pem{std::move(private_key_pem_)}
    {
    }

    /// The certificate, first in its chain if there are more.
    std::string certificate_pem;

    /// The unencrypted private key (PKCS #8).
    std::string private_key_pem;
};

/// What a server certificate shall say.
///
/// The default names the loopback host and is valid now; each member can be made wrong on purpose, so
/// that tests can see an expired certificate, or one for another host, refused.
class certificate_request {
public:
    /// Valid from a day ago for one year, for localhost, 127.0.0.1 and ::1.
    PARTNER_CENTER_DECL certificate_request();

    /// The subject's common name; clients do not look at it.
    std::string common_name = "localhost";

    /// DNS names for subjectAltName.
    std::vector<std::string> dns_names{"localhost"};

    /// IP addresses for subjectAltName, as text.
    std::vector<std::string> ip_addresses{"127.0.0.1", "::1"};

    /// First moment of validity, in whole seconds.
    std::chrono::system_clock::time_point not_before;

    /// Last moment of validity, in whole seconds.
    std::chrono::system_clock::time_point not_after;
};

/// A certificate authority that lives as long as the program, for tests only.
///
/// It makes its EC P-256 key and its self-signed certificate in the constructor. Copies share both.
/// Const members may be called from several threads at a time.
class certificate_authority {
public:
    /// Makes the key and the certificate (valid from a day ago, for ten years).
    ///
    /// @param common_name The authority's own name, 1 to 64 bytes of UTF-8.
    /// @throws std::runtime_error OpenSSL refuses; the text names the step.
    PARTNER_CENTER_DECL explicit certificate_authority(
        const std::string& common_name = "partner_center test authority");

    /// The authority's certificate as PEM: what a client must trust.
    [[nodiscard]] PARTNER_CENTER_DECL const std::string& pem() const noexcept;

    /// Makes a key of its own and a server certificate for it, signed by this authority.
    ///
    /// @param request What the certificate shall say.
    /// @throws std::invalid_argument `not_after` is not later than `not_before`, or a name or an address
    ///         cannot be put in a certificate; the text names it.
    /// @throws std::runtime_error OpenSSL refuses; the text names the step.
    [[nodiscard]] PARTNER_CENTER_DECL certificate_identity
    issue(const certificate_request& request = certificate_request()) const;

private:
    struct state;
    std::shared_ptr<const state> state_;
};

/// Makes a server certificate, as of `request`, that nobody but itself has signed. Throws as
/// certificate_authority::issue.
[[nodiscard]] PARTNER_CENTER_DECL certificate_identity
make_self_signed(const certificate_request& request = certificate_request());

/// Makes an RSA key of 2048 bits and a certificate for it that nobody but itself has signed: what an
/// application proves its identity with at an authority.
///
/// @param common_name The application's name, 1 to 64 bytes of UTF-8.
/// @throws std::invalid_argument The name cannot be put in a certificate.
/// @throws std::runtime_error OpenSSL refuses; the text names the step.
[[nodiscard]] PARTNER_CENTER_DECL certificate_identity
make_client_identity(const std::string& common_name = "partner_center test application");

} // namespace partner_center::testing

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/certificates.ipp>
#endif

#endif
