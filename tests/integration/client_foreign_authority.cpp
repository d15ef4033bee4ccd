// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The client gets its tokens from an authority that is not ours: the npm package oauth2-mock-server, over https.

#include "fixtures/client_fixture.hpp"
#include "fixtures/server_process.hpp"
#include "fixtures/transcript.hpp"

#include <partner_center/refresh_token.hpp>
#include <partner_center/testing/certificates.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using pc::errc;
using testing::call_result;

namespace {

constexpr const char* tenant = "11111111-1111-1111-1111-111111111111";

// Where tests/run.sh installs the package.
const fs::path modules = fs::path(PARTNER_CENTER_SOURCE_DIR) / "build/npm/node_modules";

// An authority of others that gives tokens for an emulator of ours.
class foreign_fixture {
public:
    explicit foreign_fixture(const fs::path& node)
        : process_(node)
        , transport_(io_, trusting_both())
    {
        const testing::certificate_identity identity = ca_.issue();
        process_.write("certificate.pem", identity.certificate_pem);
        process_.write("key.pem", identity.private_key_pem);
        const std::string script =
            std::string(PARTNER_CENTER_SOURCE_DIR) + "/tests/integration/fixtures/foreign_authority.mjs";
        process_.start([&](unsigned short port) -> std::vector<std::string> {
            return {script, modules.string(), process_.directory().string(), std::to_string(port),
                    "/" + std::string(tenant) + "/oauth2/v2.0/token"};
        });
    }

    // Calls with a refresh token that decides what the authority answers.
    call_result get(const std::string& refresh_token, int calls = 1, unsigned attempts = 1)
    {
        pc::client_options options = testing::talking_to(service_.base_url());
        options.retry.max_attempts = attempts;
        options.retry.base_delay = std::chrono::milliseconds(1);
        const pc::client client(transport_, make_credential(refresh_token), options);
        std::optional<call_result> result;
        for (int i = 0; i != calls; ++i) {
            result.emplace();
            client.async_get(result->diag, testing::keep_in(*result));
            io_.restart();
            io_.run_for(std::chrono::seconds{30});
            REQUIRE(result->completions == 1);
            testing::write_down(result->ec, result->diag);
        }
        return *std::move(result);
    }

    // What the authority was asked with, and what it gave for that.
    struct answer {
        std::string came;
        std::string access;
        std::string refresh;
    };
    std::vector<answer> answers() const
    {
        std::vector<answer> all;
        for (const std::string& line : process_.lines("output", "answered ")) {
            const auto first = line.find(' ') + 1;
            const auto second = line.find(' ', first) + 1;
            const auto third = line.find(' ', second) + 1;
            all.push_back({line.substr(first, second - first - 1), line.substr(second, third - second - 1),
                           line.substr(third)});
        }
        return all;
    }

    std::vector<std::string> stored;

private:
    pc::transport_options trusting_both() const
    {
        pc::transport_options network = testing::trusting(ca_.pem());
        network.tls->add_certificate_authority(boost::asio::buffer(service_.ca_pem()));
        network.on_event = [](const pc::event& e) { testing::write_down(e); };
        return network;
    }

    pc::credential make_credential(const std::string& refresh_token)
    {
        pc::refresh_token_options options;
        options.tenant = tenant;
        options.client_id = "22222222-2222-2222-2222-222222222222";
        options.client_secret = "fake~secret-value";
        options.refresh_token = refresh_token;
        options.authority = "https://localhost:" + std::to_string(process_.port());
        options.on_refresh_token = [this](const std::string& next) {
            stored.push_back(next);
            // Partner Center knows what the authority signs; the emulator has to be told.
            service_.set_token(answers().back().access);
        };
        return pc::credential::refresh_token(std::move(options));
    }

    testing::certificate_authority ca_;
    testing::emulator service_;
    testing::server_process process_;
    boost::asio::io_context io_;
    pc::transport transport_;
};

std::optional<fs::path> find_node()
{
    auto node = testing::server_process::find_or_skip("node", "nodejs");
    if (node && !fs::exists(modules / "oauth2-mock-server")) {
        testing::server_process::skip(
            "npm's package oauth2-mock-server is not there (tests/run.sh installs it)");
        node.reset();
    }
    return node;
}

} // namespace

TEST_CASE("an authority of others gives tokens for a refresh token, and new refresh tokens")
{
    const auto node = find_node();
    if (!node)
        return;
    foreign_fixture fixture(*node);
    const call_result read = fixture.get("fake-first", 3);
    CHECK_MESSAGE(!read.ec, read.what());
    auto answers = fixture.answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].came == "fake-first");
    CHECK(answers[0].access.starts_with("eyJ"));
    CHECK(fixture.stored == std::vector<std::string>{answers[0].refresh});
    CHECK(answers[0].refresh != "fake-first");

    // The one that was stored is good for the next start.
    CHECK_FALSE(fixture.get(fixture.stored[0]).ec);
    answers = fixture.answers();
    REQUIRE(answers.size() == 2);
    CHECK(answers[1].came == answers[0].refresh);
    CHECK(fixture.stored[1] == answers[1].refresh);
}

TEST_CASE("an authority of others may give its numbers as text, or a time to refresh")
{
    const auto node = find_node();
    if (!node)
        return;
    foreign_fixture fixture(*node);
    CHECK_FALSE(fixture.get("fake-for-text", 3).ec);
    CHECK(fixture.answers().size() == 1); // it was understood: the token is kept
    CHECK_FALSE(fixture.get("fake-for-early", 3).ec);
    CHECK(fixture.answers().size() == 2);
}

TEST_CASE("what an authority of others refuses is an error that says who has to do what")
{
    const auto node = find_node();
    if (!node)
        return;
    foreign_fixture fixture(*node);
    const call_result revoked = fixture.get("fake-for-revoked", 1, 4);
    CHECK(revoked.ec == errc::sign_in_required);
    CHECK(revoked.diag.service_code == "invalid_grant");
    CHECK(revoked.diag.description.find("no good: ***") != std::string::npos);
    CHECK(fixture.answers().size() == 1);
    const call_result unknown = fixture.get("fake-for-unknown-client", 1, 4);
    CHECK(unknown.ec == errc::invalid_credential);
    CHECK(fixture.answers().size() == 2);
    const call_result outage = fixture.get("fake-for-outage", 1, 3);
    CHECK(outage.ec == errc::authority_unavailable);
    CHECK(outage.diag.http_status == 503);
    CHECK(fixture.answers().size() == 5);
}
