// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls with callbacks: each handler starts what comes next.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <string>
#include <utility>

// Lives until its last handler was called.
class phone_change {
public:
    phone_change(pc::client client, std::string number)
        : client_(std::move(client))
        , number_(std::move(number))
    {
    }

    void start()
    {
        client_.async_get(diagnostics_, [this](pc::error_code ec, pc::OrganizationProfile profile) {
            if (ec)
                return fail(ec);
            if (!profile.default_address)
                profile.default_address.emplace();
            profile.default_address->phone_number = number_;
            update(profile);
        });
    }

private:
    void update(const pc::OrganizationProfile& profile)
    {
        // The profile is not needed any more when async_update returns.
        client_.async_update(profile, diagnostics_, [this](pc::error_code ec, pc::OrganizationProfile) {
            if (ec)
                return fail(ec);
            std::cout << "The phone number is " << number_ << " (request " << diagnostics_.request_id
                      << ").\n";
        });
    }

    // Thrown out of context.run(). A program that goes on would log describe(ec, diagnostics_) instead.
    void fail(pc::error_code ec) { throw pc::error(ec, diagnostics_); }

    pc::client client_;
    std::string number_;
    pc::diagnostics diagnostics_;
};

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport transport(context, env.network());
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());
        phone_change change(client, "4255550102");
        change.start();
        context.run();
    });
}
