// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "testbed.hpp"

#include "child.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace network {

void wait_until(const std::function<bool()>& is_so, const std::string& what)
{
    const auto patience = clock_type::now() + std::chrono::seconds(20);
    while (!is_so()) {
        if (clock_type::now() > patience)
            throw std::runtime_error("waited 20 s in vain until " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

testbed::testbed(std::string client, std::string server, std::filesystem::path folder)
    : client_(std::move(client))
    , server_(std::move(server))
    , folder_(std::move(folder))
{
}

std::vector<std::string> testbed::in_server(const std::vector<std::string>& command) const
{
    std::vector<std::string> whole = {"ip", "netns", "exec", server_};
    whole.insert(whole.end(), command.begin(), command.end());
    return whole;
}

void testbed::set_link(const std::string& name, const char* state)
{
    run({"ip", "-n", name, "link", "set", "wire", state});
}

void testbed::cut()
{
    is_cut_ = true;
    set_link(server_, "down");
}

void testbed::cut_here()
{
    is_cut_ = true;
    set_link(client_, "down");
}

void testbed::restore()
{
    set_link(server_, "up");
    set_link(client_, "up");
    is_cut_ = false;
}

void testbed::remove_address()
{
    without_address_ = true;
    run({"ip", "-n", server_, "address", "delete", server_address + std::string("/24"), "dev", "wire"});
}

void testbed::add_address()
{
    run({"ip", "-n", server_, "address", "add", server_address + std::string("/24"), "dev", "wire"});
    without_address_ = false;
}

void testbed::set_rules(const std::string& name, const std::string& rules)
{
    run({"ip", "netns", "exec", name, "nft",
         "flush ruleset; table ip faults { chain arriving { type filter hook input priority 0; " + rules +
             "; }; }"});
}

void testbed::filter(const std::string& to_server, const std::string& to_client)
{
    filtered_ = true;
    set_rules(server_, to_server);
    set_rules(client_, to_client);
}

void testbed::slow_down(unsigned to_server, unsigned to_client)
{
    slow_ = true;
    for (const auto& [name, rate] : {std::pair(client_, to_server), std::pair(server_, to_client)})
        run({"tc", "-n", name, "qdisc", "replace", "dev", "wire", "root", "tbf", "rate",
             std::to_string(rate) + "kbit", "burst", "3000", "latency", "2s"});
}

void testbed::clear()
{
    if (is_cut_)
        restore();
    if (without_address_)
        add_address();
    if (std::exchange(filtered_, false))
        for (const std::string& name : {client_, server_})
            run({"ip", "netns", "exec", name, "nft", "flush ruleset"});
    if (std::exchange(slow_, false))
        for (const std::string& name : {client_, server_})
            run({"tc", "-n", name, "qdisc", "delete", "dev", "wire", "root"});
}

std::uint64_t testbed::counter(unsigned column) const
{
    std::ifstream file("/proc/self/net/dev");
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        if (!(words >> name) || name != "wire:")
            continue;
        std::uint64_t value = 0;
        for (unsigned i = 0; i <= column; ++i)
            words >> value;
        return value;
    }
    throw std::runtime_error("/proc/self/net/dev does not name the wire");
}

std::uint64_t testbed::received() const
{
    return counter(0);
}

std::uint64_t testbed::sent() const
{
    return counter(8);
}

} // namespace network
