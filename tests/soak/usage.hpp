// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_SOAK_USAGE_HPP
#define PARTNER_CENTER_SOAK_USAGE_HPP

#include <cstdint>
#include <vector>

namespace soak {

/// The memory and the descriptors of this process over time.
class usage {
public:
    /// @param updates How many there were so far.
    void measure(std::uint64_t updates);

    /// Prints the slope of the memory by least squares, without the first fifth, in which caches fill, and the
    /// range of the descriptors. Whether neither grows.
    bool report() const;

private:
    struct sample {
        double updates;
        double resident_kib;
        std::uint64_t descriptors;
    };

    std::vector<sample> samples_;
};

} // namespace soak

#endif
