// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// An address that does not answer costs a quarter of a second (RFC 8305), not a timeout.

#include "fixtures/full_queue.hpp"

#include <partner_center/detail/connector.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
using asio::ip::tcp;
using clock_type = std::chrono::steady_clock;

namespace {

/// A call that connects, and does nothing else.
class connecting final : public pc::detail::call_context {
public:
    connecting(asio::io_context& io, std::vector<tcp::endpoint> endpoints)
        : call_context(io.get_executor(), pc::detail::make_call_strand(io.get_executor()))
        , endpoints_{std::move(endpoints)}
        , winner{io}
    {
    }

    void start()
    {
        start_timer(std::chrono::minutes{1}, std::chrono::minutes{1});
        allow_to_begin(true);
    }

private:
    bool begin() override
    {
        task_ = pc::detail::connect_first(*this, endpoints_, winner);
        task_.start();
        after_resume();
        return true;
    }
    void after_resume() override
    {
        if (!task_.done())
            return;
        ec = task_.result();
        stop_timer();
    }
    bool is_harmless_to_cancel() const noexcept override { return true; }

    std::vector<tcp::endpoint> endpoints_;

public:
    tcp::socket winner;
    pc::error_code ec = asio::error::would_block;

private:
    pc::detail::task task_;
};

struct outcome {
    pc::error_code ec;
    tcp::endpoint winner;
    clock_type::duration took{};
};

outcome connect_to(std::vector<tcp::endpoint> endpoints)
{
    asio::io_context io;
    const auto call = std::make_shared<connecting>(io, std::move(endpoints));
    const auto begin = clock_type::now();
    call->start();
    io.run_for(std::chrono::seconds{30});
    REQUIRE(io.stopped());
    outcome result;
    result.ec = call->ec;
    result.took = clock_type::now() - begin;
    if (!result.ec)
        result.winner = call->winner.remote_endpoint();
    return result;
}

const asio::ip::address here = asio::ip::make_address("127.0.0.1");

/// An address that answers, at the latest when it is destroyed with a refusal.
class listener {
public:
    listener()
        : acceptor_{io_, tcp::endpoint(here, 0)}
    {
    }
    [[nodiscard]] tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

private:
    asio::io_context io_;
    tcp::acceptor acceptor_;
};

/// An address that ignores who wants to connect.
class black_hole {
public:
    black_hole()
        : acceptor_{io_, tcp::v4()}
    {
        acceptor_.bind(tcp::endpoint(here, 0));
        acceptor_.listen(0);
        queue_ = std::make_unique<pc::testing::full_queue>(acceptor_.local_endpoint().port());
    }
    [[nodiscard]] tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

private:
    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::unique_ptr<pc::testing::full_queue> queue_;
};

tcp::endpoint nobody()
{
    return listener().endpoint();
}

constexpr std::chrono::milliseconds stagger{250};
constexpr std::chrono::seconds margin{2};

} // namespace

TEST_CASE("the first address that answers is taken at once")
{
    const listener first;
    const listener second;
    const outcome result = connect_to({first.endpoint(), second.endpoint()});
    REQUIRE_FALSE(result.ec);
    CHECK(result.winner == first.endpoint());
    CHECK(result.took < stagger);
}

TEST_CASE("an address that does not answer delays the next one by a quarter of a second")
{
    const black_hole silent;
    const listener good;
    const outcome result = connect_to({silent.endpoint(), good.endpoint()});
    REQUIRE_FALSE(result.ec);
    CHECK(result.winner == good.endpoint());
    CHECK(result.took >= stagger);
    CHECK(result.took < stagger + margin);

    const black_hole another;
    const outcome later = connect_to({silent.endpoint(), another.endpoint(), good.endpoint()});
    REQUIRE_FALSE(later.ec);
    CHECK(later.winner == good.endpoint());
    CHECK(later.took >= 2 * stagger);
    CHECK(later.took < 2 * stagger + margin);
}

TEST_CASE("an address that refuses does not delay the next one")
{
    const listener good;
    const outcome result = connect_to({nobody(), nobody(), good.endpoint()});
    REQUIRE_FALSE(result.ec);
    CHECK(result.winner == good.endpoint());
    CHECK(result.took < stagger);
}

TEST_CASE("when all addresses refuse, the error is that of the last one")
{
    const outcome result = connect_to({nobody(), nobody()});
    CHECK(result.ec == asio::error::connection_refused);
    CHECK(result.took < stagger);
    CHECK(connect_to({}).ec == asio::error::host_not_found);
}

TEST_CASE("an address that refuses behind one that does not answer leaves that one its time")
{
    auto silent = std::make_unique<black_hole>();
    asio::io_context io;
    const auto call =
        std::make_shared<connecting>(io, std::vector<tcp::endpoint>{silent->endpoint(), nobody()});
    call->start();
    io.run_for(2 * stagger);
    CHECK(call->ec == asio::error::would_block); // still waiting
    silent.reset();                              // the system tries again within a second, and is refused
    io.run_for(std::chrono::seconds{20});
    REQUIRE(io.stopped());
    CHECK(call->ec == asio::error::connection_refused);
}
