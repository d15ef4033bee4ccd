// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_BENCHMARKS_UPDATE_COMMON_HPP
#define PARTNER_CENTER_TESTS_BENCHMARKS_UPDATE_COMMON_HPP

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// What the programs that are compared have in common.
namespace benchmarks {

inline constexpr const char* host = "localhost";
inline constexpr const char* target = "/v1/profiles/organization";

/// The documented profile, with made-up ids.
std::string_view profile_text();

/// A bearer token as long as those of the service.
std::string token();

std::string make_guid();

/// PORT CA_FILE CALLS IN_FLIGHT [--connections N] [--expect] [--server-cpu N]
struct arguments {
    std::string port;
    std::string ca_file;
    std::size_t calls = 0;
    std::size_t in_flight = 0;
    std::size_t connections = 0; ///< As many as calls in flight, unless given.
    bool expect = false;
    int server_cpu = -1;

    std::string host_and_port() const { return std::string(host) + ':' + port; }
    std::string url() const { return "https://" + host_and_port() + target; }
};

/// Hands out the calls to make, and notes how long each took. For any thread.
class recorder {
public:
    explicit recorder(std::size_t calls)
        : calls_(calls)
        , nanoseconds_(calls)
    {
    }

    /// Whether there is another call to make.
    bool take() { return taken_.fetch_add(1, std::memory_order_relaxed) < calls_; }

    void took(std::chrono::steady_clock::duration time)
    {
        nanoseconds_.at(done_.fetch_add(1, std::memory_order_relaxed)) =
            std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    }

    std::vector<std::int64_t> take_sorted();

private:
    std::size_t calls_;
    std::atomic<std::size_t> taken_{0};
    std::atomic<std::size_t> done_{0};
    std::vector<std::int64_t> nanoseconds_;
};

/// Notes the time from its beginning to `done`.
class stopwatch {
public:
    explicit stopwatch(recorder& to)
        : to_(to)
    {
    }
    void done() { to_.took(std::chrono::steady_clock::now() - begun_); }

private:
    recorder& to_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// Throws unless the answer is the profile that was sent.
void check_answer(unsigned status, std::string_view company_name);

/// What a program does: it is made with the arguments, and makes all calls of each recorder it is given. The
/// first one warms it up: connections are opened, and buffers have grown.
class program {
public:
    virtual ~program() = default;
    virtual void make_calls(recorder& calls) = 0;
};

/// Runs one worker for each call in flight, all in threads of their own; alone in this one.
void in_threads(std::size_t count, const std::function<void(std::size_t)>& worker);

/// The `main` of each program: prints one line of JSON.
int run(int argc, char** argv,
        const std::function<void(const arguments&, const std::function<void(program&)>&)>& make);

template <class Program>
int run(int argc, char** argv)
{
    return run(argc, argv, [](const arguments& given, const std::function<void(program&)>& measure) {
        Program made(given);
        measure(made);
    });
}

/// Blocks and bytes that the program has allocated: by `malloc`, and so also by `operator new`, OpenSSL and
/// whatever else it links to.
struct allocations {
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
};

/// Those of this thread, and of the threads that have ended.
allocations allocations_so_far();

} // namespace benchmarks

#endif
