// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "fixtures/client_fixture.hpp"
#include "fixtures/tls_raw_client.hpp"

#include <partner_center/detail/guid.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace testing = partner_center::testing;
using testing::tls_raw_client;

namespace {

std::string get_request(const testing::emulator& partner_center)
{
    return "GET /v1/profiles/organization HTTP/1.1\r\nAuthorization: Bearer " + partner_center.token() +
           "\r\n\r\n";
}

std::string put_request(const testing::emulator& partner_center, const std::string& body)
{
    return "PUT /v1/profiles/organization HTTP/1.1\r\nAuthorization: Bearer " + partner_center.token() +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class temporary_folder {
public:
    temporary_folder()
        : path{fs::temp_directory_path() / ("partner_center." + partner_center::detail::make_guid())}
    {
        fs::create_directory(path);
    }
    ~temporary_folder() { fs::remove_all(path); }

    const fs::path path;
};

// Until the end of the scope, nothing in this program opens another file or socket.
class no_more_descriptors {
public:
    no_more_descriptors()
    {
        REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
        rlimit none = before_;
        none.rlim_cur = 0;
        REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    }
    no_more_descriptors(const no_more_descriptors&) = delete;
    no_more_descriptors& operator=(const no_more_descriptors&) = delete;
    ~no_more_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

// A context that several threads run until the end of the scope.
class thread_pool {
public:
    explicit thread_pool(int count)
    {
        for (int i = 0; i != count; ++i)
            threads_.emplace_back([this] { io_.run(); });
    }
    ~thread_pool()
    {
        work_.reset();
        for (std::thread& t : threads_)
            t.join();
    }

    asio::io_context& context() { return io_; }

private:
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    std::vector<std::thread> threads_;
};

// Reads and writes in turn until the emulator goes away. Returns the number of answers.
int talk(const testing::emulator& partner_center, int most, std::atomic<int>& answers)
{
    int count = 0;
    try {
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        for (; count != most; ++count) {
            const auto response = client.exchange(count % 2 == 0 ? get_request(partner_center)
                                                                 : put_request(partner_center, "{}"));
            if (response.status != 200)
                return -1;
            ++answers;
        }
    } catch (const boost::system::system_error&) {
    }
    return count;
}

} // namespace

TEST_CASE("the emulator runs on the caller's executor with many threads")
{
    thread_pool pool(4);
    std::optional<testing::emulator> partner_center(std::in_place, pool.context().get_executor());
    std::atomic<int> answers{0};
    std::vector<std::thread> clients;
    for (int i = 0; i != 4; ++i)
        clients.emplace_back([&] { talk(*partner_center, 50, answers); });
    for (int i = 0; i != 50; ++i) {
        partner_center->set_document(partner_center->document());
        static_cast<void>(partner_center->requests());
    }
    for (std::thread& t : clients)
        t.join();
    CHECK(answers == 200);
    CHECK(partner_center->connections_accepted() == 4);
    CHECK(partner_center->requests().size() == 200);
    partner_center.reset();
    // The pool's destructor shows that nothing of the emulator is left to wait for.
}

TEST_CASE("stopping under traffic ends every connection")
{
    std::optional<thread_pool> pool;
    std::optional<testing::emulator> partner_center;
    SUBCASE("on a thread of its own")
    {
        partner_center.emplace();
    }
    SUBCASE("on the caller's executor")
    {
        pool.emplace(2);
        partner_center.emplace(pool->context().get_executor());
    }
    std::atomic<int> answers{0};
    std::vector<std::thread> clients;
    std::atomic<bool> all_well{true};
    for (int i = 0; i != 4; ++i)
        clients.emplace_back([&] {
            if (talk(*partner_center, 1'000'000, answers) < 0)
                all_well = false;
        });
    while (answers < 20)
        std::this_thread::yield();
    partner_center->stop();
    partner_center->stop();
    for (std::thread& t : clients)
        t.join();
    CHECK(all_well);
    CHECK(partner_center->requests().size() >= 20);
    CHECK_THROWS_AS(tls_raw_client(partner_center->port(), partner_center->ca_pem()),
                    boost::system::system_error);
    CHECK_FALSE(partner_center->etag().empty());
}

TEST_CASE("an emulator whose executor never runs can be destroyed")
{
    asio::io_context io;
    {
        const testing::emulator partner_center(io.get_executor());
        CHECK(partner_center.port() != 0);
    }
    io.run();
}

TEST_CASE("an emulator that is destroyed waits for no delay of a request that comes just then")
{
    asio::io_context io;
    std::optional<testing::emulator> partner_center(std::in_place, io.get_executor());
    partner_center->add_failure(testing::failure_rule(testing::failure::delay(std::chrono::hours{1})));
    auto connecting = std::async(std::launch::async, [&] {
        return std::make_unique<tls_raw_client>(partner_center->port(), partner_center->ca_pem());
    });
    while (connecting.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
        io.run_for(std::chrono::milliseconds{1});
    const auto client = connecting.get();
    while (io.poll() != 0) {
    }

    // First it is seen that there is something to read, then the emulator is destroyed, then that is read:
    // the handler that serves it runs after the one that closes the connection.
    client->send(get_request(*partner_center));
    asio::post(io, [&] { partner_center.reset(); });
    io.run_for(std::chrono::seconds{10});
    CHECK(io.stopped());
}

TEST_CASE("an executor may go on without ever being run again")
{
    asio::io_context io;
    testing::emulator partner_center(io.get_executor());
    std::thread runner([&] { io.run(); });
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(get_request(partner_center)).status == 200);
    io.stop();
    runner.join();
    partner_center.stop();
}

TEST_CASE("the state outlives the emulator in its file")
{
    const temporary_folder folder;
    testing::emulator_options options;
    options.state_file = folder.path / "state.json";
    std::string etag;
    {
        testing::emulator partner_center(options);
        CHECK_FALSE(fs::exists(*options.state_file));
        tls_raw_client client(partner_center.port(), partner_center.ca_pem());
        CHECK(client.exchange(put_request(partner_center, R"({"companyName":"Contoso","x":[1]})")).status ==
              200);
        etag = partner_center.etag();
    }
    {
        testing::emulator partner_center(options);
        CHECK(partner_center.etag() == etag);
        CHECK(partner_center.profile().company_name == "Contoso");
        CHECK(boost::json::serialize(partner_center.document().at("x")) == "[1]");
    }
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);

    std::ofstream(*options.state_file) << "no JSON";
    CHECK_THROWS_WITH_AS(testing::emulator{options}, doctest::Contains("state.json"), std::runtime_error);
}

TEST_CASE("a change that cannot be stored is not made")
{
    const temporary_folder folder;
    testing::emulator_options options;
    options.state_file = folder.path / "none" / "state.json";
    testing::emulator partner_center(options);
    const std::string etag = partner_center.etag();
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    const auto response = client.exchange(put_request(partner_center, "{}"));
    CHECK(response.status == 500);
    CHECK(response.body.find("state.json") != std::string::npos);
    CHECK(partner_center.etag() == etag);
    CHECK_THROWS_AS(partner_center.set_document({}), std::runtime_error);
}

TEST_CASE("options that cannot be are refused by name")
{
    testing::emulator_options options;
    SUBCASE("address")
    {
        options.address = "nowhere";
        CHECK_THROWS_WITH_AS(testing::emulator{options}, doctest::Contains("'nowhere'"),
                             std::invalid_argument);
    }
    SUBCASE("token")
    {
        options.token = "a b";
        CHECK_THROWS_WITH_AS(testing::emulator{options}, doctest::Contains("token"), std::invalid_argument);
    }
    SUBCASE("max_connections")
    {
        options.max_connections = 0;
        CHECK_THROWS_WITH_AS(testing::emulator{options}, doctest::Contains("max_connections"),
                             std::invalid_argument);
    }
    SUBCASE("idle_timeout")
    {
        options.idle_timeout = std::chrono::milliseconds::max();
        CHECK_THROWS_WITH_AS(testing::emulator{options}, doctest::Contains("idle_timeout"),
                             std::invalid_argument);
    }
    SUBCASE("identity")
    {
        options.identity.emplace("no certificate", "no key");
        CHECK_THROWS_WITH_AS(testing::emulator{options}, doctest::Contains("identity"), std::runtime_error);
    }
    SUBCASE("state_file")
    {
        const temporary_folder folder;
        options.state_file = folder.path / "state.json";
        asio::io_context io;
        const asio::local::stream_protocol::acceptor socket(io, options.state_file->string());
        CHECK_THROWS_WITH_AS(testing::emulator{options}, doctest::Contains("state.json': cannot be read"),
                             std::runtime_error);
    }
    SUBCASE("port")
    {
        const testing::emulator first;
        options.port = first.port();
        CHECK_THROWS_WITH_AS(testing::emulator{options},
                             doctest::Contains(("127.0.0.1 port " + std::to_string(first.port())).c_str()),
                             boost::system::system_error);
    }
}

TEST_CASE("an emulator can be given its profile, its authority and its identity")
{
    const testing::certificate_authority authority;
    testing::emulator_options options;
    options.authority = authority;
    options.profile.emplace().company_name = "Contoso";
    SUBCASE("a certificate from the authority") {}
    SUBCASE("a certificate of its own")
    {
        options.identity = authority.issue();
    }
    testing::emulator partner_center(options);
    CHECK(partner_center.ca_pem() == authority.pem());
    CHECK(partner_center.profile().company_name == "Contoso");
    tls_raw_client client(partner_center.port(), authority.pem());
    CHECK(client.exchange(get_request(partner_center)).status == 200);

    const temporary_folder folder;
    partner_center.write_ca_file(folder.path / "ca.pem");
    std::ifstream in(folder.path / "ca.pem");
    const std::string written((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    CHECK(written == authority.pem());
    CHECK(partner_center.base_url() == "https://localhost:" + std::to_string(partner_center.port()));
}

TEST_CASE("an emulator at another address has a certificate and a base URL for that")
{
    testing::emulator_options options;
    options.address = "127.0.0.2";
    const testing::emulator partner_center(options);
    CHECK(partner_center.base_url() == "https://127.0.0.2:" + std::to_string(partner_center.port()));
    testing::client_fixture fixture(partner_center);
    CHECK_FALSE(fixture.get().ec);

    options.address = "0.0.0.0";
    const testing::emulator everywhere(options);
    CHECK(everywhere.base_url() == "https://localhost:" + std::to_string(everywhere.port()));
}

TEST_CASE("an emulator that has no descriptor for a connection takes it later")
{
    testing::emulator partner_center;
    asio::io_context io;
    asio::ip::tcp::socket socket(io, asio::ip::tcp::v4());
    {
        const no_more_descriptors none;
        socket.connect({asio::ip::make_address("127.0.0.1"), partner_center.port()});
        // Long enough for many attempts.
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        CHECK(partner_center.connections_accepted() == 0);
    }
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (partner_center.connections_accepted() == 0 && std::chrono::steady_clock::now() < patience)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    CHECK(partner_center.connections_accepted() == 1);
    tls_raw_client client(partner_center.port(), partner_center.ca_pem());
    CHECK(client.exchange(get_request(partner_center)).status == 200);
}

TEST_CASE("a stranger to the authority breaks the handshake off")
{
    testing::emulator partner_center;
    CHECK_THROWS_AS(tls_raw_client(partner_center.port(), testing::certificate_authority().pem()),
                    boost::system::system_error);
    CHECK(partner_center.requests().empty());
}
