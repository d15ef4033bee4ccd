// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Base URLs: what is accepted is the input but for its case, its port's zeros and its last slashes, and holds
// nothing that could end a header line or lead to another host.

#include "fuzz_input.hpp"

#include <partner_center/detail/base_url.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pc = partner_center;
using pc::detail::base_url;
using pc::testing::require;

namespace {

constexpr std::string_view letters_and_digits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool only(std::string_view text, std::string_view allowed)
{
    for (char c : text)
        if (letters_and_digits.find(c) == std::string_view::npos && allowed.find(c) == std::string_view::npos)
            return false;
    return true;
}

// What the input comes to by the rules of RFC 3986, section 6.2, that apply here: written once more, by
// search and not by parsing.
std::string normalized(std::string_view text)
{
    std::string rest(text.substr(8));
    while (rest.ends_with('/'))
        rest.pop_back();
    const std::size_t path = std::min(rest.find('/'), rest.size());
    const std::size_t colon = rest.rfind(':', path);
    const std::size_t bracket = rest.rfind(']', path);
    if (colon != rest.npos && (bracket == rest.npos || colon > bracket)) {
        std::size_t digits = path - colon - 1;
        while (digits > 1 && rest[colon + 1] == '0') {
            rest.erase(colon + 1, 1);
            --digits;
        }
        if (rest.compare(colon + 1, digits, "443") == 0)
            rest.erase(colon, digits + 1);
    }
    return "https://" + rest;
}

void check_accepted(std::string_view text, const base_url& url)
{
    require(pc::detail::starts_with_ignoring_case(text, "https://"), "what is accepted is https");
    require(url.text() == normalized(text), "what is accepted is what was written");
    require(!url.host.empty() && url.host.size() <= 253, "there is a host");
    const bool is_address = url.host.find(':') != url.host.npos;
    require(only(url.host, is_address ? ":." : "-._"), "a host has the characters of hosts");
    require(url.host.front() != '.' && url.host.front() != '-', "a host begins with a letter or digit");
    require(!url.port.empty() && url.port.size() <= 5 && only(url.port, "") && url.port.front() != '0' &&
                std::stoul(url.port) <= 65535,
            "a port is a number");
    require(url.path.empty() || (url.path.front() == '/' && url.path.back() != '/'), "a path is a path");
    require(only(url.path, "/-._~!$&'()*+,;=:@%[]"), "a path has the characters of paths");
    require(url.authority() == (is_address ? "[" + url.host + "]:" : url.host + ":") + url.port,
            "the authority is host and port");

    base_url again;
    std::string reason;
    require(!pc::detail::parse_base_url(url.text(), again, reason) && reason.empty(),
            "the text is a base URL");
    require(again.host == url.host && again.port == url.port && again.host_header == url.host_header &&
                again.path == url.path,
            "the text is that base URL");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = pc::testing::fuzz_input(data, size).rest();
    base_url url;
    std::string reason;
    const pc::error_code ec = pc::detail::parse_base_url(text, url, reason);
    require(static_cast<bool>(ec) == !reason.empty(), "a refusal, and only a refusal, has a reason");
    if (!ec)
        check_accepted(text, url);
    else
        require(ec == (pc::detail::starts_with_ignoring_case(text, "http://") ? pc::errc::insecure_base_url
                                                                              : pc::errc::invalid_base_url),
                "a refusal has one of two codes");
    return 0;
}
