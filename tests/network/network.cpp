// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// network CLIENT SERVER FOLDER MILLISECONDS [WORD]: plays every row whose name has the word. Runs in the
// namespace CLIENT of the network, beside which there is the namespace SERVER; FOLDER has the programs of the
// peers. A crowd of calls is at work for so long in a row. Exits with 1 when a row is wrong.

#include "rows.hpp"

#include <partner_center/testing/certificates.hpp>
#ifdef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/certificates.ipp>
#endif

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace pc = partner_center;

namespace {

void write(const std::filesystem::path& path, const std::string& text)
{
    std::ofstream file(path);
    if (!(file << text).flush())
        throw std::runtime_error("cannot write " + path.string());
}

void write_certificates(const std::filesystem::path& folder)
{
    const pc::testing::certificate_authority authority;
    pc::testing::certificate_request request;
    request.dns_names = {"service.test"};
    request.ip_addresses = {network::testbed::server_address};
    const auto identity = authority.issue(request);
    write(folder / "ca.pem", authority.pem());
    write(folder / "certificate.pem", identity.certificate_pem);
    write(folder / "key.pem", identity.private_key_pem);
    write(folder / "server.pem", identity.certificate_pem + identity.private_key_pem);
}

int milliseconds_in(std::string_view text)
{
    int value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc() || end != text.data() + text.size() || value < 1)
        throw std::invalid_argument("MILLISECONDS must be a positive number, not \"" + std::string(text) +
                                    "\"");
    return value;
}

bool play(network::testbed& bed, const network::row& row, network::milliseconds for_a_while)
{
    network::stage stage(bed, row.name, for_a_while);
    try {
        row.play(stage);
    } catch (const std::exception& e) {
        stage.require(false, e.what());
    }
    return stage.finish();
}

} // namespace

int main(int argc, char** argv)
try {
    if (argc != 5 && argc != 6) {
        std::fprintf(stderr, "usage: network CLIENT SERVER FOLDER MILLISECONDS [WORD]\n");
        return 2;
    }
    network::testbed bed(argv[1], argv[2], argv[3]);
    const network::milliseconds for_a_while(milliseconds_in(argv[4]));
    const std::string_view word = argc == 6 ? argv[5] : "";
    write_certificates(bed.folder());
    for (const auto rows : {network::rows_of_links, network::rows_of_packets, network::rows_of_servers,
                            network::rows_of_gateways})
        for (const network::row& row : rows())
            if (std::string_view(row.name).find(word) != word.npos)
                play(bed, row, for_a_while);
    const auto& sum = network::stage::sum();
    const auto in_milliseconds = [](network::clock_type::duration time) {
        return static_cast<long long>(std::chrono::ceil<network::milliseconds>(time).count());
    };
    std::printf("%zu rows, %zu of them wrong: %zu calls, %zu failed, %zu of them applied and said so; "
                "%lld ms over a deadline at most, while bare timers of the machine were %lld ms late\n",
                sum.rows, sum.failed_rows, sum.calls, sum.failed_calls, sum.applied_though_failed,
                in_milliseconds(sum.longest_over), in_milliseconds(sum.machine_late));
    if (sum.rows == 0)
        throw std::invalid_argument("no row has \"" + std::string(word) + "\" in its name");
    return sum.failed_rows == 0 ? 0 : 1;
} catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 2;
}
