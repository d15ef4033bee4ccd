// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// This client.

#include "common.hpp"

#include <partner_center.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <exception>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
namespace pc = partner_center;

pc::transport_options network(const benchmarks::arguments& given)
{
    pc::transport_options options;
    options.ca_file = given.ca_file;
    options.max_connections = given.connections;
    return options;
}

pc::client_options settings(const benchmarks::arguments& given)
{
    pc::client_options options;
    options.base_url = "https://" + given.host_and_port();
    options.expect_continue = given.expect;
    return options;
}

asio::awaitable<void> work(const pc::client& client, const pc::OrganizationProfile& profile,
                           benchmarks::recorder& calls)
{
    while (calls.take()) {
        benchmarks::stopwatch time(calls);
        const pc::OrganizationProfile stored = co_await client.update(profile);
        benchmarks::check_answer(200, stored.company_name ? *stored.company_name : std::string_view());
        time.done();
    }
}

class library final : public benchmarks::program {
public:
    explicit library(const benchmarks::arguments& given)
        : in_flight_(given.in_flight)
        , transport_(io_, network(given))
        , client_(transport_, pc::credential::bearer(benchmarks::token()), settings(given))
        , profile_(json::value_to<pc::OrganizationProfile>(json::parse(
              json::string_view(benchmarks::profile_text().data(), benchmarks::profile_text().size()))))
    {
    }

    void make_calls(benchmarks::recorder& calls) override
    {
        for (std::size_t i = 0; i != in_flight_; ++i)
            asio::co_spawn(io_, work(client_, profile_, calls), [](std::exception_ptr failure) {
                if (failure)
                    std::rethrow_exception(failure);
            });
        io_.restart();
        io_.run();
    }

private:
    std::size_t in_flight_;
    asio::io_context io_{1};
    pc::transport transport_;
    pc::client client_;
    pc::OrganizationProfile profile_;
};

} // namespace

int main(int argc, char** argv)
{
    return benchmarks::run<library>(argc, argv);
}
