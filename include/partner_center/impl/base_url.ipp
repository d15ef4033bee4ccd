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

PARTNER_CENTER_DECL std::string base_url::authority() const
{
    const bool is_ipv6_address = host.find(':') != host.npos;
    return (is_ipv6_address ? "[" + host + "]:" : host + ":") + port;
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

// Asio takes any text as an address's scope; only what an address is made of gets through here.
inline std::string_view check_ipv6_address(std::string_view text)
{
    error_code not_an_address;
    asio::ip::make_address_v6(std::string(text), not_an_address);
    if (not_an_address || text.find_first_not_of("0123456789abcdefABCDEF:.") != text.npos)
        return "the IPv6 address is malformed";
    return {};
}

// RFC 1123, section 2.1, and the underscore that some hosts have. OpenSSL takes a leading dot for a wildcard.
inline std::string_view check_host_name(std::string_view name)
{
    constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._";
    if (name.empty())
        return "the host is missing";
    if (name.find('@') != name.npos)
        return "user information has no place in it";
    if (name.find_first_not_of(allowed) != name.npos)
        return "the host has a character that is not allowed (international names are written in Punycode)";
    if (name.size() > 253)
        return "the host has more than 253 characters";
    while (!name.empty()) {
        const std::string_view label = name.substr(0, name.find('.'));
        const bool last = label.size() == name.size();
        if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-'))
            return "a part of the host is empty, longer than 63 characters, or begins or ends with a hyphen";
        if (!last && name.size() == label.size() + 1)
            return "the host ends with a dot";
        name.remove_prefix(last ? label.size() : label.size() + 1);
    }
    return {};
}

PARTNER_CENTER_DECL std::string_view parse_authority(std::string_view authority,
                                                     std::string_view default_port, base_url& to)
{
    const bool is_address = authority.starts_with('[');
    const std::size_t end = is_address ? authority.find(']') : authority.find(':');
    if (is_address && end == authority.npos)
        return "the IPv6 address is malformed";
    const std::string_view host = authority.substr(is_address ? 1 : 0, is_address ? end - 1 : end);
    const auto wrong = is_address ? check_ipv6_address(host) : check_host_name(host);
    if (!wrong.empty())
        return wrong;
    to.host.assign(host);
    to.host_header.assign(authority.substr(0, is_address ? end + 1 : end));
    authority.remove_prefix(to.host_header.size());
    to.port = default_port;
    if (!authority.empty() && !authority.starts_with(':'))
        return "there is more than a port behind the IPv6 address";
    if (!authority.empty() && !parse_port(authority.substr(1), to.port))
        return authority.find('@') != authority.npos ? "user information has no place in it"
                                                     : "the port is not a number from 1 to 65535";
    if (to.port != default_port)
        to.host_header.append(1, ':').append(to.port);
    return {};
}

inline std::string_view parse_path(std::string_view path, base_url& to)
{
    for (char c : path) {
        if (c == '?' || c == '#')
            return "a query or fragment has no place in it";
        if (c <= ' ' || c >= 0x7f || std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos)
            return "the path has a character that is not allowed";
    }
    while (path.ends_with('/'))
        path.remove_suffix(1);
    to.path.assign(path);
    return {};
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
    reason = parse_authority(text.substr(0, path), "443", to);
    if (reason.empty() && path != text.npos)
        reason = parse_path(text.substr(path), to);
    return reason.empty() ? error_code() : errc::invalid_base_url;
}

} // namespace partner_center::detail

#endif
