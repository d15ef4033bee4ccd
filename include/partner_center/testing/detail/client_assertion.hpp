// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_CLIENT_ASSERTION_HPP
#define PARTNER_CENTER_TESTING_DETAIL_CLIENT_ASSERTION_HPP

#include <partner_center/testing/detail/oauth_error.hpp>

#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace partner_center::testing::detail {

/// Decodes base64url without padding (RFC 4648, section 5). Nothing if that is malformed.
PARTNER_CENTER_DECL std::optional<std::string> base64url_decoded(std::string_view text);

/// Encodes as base64url without padding.
PARTNER_CENTER_DECL std::string base64url_encoded(std::string_view bytes);

/// Checks the JWTs by which one application proves that it has the key of its certificate (RFC 7523). Not
/// thread-safe, for it remembers which were used.
class assertion_checker {
public:
    using time_point = std::chrono::system_clock::time_point;

    /// @throws std::invalid_argument The PEM holds no certificate, or one without an RSA key of 2048 bits.
    PARTNER_CENTER_DECL assertion_checker(const std::string& certificate_pem, std::string client_id);

    /// What is wrong with an assertion; nothing if it is good, and from then on it is used.
    ///
    /// @param token_url What it must be made for.
    PARTNER_CENTER_DECL std::optional<oauth_error> check(std::string_view jwt, std::string_view token_url,
                                                         time_point now);

    /// The certificate's SHA-256 as it must stand in the header.
    [[nodiscard]] const std::string& thumbprint() const { return thumbprint_; }

private:
    PARTNER_CENTER_DECL bool verifies(std::string_view text, std::string_view signature) const;
    PARTNER_CENTER_DECL std::optional<oauth_error> use(std::string id, time_point expiry, time_point now);

    std::shared_ptr<EVP_PKEY> key_;
    std::string thumbprint_;
    std::string client_id_;
    std::deque<std::pair<std::string, time_point>> used_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/client_assertion.ipp>
#endif

#endif
