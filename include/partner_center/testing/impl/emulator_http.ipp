// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_HTTP_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_HTTP_IPP

#include <partner_center/testing/detail/emulator_http.hpp>

#include <partner_center/detail/guid.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>

namespace partner_center::testing::detail {

inline std::string_view as_view(boost::beast::string_view text)
{
    return std::string_view(text.data(), text.size());
}

inline std::string_view trim(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

PARTNER_CENTER_DECL exchange_ids make_exchange_ids()
{
    exchange_ids ids;
    ids.request_id = partner_center::detail::make_guid();
    ids.correlation_id = partner_center::detail::make_guid();
    return ids;
}

PARTNER_CENTER_DECL exchange_ids exchange_ids_of(const request_head& head)
{
    exchange_ids ids;
    ids.request_id = as_view(head["MS-RequestId"]);
    ids.correlation_id = as_view(head["MS-CorrelationId"]);
    ids.chosen_by_client = !ids.request_id.empty();
    if (ids.request_id.empty())
        ids.request_id = partner_center::detail::make_guid();
    if (ids.correlation_id.empty())
        ids.correlation_id = partner_center::detail::make_guid();
    return ids;
}

PARTNER_CENTER_DECL emulator_response make_failure(unsigned status, int code, std::string description,
                                                   std::string_view path)
{
    json::array data;
    if (!path.empty()) {
        description = std::string(path) + ": " + description;
        data.emplace_back(path);
    }
    json::object error;
    error["code"] = code;
    error["description"] = description;
    error["data"] = std::move(data);
    error["source"] = "PartnerCenterEmulator";

    emulator_response response(status);
    response.body = std::make_shared<const std::string>(json::serialize(error));
    return response;
}

PARTNER_CENTER_DECL void append_response(std::string& out, const emulator_response& response,
                                         const exchange_ids& ids, std::string_view date,
                                         connection_header connection, bool with_body)
{
    const std::string_view body = response.body ? std::string_view(*response.body) : std::string_view();
    out += "HTTP/1.1 ";
    out += std::to_string(response.status);
    out += ' ';
    out += as_view(http::obsolete_reason(http::int_to_status(response.status)));
    out += "\r\nContent-Length: ";
    out += std::to_string(body.size());
    if (response.body) {
        out += "\r\nContent-Type: ";
        out += response.content_type.empty() ? std::string_view("application/json; charset=utf-8")
                                             : std::string_view(response.content_type);
    }
    out += "\r\nMS-CorrelationId: ";
    out += ids.correlation_id;
    out += "\r\nMS-RequestId: ";
    out += ids.request_id;
    out += "\r\n";
    out += response.headers;
    out += "Date: ";
    out += date;
    if (connection == connection_header::close)
        out += "\r\nConnection: close";
    else if (connection == connection_header::keep_alive)
        out += "\r\nConnection: keep-alive";
    out += "\r\n\r\n";
    if (with_body)
        out += body;
}

PARTNER_CENTER_DECL std::string format_http_date(std::chrono::system_clock::time_point time)
{
    // Not strftime: it would follow the locale of the program.
    static constexpr const char* days_of_week[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss<std::chrono::seconds> clock(seconds - day);
    char text[64];
    const int size =
        std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                      days_of_week[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                      static_cast<int>(clock.seconds().count()));
    return std::string(text, static_cast<std::size_t>(size));
}

PARTNER_CENTER_DECL std::string_view path_of(std::string_view target)
{
    // The documented example sends the absolute form, which a server must accept (RFC 9112, section 3.2.2).
    const auto scheme = target.find("://");
    if (!target.empty() && target[0] != '/' && scheme != std::string_view::npos) {
        const auto path = target.find_first_of("/?#", scheme + 3);
        target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
    }
    return target.substr(0, target.find_first_of("?#"));
}

inline std::string_view unquoted(std::string_view etag)
{
    const bool quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
    return quoted ? etag.substr(1, etag.size() - 2) : etag;
}

PARTNER_CENTER_DECL bool same_etag(std::string_view a, std::string_view b)
{
    return unquoted(a) == unquoted(b);
}

PARTNER_CENTER_DECL bool if_match_holds(std::string_view field, std::string_view etag)
{
    field = trim(field);
    if (field == "*")
        return true;
    // A list such as "a", "b"; an etag may hold commas, so the quotes are what separates.
    while (!field.empty()) {
        const bool weak = field.substr(0, 2) == "W/";
        if (weak)
            field.remove_prefix(2);
        const bool begins = !field.empty() && field[0] == '"';
        const auto end = begins ? field.find('"', 1) : std::string_view::npos;
        if (end == std::string_view::npos)
            return false;
        if (!weak && same_etag(field.substr(0, end + 1), etag))
            return true;
        field = trim(field.substr(end + 1));
        if (field.empty() || field[0] != ',')
            return false;
        field = trim(field.substr(1));
    }
    return false;
}

PARTNER_CENTER_DECL std::string_view bearer_of(std::string_view field)
{
    constexpr std::string_view scheme = "Bearer ";
    field = trim(field);
    if (!boost::beast::iequals(field.substr(0, scheme.size()), scheme))
        return {};
    return trim(field.substr(scheme.size()));
}

PARTNER_CENTER_DECL bool is_bearer(std::string_view field, std::string_view token)
{
    const std::string_view given = bearer_of(field);
    return !given.empty() && given == token;
}

PARTNER_CENTER_DECL bool is_json(std::string_view content_type)
{
    return boost::beast::iequals(trim(content_type.substr(0, content_type.find(';'))), "application/json");
}

} // namespace partner_center::testing::detail

#endif
