// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How many calls the emulator serves: one in this process, on a processor of its own, called as by floor.cpp.
// PORT and CA_FILE are not used.

#include "bare_connection.hpp"

#include <partner_center/testing/emulator.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace {

namespace asio = boost::asio;
namespace testing = partner_center::testing;

testing::emulator_options options()
{
    testing::emulator_options given;
    given.token = benchmarks::token();
    return given;
}

void run_on(int cpu)
{
    if (cpu < 0)
        return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (const int error = ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set))
        throw std::system_error(error, std::generic_category(), "--server-cpu");
}

// Without an etag: that in the profile would be outdated after the first call.
std::string body()
{
    std::string text(benchmarks::profile_text());
    const std::size_t at = text.find(R"("etag")");
    return text.erase(at, text.find(R"("objectType")") - at);
}

class emulated final : public benchmarks::program {
public:
    explicit emulated(benchmarks::arguments given)
        : server_([this, cpu = given.server_cpu] {
            run_on(cpu);
            io_.run();
        })
        , context_(write_ca_file())
    {
        given.port = std::to_string(emulator_.port());
        for (std::size_t i = 0; i != given.in_flight; ++i)
            connections_.push_back(std::make_unique<benchmarks::bare_connection>(
                context_.get(), given, "Bearer " + emulator_.token(), body()));
    }

    ~emulated() override
    {
        connections_.clear();
        emulator_.stop();
        busy_.reset();
        server_.join();
        std::filesystem::remove(ca_file_);
    }

    void make_calls(benchmarks::recorder& calls) override
    {
        benchmarks::make_bare_calls(connections_, calls);
    }

private:
    std::string write_ca_file()
    {
        emulator_.write_ca_file(ca_file_);
        return ca_file_.string();
    }

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> busy_{io_.get_executor()};
    testing::emulator emulator_{io_.get_executor(), options()};
    std::filesystem::path ca_file_ = std::filesystem::temp_directory_path() /
                                     ("partner_center-benchmark-" + std::to_string(::getpid()) + ".pem");
    std::thread server_;
    benchmarks::bare_context context_;
    std::vector<std::unique_ptr<benchmarks::bare_connection>> connections_;
};

} // namespace

int main(int argc, char** argv)
{
    return benchmarks::run<emulated>(argc, argv);
}
