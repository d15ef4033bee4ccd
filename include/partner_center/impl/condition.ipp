// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CONDITION_IPP
#define PARTNER_CENTER_IMPL_CONDITION_IPP

#include <partner_center/condition.hpp>

#include <partner_center/detail/own_category.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/system/errc.hpp>

#include <string>

namespace partner_center {
namespace detail {

inline bool is_transient_status(int status) noexcept
{
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

inline bool status_meets(int status, condition wanted) noexcept
{
    switch (wanted) {
    case condition::throttled: return status == 429;
    case condition::unauthorized: return status == 401;
    case condition::forbidden: return status == 403;
    case condition::not_found: return status == 404;
    case condition::conflict: return status == 409 || status == 412;
    case condition::invalid_request:
        return status >= 400 && status < 500 && status != 401 && status != 403 && status != 404 &&
               status != 408 && status != 409 && status != 412 && status != 429;
    case condition::timeout: return status == 408 || status == 504;
    case condition::transient: return is_transient_status(status);
    case condition::unexpected_response: return status < 400;
    case condition::cancelled:
    case condition::connection_failed:
    case condition::untrusted_peer: return false;
    }
    return false;
}

inline bool errc_meets(errc value, condition wanted) noexcept
{
    switch (value) {
    case errc::invalid_base_url:
    case errc::insecure_base_url:
    case errc::invalid_argument:
    case errc::invalid_tls_settings:
    case errc::invalid_profile: return wanted == condition::invalid_request;
    case errc::transport_closed: return wanted == condition::cancelled;
    case errc::too_many_waiters:
    case errc::authority_unavailable: return wanted == condition::transient;
    case errc::untrusted_certificate:
        return wanted == condition::untrusted_peer || wanted == condition::connection_failed;
    case errc::connect_timeout:
    case errc::handshake_timeout:
        return wanted == condition::timeout || wanted == condition::transient ||
               wanted == condition::connection_failed;
    case errc::attempt_timeout: return wanted == condition::timeout || wanted == condition::transient;
    case errc::call_timeout: return wanted == condition::timeout;
    case errc::connection_closed:
        return wanted == condition::connection_failed || wanted == condition::transient;
    case errc::truncated_response:
        return wanted == condition::connection_failed || wanted == condition::transient ||
               wanted == condition::unexpected_response;
    case errc::malformed_response:
    case errc::response_too_large:
    case errc::unexpected_content_encoding:
    case errc::empty_body:
    case errc::unexpected_content_type:
    case errc::malformed_json:
    case errc::unexpected_json_type:
    case errc::token_request_failed: return wanted == condition::unexpected_response;
    case errc::proxy_authentication_required:
    case errc::proxy_refused: return wanted == condition::connection_failed;
    case errc::throttled: return wanted == condition::throttled || wanted == condition::transient;
    case errc::proxy_unavailable:
        return wanted == condition::connection_failed || wanted == condition::transient;
    case errc::stale_etag: return wanted == condition::conflict;
    case errc::wrong_token_audience:
    case errc::mfa_required:
    case errc::sign_in_required:
    case errc::invalid_credential:
    case errc::sign_in_declined: return wanted == condition::unauthorized;
    case errc::sign_in_expired: return wanted == condition::timeout;
    case errc::refresh_token_not_stored:
    case errc::change_failed:
    case errc::prompt_failed: return false;
    }
    return false;
}

inline bool foreign_meets(const error_code& code, condition wanted)
{
    if (code == asio::error::operation_aborted)
        return wanted == condition::cancelled;
    if (wanted == condition::timeout)
        return code == boost::system::errc::timed_out;
    if (wanted != condition::connection_failed && wanted != condition::transient)
        return false;
    if (code.category() == asio::error::get_netdb_category())
        return wanted == condition::connection_failed || code == asio::error::host_not_found_try_again;
    // A failed TLS handshake would fail again; a connection that the system reports broken may not.
    if (code.category() == asio::error::get_ssl_category() ||
        code.category() == asio::ssl::error::get_stream_category())
        return wanted == condition::connection_failed;
    return code.category() == boost::system::system_category() ||
           code.category() == asio::error::get_misc_category() ||
           code.category() == asio::error::get_addrinfo_category();
}

class http_status_category_type final : public own_category {
public:
    constexpr http_status_category_type() noexcept
        : own_category(0x9f3a1c5d7e42b609)
    {
    }
    const char* name() const noexcept override { return "partner_center.http"; }
    std::string message(int value) const override
    {
        const http::status status = http::int_to_status(static_cast<unsigned>(value));
        std::string text = std::to_string(value);
        if (status != http::status::unknown) {
            const auto reason = http::obsolete_reason(status);
            text.append(1, ' ').append(reason.data(), reason.size());
        }
        return text;
    }
};

class condition_category_type final : public own_category {
public:
    constexpr condition_category_type() noexcept
        : own_category(0x9f3a1c5d7e42b60a)
    {
    }
    const char* name() const noexcept override { return "partner_center.condition"; }
    std::string message(int value) const override
    {
        switch (static_cast<condition>(value)) {
        case condition::throttled: return "throttled";
        case condition::unauthorized: return "unauthorized";
        case condition::forbidden: return "forbidden";
        case condition::not_found: return "not found";
        case condition::conflict: return "changed by somebody else";
        case condition::invalid_request: return "invalid request";
        case condition::timeout: return "out of time";
        case condition::transient: return "failed for the moment";
        case condition::cancelled: return "cancelled";
        case condition::connection_failed: return "connection failed";
        case condition::untrusted_peer: return "peer not trusted";
        case condition::unexpected_response: return "unexpected response";
        }
        return "unknown condition";
    }
    bool equivalent(const error_code& code, int value) const noexcept override
    {
        const auto wanted = static_cast<condition>(value);
        if (!code)
            return false;
        if (code.category() == http_status_category())
            return status_meets(code.value(), wanted);
        if (code.category() == partner_center_category())
            return errc_meets(static_cast<errc>(code.value()), wanted);
        return foreign_meets(code, wanted);
    }
};

} // namespace detail

PARTNER_CENTER_DECL const boost::system::error_category& http_status_category() noexcept
{
    static const detail::http_status_category_type category;
    return category;
}

PARTNER_CENTER_DECL const boost::system::error_category& condition_category() noexcept
{
    static const detail::condition_category_type category;
    return category;
}

} // namespace partner_center

#endif
