// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TOKEN_ERROR_HPP
#define PARTNER_CENTER_DETAIL_TOKEN_ERROR_HPP

#include <partner_center/errc.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center::detail {

/// What the authority's answer to a request for a token comes to.
enum class token_outcome {
    granted,
    sign_in_required,      ///< The refresh token is of no more use.
    invalid_credential,    ///< The set-up is wrong.
    unavailable,           ///< Worth another try: 408, 429, 500, 502, 503, 504, or the authority says so.
    authorization_pending, ///< Device code: nobody has signed in yet. Ask again after the interval.
    slow_down,             ///< Device code: the same, with an interval that is 5 seconds longer from now on.
    declined,              ///< Device code: the person said no.
    expired,               ///< Device code: the time is over.
    failed,                ///< Anything else. Not worth another try.
};

/// The error of a call that ends with this outcome. Pending and slow_down are those of a sign-in that nobody
/// waits for.
PARTNER_CENTER_DECL error_code make_token_error(token_outcome outcome) noexcept;

/// What an error document of the authority says (RFC 6749, section 5.2, with Microsoft's additions). Views
/// into the document, not yet fit to be shown.
struct token_error {
    std::string_view error;
    std::string_view description;
    std::string_view suberror;
    std::string_view trace_id;
    std::vector<std::int64_t> codes; ///< Of `error_codes`, or else the one in the description; 8 at most.

    token_error() noexcept {}
};

/// Takes from a document what is there and of the right type; `error` is empty when it is no error document.
PARTNER_CENTER_DECL token_error read_token_error(const json::object& document);

/// What the error means. A status that promises a better time comes first, then the codes that are known,
/// then OAuth's error.
PARTNER_CENTER_DECL token_outcome classify_token_error(unsigned status, const token_error& error) noexcept;

/// The first line of the authority's words, what to do about it, and the trace id for Microsoft's support: at
/// most `diagnostics::max_text_size`, of which the words give way.
PARTNER_CENTER_DECL std::string describe_token_error(token_outcome outcome, const token_error& error,
                                                     std::span<const std::string_view> secrets);

/// "AADSTS50076", or OAuth's error when there is no code.
PARTNER_CENTER_DECL std::string token_error_code(const token_error& error,
                                                 std::span<const std::string_view> secrets);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/token_error.ipp>
#endif

#endif
