// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_FORM_HPP
#define PARTNER_CENTER_TESTING_DETAIL_FORM_HPP

#include <partner_center/detail/config.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partner_center::testing::detail {

/// The fields of an `application/x-www-form-urlencoded` body (the URL standard, section 5.1).
class form {
public:
    form() {}

    /// Takes a body apart. Nothing if it is malformed or has a field twice, which OAuth forbids (RFC 6749,
    /// section 3.2).
    PARTNER_CENTER_DECL static std::optional<form> parse(std::string_view body);

    /// A field's value; an empty one counts as absent (RFC 6749, section 3.2).
    [[nodiscard]] PARTNER_CENTER_DECL std::optional<std::string_view> find(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/form.ipp>
#endif

#endif
