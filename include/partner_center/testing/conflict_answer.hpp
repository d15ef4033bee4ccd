// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_CONFLICT_ANSWER_HPP
#define PARTNER_CENTER_TESTING_CONFLICT_ANSWER_HPP

#include <partner_center/detail/config.hpp>

namespace partner_center::testing {

/// How an emulator answers a PUT whose etag is not the present one: the service has been seen to use several
/// ways.
enum class conflict_answer {
    by_place, ///< 412 when it stands in If-Match, 400 when it stands in the body.
    http_400, ///< 400, code 2055
    http_409, ///< 409, code 409
    http_412, ///< 412, code 800036
    http_417  ///< 417, code 800036
};

} // namespace partner_center::testing

#endif
