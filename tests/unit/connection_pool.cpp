// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/connection_pool.hpp>
#include <partner_center/detail/origin_pool.hpp>
#include <partner_center/error.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace pc = partner_center;
using pc::transport_options;
using pc::detail::base_url;
using pc::detail::connection_pool;
using pc::detail::ref;

namespace {

base_url parsed(std::string_view text)
{
    base_url url;
    std::string reason;
    REQUIRE_MESSAGE(!parse_base_url(text, url, reason), reason);
    return url;
}

ref<connection_pool> pool_with(boost::asio::io_context& io, transport_options options = {})
{
    return ref<connection_pool>(new connection_pool(io.get_executor(), std::move(options)));
}

} // namespace

TEST_CASE("one host and port have one pool, however the host is written and whatever the path")
{
    boost::asio::io_context io;
    const auto transport = pool_with(io);
    const auto pool = transport->origin(parsed("https://service.test"));
    CHECK(transport->origin(parsed("https://service.test")) == pool);
    CHECK(transport->origin(parsed("https://SERVICE.Test:443/path")) == pool);
    for (const char* other : {"https://service.test:8443", "https://other.test", "https://service.test.test",
                              "https://other.test:8443"})
        CHECK_MESSAGE(transport->origin(parsed(other)) != pool, other);
    CHECK(transport->origin(parsed("https://other.test")) !=
          transport->origin(parsed("https://other.test:8443")));
}

TEST_CASE("the least that each option of a transport may be is enough")
{
    using duration = transport_options::duration;
    struct row {
        void (*limit)(transport_options&);
        bool fits;
    };
    const row rows[] = {
        {[](transport_options& o) { o.max_connections = 1; }, true},
        {[](transport_options& o) { o.max_response_header = 256; }, true},
        {[](transport_options& o) { o.max_response_header = 255; }, false},
        {[](transport_options& o) { o.max_response_body = 1; }, true},
        {[](transport_options& o) { o.idle_timeout = duration(0); }, true},
        {[](transport_options& o) { o.idle_timeout = duration(-1); }, false},
        {[](transport_options& o) { o.max_connection_age = duration(0); }, true},
        {[](transport_options& o) { o.max_connection_age = duration(-1); }, false},
        {[](transport_options& o) { o.connect_timeout = duration(1); }, true},
        {[](transport_options& o) { o.connect_timeout = duration(0); }, false},
        {[](transport_options& o) { o.handshake_timeout = duration(1); }, true},
        {[](transport_options& o) { o.handshake_timeout = duration(0); }, false},
        {[](transport_options& o) { o.attempt_timeout = duration(1); }, true},
        {[](transport_options& o) { o.attempt_timeout = duration(0); }, false},
    };
    boost::asio::io_context io;
    for (const row& r : rows) {
        CAPTURE(&r - rows);
        transport_options options;
        r.limit(options);
        if (r.fits)
            CHECK_NOTHROW(pool_with(io, std::move(options)));
        else
            CHECK_THROWS_AS(pool_with(io, std::move(options)), pc::error);
    }
}
