// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_FUZZ_CALL_RECORD_HPP
#define PARTNER_CENTER_TESTS_FUZZ_CALL_RECORD_HPP

#include <partner_center.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace partner_center::testing {

/// What the hook of a transport was told during a call.
class call_log {
public:
    struct attempt {
        std::uint64_t connection;
        unsigned status;
        std::uint64_t sent;
    };

    std::vector<attempt> attempts;
    bool connects = false; // the client resolves or connects, which another thread may do

    void begin()
    {
        attempts.clear();
        connects = true;
    }

    void add(const event& e)
    {
        if (e.kind == event_kind::attempt_finished)
            attempts.push_back({e.connection, e.http_status, e.bytes_sent});
        if (e.kind != event_kind::connection_closed)
            connects = e.kind == event_kind::retry_scheduled && e.delay < std::chrono::milliseconds(1);
    }
};

/// How a call has ended.
struct ending {
    int completions = 0;
    error_code ec;
    OrganizationProfile profile;
    diagnostics diag;
};

/// Whether a call against a server that is only asked and answers may end so.
inline bool is_documented(const error_code& ec, bool cancelled, const diagnostics& diag)
{
    if (ec == asio::error::operation_aborted)
        return cancelled;
    if (ec.category() == http_status_category())
        return ec.value() == static_cast<int>(diag.http_status) && ec.value() >= 100;
    if (ec.category() != partner_center_category())
        return ec == asio::error::connection_reset || ec == asio::error::broken_pipe ||
               ec.category() == asio::error::get_ssl_category();
    // Nothing takes long, nothing is wrong with the certificate, and there is no proxy and no authority.
    for (errc one : {errc::connection_closed, errc::truncated_response, errc::malformed_response,
                     errc::response_too_large, errc::unexpected_content_encoding, errc::empty_body,
                     errc::unexpected_content_type, errc::malformed_json, errc::unexpected_json_type,
                     errc::stale_etag, errc::wrong_token_audience, errc::mfa_required})
        if (ec == one)
            return true;
    return false;
}

} // namespace partner_center::testing

#endif
