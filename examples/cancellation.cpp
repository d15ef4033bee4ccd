// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A call that can be cancelled: Ctrl-C ends it, unless the change is on its way already.

#include "common/environment.hpp"

#include <partner_center.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>
#include <utility>

void change_language(pc::OrganizationProfile& profile)
{
    profile.language = profile.language == "en" ? "de" : "en";
}

int main()
{
    return examples::run([](const examples::environment& env) {
        asio::io_context context;
        pc::transport transport(context, env.network());
        const pc::client client(transport, pc::credential::bearer(env.token()), env.settings());

        // Of one thread: what else emits a signal has to do so in the strand that the call was begun in.
        asio::cancellation_signal stop;
        asio::signal_set signals(context, SIGINT, SIGTERM);
        signals.async_wait([&](const pc::error_code& ec, int) {
            // `total` leaves a change alone that has begun to be sent. `terminal` ends that, too.
            if (!ec)
                stop.emit(asio::cancellation_type::total);
        });

        // Nothing is asked yet: a deferred operation begins when it is given its handler.
        pc::diagnostics diag;
        auto change = client.async_modify(change_language, diag, asio::deferred);

        const auto handler = [&](const pc::error_code& ec, const pc::OrganizationProfile& stored) {
            signals.cancel();
            if (ec == pc::condition::cancelled && !diag.may_have_been_applied)
                std::cerr << "Cancelled; nothing was changed.\n";
            if (ec)
                throw pc::error(ec, diag);
            std::cout << "The language is " << stored.language.value() << ".\n";
        };
        std::move(change)(asio::bind_cancellation_slot(stop.slot(), handler));
        context.run();
    });
}
