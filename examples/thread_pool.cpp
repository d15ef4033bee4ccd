// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Many calls on a pool of threads: one client, no strand, no lock.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <iostream>
#include <string>

struct counters {
    std::atomic<unsigned> calls = 0;
    std::atomic<unsigned> failures = 0;
    std::atomic<unsigned> connections = 0;
};

asio::awaitable<void> read_profile(pc::client client, counters& count)
{
    ++count.calls;
    try {
        co_await client.get();
    } catch (const pc::error& e) {
        ++count.failures;
        std::cerr << std::string(e.what()) + '\n'; // one string, for others write at the same time
    }
}

int main()
{
    return examples::run([](const examples::environment& env) {
        counters count; // outlives the threads
        asio::thread_pool pool(4);
        pc::transport_options net = env.network();
        net.max_connections = 8; // the calls beyond wait for their turn
        net.on_event = [&count](const pc::event& e) {
            count.connections += e.kind == pc::event_kind::connection_opened;
        };
        pc::transport transport(pool, std::move(net));
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());

        for (int i = 0; i != 100; ++i)
            asio::co_spawn(pool, read_profile(client, count), asio::detached);
        pool.join(); // until the calls are done

        std::cout << count.calls << " calls, " << count.failures << " failures, " << count.connections
                  << " connections\n";
        return count.failures == 0 ? 0 : 1;
    });
}
