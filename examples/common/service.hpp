// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_SERVICE_HPP
#define PARTNER_CENTER_EXAMPLES_SERVICE_HPP

// Which Partner Center an example talks to, and as whom.

#include "usage_error.hpp"

#include <partner_center.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/buffer.hpp>

#include <functional>
#include <iostream>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace examples {

namespace asio = boost::asio;
namespace pc = partner_center;

/// Which Partner Center to talk to, and as whom.
struct service_options {
    std::string token;
    std::string base_url;
    std::string ca_file;
    /// Is told what happens on the connections.
    std::function<void(const pc::event&)> on_event;

    void add_to(CLI::App& app);

    template <pc::resource Resource>
    std::string url(const Resource&) const
    {
        const std::size_t end = base_url.find_last_not_of('/') + 1;
        return base_url.substr(0, end).append(Resource::resource_path);
    }

    void check() const
    {
        if (token.empty() && !base_url.empty())
            throw usage_error(
                "a base URL is set but no token: set PARTNER_CENTER_TOKEN too, or neither for the "
                "emulator");
        if (token.empty() && !ca_file.empty())
            throw usage_error(
                "a CA file is set but neither token nor base URL: the emulator has a CA of its own");
    }
};

/// An emulator, when the options name neither a token nor a service; then they name that one. A token alone
/// is for the global cloud.
inline std::unique_ptr<pc::testing::emulator> start_emulator(service_options& given)
{
    if (!given.token.empty() && given.base_url.empty())
        given.base_url = pc::base_url(pc::cloud::global);
    if (!given.base_url.empty())
        return nullptr;
    auto emulator = std::make_unique<pc::testing::emulator>();
    given.base_url = emulator->base_url();
    given.token = emulator->token();
    std::cerr << "No PARTNER_CENTER_TOKEN and no PARTNER_CENTER_BASE_URL: this program talks to an "
                 "emulator of\n"
                 "Partner Center that it has started at "
              << given.base_url << "\n\n";
    return emulator;
}

/// What connects to the service, or to an emulator of the program's own, if there is one.
inline pc::transport_options network(const std::string& ca_file, const pc::testing::emulator* emulator)
{
    pc::transport_options net;
    net.ca_file = ca_file;
    if (!emulator)
        net.proxy = pc::proxy_options::from_environment();
    else
        net.tls.emplace(asio::ssl::context::tls_client)
            .add_certificate_authority(asio::buffer(emulator->ca_pem()));
    return net;
}

inline pc::client_options settings(const service_options& given)
{
    pc::client_options options;
    options.base_url = given.base_url;
    options.application_name = "partner_center examples";
    return options;
}

/// What the user can put right is bad usage, whoever finds it.
inline bool is_usage(const pc::error_code& ec)
{
    return ec == pc::errc::invalid_base_url || ec == pc::errc::insecure_base_url ||
           ec == pc::errc::invalid_tls_settings || ec == pc::errc::invalid_argument;
}

} // namespace examples

namespace asio = examples::asio;
namespace pc = examples::pc;

#endif
