// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_ACCESS_TOKEN_HPP
#define PARTNER_CENTER_ACCESS_TOKEN_HPP

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace partner_center {

/**
 * A token for the API, and how long it is good for: what a source of tokens of your own gives.
 *
 * It is a secret: whoever has it may act for the partner until it expires. There is no way to print one, on
 * purpose; keep `token` out of logs and messages. Distinct objects may be used from different threads.
 */
struct access_token {
    /// Good for nothing, without a time.
    access_token() noexcept {}

    /// A token, `token_`, that is used until the service refuses it, or until its time, `expires_`, is over.
    explicit access_token(std::string token_, std::chrono::system_clock::time_point expires_ =
                                                  std::chrono::system_clock::time_point::max()) noexcept
        : token(std::move(token_))
        , expires(expires_)
    {
    }

    /// The token, without the word "Bearer".
    std::string token;

    /// When it stops to be valid; `time_point::max()` when that is not known.
    std::chrono::system_clock::time_point expires = std::chrono::system_clock::time_point::max();

    /// When to ask for the next one, if the authority said so (`refresh_in`); this one is still good then.
    std::optional<std::chrono::system_clock::time_point> refresh_at;
};

} // namespace partner_center

#endif
