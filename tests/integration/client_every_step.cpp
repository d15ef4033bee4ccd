// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A call is disturbed after each of its steps, one step further each time, until it is over before that.

#include "fixtures/client_fixture.hpp"
#include "fixtures/faulty_server.hpp"
#include "fixtures/tunnel_proxy.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace pc = partner_center;
namespace testing = partner_center::testing;
using boost::system::error_code;
using pc::errc;
using pc::phase;
using testing::call_result;
using testing::faulty_server;

namespace {

/// The way from the client to the server.
struct way {
    const char* name;
    void (*set)(pc::transport_options& network);
};

void go_through_proxy(pc::transport_options& network)
{
    static const testing::tunnel_proxy proxy;
    network.proxy.url = proxy.url();
}

const way ways[] = {
    {"directly", [](pc::transport_options&) {}},
    {"through a proxy", go_through_proxy},
};

enum class request { get, update, update_with_expect };
enum class connection { fresh, kept, awaited };

struct scenario {
    request what;
    connection how;
};

enum class disturbance {
    terminal,
    partial,
    total,
    race,
    close_transport,
    destroy_transport,
    destroy_client,
    stop_and_destroy,
};

const disturbance disturbances[] = {
    disturbance::terminal,       disturbance::partial,          disturbance::total,
    disturbance::race,           disturbance::close_transport,  disturbance::destroy_transport,
    disturbance::destroy_client, disturbance::stop_and_destroy,
};

const char* name_of(disturbance d)
{
    switch (d) {
    case disturbance::terminal: return "terminal cancellation";
    case disturbance::partial: return "partial cancellation";
    case disturbance::total: return "total cancellation";
    case disturbance::race: return "a race lost in a coroutine";
    case disturbance::close_transport: return "the transport closed";
    case disturbance::destroy_transport: return "the transport destroyed";
    case disturbance::destroy_client: return "the client destroyed";
    case disturbance::stop_and_destroy: return "the context stopped, and everything destroyed";
    }
    return "";
}

// Completes a call, and tells by its owners whether it was destroyed.
struct noting {
    call_result* result;
    std::shared_ptr<int> held;

    void operator()(const error_code& ec, pc::OrganizationProfile profile) const
    {
        testing::keep_in to(*result);
        to(ec, std::move(profile));
    }
};

template <class Token>
auto start(const pc::client& client, request what, call_result& result, Token&& token)
{
    const auto options = pc::call_options{}.expect_continue(what == request::update_with_expect);
    if (what == request::get)
        return client.async_get(options, result.diag, std::forward<Token>(token));
    return client.async_update(testing::some_profile(), options, result.diag, std::forward<Token>(token));
}

/// All that a call needs, for one call that is disturbed.
class stage {
public:
    stage(const faulty_server& server, const way& by, scenario what)
        : what_{what}
        , options_{testing::talking_to(server.base_url())}
        , io_{std::in_place, 1}
        , trigger_{std::in_place, *io_, asio::steady_timer::time_point::max()}
    {
        pc::transport_options network = testing::trusting(server.ca_pem());
        network.max_connections = 1; // one that is lost is missed by the next call
        by.set(network);
        options_.continue_timeout = std::chrono::hours{1};
        transport_.emplace(*io_, std::move(network));
        client_.emplace(*transport_, pc::credential::bearer(testing::fake_token), options_);
    }

    // Begins the call, and what has to happen before it.
    void begin(disturbance how)
    {
        if (what_.how == connection::kept) {
            call_result first;
            client_->async_get(first.diag, noting{&first, held_});
            run_dry();
            REQUIRE_MESSAGE(!first.ec, first.what());
        }
        if (what_.how == connection::awaited)
            client_->async_get(before_.diag, noting{&before_, held_});
        if (how == disturbance::race)
            asio::co_spawn(*io_, race(*client_, what_.what, *trigger_, result_, held_), asio::detached);
        else
            start(*client_, what_.what, result_,
                  asio::bind_cancellation_slot(signal_.slot(), noting{&result_, held_}));
        io_->restart();
    }

    // Runs so many handlers; false when the call was over, or had nothing more to do, before that.
    bool run_steps(int count)
    {
        for (int i = 0; i != count; ++i)
            if (result_.completions != 0 || io_->run_one_for(std::chrono::seconds{20}) == 0)
                return false;
        return result_.completions == 0;
    }

    void disturb(disturbance how)
    {
        switch (how) {
        case disturbance::terminal: signal_.emit(asio::cancellation_type::terminal); break;
        case disturbance::partial: signal_.emit(asio::cancellation_type::partial); break;
        case disturbance::total: signal_.emit(asio::cancellation_type::total); break;
        case disturbance::race: trigger_->expires_at(asio::steady_timer::time_point::min()); break;
        case disturbance::close_transport: transport_->close(); break;
        case disturbance::destroy_transport: transport_.reset(); break;
        case disturbance::destroy_client: client_.reset(); break;
        case disturbance::stop_and_destroy:
            io_->stop();
            destroy();
            return;
        }
        run_dry();
    }

    void destroy()
    {
        trigger_.reset();
        client_.reset();
        transport_.reset();
        io_.reset();
    }

    // The next call on the same transport.
    call_result next()
    {
        if (!client_ && transport_)
            client_.emplace(*transport_, pc::credential::bearer(testing::fake_token), options_);
        call_result result;
        client_->async_update(testing::some_profile(), result.diag, noting{&result, held_});
        run_dry();
        CHECK(result.completions == 1);
        return result;
    }

    [[nodiscard]] const call_result& result() const { return result_; }
    [[nodiscard]] const call_result& before() const { return before_; }
    [[nodiscard]] bool something_is_left() const { return held_.use_count() != 1; }

private:
    void run_dry()
    {
        io_->restart();
        io_->run_for(std::chrono::seconds{20});
        REQUIRE_MESSAGE(io_->stopped(), "the calls did not come to their end");
    }

    static asio::awaitable<void> race(pc::client client, request what, asio::steady_timer& trigger,
                                      call_result& result, [[maybe_unused]] std::shared_ptr<int> held)
    {
        using namespace asio::experimental::awaitable_operators;
        error_code ec;
        error_code ignored;
        auto call = start(client, what, result, asio::redirect_error(asio::use_awaitable, ec));
        const auto outcome = co_await (
            std::move(call) || trigger.async_wait(asio::redirect_error(asio::use_awaitable, ignored)));
        testing::keep_in to(result);
        // The call may be over although it lost; its result is then lost with it.
        to(ec, outcome.index() == 0 ? std::get<0>(outcome) : pc::OrganizationProfile());
    }

    scenario what_;
    pc::client_options options_;
    std::shared_ptr<int> held_ = std::make_shared<int>(0);
    call_result before_;
    call_result result_;
    asio::cancellation_signal signal_;
    std::optional<asio::io_context> io_;
    std::optional<asio::steady_timer> trigger_;
    std::optional<pc::transport> transport_;
    std::optional<pc::client> client_;
};

bool is_change(request what)
{
    return what != request::get;
}

// What holds for a call however it ended; the phase it had come to is added to those seen.
void check_end(const call_result& result, const scenario& what, disturbance how, std::set<phase>& seen)
{
    CHECK(result.completions == 1);
    if (!result.ec) {
        CHECK_FALSE(result.diag.may_have_been_applied);
        if (how != disturbance::race)
            CHECK(result.profile.id == result.diag.request_id);
        return;
    }
    seen.insert(result.diag.phase);
    if (how == disturbance::close_transport || how == disturbance::destroy_transport)
        CHECK_MESSAGE(result.ec == errc::transport_closed, result.what());
    else
        CHECK_MESSAGE(result.ec == asio::error::operation_aborted, result.what());
    if (how == disturbance::total && is_change(what.what))
        CHECK(result.diag.attempts == 0);
    const bool body_may_be_sent = result.diag.phase == phase::send || result.diag.phase == phase::receive;
    if (!is_change(what.what) || result.diag.attempts == 0 || !body_may_be_sent)
        CHECK_FALSE(result.diag.may_have_been_applied);
}

void check_next(stage& on, disturbance how)
{
    const call_result next = on.next();
    if (how == disturbance::close_transport || how == disturbance::destroy_transport) {
        CHECK_MESSAGE(next.ec == errc::transport_closed, next.what());
        CHECK(next.diag.attempts == 0);
    } else {
        CHECK_MESSAGE(!next.ec, next.what());
        CHECK(next.profile.id == next.diag.request_id);
    }
}

// The call that had the only connection while the disturbed one waited for it.
void check_before(const call_result& before, disturbance how)
{
    CHECK(before.completions == 1);
    if (how == disturbance::close_transport || how == disturbance::destroy_transport)
        CHECK_MESSAGE((!before.ec || before.ec == errc::transport_closed), before.what());
    else if (how == disturbance::destroy_client)
        CHECK_MESSAGE((!before.ec || before.ec == asio::error::operation_aborted), before.what());
    else
        CHECK_MESSAGE(!before.ec, before.what());
}

/// Disturbs a call after each number of steps.
class sweep {
public:
    sweep(const faulty_server& server, const way& by, scenario what, disturbance how)
        : server_{server}
        , by_{by}
        , what_{what}
        , how_{how}
    {
    }

    // Runs until the call is over before the disturbance some times in succession: the server is another
    // thread, so that the number of steps varies.
    void run(std::set<phase>& seen)
    {
        int over = 0;
        for (int steps = 0; over != 3 && steps != 200; ++steps) {
            CAPTURE(steps);
            over = disturb_after(steps, seen) ? 0 : over + 1;
            disturbed_ += over == 0 ? 1 : 0;
        }
        CHECK(over == 3);
        CHECK(disturbed_ > 2);
        // All that was sent has been read: nobody was told that nothing happened, and then it had.
        REQUIRE(server_.wait_until_alone());
        for (const std::string& request_id : not_applied_)
            CHECK_FALSE(server_.has_body_of(request_id));
    }

private:
    // False when the call was over before.
    bool disturb_after(int steps, std::set<phase>& seen)
    {
        stage on(server_, by_, what_);
        on.begin(how_);
        const bool in_time = on.run_steps(steps);
        on.disturb(how_);
        const call_result& result = on.result();
        if (how_ == disturbance::stop_and_destroy) {
            CHECK(result.completions == (in_time ? 0 : 1));
        } else {
            check_end(result, what_, how_, seen);
            if (what_.how == connection::awaited)
                check_before(on.before(), how_);
            check_next(on, how_);
            if (result.ec && !result.diag.may_have_been_applied && is_change(what_.what))
                not_applied_.push_back(result.diag.request_id);
        }
        on.destroy();
        CHECK_FALSE(on.something_is_left());
        return in_time;
    }

    const faulty_server& server_;
    const way& by_;
    scenario what_;
    disturbance how_;
    int disturbed_ = 0;
    std::vector<std::string> not_applied_;
};

std::set<phase> sweep_all(request what)
{
    const faulty_server server;
    std::set<phase> seen;
    for (const way& by : ways)
        for (const connection how : {connection::fresh, connection::kept, connection::awaited})
            for (const disturbance d : disturbances) {
                CAPTURE(by.name);
                CAPTURE(static_cast<int>(how));
                CAPTURE(name_of(d));
                sweep(server, by, {what, how}, d).run(seen);
            }
    return seen;
}

void check_all_seen(const std::set<phase>& seen, std::initializer_list<phase> wanted)
{
    for (const phase p : wanted)
        CHECK_MESSAGE(seen.contains(p), to_string(p));
}

} // namespace

TEST_CASE("a read may be disturbed after each of its steps")
{
    check_all_seen(sweep_all(request::get), {phase::wait_connection, phase::resolve, phase::connect,
                                             phase::proxy, phase::handshake, phase::receive});
}

TEST_CASE("an update may be disturbed after each of its steps")
{
    check_all_seen(sweep_all(request::update), {phase::wait_connection, phase::resolve, phase::connect,
                                                phase::proxy, phase::handshake, phase::receive});
}

TEST_CASE("an update that waits for 100 Continue may be disturbed after each of its steps")
{
    check_all_seen(sweep_all(request::update_with_expect),
                   {phase::wait_connection, phase::resolve, phase::connect, phase::proxy, phase::handshake,
                    phase::wait_continue, phase::receive});
}
