// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "without_network.hpp"
#include <partner_center/condition.hpp>

#include <partner_center/detail/call.hpp>
#include <partner_center/detail/modification.hpp>
#include <partner_center/detail/modify.hpp>
#include <partner_center/error.hpp>
#include <partner_center/organization_profile.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::detail::call_options_access;
using pc::detail::change_of;
using pc::detail::modification;
using pc::detail::modify_pause;
using std::chrono::milliseconds;

namespace {

using profile = pc::OrganizationProfile;
struct by_value {
    void operator()(profile) const {}
};
struct with_result {
    int operator()(profile&) const { return 1; }
};
struct coroutine_with_result {
    asio::awaitable<int> operator()(profile&) const;
};

static_assert(change_of<void (*)(profile&), profile>);
static_assert(change_of<asio::awaitable<void> (*)(profile&), profile>);
static_assert(!change_of<with_result, profile>);
static_assert(!change_of<coroutine_with_result, profile>);
static_assert(!change_of<void (*)(pc::Address&), profile>);
static_assert(change_of<by_value, profile>); // changes nothing, which is its own affair

pc::error_code failure_of(const std::exception_ptr& thrown, pc::diagnostics* diag)
{
    return pc::detail::failure_of_modify(thrown, diag);
}

struct modification_fixture {
    asio::io_context io;
    pc::client_options settings;

    modification begin(pc::call_options options = {})
    {
        const auto client = pc::testing::make_client(io, settings);
        return modification(*client, std::move(options), nullptr);
    }
};

const auto in_an_hour = pc::call_options{}.timeout(std::chrono::hours{1});
const auto at_once = pc::call_options{}.timeout(std::chrono::nanoseconds{1});

} // namespace

TEST_CASE_FIXTURE(modification_fixture,
                  "a modify that names an etag or a request is refused, whatever comes then")
{
    const std::string id = "11111111-1111-1111-1111-111111111111";
    for (const auto& options : {pc::call_options{}.if_match("1").timeout(std::chrono::nanoseconds{1}),
                                pc::call_options{}.request_id(id).timeout(std::chrono::nanoseconds{1})}) {
        modification refused = begin(options);
        CHECK(refused.ec == pc::errc::invalid_argument);
        refused.check_time(asio::cancellation_type::none);
        refused.check_time(asio::cancellation_type::terminal);
        CHECK(refused.ec == pc::errc::invalid_argument);
        CHECK_FALSE(refused.has_another_round());
    }
    modification begun = begin(pc::call_options{}.correlation_id(id));
    CHECK_FALSE(begun.ec);
    CHECK(call_options_access::correlation_id(begun.read_options()) == id);
    CHECK(call_options_access::correlation_id(begin().read_options()).has_value());
}

TEST_CASE_FIXTURE(
    modification_fixture,
    "a cancellation counts when it comes after the beginning, and the end of the time then, too")
{
    modification begun = begin(in_an_hour);
    for (int i = 0; i != 2; ++i)
        begun.check_time(asio::cancellation_type::partial); // of the coroutine, before
    CHECK_FALSE(begun.ec);
    begun.check_time(asio::cancellation_type::terminal);
    CHECK(begun.ec == asio::error::operation_aborted);

    modification late = begin(at_once);
    late.check_time(asio::cancellation_type::none);
    CHECK(late.ec == pc::errc::call_timeout);

    begun = begin(in_an_hour);
    CHECK_FALSE(begun.is_stopped(asio::error::operation_aborted));
    CHECK_FALSE(begun.ec);
    late = begin(at_once);
    CHECK_FALSE(late.is_stopped(asio::error::connection_reset));
    CHECK_FALSE(late.ec);
    CHECK(late.is_stopped(asio::error::operation_aborted));
    CHECK(late.ec == pc::errc::call_timeout);
}

TEST_CASE_FIXTURE(
    modification_fixture,
    "the requests of a modify share its time, and the shortest that one may have is left to the last")
{
    using std::chrono::steady_clock;
    const auto left = call_options_access::timeout(begin(in_an_hour).read_options());
    REQUIRE(left.has_value());
    CHECK(*left <= std::chrono::hours{1});
    CHECK(*left > std::chrono::minutes{50});
    CHECK(call_options_access::timeout(begin(at_once).read_options()) == steady_clock::duration(1));
    const auto for_ever = pc::call_options{}.timeout(steady_clock::duration::max());
    CHECK(begin(for_ever).deadline() == steady_clock::time_point::max());
    CHECK(call_options_access::if_match(begin().write_options("1")) == "1");
    CHECK_FALSE(call_options_access::if_match(begin().write_options("")).has_value());
}

TEST_CASE_FIXTURE(modification_fixture,
                  "a lost round is followed by another, for a number of rounds and within the time")
{
    settings.max_modify_rounds = 3;
    modification begun = begin(in_an_hour);
    CHECK_FALSE(begun.has_another_round()); // nothing was lost
    begun.ec = pc::errc::empty_body;
    CHECK_FALSE(begun.has_another_round());
    for (int round = 1; round != 3; ++round) {
        begun.ec = pc::errc::stale_etag;
        CHECK(begun.has_another_round());
        CHECK_FALSE(begun.ec);
        CHECK(begun.pause() <= milliseconds{50} * round);
    }
    begun.ec = pc::errc::stale_etag;
    CHECK_FALSE(begun.has_another_round());
    CHECK(begun.ec == pc::errc::stale_etag);

    modification late = begin(at_once);
    late.ec = pc::make_http_status_code(412);
    CHECK_FALSE(late.has_another_round());
    CHECK(late.ec == pc::condition::conflict);
}

TEST_CASE("the pause after a lost round doubles up to its limit, and any part of it may be taken")
{
    const milliseconds longest[] = {milliseconds{50},   milliseconds{50},   milliseconds{100},
                                    milliseconds{200},  milliseconds{400},  milliseconds{800},
                                    milliseconds{1600}, milliseconds{1600}, milliseconds{1600}};
    for (unsigned lost = 0; lost != std::size(longest); ++lost) {
        CHECK(modify_pause(lost, 1) == longest[lost]);
        CHECK(modify_pause(lost, 0.5) == longest[lost] / 2);
        CHECK(modify_pause(lost, 0).count() == 0);
    }
    CHECK(modify_pause(4'000'000'000U, 1) == milliseconds{1600});
}

TEST_CASE("what a modify threw becomes an error code, with what is known of it")
{
    pc::diagnostics known;
    known.http_status = 404;
    pc::diagnostics diag;
    diag.method = "left over";
    CHECK(failure_of(std::make_exception_ptr(pc::error(pc::errc::empty_body, known)), &diag) ==
          pc::errc::empty_body);
    CHECK(diag.http_status == 404);
    CHECK(diag.method.empty());

    CHECK(failure_of(std::make_exception_ptr(
                         boost::system::system_error(asio::error::operation_aborted, "the other service")),
                     &diag) == asio::error::operation_aborted);
    CHECK(diag.http_status == 0);
    CHECK(diag.description.find("the other service") != std::string::npos);

    CHECK(failure_of(std::make_exception_ptr(boost::system::system_error(pc::error_code())), &diag) ==
          pc::errc::change_failed);
    CHECK(failure_of(std::make_exception_ptr(std::bad_alloc()), &diag) ==
          boost::system::errc::not_enough_memory);
    CHECK(failure_of(std::make_exception_ptr(std::logic_error(std::string(10'000, 'x') + "\n")), &diag) ==
          pc::errc::change_failed);
    CHECK(diag.description == std::string(pc::diagnostics::max_text_size, 'x'));
    CHECK(failure_of(std::make_exception_ptr(7), &diag) == pc::errc::change_failed);
    CHECK_FALSE(diag.description.empty());
    CHECK(failure_of(std::make_exception_ptr(std::logic_error("x")), nullptr) == pc::errc::change_failed);
}

TEST_CASE("a profile's etag is found where there is one")
{
    profile p;
    CHECK(pc::detail::etag_of(p).empty());
    p.attributes.emplace();
    CHECK(pc::detail::etag_of(p).empty());
    p.attributes->etag = "";
    CHECK(pc::detail::etag_of(p).empty());
    p.attributes->etag = "1";
    CHECK(pc::detail::etag_of(p) == "1");
}
