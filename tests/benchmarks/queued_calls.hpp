// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_BENCHMARKS_QUEUED_CALLS_HPP
#define PARTNER_CENTER_TESTS_BENCHMARKS_QUEUED_CALLS_HPP

#include <partner_center.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace partner_center::benchmarks {

/// A token of the length that those of Partner Center have.
inline std::string token_of(std::size_t length)
{
    std::string token;
    token.reserve(length);
    token = "fake-token.";
    while (token.size() < length)
        token += static_cast<char>('a' + token.size() % 26);
    return token;
}

inline testing::emulator_options serving(const std::string& token)
{
    testing::emulator_options options;
    options.token = token;
    options.max_logged_requests = 1;
    return options;
}

inline transport_options eight_connections(const std::string& ca_pem)
{
    transport_options options;
    options.max_connections = 8;
    options.tls.emplace(asio::ssl::context::tls_client);
    options.tls->add_certificate_authority(asio::buffer(ca_pem));
    return options;
}

inline client_options talking_to(std::string base_url)
{
    client_options options;
    options.base_url = std::move(base_url);
    options.timeout = std::chrono::minutes{10};
    return options;
}

/// The processor time of the calling thread.
inline std::chrono::nanoseconds thread_time()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// Of the thread that calls, and by the clock.
class time_taken {
public:
    time_taken() {}

    std::chrono::nanoseconds processor{0};
    std::chrono::nanoseconds elapsed{0};

    time_taken& operator+=(const time_taken& other)
    {
        processor += other.processor;
        elapsed += other.elapsed;
        return *this;
    }
};

/// Many calls that begin at once on the eight connections of one client. All that is the client's happens on
/// the thread that uses this object; the server has a thread of its own.
class queued_calls {
public:
    explicit queued_calls(std::size_t token_length)
        : token_{token_of(token_length)}
        , service_{serving(token_)}
        , transport_{io_, eight_connections(service_.ca_pem())}
        , client_{transport_, credential::bearer(token_), talking_to(service_.base_url())}
    {
        time_of(100); // opens the connections
    }

    /// Begins `count` calls: eight have the connections, all others are in the queue. Ended by @ref finish.
    void begin(std::size_t count)
    {
        begun_ = count;
        ended_ = 0;
        failed_ = 0;
        for (std::size_t i = 0; i != count; ++i)
            client_.async_get([this](const error_code& ec, const OrganizationProfile&) {
                ++ended_;
                if (ec)
                    ++failed_;
            });
    }

    /// Runs what is ready `count` times at most, and until the first call ends, so that the calls begin.
    void run_ready(std::size_t count)
    {
        io_.restart();
        for (std::size_t i = 0; i != count && ended_ == 0 && io_.poll_one() != 0;)
            ++i;
    }

    /// How many of the calls have ended.
    [[nodiscard]] std::size_t ended() const { return ended_; }

    /// Runs until all calls have ended. @throws std::runtime_error One failed or was lost.
    void finish()
    {
        io_.restart();
        io_.run();
        if (ended_ != begun_ || failed_ != 0)
            throw std::runtime_error(std::to_string(failed_) + " of " + std::to_string(begun_) +
                                     " calls failed, " + std::to_string(begun_ - ended_) + " did not end");
    }

    /// What a number of calls queued at once takes.
    time_taken time_of(std::size_t count)
    {
        time_taken taken;
        const auto processor = thread_time();
        const auto clock = std::chrono::steady_clock::now();
        begin(count);
        finish();
        taken.processor = thread_time() - processor;
        taken.elapsed = std::chrono::steady_clock::now() - clock;
        return taken;
    }

private:
    std::string token_;
    testing::emulator service_;
    asio::io_context io_{1};
    transport transport_;
    client client_;
    std::size_t begun_ = 0;
    std::size_t ended_ = 0;
    std::size_t failed_ = 0;
};

/// What a call takes in a queue of many, and in a queue of few.
class growth {
public:
    growth() {}

    std::size_t few = 100;
    std::size_t many = 10'000;
    double microseconds_of_few = 0;
    double microseconds_of_many = 0;

    [[nodiscard]] double ratio() const { return microseconds_of_many / microseconds_of_few; }
};

class measured_growth {
public:
    measured_growth() {}

    growth processor; ///< Of the client's thread.
    growth elapsed;
};

inline double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The medians of some rounds, in each of which as many calls are made both ways, one after the other.
inline measured_growth measure_growth(queued_calls& calls, int rounds)
{
    measured_growth result;
    const std::size_t many = result.elapsed.many;
    const std::size_t few = result.elapsed.few;
    std::vector<double> samples[4];
    const auto add = [&](std::vector<double>& to, std::chrono::nanoseconds time) {
        to.push_back(std::chrono::duration<double, std::micro>(time).count() / static_cast<double>(many));
    };
    for (int round = 0; round != rounds; ++round) {
        time_taken of_few;
        for (std::size_t done = 0; done != many; done += few)
            of_few += calls.time_of(few);
        const time_taken of_many = calls.time_of(many);
        add(samples[0], of_few.processor);
        add(samples[1], of_many.processor);
        add(samples[2], of_few.elapsed);
        add(samples[3], of_many.elapsed);
    }
    result.processor.microseconds_of_few = median(samples[0]);
    result.processor.microseconds_of_many = median(samples[1]);
    result.elapsed.microseconds_of_few = median(samples[2]);
    result.elapsed.microseconds_of_many = median(samples[3]);
    return result;
}

} // namespace partner_center::benchmarks

#endif
