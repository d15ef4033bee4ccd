// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_CLIENT_FIXTURE_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_CLIENT_FIXTURE_HPP

#include <partner_center.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace partner_center::testing {

/// A token that no text of the tests has by chance.
inline constexpr const char* fake_token = "fake-token.0123456789abcdefghij-KLMNOPQRSTUVWXYZ_~+/==";

/// Options that trust one authority only.
inline transport_options trusting(const std::string& ca_pem)
{
    transport_options options;
    options.tls.emplace(asio::ssl::context::tls_client);
    options.tls->add_certificate_authority(asio::buffer(ca_pem));
    return options;
}

inline client_options talking_to(std::string base_url)
{
    client_options options;
    options.base_url = std::move(base_url);
    options.retry.max_attempts = 1; // tests of one attempt see one; those of retries say so
    return options;
}

/// A profile with some members, for updates whose answer is scripted.
inline OrganizationProfile some_profile()
{
    OrganizationProfile profile;
    profile.company_name = "TEST_TEST_BugBash1";
    profile.default_address.emplace().phone_number = "4255550101";
    return profile;
}

/// How a call ended.
class call_result {
public:
    call_result() {}

    error_code ec;
    OrganizationProfile profile;
    partner_center::diagnostics diag;
    unsigned completions = 0;

    /// What the exception of the awaitable form says.
    [[nodiscard]] std::string what() const { return describe(ec, diag); }
};

/// Completes a call into a result, which must live until then.
class keep_in {
public:
    explicit keep_in(call_result& result)
        : result_{&result}
    {
    }

    void operator()(const error_code& ec, OrganizationProfile profile) const
    {
        ++result_->completions;
        result_->ec = ec;
        result_->profile = std::move(profile);
    }

private:
    call_result* result_;
};

/// An execution context, a transport and a client of its own for one server.
class client_fixture {
public:
    client_fixture(const std::string& base_url, const std::string& ca_pem)
        : client_fixture(trusting(ca_pem), talking_to(base_url))
    {
    }

    client_fixture(transport_options network, client_options options, std::string token = fake_token)
        : transport{io, std::move(network)}
        , client{transport, credential::bearer(std::move(token)), std::move(options)}
    {
    }

    /// Runs until nothing is left to do. An idle client is nothing to do.
    void run()
    {
        io.restart();
        io.run_for(std::chrono::seconds{30});
        REQUIRE_MESSAGE(io.stopped(), "the calls did not come to their end");
    }

    call_result get(call_options options = {})
    {
        call_result result;
        client.async_get(std::move(options), result.diag, keep_in(result));
        run();
        REQUIRE(result.completions == 1);
        return result;
    }

    call_result update(const OrganizationProfile& profile, call_options options = {})
    {
        call_result result;
        client.async_update(profile, std::move(options), result.diag, keep_in(result));
        run();
        REQUIRE(result.completions == 1);
        return result;
    }

    call_result update() { return update(some_profile()); }

    asio::io_context io;
    partner_center::transport transport;
    partner_center::client client;
};

} // namespace partner_center::testing

#endif
