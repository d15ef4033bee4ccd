// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_NETWORK_TESTBED_HPP
#define PARTNER_CENTER_NETWORK_TESTBED_HPP

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace network {

using clock_type = std::chrono::steady_clock;

/// Waits until something is so, which it has to be some day.
/// @throws std::runtime_error It is not so after 20 seconds; the text has `what`.
void wait_until(const std::function<bool()>& is_so, const std::string& what);

/// Two namespaces of the kernel's network and the link between them, `wire` by name in both. This program
/// runs in the client's.
class testbed {
public:
    static constexpr const char* server_address = "192.0.2.1";
    static constexpr const char* client_address = "192.0.2.2";
    /// Of the server too, where it is silent; nearer to the client's, so that resolvers put it first.
    static constexpr const char* silent_address = "192.0.2.3";
    static constexpr unsigned short port = 8443;

    testbed(std::string client, std::string server, std::filesystem::path folder);

    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

    /// A command, as it is run in the server's namespace.
    [[nodiscard]] std::vector<std::string> in_server(const std::vector<std::string>& command) const;

    /// Takes the far end of the link away: what is sent gets lost, and nobody says so.
    void cut();
    /// Takes the near end away: the system knows that there is no way.
    void cut_here();
    void restore();

    /// The address of the server, without which the link carries what nobody answers.
    void remove_address();
    void add_address();

    /// What happens to packets that arrive, as rules of nftables: with those for the server, then with those
    /// for the client. Replaces what there was.
    void filter(const std::string& to_server, const std::string& to_client);

    /// How fast both ends send, in kbit/s.
    void slow_down(unsigned to_server, unsigned to_client);

    /// Puts everything back.
    void clear();

    /// Bytes that the client has sent and received on the link so far.
    [[nodiscard]] std::uint64_t sent() const;
    [[nodiscard]] std::uint64_t received() const;

private:
    void set_link(const std::string& name, const char* state);
    void set_rules(const std::string& name, const std::string& rules);
    [[nodiscard]] std::uint64_t counter(unsigned column) const;

    std::string client_;
    std::string server_;
    std::filesystem::path folder_;
    bool filtered_ = false;
    bool slow_ = false;
    bool is_cut_ = false;
    bool without_address_ = false;
};

} // namespace network

#endif
