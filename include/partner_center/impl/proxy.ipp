// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_PROXY_IPP
#define PARTNER_CENTER_IMPL_PROXY_IPP

#include <partner_center/detail/proxy.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/beast/core/string.hpp>

#include <openssl/evp.h>

#include <cstddef>
#include <utility>

namespace partner_center::detail {

inline int hexadecimal_value(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// RFC 3986, section 2.1.
inline bool decode_percent(std::string_view text, std::string& to)
{
    to.clear();
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != '%') {
            to += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexadecimal_value(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hexadecimal_value(text[i + 2]);
        if (low < 0)
            return false;
        to += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return true;
}

inline std::string encode_base64(std::string_view text)
{
    std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0'); // EVP_EncodeBlock ends it with a NUL
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

inline bool has_control_character(std::string_view text) noexcept
{
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return true;
    return false;
}

// RFC 7617, section 2.
inline std::string_view basic_credentials(const std::string& username, const std::string& password,
                                          std::string& to)
{
    if (username.find(':') != username.npos)
        return "the user name has a colon";
    if (has_control_character(username) || has_control_character(password))
        return "the user name or the password has a control character";
    if (username.size() > 1024 || password.size() > 1024)
        return "the user name or the password has more than 1024 bytes";
    to = "Basic " + encode_base64(username + ":" + password);
    return {};
}

// `user:password@host:port` of the URL.
inline std::string_view take_authority(std::string_view url, std::string_view& authority)
{
    const std::size_t scheme = url.find("://");
    if (scheme != url.npos) {
        if (!starts_with_ignoring_case(url, "http://"))
            return "its scheme is not http: proxies that want TLS or SOCKS are not supported";
        url.remove_prefix(scheme + 3);
    }
    if (url.ends_with('/'))
        url.remove_suffix(1);
    // Before an @ too: others take the authority to end here, and so see another host.
    if (url.find_first_of("/?#\\") != url.npos)
        return "a path, query or fragment has no place in it, and these characters are percent-encoded in "
               "user and "
               "password";
    authority = url;
    return {};
}

inline std::string_view parse_proxy_url(std::string_view url, proxy& to, std::string& username,
                                        std::string& password)
{
    std::string_view authority;
    if (const auto wrong = take_authority(url, authority); !wrong.empty())
        return wrong;
    if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
        const std::string_view user = authority.substr(0, at);
        const std::size_t colon = user.find(':');
        if (!decode_percent(user.substr(0, colon), username) ||
            (colon != user.npos && !decode_percent(user.substr(colon + 1), password)))
            return "its user name or password has a % that begins no percent-encoding";
        authority.remove_prefix(at + 1);
    }
    base_url parsed;
    if (const auto wrong = parse_authority(authority, "80", parsed); !wrong.empty())
        return wrong;
    to.name = parsed.authority();
    to.host = std::move(parsed.host);
    to.port = std::move(parsed.port);
    return {};
}

struct bypass_entry {
    std::string_view host; // without brackets, or a network
    std::string_view port;
};

inline bypass_entry split_bypass_entry(std::string_view entry)
{
    const std::size_t bracket = entry.starts_with('[') ? entry.find(']') : entry.npos;
    if (bracket != entry.npos) {
        const std::string_view rest = entry.substr(bracket + 1);
        return {entry.substr(1, bracket - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view()};
    }
    const std::size_t colon = entry.find(':');
    // More than one colon: an IPv6 address without brackets.
    if (colon == entry.npos || entry.find(':', colon + 1) != entry.npos)
        return {entry, {}};
    return {entry.substr(0, colon), entry.substr(colon + 1)};
}

// Calls what for every entry until it returns true.
template <class Function>
bool any_bypass_entry(std::string_view list, Function what)
{
    constexpr std::string_view separators = ", \t";
    while (!list.empty()) {
        const std::size_t begin = list.find_first_not_of(separators);
        if (begin == list.npos)
            break;
        list.remove_prefix(begin);
        const std::string_view entry = list.substr(0, list.find_first_of(separators));
        list.remove_prefix(entry.size());
        if (what(entry))
            return true;
    }
    return false;
}

inline bool is_network(std::string_view entry)
{
    error_code not_v4;
    error_code not_v6;
    asio::ip::make_network_v4(std::string(entry), not_v4);
    asio::ip::make_network_v6(std::string(entry), not_v6);
    return !not_v4 || !not_v6;
}

inline bool network_has(std::string_view network, const asio::ip::address& address)
{
    error_code ec;
    if (address.is_v4()) {
        const auto net = asio::ip::make_network_v4(std::string(network), ec);
        return !ec &&
               asio::ip::network_v4(address.to_v4(), net.prefix_length()).canonical() == net.canonical();
    }
    const auto net = asio::ip::make_network_v6(std::string(network), ec);
    return !ec && asio::ip::network_v6(address.to_v6(), net.prefix_length()).canonical() == net.canonical();
}

inline bool is_in_domain(std::string_view host, std::string_view domain)
{
    if (domain.starts_with("*."))
        domain.remove_prefix(1);
    if (domain.starts_with('.'))
        domain.remove_prefix(1);
    if (domain.ends_with('.'))
        domain.remove_suffix(1);
    if (domain.empty() || host.size() < domain.size())
        return false;
    const std::size_t before = host.size() - domain.size();
    return boost::beast::iequals(host.substr(before), domain) && (before == 0 || host[before - 1] == '.');
}

PARTNER_CENTER_DECL std::string parse_proxy(const proxy_options& options, proxy& to)
{
    to = proxy();
    std::string_view wrong;
    std::string username;
    std::string password;
    if (!options.url.empty())
        wrong = parse_proxy_url(options.url, to, username, password);
    if (!wrong.empty())
        return std::string("url: ").append(wrong);
    if (options.username.empty() && !options.password.empty())
        return "username: it is missing, but there is a password";
    if (!options.username.empty()) {
        username = options.username;
        password = options.password;
    }
    if (!username.empty() || !password.empty())
        wrong = basic_credentials(username, password, to.authorization);
    if (!wrong.empty())
        return std::string(options.username.empty() ? "url: " : "username: ").append(wrong);
    if (options.url.empty())
        return {};
    // By number: what is not what it should be may be a URL with a password.
    std::size_t number = 0;
    const bool is_wrong = any_bypass_entry(options.bypass, [&](std::string_view entry) {
        ++number;
        return entry.find('/') != entry.npos && !is_network(entry);
    });
    if (is_wrong)
        return "bypass: entry " + std::to_string(number) + " is not a network";
    return {};
}

PARTNER_CENTER_DECL bool bypasses_proxy(std::string_view list, const base_url& origin)
{
    error_code not_an_address;
    const auto address = asio::ip::make_address(origin.host, not_an_address);
    return any_bypass_entry(list, [&](std::string_view text) {
        if (text == "*")
            return true;
        if (text.find('/') != text.npos)
            return !not_an_address && network_has(text, address);
        const bypass_entry entry = split_bypass_entry(text);
        if (!entry.port.empty() && entry.port != origin.port)
            return false;
        if (not_an_address)
            return is_in_domain(origin.host, entry.host);
        error_code no_address;
        return asio::ip::make_address(std::string(entry.host), no_address) == address && !no_address;
    });
}

PARTNER_CENTER_DECL std::string format_connect(const base_url& origin, const proxy& via)
{
    const std::string authority = origin.authority();
    std::string text = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!via.authorization.empty())
        text.append("Proxy-Authorization: ").append(via.authorization).append("\r\n");
    return text += "\r\n";
}

} // namespace partner_center::detail

#endif
