// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Behind a corporate proxy: TLS goes through it as a tunnel, and it sees no token.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <string>

pc::proxy_options corporate_proxy()
{
    // HTTPS_PROXY and NO_PROXY. Or set url to "http://proxy.example.com:8080", bypass to "10.0.0.0/8".
    pc::proxy_options proxy = pc::proxy_options::from_environment();
    // In a URL the password would have to be percent-encoded.
    proxy.username = examples::variable("PROXY_USERNAME");
    proxy.password = examples::variable("PROXY_PASSWORD");
    return proxy;
}

void tell_way(const pc::event& e)
{
    if (e.kind == pc::event_kind::connection_opened)
        std::cout << "Connected " << (e.proxy.empty() ? "directly" : "through " + std::string(e.proxy))
                  << ".\n";
}

const char* advice_for(const pc::error& e)
{
    if (e.code() == pc::errc::proxy_authentication_required)
        return "Set PROXY_USERNAME and PROXY_PASSWORD.\n";
    if (e.code() == pc::errc::proxy_refused)
        return "The proxy has to allow CONNECT to this host and port.\n";
    if (e.code() == pc::condition::untrusted_peer)
        return "A proxy that reads along has a CA of its own: name it in PARTNER_CENTER_CA_FILE.\n";
    return "";
}

asio::awaitable<void> show_company(pc::client client)
{
    try {
        const pc::OrganizationProfile profile = co_await client.get();
        std::cout << "Company: " << profile.company_name.value_or("(without a name)") << '\n';
    } catch (const pc::error& e) {
        std::cerr << advice_for(e);
        throw;
    }
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport_options net = env.network();
        net.proxy = corporate_proxy();
        net.on_event = tell_way;
        pc::transport transport(context, std::move(net));
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());
        asio::co_spawn(context, show_company(client), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
        context.run();
    });
}
