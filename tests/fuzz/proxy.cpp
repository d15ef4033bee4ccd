// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Proxy settings: a refusal quotes nothing of them, credentials go out as they are and nowhere else, no
// setting adds a line to a request, and a NO_PROXY list means what its entries mean one by one.

#include "fuzz_input.hpp"

#include <partner_center/detail/proxy.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pc = partner_center;
using pc::detail::base_url;
using pc::detail::bypasses_proxy;
using pc::testing::fuzz_input;
using pc::testing::require;

namespace {

std::string decoded(std::string_view base64)
{
    std::string plain(base64.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(plain.data()),
                                     reinterpret_cast<const unsigned char*>(base64.data()),
                                     static_cast<int>(base64.size()));
    require(size >= 0 && static_cast<std::size_t>(size) == plain.size(), "credentials are Base64");
    plain.resize(plain.size() - static_cast<std::size_t>(std::count(base64.begin(), base64.end(), '=')));
    return plain;
}

bool is_constant(std::string_view wrong)
{
    constexpr std::string_view number = "bypass: entry ";
    if (wrong.starts_with(number)) {
        wrong.remove_prefix(number.size());
        wrong.remove_prefix(std::min(wrong.find_first_not_of("0123456789"), wrong.size()));
        return wrong == " is not a network";
    }
    for (std::string_view one :
         {"url: its scheme is not http: proxies that want TLS or SOCKS are not supported",
          "url: its user name or password has a % that begins no percent-encoding",
          "url: user information has no place in it", "url: the IPv6 address is malformed",
          "url: the host is missing", "url: the host has more than 253 characters",
          "url: the host has a character that is not allowed (international names are written in Punycode)",
          "url: a part of the host is empty, longer than 63 characters, or begins or ends with a hyphen",
          "url: the host ends with a dot", "url: there is more than a port behind the IPv6 address",
          "url: the port is not a number from 1 to 65535", "url: the user name has a colon",
          "url: the user name or the password has a control character",
          "url: the user name or the password has more than 1024 bytes",
          "url: a path, query or fragment has no place in it, and these characters are percent-encoded in "
          "user and "
          "password",
          "username: it is missing, but there is a password", "username: the user name has a colon",
          "username: the user name or the password has a control character",
          "username: the user name or the password has more than 1024 bytes"})
        if (wrong == one)
            return true;
    return false;
}

void check_proxy(const pc::proxy_options& options, const base_url& origin)
{
    pc::detail::proxy via;
    const std::string wrong = pc::detail::parse_proxy(options, via);
    if (!wrong.empty()) {
        require(is_constant(wrong), "a refusal holds nothing of the settings");
        return;
    }
    require(via.host.empty() == options.url.empty(), "there is a proxy exactly when there is a URL");
    if (!options.username.empty() && !via.host.empty())
        require(via.authorization.starts_with("Basic ") &&
                    decoded(std::string_view(via.authorization).substr(6)) ==
                        options.username + ":" + options.password,
                "credentials are sent as they are");
    if (via.host.empty())
        return;
    const bool has_user = !options.username.empty() || options.url.find('@') != options.url.npos;
    require(has_user || via.authorization.empty(), "no credentials come from nowhere");
    const bool is_ipv6_address = via.host.find(':') != via.host.npos;
    require(via.name == (is_ipv6_address ? "[" + via.host + "]:" : via.host + ":") + via.port,
            "a name is host:port");
    require(via.name.find('@') == via.name.npos, "a name has no credentials");

    const std::string request = format_connect(origin, via);
    std::size_t lines = 0;
    for (char c : request) {
        require(c == '\r' || c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f),
                "a request is text");
        lines += c == '\n';
    }
    require(lines == (via.authorization.empty() ? 3U : 4U), "no setting adds a line to a request");
}

std::vector<std::string_view> entries_of(std::string_view list)
{
    std::vector<std::string_view> entries;
    while (!list.empty()) {
        const std::string_view entry = list.substr(0, list.find_first_of(", \t"));
        if (!entry.empty())
            entries.push_back(entry);
        list.remove_prefix(std::min(entry.size() + 1, list.size()));
    }
    return entries;
}

std::optional<std::uint32_t> ipv4_address(std::string_view text)
{
    std::uint32_t address = 0;
    for (int i = 0; i != 4; ++i) {
        unsigned part = 256;
        const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), part);
        const auto size = static_cast<std::size_t>(end - text.data());
        if (ec != std::errc() || part > 255 || size > 3 || (size > 1 && text.front() == '0'))
            return std::nullopt;
        address = address << 8U | part;
        text.remove_prefix(size);
        if (i != 3 && !text.starts_with('.'))
            return std::nullopt;
        text.remove_prefix(i != 3 ? 1 : 0);
    }
    return text.empty() ? std::optional(address) : std::nullopt;
}

// Whether a network has an address, by arithmetic; nothing when one of them is no IPv4.
std::optional<bool> is_in_network(std::string_view network, std::string_view address)
{
    const std::size_t slash = network.find('/');
    unsigned length = 33;
    if (slash == network.npos)
        return std::nullopt;
    const char* const last = network.data() + network.size();
    const auto [end, ec] = std::from_chars(network.data() + slash + 1, last, length);
    const auto first = ipv4_address(network.substr(0, slash));
    const auto looked_for = ipv4_address(address);
    if (ec != std::errc() || end != last || length > 32 || !first || !looked_for)
        return std::nullopt;
    const auto mask = static_cast<std::uint32_t>(~0ULL << (32 - length));
    return (*first & mask) == (*looked_for & mask);
}

void check_bypass(const std::string& list, const base_url& origin)
{
    std::vector<std::string_view> entries = entries_of(list);
    bool any = false;
    std::string backwards;
    for (std::string_view entry : entries) {
        const bool one = bypasses_proxy(entry, origin);
        any = any || one;
        backwards.insert(0, std::string(entry) + " ,\t");
        require(entry != "*" || one, "a star is everything");
        if (const auto in_network = is_in_network(entry, origin.host))
            require(one == *in_network, "a network has its addresses and no others");
    }
    require(bypasses_proxy(list, origin) == any, "a list is its entries");
    require(bypasses_proxy(backwards, origin) == any, "in any order, however they are separated");
    require(bypasses_proxy("x.invalid," + origin.authority(), origin), "a host with its port is itself");
    std::string other_case = origin.host;
    for (char& c : other_case)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    require(bypasses_proxy(other_case, origin), "a host is itself in any case");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    base_url origin;
    if (!pc::detail::parse_authority(input.line(), "443", origin).empty())
        pc::detail::parse_authority("www.example.com", "443", origin);
    pc::proxy_options options;
    options.url = input.line();
    options.username = input.line();
    options.password = input.line();
    options.bypass = input.rest();
    check_proxy(options, origin);
    check_bypass(options.bypass, origin);
    return 0;
}
