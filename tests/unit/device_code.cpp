// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/device_poll.hpp>
#include <partner_center/device_code_options.hpp>
#include <partner_center/refresh_token_options.hpp>
#include <partner_center/signed_in.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pc = partner_center;
using namespace std::chrono_literals;
using pc::device_code_options;
using pc::errc;
using pc::detail::device_poll;
using answer = device_poll::answer;
using std::chrono::seconds;

namespace {

device_code_options good()
{
    device_code_options options;
    options.tenant = "11111111-1111-1111-1111-111111111111";
    options.client_id = "22222222-2222-2222-2222-222222222222";
    return options;
}

// A sign-in in simulated time, in which each question is answered `took` after it was asked.
struct play {
    struct reply {
        answer how;
        std::optional<seconds> retry_after = std::nullopt;
        seconds took = 0s;
    };

    // When the questions are asked, in seconds from the beginning; after the replies all are `pending`.
    static std::vector<long> questions(seconds interval, seconds life, const std::vector<reply>& replies)
    {
        const device_poll::time_point begin{1000s};
        device_poll schedule(interval, begin + life);
        std::vector<long> asked;
        auto now = begin;
        while (const auto next = schedule.next(now)) {
            const reply given =
                asked.size() < replies.size() ? replies[asked.size()] : reply{answer::pending};
            asked.push_back(static_cast<long>(std::chrono::duration_cast<seconds>(*next - begin).count()));
            now = *next + given.took;
            schedule.note(given.how, given.retry_after);
        }
        return asked;
    }
};

template <class T>
concept printable = requires(std::ostream& out, const T& value)
{
    out << value;
};

} // namespace

TEST_CASE("the authority is asked once in each interval, until the code ends")
{
    struct row {
        const char* name;
        seconds interval;
        seconds life;
        std::vector<play::reply> replies;
        std::vector<long> asked;
    };
    const answer pending = answer::pending;
    const answer slow = answer::slow_down;
    const answer late = answer::timed_out;
    const answer broken = answer::unavailable;
    const row rows[] = {
        {"nobody signs in", 5s, 21s, {}, {5, 10, 15, 20}},
        {"a question at the end would come too late", 5s, 20s, {}, {5, 10, 15}},
        {"the code is over at once", 5s, 0s, {}, {}},
        {"the code lives for less than the interval", 5s, 4s, {}, {}},
        {"the wait begins with the answer", 5s, 30s, {{pending, {}, 3s}, {pending, {}, 2s}}, {5, 13, 20, 25}},
        {"slow_down adds 5 s for good", 5s, 60s, {{slow}, {pending}, {slow}}, {5, 15, 25, 40, 55}},
        {"a time-out doubles the interval for good",
         1s,
         32s,
         {{late}, {late}, {pending}, {late}},
         {1, 3, 7, 11, 19, 27}},
        {"the doubling ends at a minute", 40s, 250s, {{late}, {late}}, {40, 100, 160, 220}},
        {"and never makes a wait shorter", 60s, 250s, {{slow}, {late}}, {60, 125, 190}},
        {"a failure changes nothing", 5s, 21s, {{broken}, {broken}}, {5, 10, 15, 20}},
        {"Retry-After is for once", 5s, 41s, {{broken, 20s}}, {5, 25, 30, 35, 40}},
        {"Retry-After makes no wait shorter", 5s, 16s, {{broken, 1s}}, {5, 10, 15}},
        {"Retry-After beyond the end is the end", 5s, 60s, {{broken, 3600s}}, {5}},
    };
    for (const row& r : rows) {
        CAPTURE(r.name);
        CHECK(play::questions(r.interval, r.life, r.replies) == r.asked);
    }
}

TEST_CASE("options for a sign-in that make sense are accepted")
{
    using change = std::function<void(device_code_options&)>;
    const change changes[] = {
        [](device_code_options&) {},
        [](device_code_options& o) { o.tenant = "organizations"; },
        [](device_code_options& o) { o.client_secret = "fake~secret-value"; },
        [](device_code_options& o) { o.scope = "https://a.test/.default offline_access"; },
        [](device_code_options& o) { o.timeout = device_code_options().timeout.max(); },
    };
    for (const change& one : changes) {
        device_code_options options = good();
        one(options);
        std::string reason = "nothing yet";
        CHECK(check(options, reason) == pc::error_code());
        CHECK(reason == "");
    }
}

TEST_CASE("an option for a sign-in that is wrong is named, with the reason and without a secret")
{
    struct row {
        std::function<void(device_code_options&)> change;
        errc ec;
        std::string_view reason;
    };
    const row rows[] = {
        {[](device_code_options& o) { o.tenant.clear(); }, errc::invalid_argument, "tenant: it is empty"},
        {[](device_code_options& o) { o.client_id = "my-app"; }, errc::invalid_argument,
         "client_id: it is not a GUID"},
        {[](device_code_options& o) { o.client_secret = "hidden\n"; }, errc::invalid_argument,
         "client_secret: it has a line break or another control character"},
        {[](device_code_options& o) { o.scope = "a  b"; }, errc::invalid_argument,
         "scope: it begins with a space or has more than one between two words"},
        {[](device_code_options& o) { o.certificate.emplace("hidden", "hidden"); }, errc::invalid_argument,
         "certificate.certificate_pem: it holds no PEM certificate (\"-----BEGIN CERTIFICATE-----\")"},
        {[](device_code_options& o) { o.authority = "http://localhost"; }, errc::insecure_base_url,
         "authority: it begins with http://, use https://"},
        {[](device_code_options& o) { o.authority = "https://me:hidden@localhost"; }, errc::invalid_base_url,
         "authority: user information has no place in it"},
        {[](device_code_options& o) { o.timeout = 0s; }, errc::invalid_argument,
         "timeout: it is not more than zero"},
    };
    for (const row& r : rows) {
        device_code_options options = good();
        r.change(options);
        std::string reason;
        CHECK(check(options, reason) == r.ec);
        CHECK(reason == "device_code_options::" + std::string(r.reason));
    }
}

TEST_CASE("what a sign-in brings is not for printing, and may be made inside a co_await expression")
{
    static_assert(!printable<pc::signed_in>);
    static_assert(!printable<device_code_options>);
    // An aggregate that is built inside a co_await expression is destroyed twice by g++ 12.
    static_assert(!std::is_aggregate_v<pc::signed_in>);
    static_assert(!std::is_aggregate_v<device_code_options>);
    static_assert(!std::is_aggregate_v<pc::device_code_prompt>);
    static_assert(!std::is_aggregate_v<pc::application_options>);
    const pc::refresh_token_options options(good(), "fake-refresh-token");
    CHECK(options.tenant == good().tenant);
    CHECK(options.client_id == good().client_id);
    CHECK(options.refresh_token == "fake-refresh-token");
}
