// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_SOAK_USAGE_HPP
#define PARTNER_CENTER_SOAK_USAGE_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

namespace soak {

/// The memory and the descriptors of this process over time.
class usage {
public:
    usage();

    /// @param updates How many there were so far.
    void measure(std::uint64_t updates);

    /// Prints how they change, and each requirement that is broken. Whether none is.
    bool report() const;

private:
    // One entry each time.
    std::vector<double> updates_;
    std::vector<double> resident_kib_;
    std::vector<double> live_kib_;
    std::vector<std::ptrdiff_t> descriptors_;
};

} // namespace soak

#endif
