// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "usage.hpp"

#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace soak {

namespace {

// Least squares.
double slope_of(const std::vector<double>& x, const std::vector<double>& y)
{
    const auto count = static_cast<double>(x.size());
    const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / count;
    const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / count;
    double together = 0;
    double square = 0;
    for (std::size_t i = 0; i != x.size(); ++i) {
        together += (x[i] - mean_x) * (y[i] - mean_y);
        square += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return square > 0 ? together / square : 0;
}

} // namespace

usage::usage()
{
    // One arena: its figures are those of all threads.
    ::mallopt(M_ARENA_MAX, 1);
    // Where the system likes huge pages, one of them is 2 MiB that become resident at once.
    ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

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
    updates_.push_back(static_cast<double>(updates));
    resident_kib_.push_back(static_cast<double>(resident) * page_kib);
    // Large blocks are no part of an arena: glibc takes them from the system one by one.
    const auto heap = ::mallinfo2();
    live_kib_.push_back(static_cast<double>(heap.uordblks + heap.hblkhd) / 1024);
    descriptors_.push_back(std::distance(begin(descriptors), end(descriptors)));
}

bool usage::report() const
{
    // Caches fill in the first fifth.
    const auto first = static_cast<std::ptrdiff_t>(updates_.size() / 5);
    const auto later = [first](const auto& all) { return std::vector(all.begin() + first, all.end()); };
    const std::vector<double> updates = later(updates_);
    const double live = slope_of(updates, later(live_kib_)) * 100'000;
    const double resident = slope_of(updates, later(resident_kib_)) * 100'000;
    std::printf("live memory %.0f KiB, slope %+.1f KiB per 100,000 updates; resident %.0f KiB, slope %+.1f\n",
                live_kib_.back(), live, resident_kib_.back(), resident);
    const auto [least, most] = std::minmax_element(descriptors_.begin() + first, descriptors_.end());
    std::printf("descriptors %td to %td\n", *least, *most);

    bool all_met = true;
    const auto require = [&all_met](bool is_met, const char* what) {
        if (!is_met)
            std::printf("BROKEN: %s\n", what);
        all_met = all_met && is_met;
    };
    // Eight connections of the client, and their other ends.
    require(*most - *least <= 16, "connections and their descriptors stay as many as they are");
    if (updates.size() < 20) {
        std::printf("too few updates to tell whether memory grows: 200,000 are needed\n");
        return all_met;
    }
    // Connections come and go with a hundred KiB or two, which makes the slope of a short run steep: there it is
    // the growth that counts, as much as in a run of a million.
    const double span = (updates.back() - updates.front()) / 100'000;
    const auto grows = [span](double slope, double most_kib) {
        return slope >= most_kib && slope * span >= 8 * most_kib;
    };
    // A leak of half a byte an update. Seven runs of a million, of as many seeds, had slopes from -7 to +9.
    require(!grows(live, 50), "live memory grows by less than 50 KiB in 100,000 updates");
    // This sees what the live memory does not show: what is mapped without the heap, and live blocks that lie so
    // that no page around them comes free. The same runs had slopes from -15 to +7; but the system decides, too,
    // which pages of the program itself stay.
    require(!grows(resident, 100), "resident memory grows by less than 100 KiB in 100,000 updates");
    return all_met;
}

} // namespace soak
