// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "usage.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace soak {

void usage::measure(std::uint64_t updates)
{
    // What the log of a round leaves free is nobody's growth.
    ::malloc_trim(0);
    std::size_t pages = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    if (resident == 0)
        throw std::runtime_error("/proc/self/statm does not tell the memory of this process");
    const auto page_kib = static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
    const std::filesystem::directory_iterator descriptors("/proc/self/fd");
    samples_.push_back({static_cast<double>(updates), static_cast<double>(resident) * page_kib,
                        static_cast<std::uint64_t>(std::distance(begin(descriptors), end(descriptors)))});
}

bool usage::report() const
{
    const std::size_t first = samples_.size() / 5;
    const auto count = static_cast<double>(samples_.size() - first);
    double mean_updates = 0;
    double mean_kib = 0;
    for (std::size_t i = first; i != samples_.size(); ++i) {
        mean_updates += samples_[i].updates / count;
        mean_kib += samples_[i].resident_kib / count;
    }
    double together = 0;
    double square = 0;
    std::uint64_t least = samples_[first].descriptors;
    std::uint64_t most = least;
    for (std::size_t i = first; i != samples_.size(); ++i) {
        const double updates = samples_[i].updates - mean_updates;
        together += updates * (samples_[i].resident_kib - mean_kib);
        square += updates * updates;
        least = std::min(least, samples_[i].descriptors);
        most = std::max(most, samples_[i].descriptors);
    }
    const double slope = square > 0 ? together / square * 100'000 : 0;
    std::printf("resident memory %.0f KiB, slope %+.1f KiB per 100,000 updates (%zu samples)\n", mean_kib,
                slope, samples_.size() - first);
    std::printf("descriptors %llu to %llu\n", static_cast<unsigned long long>(least),
                static_cast<unsigned long long>(most));
    // A leak of one byte an update is 98 KiB. Few samples tell nothing: the allocator's arenas move more.
    const bool memory_is_flat = samples_.size() < 20 || slope < 98;
    // Eight connections of the client, and their other ends.
    const bool descriptors_are_flat = most - least <= 16;
    if (!memory_is_flat)
        std::printf("MEMORY GROWS\n");
    if (!descriptors_are_flat)
        std::printf("DESCRIPTORS GROW\n");
    return memory_is_flat && descriptors_are_flat;
}

} // namespace soak
