// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_FAULT_PLAY_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_FAULT_PLAY_HPP

#include "client_fixture.hpp"
#include "fault_table.hpp"
#include "full_queue.hpp"
#include "scripted_names.hpp"
#include "tls_scripted_peer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace partner_center::testing {

/// What a row came to.
class fault_outcome {
public:
    fault_outcome() {}

    call_result before; ///< The call that makes the connection a reused one.
    call_result call;
    call_result next; ///< The call after the fault.
    std::chrono::steady_clock::duration took{};
    bool ran_out_of_work = true;
    bool same_ids = true;
    std::size_t connections = 0;
    std::size_t expected_connections = 0;
    std::string trouble; ///< What the peer did not understand.
};

/// The stage of one row: a peer, a name for it, and a client with one connection.
class fault_play {
public:
    explicit fault_play(const fault& row)
        : row_{row}
        , peer_{identity(), authority().pem(), tls_scripted_peer::deaf}
        , fixture_{network(row), options(),
                   row.token_size != 0 ? std::string(row.token_size, 'x') : fake_token}
        , sound_client_{fixture_.transport, credential::bearer(fake_token), options()}
    {
    }

    /// Once. The call before if the row wants one, the call that meets the fault, and the one after.
    fault_outcome run()
    {
        std::optional<full_queue> queue;
        if (row_.token_size != 0 || row_.body_size != 0)
            peer_.receive_little();
        if (row_.listening != fault::listener::none)
            peer_.listen(row_.listening == fault::listener::full ? 0 : 16);
        if (row_.listening == fault::listener::full)
            queue.emplace(peer_.port());
        if (row_.listening == fault::listener::ready)
            peer_.begin_to_accept();
        write_scripts();
        if (row_.on_reused)
            call_soundly(outcome_.before);
        call();
        if (row_.listening != fault::listener::ready)
            open_up(queue);
        if (!row_.kept) {
            note_trouble();
            tls_script next = peer_.on_connection();
            begin(next);
            next.expect_request("GET ").reply(stored);
            ++outcome_.expected_connections;
        }
        call_soundly(outcome_.next);
        note_trouble();
        outcome_.connections = peer_.connections();
        compare_ids();
        look_for_token();
        return std::move(outcome_);
    }

private:
    static const certificate_authority& authority()
    {
        static const certificate_authority made;
        return made;
    }

    static const certificate_identity& identity()
    {
        static const certificate_identity made = [] {
            certificate_request request;
            request.dns_names = {"*.names.test"};
            return authority().issue(request);
        }();
        return made;
    }

    [[nodiscard]] transport_options network(const fault& row) const
    {
        transport_options network = trusting(authority().pem());
        const auto limit = [&](errc code) -> transport_options::duration {
            return row.expects(code) ? transport_options::duration{short_time} : std::chrono::minutes{1};
        };
        if (row.proxied)
            network.proxy.url = "http://" + name_.text() + ":" + std::to_string(peer_.port());
        network.max_connections = 1;
        network.connect_timeout = limit(errc::connect_timeout);
        network.handshake_timeout = limit(errc::handshake_timeout);
        network.attempt_timeout = limit(errc::attempt_timeout);
        network.max_response_header = 1024;
        network.max_response_body = 4096;
        return network;
    }

    [[nodiscard]] client_options options() const
    {
        client_options options = talking_to("https://" + name_.text() + ":" + std::to_string(peer_.port()));
        options.expect_continue = row_.how == request::put_expecting;
        options.continue_timeout = std::chrono::hours{1};
        if (row_.continue_timeout)
            options.continue_timeout = *row_.continue_timeout;
        return options;
    }

    // What comes before the first request of a connection that is none of the call's.
    void begin(tls_script& script) const
    {
        if (row_.proxied)
            script.open_tunnel();
    }

    void write_scripts()
    {
        if (row_.on_reused)
            name_.then_found();
        for (const auto& answer : row_.lookups)
            answer(name_);
        for (const fault::script& write : row_.connections) {
            tls_script script = peer_.on_connection();
            if (row_.on_reused && &write == &row_.connections.front()) {
                begin(script);
                script.expect_request("GET ").reply(stored);
            }
            write(script);
            if (row_.kept && &write == &row_.connections.back())
                script.expect_request("GET ").reply(stored);
        }
        outcome_.expected_connections = row_.connections.size();
    }

    void open_up(std::optional<full_queue>& queue)
    {
        const std::size_t waiting = queue ? queue->size() : 0;
        queue.reset();
        for (std::size_t i = 0; i != waiting; ++i)
            peer_.on_connection().without_tls().expect_close();
        outcome_.expected_connections += waiting;
        peer_.listen();
        peer_.begin_to_accept();
    }

    void call()
    {
        OrganizationProfile profile = some_profile();
        if (row_.body_size != 0)
            profile.company_name = std::string(row_.body_size, 'x');
        const auto ended = [this](const error_code& ec, OrganizationProfile result) {
            outcome_.took = std::chrono::steady_clock::now() - begin_;
            keep_in(outcome_.call)(ec, std::move(result));
            name_.answer(); // no longer anybody's
        };
        if (row_.how == request::get)
            fixture_.client.async_get(outcome_.call.diag, ended);
        else
            fixture_.client.async_update(profile, outcome_.call.diag, ended);
        // Without the making of a large document: no deadline is about that.
        begin_ = std::chrono::steady_clock::now();
        run_out_of_work();
    }

    void call_soundly(call_result& result)
    {
        sound_client_.async_get(result.diag, keep_in(result));
        run_out_of_work();
    }

    void run_out_of_work()
    {
        fixture_.io.restart();
        fixture_.io.run_for(std::chrono::seconds{25});
        if (!fixture_.io.stopped())
            outcome_.ran_out_of_work = false;
    }

    void note_trouble()
    {
        const auto played = peer_.verify();
        if (outcome_.trouble.empty())
            outcome_.trouble = played.mismatch;
    }

    // All attempts of a call are one request for the service.
    void compare_ids()
    {
        const std::string own[] = {outcome_.before.diag.request_id, outcome_.next.diag.request_id};
        for (const received_request& request : peer_.requests()) {
            if (request.request_line().starts_with("CONNECT "))
                continue;
            const std::string_view id = request.header("MS-RequestId").value_or("");
            if (id != outcome_.call.diag.request_id &&
                std::find(std::begin(own), std::end(own), id) == std::end(own))
                outcome_.same_ids = false;
        }
    }

    // No proxy is told more than where to connect to.
    void look_for_token()
    {
        for (const received_request& request : peer_.requests())
            if (request.request_line().starts_with("CONNECT ") && request.header("Authorization"))
                outcome_.trouble = "the token was sent to the proxy";
    }

    const fault& row_;
    scripted_name name_;
    tls_scripted_peer peer_;
    std::chrono::steady_clock::time_point begin_;
    fault_outcome outcome_; // before the fixture, whose handlers write to it
    client_fixture fixture_;
    partner_center::client sound_client_;
};

inline bool ends_as_expected(const fault& row, const error_code& ec)
{
    if (row.codes.empty())
        return ec.category() == asio::error::get_ssl_category();
    return std::find(row.codes.begin(), row.codes.end(), ec) != row.codes.end();
}

inline void check(const fault& row, const fault_outcome& outcome)
{
    const call_result& call = outcome.call;
    CAPTURE(row.name);
    INFO("it ended so: ", call.ec.to_string(), ", ", call.what());
    CHECK(call.completions == 1);
    CHECK(ends_as_expected(row, call.ec));
    CHECK_MESSAGE(std::find(row.phases.begin(), row.phases.end(), call.diag.phase) != row.phases.end(),
                  partner_center::to_string(call.diag.phase));
    CHECK(call.diag.attempts == row.expected_attempts);
    CHECK(call.diag.may_have_been_applied == row.may_have_been_applied);
    CHECK((call.profile == OrganizationProfile()) == !row.expects_success());

    const auto expected_time = row.expects_deadline() ? short_time : std::chrono::milliseconds{0};
    CHECK(outcome.took >= expected_time);
    CHECK(outcome.took < expected_time + margin);
    CHECK(outcome.ran_out_of_work);

    CHECK_MESSAGE(outcome.trouble.empty(), outcome.trouble);
    CHECK(outcome.same_ids);
    CHECK(outcome.connections == outcome.expected_connections);
    CHECK_MESSAGE(!outcome.before.ec, outcome.before.what());
    CHECK_MESSAGE(!outcome.next.ec, outcome.next.what());
    CHECK(outcome.next.diag.attempts == 1);
}

/// Plays the rows, several at a time, and checks each of them.
///
/// @param at_least How many rows there have to be.
/// @param at_once How many of them at a time: most do nothing but wait.
inline void play(const fault_table& table, std::size_t at_least, std::size_t at_once = 12)
{
    const auto& rows = table.rows();
    CHECK_MESSAGE(rows.size() >= at_least, "rows are missing");
    std::vector<fault_outcome> outcomes(rows.size());
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> threads(std::min(rows.size(), at_once));
    for (std::thread& thread : threads)
        thread = std::thread([&] {
            for (std::size_t i = next++; i < rows.size(); i = next++)
                try {
                    outcomes[i] = fault_play(rows[i]).run();
                } catch (const std::exception& e) {
                    outcomes[i].trouble = e.what();
                }
        });
    for (std::thread& thread : threads)
        thread.join();
    for (std::size_t i = 0; i != rows.size(); ++i)
        check(rows[i], outcomes[i]);
}

} // namespace partner_center::testing

#endif
