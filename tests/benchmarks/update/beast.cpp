// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The same by hand with Boost.Beast and coroutines, as well as we can: a kept connection and buffer for each
// call in flight, one timeout for each exchange, and an error that tells the status.

#include "common.hpp"
#include "profile.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <openssl/err.h>

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

class connection {
public:
    connection(asio::io_context& io, ssl::context& tls, const benchmarks::arguments& given)
        : stream_(io, tls)
        , port_(given.port)
        , host_header_(given.host_and_port())
        , authorization_("Bearer " + benchmarks::token())
    {
    }

    asio::awaitable<benchmarks::profile> update(const benchmarks::profile& profile)
    {
        if (!open_)
            co_await open();

        http::request<http::string_body> request(http::verb::put, benchmarks::target, 11);
        request.set(http::field::host, host_header_);
        request.set(http::field::authorization, authorization_);
        request.set(http::field::accept, "application/json");
        request.set("MS-RequestId", benchmarks::make_guid());
        request.set("MS-CorrelationId", benchmarks::make_guid());
        request.set("MS-Contract-Version", "v1");
        request.set(http::field::content_type, "application/json");
        request.body() = benchmarks::serialize_profile(profile);
        request.prepare_payload();

        beast::get_lowest_layer(stream_).expires_after(60s);
        co_await http::async_write(stream_, request, use_awaitable);
        http::response<http::string_body> response;
        co_await http::async_read(stream_, buffer_, response, use_awaitable);
        open_ = response.keep_alive();

        if (response.result() != http::status::ok)
            throw std::runtime_error("update failed: " + std::to_string(response.result_int()) + ' ' +
                                     response.body());
        co_return benchmarks::parse_profile(response.body());
    }

private:
    asio::awaitable<void> open()
    {
        stream_.set_verify_mode(ssl::verify_peer);
        stream_.set_verify_callback(ssl::host_name_verification(benchmarks::host));
        if (!SSL_set_tlsext_host_name(stream_.native_handle(), benchmarks::host))
            throw boost::system::system_error(static_cast<int>(ERR_get_error()),
                                              asio::error::get_ssl_category());
        tcp::resolver resolver(stream_.get_executor());
        const auto endpoints = co_await resolver.async_resolve(benchmarks::host, port_, use_awaitable);
        beast::get_lowest_layer(stream_).expires_after(30s);
        co_await beast::get_lowest_layer(stream_).async_connect(endpoints, use_awaitable);
        beast::get_lowest_layer(stream_).socket().set_option(tcp::no_delay(true));
        co_await stream_.async_handshake(ssl::stream_base::client, use_awaitable);
        open_ = true;
    }

    // Leaner than beast::ssl_stream, and as that makes one record of header and body.
    ssl::stream<beast::tcp_stream> stream_;
    beast::flat_buffer buffer_;
    std::string port_;
    std::string host_header_;
    std::string authorization_;
    bool open_ = false;
};

asio::awaitable<void> work(connection& link, const benchmarks::profile& profile, benchmarks::recorder& calls)
{
    while (calls.take()) {
        benchmarks::stopwatch time(calls);
        const benchmarks::profile stored = co_await link.update(profile);
        benchmarks::check_answer(200, stored.company_name);
        time.done();
    }
}

class by_hand final : public benchmarks::program {
public:
    explicit by_hand(const benchmarks::arguments& given)
        : profile_(benchmarks::parse_profile(benchmarks::profile_text()))
    {
        tls_.load_verify_file(given.ca_file);
        for (std::size_t i = 0; i != given.in_flight; ++i)
            connections_.push_back(std::make_unique<connection>(io_, tls_, given));
    }

    void make_calls(benchmarks::recorder& calls) override
    {
        for (const auto& link : connections_)
            asio::co_spawn(io_, work(*link, profile_, calls), [](std::exception_ptr failure) {
                if (failure)
                    std::rethrow_exception(failure);
            });
        io_.restart();
        io_.run();
    }

private:
    asio::io_context io_{1};
    ssl::context tls_{ssl::context::tls_client};
    benchmarks::profile profile_;
    std::vector<std::unique_ptr<connection>> connections_;
};

} // namespace

int main(int argc, char** argv)
{
    return benchmarks::run<by_hand>(argc, argv);
}
