// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_BASE_URL_IPP
#define PARTNER_CENTER_IMPL_BASE_URL_IPP

#include <partner_center/detail/base_url.hpp>

#include <boost/asio/ip/address_v6.hpp>

#include <charconv>

namespace partner_center::detail {

PARTNER_CENTER_DECL bool starts_with_ignoring_case(std::string_view text,
                                                   std::string_view lower_case_prefix) noexcept
{
    if (text.size() < lower_case_prefix.size())
        return false;
    for (std::size_t i = 0; i != lower_case_prefix.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower_case_prefix[i])
            return false;
    }
    return true;
}

inline bool is_host_character(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
}

// The port keeps its text: the resolver wants it so, and leading zeros are gone with the conversion.
inline bool parse_port(std::string_view text, std::string& to)
{
    unsigned port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (ec != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535)
        return false;
    to = std::to_string(port);
    return true;
}

inline bool parse_authority(std::string_view authority, base_url& to, std::string& reason)
{
    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        error_code not_an_address;
        if (end != authority.npos)
            asio::ip::make_address_v6(std::string(authority.substr(1, end - 1)), not_an_address);
        if (end == authority.npos || not_an_address) {
            reason = "the IPv6 address is malformed";
            return false;
        }
        to.host.assign(authority.substr(1, end - 1));
        to.host_header.assign(authority.substr(0, end + 1));
        authority.remove_prefix(end + 1);
        has_port = authority.starts_with(':');
        if (!has_port && !authority.empty()) {
            reason = "there is more than a port behind the IPv6 address";
            return false;
        }
        port = authority.substr(has_port ? 1 : 0);
    } else {
        const std::size_t colon = authority.find(':');
        has_port = colon != authority.npos;
        if (has_port)
            port = authority.substr(colon + 1);
        to.host.assign(authority.substr(0, colon));
        to.host_header = to.host;
        if (to.host.empty()) {
            reason = "the host is missing";
            return false;
        }
        for (char c : to.host) {
            if (is_host_character(c))
                continue;
            reason = c == '@' ? "user information has no place in it"
                              : "the host has a character that is not allowed "
                                "(international names are written in Punycode)";
            return false;
        }
    }
    to.port = "443";
    if (has_port && !parse_port(port, to.port)) {
        reason = port.find('@') != port.npos ? "user information has no place in it"
                                             : "the port is not a number from 1 to 65535";
        return false;
    }
    if (to.port != "443")
        to.host_header.append(1, ':').append(to.port);
    return true;
}

inline bool parse_path(std::string_view path, base_url& to, std::string& reason)
{
    for (char c : path) {
        if (c == '?' || c == '#') {
            reason = "a query or fragment has no place in it";
            return false;
        }
        if (c <= ' ' || c >= 0x7f || std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos) {
            reason = "the path has a character that is not allowed";
            return false;
        }
    }
    while (path.ends_with('/'))
        path.remove_suffix(1);
    to.path.assign(path);
    return true;
}

PARTNER_CENTER_DECL error_code parse_base_url(std::string_view text, base_url& to, std::string& reason)
{
    to = base_url();
    if (starts_with_ignoring_case(text, "http://")) {
        reason = "it begins with http://, use https://";
        return errc::insecure_base_url;
    }
    if (!starts_with_ignoring_case(text, "https://")) {
        reason = "it does not begin with https://";
        return errc::invalid_base_url;
    }
    text.remove_prefix(8);
    const std::size_t path = text.find_first_of("/?#");
    if (!parse_authority(text.substr(0, path), to, reason) ||
        !parse_path(path == text.npos ? std::string_view() : text.substr(path), to, reason))
        return errc::invalid_base_url;
    return {};
}

} // namespace partner_center::detail

#endif
