// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_NETWORK_ROWS_HPP
#define PARTNER_CENTER_NETWORK_ROWS_HPP

#include "stage.hpp"

#include <vector>

namespace network {

/// One thing that goes wrong, and what must come out.
struct row {
    const char* name;
    void (*play)(stage&);
};

/// The link is cut, or slow.
std::vector<row> rows_of_links();
/// Packets get lost, or are refused.
std::vector<row> rows_of_packets();
/// Servers are killed, stop, or close connections.
std::vector<row> rows_of_servers();
/// HAProxy and nginx stand before the service.
std::vector<row> rows_of_gateways();

} // namespace network

#endif
