// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What our_update.cpp does, written by hand with Boost.Beast: the documented request, verified TLS, one
// kept-alive connection, a timeout on each step. It is what the library is measured against, so it is
// written as well as we can, and with nothing that the task does not ask for.
//
// hand_written URL CA_FILE TOKEN COUNT: updates the organization profile COUNT times.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <openssl/err.h>
#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;
namespace ssl = boost::asio::ssl;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

struct service
{
    std::string host;
    std::string port;
    std::string token;
};

std::string make_guid()
{
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("no random bytes");
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fu) | 0x40u);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fu) | 0x80u);

    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 0x0fu];
    }
    return text;
}

class connection
{
public:
    connection(const asio::any_io_executor& executor, ssl::context& context, service target)
        : stream_{executor, context}, target_{std::move(target)}
    {
    }

    asio::awaitable<void> open()
    {
        stream_.set_verify_mode(ssl::verify_peer);
        stream_.set_verify_callback(ssl::host_name_verification(target_.host));
        if (!SSL_set_tlsext_host_name(stream_.native_handle(), target_.host.c_str())) {
            throw boost::system::system_error(static_cast<int>(::ERR_get_error()),
                                              asio::error::get_ssl_category());
        }

        tcp::resolver resolver{stream_.get_executor()};
        const auto endpoints = co_await resolver.async_resolve(target_.host, target_.port, use_awaitable);

        beast::get_lowest_layer(stream_).expires_after(30s);
        co_await beast::get_lowest_layer(stream_).async_connect(endpoints, use_awaitable);
        beast::get_lowest_layer(stream_).socket().set_option(tcp::no_delay{true});

        beast::get_lowest_layer(stream_).expires_after(30s);
        co_await stream_.async_handshake(ssl::stream_base::client, use_awaitable);
    }

    asio::awaitable<json::value> update(const json::value& profile)
    {
        http::request<http::string_body> request{http::verb::put, "/v1/profiles/organization", 11};
        request.set(http::field::host, target_.host + ':' + target_.port);
        request.set(http::field::authorization, "Bearer " + target_.token);
        request.set(http::field::accept, "application/json");
        request.set(http::field::content_type, "application/json");
        request.set("MS-RequestId", make_guid());
        request.set("MS-CorrelationId", make_guid());
        request.set("MS-Contract-Version", "v1");
        request.set(http::field::expect, "100-continue");
        request.body() = json::serialize(profile);
        request.prepare_payload();

        beast::get_lowest_layer(stream_).expires_after(60s);
        http::request_serializer<http::string_body> serializer{request};
        co_await http::async_write_header(stream_, serializer, use_awaitable);

        http::response<http::string_body> response;
        co_await http::async_read(stream_, buffer_, response, use_awaitable);
        if (response.result() == http::status::continue_) {
            co_await http::async_write(stream_, serializer, use_awaitable);
            response = {};
            co_await http::async_read(stream_, buffer_, response, use_awaitable);
        }

        if (response.result() != http::status::ok) {
            throw std::runtime_error("update failed: " + std::to_string(response.result_int()) + ' ' +
                                     response.body());
        }
        co_return json::parse(response.body());
    }

private:
    ssl::stream<beast::tcp_stream> stream_;
    beast::flat_buffer buffer_;
    service target_;
};

asio::awaitable<void> run(service target, std::string ca_file, int count)
{
    ssl::context context{ssl::context::tls_client};
    context.load_verify_file(ca_file);

    connection link{co_await asio::this_coro::executor, context, std::move(target)};
    co_await link.open();

    json::value profile = json::parse(R"({
        "companyName": "TEST_TEST_BugBash1",
        "defaultAddress": {
            "country": "US", "city": "Redmond", "state": "WA", "addressLine1": "Two Microsoft Way",
            "postalCode": "98052", "firstName": "Test", "lastName": "Account", "phoneNumber": "4255550101"
        },
        "language": "es",
        "culture": "es-US"
    })");
    for (int i = 0; i < count; ++i) {
        profile = co_await link.update(profile);
    }
    std::cout << json::serialize(profile) << '\n';
}

service parse_url(const std::string& url, std::string token)
{
    const std::string scheme = "https://";
    if (!url.starts_with(scheme)) {
        throw std::runtime_error("not an https URL: " + url);
    }
    const std::string authority = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
    const auto colon = authority.find(':');
    const std::string port = colon == std::string::npos ? "443" : authority.substr(colon + 1);
    return {authority.substr(0, colon), port, std::move(token)};
}

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::cerr << "usage: hand_written URL CA_FILE TOKEN COUNT\n";
        return 2;
    }
    try {
        asio::io_context context{1};
        std::exception_ptr failure;
        asio::co_spawn(context, run(parse_url(argv[1], argv[3]), argv[2], std::stoi(argv[4])),
                       [&](std::exception_ptr error) { failure = error; });
        context.run();
        if (failure) {
            std::rethrow_exception(failure);
        }
    } catch (const std::exception& error) {
        std::cerr << "hand_written: " << error.what() << '\n';
        return 1;
    }
}
