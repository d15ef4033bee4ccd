// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Every call ends in time, whatever the peer does, and says where it stood.

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_scripted_peer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::condition;
using pc::errc;
using pc::phase;
using std::chrono::milliseconds;
using testing::call_result;
using testing::client_fixture;
using testing::json_reply;
using testing::tls_scripted_peer;

namespace {

constexpr milliseconds a_moment{40};
const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string stored = json_reply("200 OK", "{\"id\":\"1\"}");

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

// One whose attempts may take a moment only.
client_fixture impatient(const tls_scripted_peer& peer)
{
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.attempt_timeout = a_moment;
    return client_fixture(std::move(network), testing::talking_to(peer.base_url()));
}

} // namespace

TEST_CASE("a peer that accepts and does not speak TLS meets the handshake timeout")
{
    tls_scripted_peer peer;
    peer.on_connection().without_tls().silence();
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.handshake_timeout = a_moment;
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    const call_result result = fixture.update();
    CHECK(result.ec == errc::handshake_timeout);
    CHECK(result.ec == condition::timeout);
    CHECK(result.ec == condition::transient);
    CHECK(result.diag.phase == phase::handshake);
    CHECK(result.diag.attempts == 0);
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(contains(result.what(), "while the TLS handshake"));
}

TEST_CASE("a host that does not answer meets the connect timeout")
{
    // The queue of a listener that accepts nothing fills up, and the system ignores further connections.
    asio::io_context io;
    asio::ip::tcp::acceptor full(io);
    const asio::ip::tcp::endpoint any_port(asio::ip::make_address("127.0.0.1"), 0);
    full.open(any_port.protocol());
    full.bind(any_port);
    full.listen(0);
    std::vector<asio::ip::tcp::socket> queue;
    for (int i = 0; i != 4; ++i) {
        queue.emplace_back(io, any_port.protocol());
        queue.back().async_connect(full.local_endpoint(), [](boost::system::error_code) {});
        io.run_for(milliseconds{5});
        io.restart();
    }
    pc::transport_options network;
    network.connect_timeout = a_moment;
    const std::string base_url = "https://127.0.0.1:" + std::to_string(full.local_endpoint().port());
    client_fixture fixture(std::move(network), testing::talking_to(base_url));
    const call_result result = fixture.update();
    CHECK(result.ec == errc::connect_timeout);
    CHECK(result.ec == condition::timeout);
    CHECK(result.diag.phase == phase::connect);
    CHECK(result.diag.attempts == 0);
    CHECK_FALSE(result.diag.may_have_been_applied);
    CHECK(contains(result.what(), "no connection within the connect timeout; while connecting"));
}

TEST_CASE("a port that nobody listens on is refused by the system")
{
    asio::io_context io;
    asio::ip::tcp::acceptor closed(io, asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    const std::string port = std::to_string(closed.local_endpoint().port());
    closed.close();
    client_fixture fixture(pc::transport_options(), testing::talking_to("https://127.0.0.1:" + port));
    const call_result result = fixture.get();
    CHECK(result.ec == boost::system::errc::connection_refused);
    CHECK(result.ec == condition::connection_failed);
    CHECK(result.ec == condition::transient);
    CHECK(result.diag.phase == phase::connect);
}

TEST_CASE("a silent server meets the attempt timeout")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().silence();
    client_fixture fixture = impatient(peer);
    const call_result result = fixture.get();
    CHECK(result.ec == errc::attempt_timeout);
    CHECK(result.ec == condition::timeout);
    CHECK(result.ec == condition::transient);
    CHECK(result.diag.phase == phase::receive);
    CHECK(result.diag.attempts == 1);
    CHECK(result.diag.http_status == 0);
    CHECK_FALSE(result.diag.may_have_been_applied);
}

TEST_CASE("a server that drips without end meets the attempt timeout")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply_slowly("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'),
                                                       1, milliseconds{1});
    client_fixture fixture = impatient(peer);
    CHECK(fixture.get().ec == errc::attempt_timeout);
}

TEST_CASE("whether a change was sent decides whether it may have been applied")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").silence();
    peer.on_connection().expect_head("PUT ").reply(go_on).expect_body().silence();
    peer.on_connection().expect_request("PUT ").silence();
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.attempt_timeout = milliseconds{100}; // enough for a round trip
    pc::client_options options = testing::talking_to(peer.base_url());
    options.continue_timeout = std::chrono::hours{1};
    client_fixture fixture(std::move(network), options);

    const call_result waiting = fixture.update();
    CHECK(waiting.ec == errc::attempt_timeout);
    CHECK(waiting.diag.phase == phase::wait_continue);
    CHECK_FALSE(waiting.diag.may_have_been_applied);
    const call_result sent = fixture.update();
    CHECK(sent.ec == errc::attempt_timeout);
    CHECK(sent.diag.phase == phase::receive);
    CHECK(sent.diag.may_have_been_applied);
    CHECK(contains(sent.what(), "the change may have been applied"));
    const call_result at_once =
        fixture.update(testing::some_profile(), pc::call_options{}.expect_continue(false));
    CHECK(at_once.ec == errc::attempt_timeout);
    CHECK(at_once.diag.may_have_been_applied);
}

TEST_CASE("a call's own timeout ends it in every phase")
{
    tls_scripted_peer peer;
    peer.on_connection().without_tls().silence();
    peer.on_connection().expect_request().reply(stored).expect_request().silence();
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    const call_result shaking = fixture.get(pc::call_options{}.timeout(a_moment));
    CHECK(shaking.ec == errc::call_timeout);
    CHECK(shaking.ec == condition::timeout);
    CHECK_FALSE(shaking.ec == condition::transient);
    CHECK(shaking.diag.phase == phase::handshake);
    REQUIRE_FALSE(
        fixture.get().ec); // from now on there is a connection, and nothing but the answer to wait for
    const call_result receiving = fixture.get(pc::call_options{}.timeout(a_moment));
    CHECK(receiving.ec == errc::call_timeout);
    CHECK(receiving.diag.phase == phase::receive);
}

TEST_CASE("the client's timeout is for its calls without one of their own")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().silence();
    pc::client_options options = testing::talking_to(peer.base_url());
    options.timeout = a_moment;
    client_fixture fixture(testing::trusting(peer.ca_pem()), options);
    CHECK(fixture.get().ec == errc::call_timeout);
}

TEST_CASE("a call that waits for a connection ends in time, and leaves the queue")
{
    std::promise<void> second_ended;
    tls_scripted_peer peer;
    peer.on_connection()
        .expect_request()
        .call([&] { second_ended.get_future().wait_for(std::chrono::seconds{20}); })
        .reply(stored)
        .expect_request()
        .reply(stored);
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.max_connections = 1;
    client_fixture fixture(std::move(network), testing::talking_to(peer.base_url()));
    call_result first;
    call_result second;
    call_result third;
    fixture.client.async_get(first.diag, testing::keep_in(first));
    fixture.client.async_update(testing::some_profile(), pc::call_options{}.timeout(a_moment), second.diag,
                                [&](boost::system::error_code ec, pc::OrganizationProfile) {
                                    second.ec = ec;
                                    second_ended.set_value();
                                });
    fixture.client.async_get(third.diag, testing::keep_in(third));
    fixture.run();
    CHECK_FALSE(first.ec);
    CHECK(second.ec == errc::call_timeout);
    CHECK(second.diag.phase == phase::wait_connection);
    CHECK(second.diag.attempts == 0);
    CHECK_FALSE(second.diag.may_have_been_applied);
    CHECK_FALSE(third.ec);
    CHECK(peer.connections() == 1);
}

TEST_CASE("after a timeout the late answer is nobody's")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_request().expect_close();
    peer.on_connection().expect_request().reply(stored);
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    REQUIRE_FALSE(fixture.get().ec);
    CHECK(fixture.get(pc::call_options{}.timeout(milliseconds{100})).ec == errc::call_timeout);
    const call_result next = fixture.get();
    CHECK_FALSE(next.ec);
    CHECK(next.profile.id == "1");
    const auto outcome = peer.verify();
    CHECK_MESSAGE(outcome.ok, outcome.mismatch);
}

TEST_CASE("a server that does not read meets the attempt timeout, in the phase of sending")
{
    tls_scripted_peer peer;
    peer.on_connection().silence();
    client_fixture fixture = impatient(peer);
    pc::OrganizationProfile large = testing::some_profile();
    large.company_name = std::string(std::size_t{16} << 20U, 'x'); // more than the buffers of both sides
    const call_result result = fixture.update(large, pc::call_options{}.expect_continue(false));
    CHECK(result.ec == errc::attempt_timeout);
    CHECK(result.diag.phase == phase::send);
    CHECK(result.diag.may_have_been_applied);
}

TEST_CASE("a server may refuse a large body before it has read it")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_head("PUT ").reply(json_reply("413 Content Too Large", "{}")).silence();
    client_fixture fixture(peer.base_url(), peer.ca_pem());
    pc::OrganizationProfile large = testing::some_profile();
    large.company_name = std::string(std::size_t{16} << 20U, 'x');
    const call_result result = fixture.update(large, pc::call_options{}.expect_continue(false));
    CHECK(result.ec == pc::make_http_status_code(413));
    CHECK_FALSE(result.diag.may_have_been_applied);
}

TEST_CASE("no limit is no limit, and a limit that is none is refused")
{
    tls_scripted_peer peer;
    peer.on_connection().expect_request().reply(stored).expect_request().reply(stored);
    using duration = std::chrono::steady_clock::duration;
    pc::transport_options network = testing::trusting(peer.ca_pem());
    network.connect_timeout = network.handshake_timeout = network.attempt_timeout = duration::max();
    pc::client_options options = testing::talking_to(peer.base_url());
    options.timeout = options.continue_timeout = duration::max();
    client_fixture fixture(std::move(network), options);
    CHECK_FALSE(fixture.get().ec);
    CHECK_FALSE(fixture.get(pc::call_options{}.timeout(duration::max())).ec);
    for (duration limit : {duration::zero(), duration{-1}, duration::min()}) {
        const call_result result = fixture.get(pc::call_options{}.timeout(limit));
        CHECK(result.ec == errc::invalid_argument);
        CHECK(contains(result.what(), "call_options::timeout"));
        pc::client_options wrong = options;
        wrong.timeout = limit;
        CHECK_THROWS_WITH_AS(pc::client(fixture.transport, pc::credential::bearer("x"), wrong),
                             doctest::Contains("client_options::timeout"), pc::error);
        wrong = options;
        wrong.continue_timeout = limit;
        CHECK_THROWS_WITH_AS(pc::client(fixture.transport, pc::credential::bearer("x"), wrong),
                             doctest::Contains("client_options::continue_timeout"), pc::error);
    }
}
