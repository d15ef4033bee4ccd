// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_OAUTH_ERROR_HPP
#define PARTNER_CENTER_TESTING_DETAIL_OAUTH_ERROR_HPP

#include <partner_center/testing/detail/emulator_http.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace partner_center::testing::detail {

/// What the authority has against a request.
class oauth_error {
public:
    oauth_error(int code_, std::string about_ = {}, std::string name_ = {})
        : code{code_}
        , about{std::move(about_)}
        , name{std::move(name_)}
    {
    }

    int code;          ///< The number after AADSTS.
    std::string about; ///< What the text names: a parameter, an id, a reason. Never a secret.
    std::string name;  ///< The document's `error`; an empty one stands for the one of the code.
};

/// The error as the authority answers it: RFC 6749, section 5.2, with Microsoft's additions.
PARTNER_CENTER_DECL emulator_response make_oauth_failure(const oauth_error& error, const exchange_ids& ids,
                                                         std::chrono::system_clock::time_point now);

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/oauth_error.ipp>
#endif

#endif
