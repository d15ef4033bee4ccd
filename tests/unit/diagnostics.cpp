// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/condition.hpp>
#include <partner_center/diagnostics.hpp>

#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::describe;
using pc::errc;
using pc::phase;

namespace {

pc::diagnostics update()
{
    pc::diagnostics diag;
    diag.method = "PUT";
    diag.url = "https://localhost/v1/profiles/organization";
    diag.request_id = "R";
    diag.correlation_id = "C";
    diag.attempts = 1;
    diag.phase = phase::receive;
    return diag;
}

const std::string failed = "PUT https://localhost/v1/profiles/organization failed: ";
const std::string ids = "; request id R, correlation id C";

} // namespace

TEST_CASE("the sentence of a refusal names status, description, code, source and ids")
{
    pc::diagnostics diag = update();
    diag.http_status = 400;
    CHECK(describe(pc::make_http_status_code(400), diag) == failed + "400 Bad Request" + ids);
    diag.description = "The phone number is missing.";
    diag.service_code = "600051";
    diag.source = "PartnerFD";
    CHECK(describe(pc::make_http_status_code(400), diag) ==
          failed + "400 Bad Request: The phone number is missing.; service code 600051 from PartnerFD" + ids);
    diag.service_code = "2055";
    diag.description = "No longer valid.";
    CHECK(describe(errc::stale_etag, diag) ==
          failed +
              "the resource was changed by somebody else since it was read: No longer valid."
              "; HTTP status 400; service code 2055 from PartnerFD" +
              ids);
}

TEST_CASE("the sentence of a broken connection says where it broke, and what that means for the change")
{
    pc::diagnostics diag = update();
    CHECK(describe(errc::attempt_timeout, diag) ==
          failed + "no complete response within the attempt timeout; while waiting for the response" + ids);
    diag.may_have_been_applied = true;
    diag.attempts = 2;
    CHECK(describe(errc::connection_closed, diag) ==
          failed +
              "the server closed the connection without a response; while waiting for the response"
              "; the change may have been applied; attempts 2" +
              ids);
    diag = update();
    diag.phase = phase::connect;
    CHECK(describe(asio::error::connection_refused, diag).find("; while connecting; request id R") !=
          std::string::npos);
    // Before there was a connection, and after all was read, there is nothing to say about it.
    for (const phase when : {phase::prepare, phase::done}) {
        diag.phase = when;
        CHECK(describe(errc::malformed_json, diag).find("while") == std::string::npos);
    }
}

TEST_CASE("the sentence of a throttled call says how long to wait")
{
    pc::diagnostics diag = update();
    diag.http_status = 429;
    diag.retry_after = std::chrono::seconds{57};
    CHECK(describe(pc::make_http_status_code(429), diag) ==
          failed + "429 Too Many Requests; retry after 57 s" + ids);
}

TEST_CASE("the sentence of a response that is no document shows its beginning")
{
    pc::diagnostics diag = update();
    diag.http_status = 200;
    diag.content_type = "text/html";
    diag.body_excerpt = "<html>" + std::string(500, 'x');
    const std::string text = describe(errc::unexpected_content_type, diag);
    CHECK(text.find("HTTP status 200; Content-Type text/html; ") != std::string::npos);
    CHECK(text.find("the response begins \"<html>xxx") != std::string::npos);
    CHECK(text.size() < 400);
    // A description says more than the bytes.
    diag.description = "because";
    CHECK(describe(errc::malformed_json, diag).find("<html>") == std::string::npos);
}

TEST_CASE("the beginning of a response is shown in whole characters")
{
    for (const std::string character : {"\xC3\xBC", "\xE7\xBD\x91", "\xF0\x9F\x98\x80"})
        for (std::size_t before = 115; before != 121; ++before) {
            pc::diagnostics diag;
            diag.body_excerpt = std::string(before, 'x') + character + "and more than is shown";
            const bool fits = before + character.size() <= 120;
            const std::string shown = diag.body_excerpt.substr(0, fits ? 120 : before);
            const std::string text = describe(errc::unexpected_content_type, diag);
            CHECK_MESSAGE(text.find("begins \"" + shown + "\"") != text.npos, text);
        }
}

TEST_CASE("a sentence needs nothing to be known")
{
    CHECK(describe(errc::transport_closed, pc::diagnostics()) == "the transport is closed");
    pc::diagnostics diag = update();
    diag.http_status = 200;
    diag.phase = phase::done;
    diag.may_have_been_applied = true; // which is no question after a success
    CHECK(describe(pc::error_code(), diag).starts_with("PUT https://localhost/v1/profiles/organization: "));
    CHECK(describe(pc::error_code(), diag).ends_with(ids));
    CHECK(describe(pc::error_code(), diag).find("applied") == std::string::npos);
}

TEST_CASE("every phase has words")
{
    std::set<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(phase::done); ++i)
        words.insert(to_string(static_cast<phase>(i)));
    CHECK(words.size() == static_cast<std::size_t>(phase::done) + 1);
    CHECK(words.count("an unknown phase") == 0);
    CHECK(to_string(static_cast<phase>(99)) == "an unknown phase");
}
