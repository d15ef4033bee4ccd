// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The floor: prepared bytes, written and read by OpenSSL on a blocking socket. A connection and a thread for
// each call in flight.

#include "bare_connection.hpp"

namespace {

class bare final : public benchmarks::program {
public:
    explicit bare(const benchmarks::arguments& given)
        : context_(given.ca_file)
    {
        for (std::size_t i = 0; i != given.in_flight; ++i)
            connections_.push_back(std::make_unique<benchmarks::bare_connection>(
                context_.get(), given, "Bearer " + benchmarks::token(), benchmarks::profile_text()));
    }

    void make_calls(benchmarks::recorder& calls) override
    {
        benchmarks::make_bare_calls(connections_, calls);
    }

private:
    benchmarks::bare_context context_;
    std::vector<std::unique_ptr<benchmarks::bare_connection>> connections_;
};

} // namespace

int main(int argc, char** argv)
{
    return benchmarks::run<bare>(argc, argv);
}
