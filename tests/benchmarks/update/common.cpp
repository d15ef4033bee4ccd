// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "common.hpp"

#include <openssl/rand.h>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

namespace benchmarks {

std::string_view profile_text()
{
    return R"({"id":"11111111-2222-4333-8444-555555555555","companyName":"TEST_TEST_BugBash1",)"
           R"("defaultAddress":{"country":"US","city":"Redmond","state":"WA",)"
           R"("addressLine1":"Two Microsoft Way","addressLine2":"","postalCode":"98052",)"
           R"("firstName":"Test","lastName":"Account","phoneNumber":"4255550101"},)"
           R"("tenantId":"66666666-7777-4888-9999-000000000000",)"
           R"("domain":"testtestbugbash1.onmicrosoft.com","email":"test-partner@microsoft.com",)"
           R"("language":"es","culture":"es-US","links":{"self":{"uri":"/profiles/organization",)"
           R"("method":"GET","headers":[]}},)"
           R"("attributes":{"etag":"-8799889149591823008","objectType":"OrganizationProfile"}})";
}

std::string token()
{
    std::string text = "fake-token.";
    while (text.size() < 1500)
        text += static_cast<char>('a' + text.size() % 26);
    return text;
}

std::string make_guid()
{
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no random bytes");
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fu) | 0x40u);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fu) | 0x80u);
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i != bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += "0123456789abcdef"[bytes[i] >> 4];
        text += "0123456789abcdef"[bytes[i] & 0x0fu];
    }
    return text;
}

std::vector<std::int64_t> recorder::take_sorted()
{
    nanoseconds_.resize(done_.load());
    std::sort(nanoseconds_.begin(), nanoseconds_.end());
    return std::move(nanoseconds_);
}

void check_answer(unsigned status, std::string_view company_name)
{
    if (status != 200)
        throw std::runtime_error("the server answered " + std::to_string(status));
    if (company_name != "TEST_TEST_BugBash1")
        throw std::runtime_error("the server answered with another profile");
}

namespace {

constexpr const char* usage = " PORT CA_FILE CALLS IN_FLIGHT [--connections N] [--expect] [--server-cpu N]";

std::size_t number(const std::string& text)
{
    if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != text.npos)
        throw std::invalid_argument("not a number: " + text);
    return static_cast<std::size_t>(std::stoul(text));
}

arguments parse(int argc, char** argv)
{
    const std::vector<std::string> given(argv + 1, argv + argc);
    if (given.size() < 4)
        throw std::invalid_argument("four arguments are needed");
    arguments parsed;
    parsed.port = given[0];
    parsed.ca_file = given[1];
    parsed.calls = number(given[2]);
    parsed.in_flight = parsed.connections = number(given[3]);
    for (std::size_t i = 4; i != given.size(); ++i) {
        if (given[i] == "--expect")
            parsed.expect = true;
        else if (given[i] == "--connections" && i + 1 != given.size())
            parsed.connections = number(given[++i]);
        else if (given[i] == "--server-cpu" && i + 1 != given.size())
            parsed.server_cpu = static_cast<int>(number(given[++i]));
        else
            throw std::invalid_argument("not expected: " + given[i]);
    }
    if (parsed.calls == 0 || parsed.in_flight == 0 || parsed.connections == 0)
        throw std::invalid_argument("no number may be 0");
    return parsed;
}

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// What the program has used so far.
struct reading {
    std::chrono::steady_clock::time_point time = std::chrono::steady_clock::now();
    rusage used = [] {
        rusage now{};
        ::getrusage(RUSAGE_SELF, &now);
        return now;
    }();
    allocations heap = allocations_so_far();
};

void print(const arguments& given, const reading& before, const reading& after,
           const std::vector<std::int64_t>& sorted)
{
    const auto calls = static_cast<double>(given.calls);
    const double wall = std::chrono::duration<double>(after.time - before.time).count();
    const double user = seconds(after.used.ru_utime) - seconds(before.used.ru_utime);
    const double system = seconds(after.used.ru_stime) - seconds(before.used.ru_stime);
    const auto percentile = [&](std::size_t hundredths) {
        const std::size_t at = std::min(sorted.size() - 1, sorted.size() * hundredths / 100);
        return static_cast<double>(sorted[at]) / 1e3;
    };
    std::printf("{\"calls\": %zu, \"in_flight\": %zu, \"connections\": %zu, \"wall_s\": %.6f, "
                "\"cpu_us_per_call\": %.3f, \"user_us_per_call\": %.3f, \"system_us_per_call\": %.3f, "
                "\"calls_per_s\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
                "\"allocations_per_call\": %.2f, \"allocated_bytes_per_call\": %.0f, \"peak_kib\": %ld}\n",
                given.calls, given.in_flight, given.connections, wall, (user + system) / calls * 1e6,
                user / calls * 1e6, system / calls * 1e6, calls / wall, percentile(50), percentile(99),
                static_cast<double>(after.heap.blocks - before.heap.blocks) / calls,
                static_cast<double>(after.heap.bytes - before.heap.bytes) / calls, after.used.ru_maxrss);
}

} // namespace

int run(int argc, char** argv,
        const std::function<void(const arguments&, const std::function<void(program&)>&)>& make)
{
    try {
        const arguments given = parse(argc, argv);
        make(given, [&](program& measured) {
            recorder warm_up(std::max<std::size_t>(50, 4 * given.in_flight));
            measured.make_calls(warm_up);
            recorder calls(given.calls);
            const reading before;
            measured.make_calls(calls);
            const reading after;
            const auto sorted = calls.take_sorted();
            if (sorted.size() != given.calls)
                throw std::runtime_error("only " + std::to_string(sorted.size()) + " calls were made");
            print(given, before, after, sorted);
        });
        return 0;
    } catch (const std::invalid_argument& e) {
        std::fprintf(stderr, "%s: %s\nusage: %s%s\n", argv[0], e.what(), argv[0], usage);
        return 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
        return 1;
    }
}

} // namespace benchmarks
