// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/condition.hpp>
#include <partner_center/detail/call.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::errc;
using pc::detail::attempt_outcome;
using pc::detail::decide_next_step;
using pc::detail::next_step;

namespace {

attempt_outcome outcome(pc::error_code ec, unsigned status = 0)
{
    attempt_outcome result;
    result.ec = ec;
    result.status = status;
    return result;
}

} // namespace

TEST_CASE("a call that succeeded, or has to stop, is finished")
{
    CHECK(decide_next_step(outcome({}, 200)) == next_step::finish);
    for (pc::error_code why :
         {pc::error_code(asio::error::operation_aborted), make_error_code(errc::call_timeout),
          make_error_code(errc::transport_closed)}) {
        attempt_outcome stopped = outcome(why);
        stopped.stopped = true;
        stopped.reused_connection = true;
        stopped.expected_continue = true;
        CHECK(decide_next_step(stopped) == next_step::finish);
    }
}

TEST_CASE("a kept connection that died without a byte is replaced; any byte ends that")
{
    for (pc::error_code why :
         {make_error_code(errc::connection_closed), pc::error_code(asio::error::connection_reset),
          pc::error_code(asio::error::broken_pipe), pc::error_code(asio::error::connection_aborted)}) {
        attempt_outcome died = outcome(why);
        CHECK(decide_next_step(died) == next_step::finish); // it was a new one
        died.reused_connection = true;
        CHECK(decide_next_step(died) == next_step::fresh_connection);
        died.any_response_byte = true;
        CHECK(decide_next_step(died) == next_step::finish);
    }
    attempt_outcome answered = outcome(pc::make_http_status_code(503), 503);
    answered.reused_connection = true;
    answered.any_response_byte = true;
    CHECK(decide_next_step(answered) == next_step::finish);
}

TEST_CASE("417 is answered by a request without Expect, if it had one and the etag is not meant")
{
    attempt_outcome refused = outcome(pc::make_http_status_code(417), 417);
    CHECK(decide_next_step(refused) == next_step::finish);
    refused.expected_continue = true;
    refused.any_response_byte = true;
    CHECK(decide_next_step(refused) == next_step::without_expect);
    refused.reused_connection = true;
    CHECK(decide_next_step(refused) == next_step::without_expect);
    refused.ec = errc::stale_etag;
    CHECK(decide_next_step(refused) == next_step::finish);
    for (unsigned status : {400U, 401U, 412U, 429U, 500U, 503U}) {
        attempt_outcome other = outcome(pc::make_http_status_code(status), status);
        other.expected_continue = true;
        other.any_response_byte = true;
        CHECK(decide_next_step(other) == next_step::finish);
    }
}

TEST_CASE("only a clear refusal says that a change was not applied")
{
    for (unsigned status : {400U, 401U, 403U, 404U, 405U, 408U, 409U, 412U, 413U, 417U, 429U, 499U, 501U})
        CHECK_MESSAGE(!pc::detail::may_have_been_applied(status), status);
    for (unsigned status : {0U, 200U, 202U, 204U, 302U, 304U, 500U, 502U, 503U, 504U, 599U})
        CHECK_MESSAGE(pc::detail::may_have_been_applied(status), status);
}
