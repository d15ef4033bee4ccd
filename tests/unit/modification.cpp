// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/modification.hpp>
#include <partner_center/detail/modify.hpp>
#include <partner_center/error.hpp>
#include <partner_center/organization_profile.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::detail::change_of;
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

} // namespace

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
