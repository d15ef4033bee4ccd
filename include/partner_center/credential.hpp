// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CREDENTIAL_HPP
#define PARTNER_CENTER_CREDENTIAL_HPP

#include <memory>
#include <string>
#include <utility>

namespace partner_center {

namespace detail {
class credential_access;
}

/**
 * Where the bearer token of a call comes from.
 *
 * Cheap to copy; copies share the token. The token is sent to the client's host only, over verified TLS, and
 * appears in no message. Safe to use from several threads.
 */
class credential {
public:
    /**
     * A fixed token, as an identity library or a sign-in gave it.
     *
     * @param token The token without the word "Bearer". Checked when it is used: a token that is empty or has
     *        characters outside the `b64token` of RFC 6750, section 2.1, fails the call with
     *        @ref errc::invalid_argument before anything is sent.
     */
    static credential bearer(std::string token)
    {
        return credential(std::make_shared<const std::string>(std::move(token)));
    }

private:
    friend class detail::credential_access;

    explicit credential(std::shared_ptr<const std::string> token) noexcept
        : token_(std::move(token))
    {
    }

    std::shared_ptr<const std::string> token_;
};

} // namespace partner_center

#endif
