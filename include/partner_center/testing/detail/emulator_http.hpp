// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_EMULATOR_HTTP_HPP
#define PARTNER_CENTER_TESTING_DETAIL_EMULATOR_HTTP_HPP

#include <partner_center/detail/config.hpp>

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace partner_center::testing::detail {

using request_head = http::request_header<http::fields>;

/// The ids of one exchange: those of the request, or new ones in place of those that it has not.
class exchange_ids {
public:
    exchange_ids() {}

    std::string request_id;
    std::string correlation_id;
    bool chosen_by_client = false; ///< Whether the request had an MS-RequestId.
};

PARTNER_CENTER_DECL exchange_ids make_exchange_ids();
PARTNER_CENTER_DECL exchange_ids exchange_ids_of(const request_head& head);

/// An answer without what belongs to the connection.
class emulator_response {
public:
    emulator_response() {}
    explicit emulator_response(unsigned status_)
        : status{status_}
    {
    }

    unsigned status = 200;
    std::string headers;                     ///< Lines of its own, each ended by CRLF.
    std::shared_ptr<const std::string> body; ///< Null for an answer without a body.
    std::string content_type;                ///< Of the body; empty for JSON.
    bool applied = false;                    ///< Whether this answer belongs to a change just made.
};

/// An error in the documented shape. @param path JSON pointer to what is wrong, may be empty.
PARTNER_CENTER_DECL emulator_response make_failure(unsigned status, int code, std::string description,
                                                   std::string_view path = {});

/// What a response says about its connection.
enum class connection_header { none, close, keep_alive };

/// Appends the response's bytes: the headers of the documented response in their order, with our own
/// before the date.
PARTNER_CENTER_DECL void append_response(std::string& out, const emulator_response& response,
                                         const exchange_ids& ids, std::string_view date,
                                         connection_header connection, bool with_body);

/// "Mon, 21 Mar 2016 05:48:41 GMT"
PARTNER_CENTER_DECL std::string format_http_date(std::chrono::system_clock::time_point time);

/// The path of a request target in origin or absolute form, without the query.
PARTNER_CENTER_DECL std::string_view path_of(std::string_view target);

/// Whether If-Match lets a request through (RFC 9110, section 13.1.1: strong comparison).
PARTNER_CENTER_DECL bool if_match_holds(std::string_view field, std::string_view etag);

/// Whether two etags are the same when the quotes around either are not counted.
PARTNER_CENTER_DECL bool same_etag(std::string_view a, std::string_view b);

/// The token of an Authorization field with the scheme `Bearer`, which may have any case; empty without one.
PARTNER_CENTER_DECL std::string_view bearer_of(std::string_view field);

/// Whether the Authorization field is `Bearer` with this token.
PARTNER_CENTER_DECL bool is_bearer(std::string_view field, std::string_view token);

/// Whether a Content-Type means JSON, whatever its parameters.
PARTNER_CENTER_DECL bool is_json(std::string_view content_type);

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/emulator_http.ipp>
#endif

#endif
