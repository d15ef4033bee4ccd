// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The same with cpp-httplib: a client that keeps its connection, and a thread, for each call in flight.

#include "common.hpp"
#include "profile.hpp"

#include <httplib.h>

#include <memory>
#include <stdexcept>

namespace {

class with_httplib final : public benchmarks::program {
public:
    explicit with_httplib(const benchmarks::arguments& given)
        : profile_(benchmarks::parse_profile(benchmarks::profile_text()))
        , authorization_("Bearer " + benchmarks::token())
    {
        for (std::size_t i = 0; i != given.in_flight; ++i) {
            auto client = std::make_unique<httplib::SSLClient>(benchmarks::host, std::stoi(given.port));
            client->set_ca_cert_path(given.ca_file);
            client->enable_server_certificate_verification(true);
            client->set_keep_alive(true);
            client->set_tcp_nodelay(true);
            clients_.push_back(std::move(client));
        }
    }

    void make_calls(benchmarks::recorder& calls) override
    {
        benchmarks::in_threads(clients_.size(), [&](std::size_t i) {
            while (calls.take()) {
                benchmarks::stopwatch time(calls);
                const benchmarks::profile stored = update(*clients_[i]);
                benchmarks::check_answer(200, stored.company_name);
                time.done();
            }
        });
    }

private:
    benchmarks::profile update(httplib::SSLClient& client) const
    {
        const httplib::Headers headers{{"Authorization", authorization_},
                                       {"Accept", "application/json"},
                                       {"MS-RequestId", benchmarks::make_guid()},
                                       {"MS-CorrelationId", benchmarks::make_guid()},
                                       {"MS-Contract-Version", "v1"}};
        const httplib::Result result = client.Put(
            benchmarks::target, headers, benchmarks::serialize_profile(profile_), "application/json");
        if (!result)
            throw std::runtime_error("update failed: " + httplib::to_string(result.error()));
        if (result->status != 200)
            throw std::runtime_error("update failed: " + std::to_string(result->status) + ' ' + result->body);
        return benchmarks::parse_profile(result->body);
    }

    benchmarks::profile profile_;
    std::string authorization_;
    std::vector<std::unique_ptr<httplib::SSLClient>> clients_;
};

} // namespace

int main(int argc, char** argv)
{
    return benchmarks::run<with_httplib>(argc, argv);
}
