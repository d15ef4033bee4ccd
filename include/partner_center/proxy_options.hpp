// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_PROXY_OPTIONS_HPP
#define PARTNER_CENTER_PROXY_OPTIONS_HPP

#include <partner_center/detail/config.hpp>

#include <string>

namespace partner_center {

/**
 * An HTTP proxy that connections go through, as tunnels opened by `CONNECT` (RFC 9110, section 9.3.6).
 *
 * The proxy learns the host and port of the service and sees encrypted bytes: TLS is made with, and verified
 * against, the service. The bearer token never reaches it. Host names are resolved by the proxy.
 */
struct proxy_options {
    /// `[http://][user[:password]@]host[:port]`, with percent-encoding in user and password, where `/ ? # \`
    /// must be encoded; the port is 80 unless given. Empty: no proxy. A proxy that wants TLS or SOCKS is
    /// refused by the transport's constructor.
    std::string url;

    /// The user's name for the proxy, with `password` instead of the credentials in the URL, sent by the
    /// Basic scheme (RFC 7617). No colon in it.
    std::string username;
    /// The user's password for the proxy.
    std::string password;

    /// What is reached without the proxy, in the syntax of the environment variable `NO_PROXY`: entries
    /// separated by commas or spaces, each of them a host name, which stands for its subdomains too, with or
    /// without a leading dot; an IP address; a network such as `10.0.0.0/8`; one of these with `:port`
    /// (except a network); or `*` for everything.
    std::string bypass;

    /// No proxy.
    proxy_options() noexcept {}

    /**
     * What the environment says: `https_proxy` or else `HTTPS_PROXY`, and `no_proxy` or else `NO_PROXY`.
     * Nothing in this library reads the environment unless this function is called.
     *
     * @throws std::bad_alloc Memory is exhausted.
     *
     * @par Thread safety
     * Not while another thread changes the environment.
     */
    [[nodiscard]] PARTNER_CENTER_DECL static proxy_options from_environment();
};

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/proxy_options.ipp>
#endif

#endif
