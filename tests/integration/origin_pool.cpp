// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Which connections the pool keeps and hands out again. What they are for is not looked at: their peers are
// sockets on the loopback that say nothing.

#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/connection.hpp>
#include <partner_center/detail/lease.hpp>
#include <partner_center/detail/origin_pool.hpp>
#include <partner_center/event.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
using namespace std::chrono_literals;
using asio::ip::tcp;
using pc::close_reason;
using pc::detail::connection;
using pc::detail::lease;
using pc::detail::origin_pool;
using pc::detail::ref;
using pc::detail::steady_clock;

namespace {

// Of a call, a lease needs to know only whom it would wake.
class waiting_call final : public pc::detail::pooled_call {
public:
    explicit waiting_call(asio::io_context& io)
        : pooled_call(io.get_executor(), pc::detail::make_call_strand(io.get_executor()))
    {
    }

private:
    bool begin() override { return true; }
    void after_resume() override {}
    bool is_harmless_to_cancel() const noexcept override { return true; }
};

struct closed {
    std::uint64_t number;
    close_reason why;
    bool operator==(const closed&) const = default;
};

struct pool_of_connections {
    asio::io_context io;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::vector<tcp::socket> peers; // that of connection n is peers[n - 1]
    std::vector<closed> ended;
    pc::transport_options options;
    ref<origin_pool> pool;
    std::shared_ptr<waiting_call> call = std::make_shared<waiting_call>(io);

    pool_of_connections()
    {
        options.watch_idle_connections = false;
        options.on_event = [this](const pc::event& e) {
            if (e.kind == pc::event_kind::connection_closed)
                ended.push_back({e.connection, e.why_closed});
        };
        make();
    }

    void make()
    {
        pool = ref<origin_pool>(new origin_pool(io.get_executor(), pc::detail::base_url(), nullptr, options));
    }

    ref<connection> open()
    {
        tcp::socket socket(io);
        socket.connect(acceptor.local_endpoint());
        peers.push_back(acceptor.accept());
        return ref<connection>(new connection(peers.size(), std::move(socket), tls));
    }

    // Returns the number of the connection; 0 when there was none.
    static std::uint64_t number_of(const lease& held)
    {
        return held.connection() ? held.connection()->number : 0;
    }

    // As many calls open a connection each, which was opened so long ago, and keep it.
    std::vector<ref<connection>> use(std::size_t count, steady_clock::duration age = {})
    {
        std::vector<std::unique_ptr<lease>> leases;
        std::vector<ref<connection>> used;
        for (std::size_t i = 0; i != count; ++i) {
            leases.push_back(std::make_unique<lease>(pool));
            REQUIRE_FALSE(leases.back()->request(*call));
            REQUIRE(leases.back()->granted());
            REQUIRE_FALSE(leases.back()->connection());
            used.push_back(open());
            used.back()->opened -= age;
            leases.back()->adopt(used.back());
        }
        for (const auto& held : leases) {
            held->keep();
            CHECK_FALSE(held->connection());
        }
        return used;
    }

    // What the next call is given.
    std::uint64_t next()
    {
        lease held(pool);
        REQUIRE_FALSE(held.request(*call));
        REQUIRE(held.granted());
        const std::uint64_t given = number_of(held);
        held.release();
        return given;
    }
};

} // namespace

TEST_CASE_FIXTURE(pool_of_connections,
                  "the connection that was used last is used next, and only while it is kept")
{
    lease first(pool);
    lease second(pool);
    for (lease* held : {&first, &second}) {
        REQUIRE_FALSE(held->request(*call));
        CHECK(number_of(*held) == 0);
        held->adopt(open());
    }
    first.keep();
    second.keep();
    CHECK(next() == 2);
    REQUIRE_FALSE(first.request(*call));
    CHECK(number_of(first) == 2);
    CHECK(next() == 1);
    first.discard(close_reason::not_reusable);
    CHECK(ended == std::vector<closed>{{2, close_reason::not_reusable}});
    CHECK(next() == 1);
}

TEST_CASE_FIXTURE(pool_of_connections,
                  "a connection that is too old, or was idle for too long, is not used again")
{
    options.max_connection_age = 60min;
    options.idle_timeout = 10min;
    make();
    const auto used = use(4);
    used[0]->opened -= 59min;
    used[0]->idle_since -= 9min;
    used[1]->idle_since -= 11min;
    used[2]->opened -= 61min;
    used[3]->opened -= 61min;
    used[3]->idle_since -= 11min;
    CHECK(next() == 1);
    CHECK(ended == std::vector<closed>{{2, close_reason::idle_timeout},
                                       {3, close_reason::max_age},
                                       {4, close_reason::max_age}});
}

TEST_CASE_FIXTURE(pool_of_connections,
                  "a connection that has become too old in use is closed, and makes room")
{
    options.max_connections = 1;
    options.max_connection_age = 60min;
    make();
    {
        lease unused(pool);
        REQUIRE_FALSE(unused.request(*call));
        unused.keep(); // no connection was opened
    }
    use(1, 61min);
    CHECK(ended == std::vector<closed>{{1, close_reason::max_age}});
    CHECK(next() == 0);
    use(1, 59min);
    CHECK(next() == 2);
}

TEST_CASE_FIXTURE(pool_of_connections,
                  "a connection whose peer has closed it, or has said something, is not used again")
{
    use(3);
    peers[0].close();
    asio::write(peers[2], asio::buffer("x", 1));
    CHECK(next() == 2);
    CHECK(ended == std::vector<closed>{{1, close_reason::closed_by_peer}, {3, close_reason::closed_by_peer}});
}

TEST_CASE_FIXTURE(pool_of_connections,
                  "kept connections are asked once a second at most whether they are alive")
{
    use(2);
    const auto begun = steady_clock::now();
    CHECK(next() == 2);
    peers[1].close();
    const std::uint64_t second = next();
    if (steady_clock::now() - begun < 1s) {
        CHECK(second == 2);
        CHECK(ended.empty());
    }
}

TEST_CASE_FIXTURE(pool_of_connections,
                  "a kept connection goes to the call that waits, and the room of a closed one does")
{
    options.max_connections = 1;
    make();
    lease first(pool);
    lease second(pool);
    lease third(pool);
    REQUIRE_FALSE(first.request(*call));
    first.adopt(open());
    REQUIRE_FALSE(second.request(*call));
    REQUIRE_FALSE(third.request(*call));
    first.keep();
    CHECK_FALSE(first.granted());
    CHECK(second.granted());
    CHECK(number_of(second) == 1);
    CHECK_FALSE(third.granted());
    second.drop_connection(close_reason::closed_by_peer);
    CHECK(second.granted());
    CHECK_FALSE(third.granted());
    second.release();
    CHECK(third.granted());
    CHECK(number_of(third) == 0);
    third.discard();
    CHECK(ended == std::vector<closed>{{1, close_reason::closed_by_peer}});
    CHECK(next() == 0);
}

TEST_CASE_FIXTURE(pool_of_connections, "a pool that is closed keeps nothing")
{
    use(2);
    lease held(pool);
    REQUIRE_FALSE(held.request(*call));
    CHECK(number_of(held) == 2);
    pool->close();
    CHECK(ended == std::vector<closed>{{1, close_reason::transport_closed}});
    held.keep();
    CHECK(ended ==
          std::vector<closed>{{1, close_reason::transport_closed}, {2, close_reason::transport_closed}});
}
