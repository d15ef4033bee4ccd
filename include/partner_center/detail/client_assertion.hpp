// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CLIENT_ASSERTION_HPP
#define PARTNER_CENTER_DETAIL_CLIENT_ASSERTION_HPP

#include <partner_center/client_certificate.hpp>
#include <partner_center/detail/config.hpp>

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace partner_center::detail {

/**
 * Signs the assertions by which an application with a certificate proves its identity to the authority
 * (RFC 7523; Microsoft identity platform, "Certificate credentials").
 *
 * Const members may be called from several threads at the same time.
 */
class assertion_signer {
public:
    /// How long an assertion is valid: as long as the authority's documentation suggests at most.
    static constexpr std::chrono::minutes lifetime{10};

    /// Has no key, and must not sign.
    assertion_signer() noexcept {}

    /// Takes certificate and key. Returns what is wrong with them, beginning with the member's name and
    /// without a word of what they hold; empty when nothing is. Never asks for a passphrase at the terminal.
    PARTNER_CENTER_DECL std::string load(const client_certificate& from);

    /**
     * A new assertion, as a signed JWT: PS256 with the certificate's SHA-256 thumbprint.
     *
     * @param token_url The URL that it will be sent to.
     * @throws boost::system::system_error with OpenSSL's code, when that refuses.
     */
    [[nodiscard]] PARTNER_CENTER_DECL std::string sign(std::string_view token_url, std::string_view client_id,
                                                       std::chrono::system_clock::time_point now) const;

private:
    std::shared_ptr<EVP_PKEY> key_;
    std::string thumbprint_;
};

/// base64url without padding (RFC 7515, section 2).
PARTNER_CENTER_DECL std::string base64url(std::string_view bytes);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/client_assertion.ipp>
#endif

#endif
