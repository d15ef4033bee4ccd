// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CHECK_APPLICATION_HPP
#define PARTNER_CENTER_DETAIL_CHECK_APPLICATION_HPP

#include <partner_center/application_options.hpp>
#include <partner_center/errc.hpp>

#include <string>
#include <string_view>

namespace partner_center::detail {

/// Sets `reason` to "options::member: why", and returns whether there is a why.
PARTNER_CENTER_DECL bool is_wrong_option(std::string_view options, std::string_view member,
                                         std::string_view why, std::string& reason);

/**
 * Looks for mistakes in the options.
 *
 * @param name Of the type that they are a part of.
 * @param reason As for @ref check of those.
 */
[[nodiscard]] PARTNER_CENTER_DECL error_code check_application(const application_options& options,
                                                               std::string_view name, std::string& reason);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/check_application.ipp>
#endif

#endif
