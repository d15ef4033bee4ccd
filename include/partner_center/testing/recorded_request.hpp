// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_RECORDED_REQUEST_HPP
#define PARTNER_CENTER_TESTING_RECORDED_REQUEST_HPP

#include <partner_center/detail/config.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// One request that an emulator answered, as it came.
///
/// It holds the Authorization header as received, and the form that came to a token endpoint, so do not print
/// it where a token or a secret must not appear.
class recorded_request {
public:
    /// No request.
    recorded_request() {}

    /// The method as it stands in the request line; empty if that is malformed.
    std::string method;

    /// The target as it stands in the request line; empty if that is malformed.
    std::string target;

    /// Names and values of the header lines, in the order and the case received, values without the
    /// white space around them.
    std::vector<std::pair<std::string, std::string>> headers;

    /// All bytes up to and including the empty line. Of a malformed head: the bytes that were read.
    std::string raw_head;

    /// The body without its framing. Empty where the answer did not need it (a head that was refused before
    /// its body came) and where it broke a limit.
    std::string body;

    /// The connection that it came on: 1 for the first one accepted. Equal numbers show reuse.
    std::size_t connection = 0;

    /// Whether the request had `Expect: 100-continue` and none of its body had come with the head.
    bool waited_for_continue = false;

    /// The status that was answered; 0 if a failure kept the answer back.
    unsigned status = 0;

    /// Whether this very request changed the stored profile; false for one that repeats an MS-RequestId.
    bool applied = false;

    /// Whether it was one of too many, and answered with 429 for that.
    bool throttled = false;

    /// Whether a failure_rule struck it.
    bool failed_on_purpose = false;

    /// The value of the first header line of that `name`, whatever its case.
    [[nodiscard]] PARTNER_CENTER_DECL std::optional<std::string_view> header(std::string_view name) const;
};

} // namespace partner_center::testing

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/recorded_request.ipp>
#endif

#endif
