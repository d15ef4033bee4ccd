// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "without_network.hpp"

#include <partner_center/detail/cached_tokens.hpp>
#include <partner_center/detail/call.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pc = partner_center;
using namespace std::chrono_literals;
using pc::errc;
using pc::detail::fetch_end;
using pc::detail::held_token;
using pc::detail::pause_after;
using pc::detail::ref;
using pc::detail::refresh_time;
using pc::detail::shared_token;
using pc::detail::token_fetch;
using pc::detail::vouches_for_token;
using pc::testing::quiet_call;
using time_point = std::chrono::system_clock::time_point;

namespace {

// Asks nobody; the test gives the answers.
class answered_by_test final : public pc::detail::cached_tokens {
public:
    std::vector<ref<token_fetch>> questions;

private:
    void ask(ref<token_fetch> to, const pc::detail::call_maker&) override
    {
        questions.push_back(std::move(to));
    }
};

// Has no memory left when the question is made.
class without_memory final : public pc::detail::cached_tokens {
private:
    void ask(ref<token_fetch> to, const pc::detail::call_maker&) override
    {
        const pc::detail::fetch_ender begun(this, std::move(to));
        throw std::bad_alloc();
    }
};

// Has no time for the first question, and no token for any other one.
class too_slow final : public pc::detail::cached_tokens {
public:
    std::vector<std::chrono::steady_clock::time_point> asked_at;

private:
    void ask(ref<token_fetch> to, const pc::detail::call_maker& client) override
    {
        asked_at.push_back(std::chrono::steady_clock::now());
        const bool first = asked_at.size() == 1;
        boost::asio::post(client.executor(), [self = ref<too_slow>(this), to, first] {
            self->finish(*to, first ? errc::call_timeout : errc::token_request_failed, {},
                         first ? fetch_end::timed_out : fetch_end::answered);
        });
    }
};

// Where a call without a result ends.
class ended_call final : public pc::detail::receiver {
public:
    explicit ended_call(std::optional<pc::error_code>& ended)
        : ended_(&ended)
    {
    }
    pc::error_code decode(const boost::json::value&, std::string&) override { return {}; }
    void complete(std::shared_ptr<pc::detail::call_context>, const pc::error_code& ec,
                  pc::diagnostics&) override
    {
        taken_ = true;
        *ended_ = ec;
    }

private:
    std::optional<pc::error_code>* ended_;
};

struct source_fixture {
    boost::asio::io_context io;
    ref<const pc::detail::call_maker> client = pc::testing::make_client(io);
    ref<answered_by_test> source{new answered_by_test};
    std::shared_ptr<quiet_call> waiter = std::make_shared<quiet_call>(io);

    ref<token_fetch> join()
    {
        ref<token_fetch> joined;
        source->join(*waiter, *client, joined);
        return joined;
    }
    shared_token answer(std::chrono::seconds life = 1h, std::chrono::seconds refresh_in = 30min)
    {
        const auto now = std::chrono::system_clock::now();
        const shared_token token(new held_token("fake", now + life, now + refresh_in));
        source->finish(*source->questions.back(), {}, token, fetch_end::answered);
        return token;
    }
    void fail(errc why, std::optional<std::chrono::seconds> retry_after = {},
              fetch_end how = fetch_end::answered)
    {
        token_fetch& asked = *source->questions.back();
        asked.diag.retry_after = retry_after;
        source->finish(asked, why, {}, how);
    }
};

} // namespace

TEST_CASE_FIXTURE(source_fixture, "one question is asked for all who wait, and none while its answer is good")
{
    CHECK_FALSE(source->current(*client));
    const ref<token_fetch> joined = join();
    REQUIRE(joined);
    CHECK(join() == joined);
    REQUIRE(source->questions.size() == 1);
    CHECK_FALSE(joined->done());
    const shared_token token = answer();
    CHECK(joined->done());
    CHECK(joined->token == token);
    io.run();
    CHECK(waiter->woken);
    CHECK(source->current(*client) == token);
    CHECK_FALSE(join());
    CHECK(source->questions.size() == 1);
    source->drop_token();
    CHECK_FALSE(source->current(*client));
    CHECK(join());
    CHECK(source->questions.size() == 2);
    answer(-1s);
    CHECK_FALSE(source->current(*client)); // it was good for those who waited
}

TEST_CASE_FIXTURE(source_fixture,
                  "nothing is posted to another execution context, nor to one that is being destroyed")
{
    boost::asio::io_context other;
    const auto stranger = std::make_shared<quiet_call>(other);
    ref<token_fetch> joined;
    source->join(*stranger, *client, joined);
    CHECK(join() == joined);
    CHECK(joined->wakes(*waiter));
    CHECK_FALSE(joined->wakes(*stranger));
    fail(errc::transport_closed, {}, fetch_end::orphaned);
    CHECK(joined->given_up);
    io.run();
    other.run();
    CHECK_FALSE(waiter->woken);
    CHECK_FALSE(stranger->woken);
}

TEST_CASE_FIXTURE(
    source_fixture,
    "while a token is good, its successor is asked for once, and not again at once after a failure")
{
    join();
    const shared_token token = answer(1h, 0s);
    for (int i = 0; i != 2; ++i)
        CHECK(source->current(*client) == token);
    CHECK(source->questions.size() == 2);
    fail(errc::token_request_failed);
    CHECK(source->current(*client) == token);
    CHECK(source->questions.size() == 2);
}

TEST_CASE_FIXTURE(source_fixture,
                  "a failure that does not pass by itself is remembered, and another one is not")
{
    const auto asks_again_after = [this](errc why, std::optional<std::chrono::seconds> retry_after,
                                         fetch_end how = fetch_end::answered) {
        source = ref<answered_by_test>(new answered_by_test);
        const ref<token_fetch> failed = join();
        fail(why, retry_after, how);
        CHECK(failed->ec == why);
        const bool again = join() != failed;
        CHECK(source->questions.size() == (again ? 2 : 1));
        return again;
    };
    CHECK_FALSE(asks_again_after(errc::sign_in_required, {}));
    CHECK_FALSE(asks_again_after(errc::invalid_credential, {}));
    CHECK_FALSE(asks_again_after(errc::authority_unavailable, 57s));
    CHECK(asks_again_after(errc::authority_unavailable, {}));
    CHECK(asks_again_after(errc::token_request_failed, 57s));
    CHECK(asks_again_after(errc::sign_in_required, {}, fetch_end::given_up));
}

TEST_CASE_FIXTURE(source_fixture,
                  "a refused token is replaced, its successor not at once, and one that was accepted is")
{
    join();
    const shared_token first = answer();
    CHECK(source->can_replace(*first));
    source->drop(*first);
    CHECK_FALSE(source->current(*client));
    join();
    const shared_token second = answer();
    source->drop(*first); // another call was told the same of it
    CHECK(source->current(*client) == second);
    CHECK(source->can_replace(*first));
    CHECK_FALSE(source->can_replace(*second));
    second->accepted = true;
    CHECK(source->can_replace(*second));
}

TEST_CASE_FIXTURE(
    source_fixture,
    "a token that was refused although it is new is kept, accepted elsewhere or not, and the next is not")
{
    join();
    const shared_token first = answer();
    source->drop(*first);
    join();
    const shared_token second = answer();
    second->accepted = true;
    source->keep(*first); // that is another one
    CHECK(source->can_replace(*second));
    source->keep(*second);
    CHECK_FALSE(source->can_replace(*second));
    second->accepted = true;
    CHECK_FALSE(source->can_replace(*second));
    CHECK(source->can_replace(*first));
    source->drop_token();
    join();
    const shared_token third = answer();
    third->accepted = true;
    CHECK(source->can_replace(*third));
}

TEST_CASE("a service that has not looked at a token does not vouch for it")
{
    for (const unsigned status : {200U, 201U, 204U, 304U, 400U, 403U, 404U, 409U, 412U, 417U, 422U})
        CHECK(vouches_for_token(status));
    for (const unsigned status : {0U, 401U, 408U, 429U, 500U, 501U, 502U, 503U, 504U, 599U})
        CHECK_FALSE(vouches_for_token(status));
}

TEST_CASE("how long a failure is remembered depends on who can help, and on what the authority asks for")
{
    struct row {
        errc ec;
        const char* code;
        std::optional<std::chrono::seconds> retry_after;
        std::chrono::seconds expected;
    };
    for (const row& r : {
             row{errc::sign_in_required, "AADSTS50076", {}, 10s},
             row{errc::invalid_credential, "", {}, 10s},
             row{errc::invalid_credential, "", 57s, 10s},
             row{errc::authority_unavailable, "", {}, 0s},
             row{errc::authority_unavailable, "", 57s, 57s},
             row{errc::authority_unavailable, "", 3600s, 600s},
             row{errc::token_request_failed, "", {}, 0s},
             row{errc::token_request_failed, "invalid_grant", 57s, 0s},
             // It says that it is asked in a loop.
             row{errc::token_request_failed, "AADSTS50196", {}, 60s},
             row{errc::token_request_failed, "AADSTS50196", 57s, 60s},
             row{errc::authority_unavailable, "AADSTS50196", {}, 60s},
             row{errc::authority_unavailable, "AADSTS50196", 5s, 60s},
             row{errc::authority_unavailable, "AADSTS50196", 100s, 100s},
             row{errc::token_request_failed, "AADSTS501960", {}, 0s},
         }) {
        CAPTURE(r.code);
        pc::diagnostics diag;
        diag.service_code = r.code;
        diag.retry_after = r.retry_after;
        CHECK(pause_after(r.ec, diag) == r.expected);
    }
}

TEST_CASE_FIXTURE(source_fixture, "an old refusal is not the answer when a later question fails otherwise")
{
    join();
    answer(1h, 0s);
    source->current(*client);
    REQUIRE(source->questions.size() == 2);
    fail(errc::authority_unavailable, 1s);
    std::this_thread::sleep_for(1050ms); // it is remembered for so long
    source->current(*client);
    REQUIRE(source->questions.size() == 3);
    fail(errc::token_request_failed);
    source->drop_token();
    const ref<token_fetch> joined = join();
    CHECK_FALSE(joined->done());
    CHECK(source->questions.size() == 4);
}

TEST_CASE_FIXTURE(source_fixture,
                  "a question whose time is over fails nobody, and is asked again in a second")
{
    const auto begun = std::chrono::steady_clock::now();
    const ref<token_fetch> late = join();
    fail(errc::call_timeout, {}, fetch_end::timed_out);
    CHECK(late->given_up);
    CHECK(late->retry_at >= begun + 1s);
    CHECK(late->retry_at <= std::chrono::steady_clock::now() + 1s);
    CHECK(join() == late);
    CHECK(source->questions.size() == 1);
    io.run();
    CHECK(waiter->woken);
    // Over another transport it may be asked at once.
    source = ref<answered_by_test>(new answered_by_test);
    join();
    fail(errc::transport_closed, {}, fetch_end::given_up);
    join();
    CHECK(source->questions.size() == 2);
}

TEST_CASE_FIXTURE(source_fixture, "calls that wait for a token do not ask for it in a loop")
{
    const ref<too_slow> slow(new too_slow);
    const ref<pc::detail::connection_pool> pool(
        new pc::detail::connection_pool(io.get_executor(), pc::transport_options()));
    const ref<pc::detail::calling_client> caller(
        new pc::detail::calling_client(pool, pc::credential::bearer("fake-token"), pc::client_options()));
    caller->tokens = slow;
    std::optional<pc::error_code> ends[2];
    for (auto& ended : ends)
        caller->make_call(caller->read("/v1/profiles/organization", {}), std::make_unique<ended_call>(ended))
            ->start();
    io.run_for(20s);
    for (const auto& ended : ends)
        CHECK(ended == errc::token_request_failed);
    REQUIRE(slow->asked_at.size() >= 2);
    CHECK(slow->asked_at.size() <= 3); // one may have woken when the other had its answer
    CHECK(slow->asked_at[1] - slow->asked_at[0] >= 1s);
}

TEST_CASE_FIXTURE(source_fixture,
                  "who waits for a question that there was no memory for is woken to ask again")
{
    const ref<without_memory> poor(new without_memory);
    ref<token_fetch> joined;
    poor->join(*waiter, *client, joined);
    REQUIRE(joined);
    CHECK(joined->done());
    CHECK(joined->given_up);
    CHECK(joined->ec == boost::asio::error::operation_aborted); // it has ended once
    io.run();
    CHECK(waiter->woken);
}

TEST_CASE("the next token is asked for in time, and never soon after one came")
{
    const time_point now = time_point() + 1'000'000h / 4;
    struct row {
        std::chrono::seconds expires_in;
        std::optional<std::chrono::seconds> refresh_in;
        std::chrono::seconds margin;
        std::chrono::seconds expected;
    };
    const row rows[] = {
        {3600s, std::nullopt, 300s, 3300s},
        {3600s, std::nullopt, 0s, 3600s},
        {3600s, std::nullopt, 3600s, 1800s}, // a margin that is longer than half its life
        {400s, std::nullopt, 300s, 200s},
        {80s, std::nullopt, 30s, 50s}, // shorter than half, not than a third
        {61s, std::nullopt, 30s, 30s}, // as long as half of it, to the second
        {1s, std::nullopt, 300s, 0s},
        {86400s, 43200s, 300s, 43200s},
        {86400s, 80000s, 300s, 80000s},
        {86400s, 100s, 300s, 100s},
        {86400s, 1s, 300s, 30s},  // an authority that would be asked all the time
        {86400s, -5s, 300s, 30s}, // or is wrong
        {20s, 0s, 300s, 10s},
        {86400s, 100000s, 300s, 86400s}, // or forgets when it expires
        {0s, std::nullopt, 300s, 0s},
        {-10s, std::nullopt, 300s, -10s},
    };
    for (const row& r : rows) {
        pc::access_token given("token", now + r.expires_in);
        if (r.refresh_in)
            given.refresh_at = now + *r.refresh_in;
        const auto until = std::chrono::floor<std::chrono::seconds>(refresh_time(given, now, r.margin) - now);
        CAPTURE(r.expires_in.count());
        CHECK(until.count() == r.expected.count());
    }
}

TEST_CASE("a token whose end is not known is not renewed in this life")
{
    const time_point now = std::chrono::system_clock::now();
    const pc::access_token for_ever("token");
    CHECK(refresh_time(for_ever, now, 5min) > now + 24h * 365 * 100);
    CHECK(refresh_time(for_ever, now, std::chrono::seconds::max()) > now + 24h * 365 * 100);
}
