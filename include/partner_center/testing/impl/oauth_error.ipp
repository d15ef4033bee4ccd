// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_OAUTH_ERROR_IPP
#define PARTNER_CENTER_TESTING_IMPL_OAUTH_ERROR_IPP

#include <partner_center/testing/detail/oauth_error.hpp>

#include <partner_center/detail/guid.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <memory>

namespace partner_center::testing::detail {

struct oauth_error_kind {
    int code;
    unsigned status;
    const char* name;
    const char* suberror; // may be null
    const char* text;     // # stands for what it is about
};

inline const oauth_error_kind& find_oauth_error(int code)
{
    static constexpr oauth_error_kind kinds[] = {
        {50027, 401, "invalid_client", nullptr, "The JWT is invalid or malformed: #."},
        {50076, 400, "invalid_grant", "basic_action",
         "Because of a change by the administrator, or because of a new location, multi-factor "
         "authentication is needed."},
        {50078, 400, "invalid_grant", "basic_action",
         "The multi-factor authentication has expired by a policy of the administrator; authenticate again."},
        {50173, 400, "invalid_grant", "bad_token",
         "The grant has expired because it was revoked; a new one is needed."},
        {50196, 400, "invalid_grant", nullptr, "The client asked for the same token in a loop."},
        {65004, 400, "authorization_declined", nullptr, "The user declined the request."},
        {70000, 400, "invalid_grant", "bad_token", "The refresh token is not valid."},
        {70003, 400, "unsupported_grant_type", nullptr, "The grant type '#' is not supported."},
        {70011, 400, "invalid_scope", nullptr, "The scope '#' is not valid."},
        {70016, 400, "authorization_pending", nullptr, "The user has not signed in yet."},
        {70018, 400, "bad_verification_code", nullptr, "The device code is not valid."},
        {70019, 400, "expired_token", nullptr, "The device code has expired."},
        {90002, 400, "invalid_request", nullptr, "The tenant '#' was not found."},
        {90033, 503, "temporarily_unavailable", nullptr, "A passing error of the service; try again."},
        {500011, 400, "invalid_resource", nullptr, "The resource '#' was not found in the tenant."},
        {700007, 400, "invalid_grant", nullptr, "The client is not permitted to use this grant."},
        {700016, 400, "unauthorized_client", nullptr,
         "The application '#' was not found in the directory of the tenant."},
        {700021, 401, "invalid_client", nullptr, "The client assertion is not the client's: #."},
        {700023, 401, "invalid_client", nullptr, "The client assertion is for another audience: #."},
        {700024, 401, "invalid_client", nullptr, "The client assertion is not within its time: #."},
        {700027, 401, "invalid_client", nullptr, "The client assertion failed its check: #."},
        {700082, 400, "invalid_grant", "token_expired",
         "The refresh token has expired because it was not used for #."},
        {900144, 400, "invalid_request", nullptr, "The body must contain the parameter '#'."},
        {901002, 400, "invalid_request", nullptr, "The parameter 'resource' is not supported."},
        {7000215, 401, "invalid_client", nullptr, "The client secret is not valid."},
        {7000218, 401, "invalid_client", nullptr,
         "The body must contain the parameter 'client_assertion' or 'client_secret'."},
        {7000222, 401, "invalid_client", nullptr, "The client secret has expired."},
    };
    static constexpr oauth_error_kind other = {0, 400, "invalid_grant", nullptr,
                                               "The request is refused: #."};
    for (const oauth_error_kind& kind : kinds)
        if (kind.code == code)
            return kind;
    return other;
}

// "2016-03-21 05:48:41Z"
inline std::string format_timestamp(std::chrono::system_clock::time_point time)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss<std::chrono::seconds> clock(seconds - day);
    char text[64];
    const int size =
        std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02dZ", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                      static_cast<int>(clock.seconds().count()));
    return std::string(text, static_cast<std::size_t>(size));
}

PARTNER_CENTER_DECL emulator_response make_oauth_failure(const oauth_error& error, const exchange_ids& ids,
                                                         std::chrono::system_clock::time_point now)
{
    const oauth_error_kind& kind = find_oauth_error(error.code);
    std::string text = kind.text;
    if (const auto place = text.find('#'); place != std::string::npos)
        text.replace(place, 1,
                     error.about.empty() ? std::string("no reason given") : error.about.substr(0, 200));
    const std::string trace = partner_center::detail::make_guid();
    const std::string time = format_timestamp(now);

    json::object document;
    document["error"] = error.name.empty() ? std::string_view(kind.name) : std::string_view(error.name);
    document["error_description"] = "AADSTS" + std::to_string(error.code) + ": " + text +
                                    "\r\nTrace ID: " + trace + "\r\nCorrelation ID: " + ids.correlation_id +
                                    "\r\nTimestamp: " + time;
    document["error_codes"] = json::array{error.code};
    document["timestamp"] = time;
    document["trace_id"] = trace;
    document["correlation_id"] = ids.correlation_id;
    document["error_uri"] = "https://login.microsoftonline.com/error?code=" + std::to_string(error.code);
    if (kind.suberror != nullptr)
        document["suberror"] = kind.suberror;
    if (error.code == 50076)
        document["claims"] = R"({"access_token":{"capolids":{"essential":true,"values":[]}}})";

    emulator_response response(kind.status);
    response.headers = "Cache-Control: no-store, no-cache\r\nPragma: no-cache\r\n";
    response.body = std::make_shared<const std::string>(json::serialize(document));
    return response;
}

} // namespace partner_center::testing::detail

#endif
