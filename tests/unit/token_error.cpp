// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/condition.hpp>
#include <partner_center/detail/token_error.hpp>
#include <partner_center/diagnostics.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace json = boost::json;
namespace pc = partner_center;
using pc::errc;
using pc::detail::classify_token_error;
using pc::detail::describe_token_error;
using pc::detail::make_token_error;
using pc::detail::read_token_error;
using pc::detail::token_error;
using pc::detail::token_error_code;
using outcome = pc::detail::token_outcome;

namespace {

struct read_error {
    explicit read_error(std::string_view text)
        : document(json::parse(json::string_view(text.data(), text.size())).as_object())
        , error(read_token_error(document))
    {
    }
    json::object document;
    token_error error;
};

} // namespace

TEST_CASE("an error of the authority is classified by status, code and name, in this order")
{
    struct row {
        unsigned status;
        std::string_view error;
        std::vector<std::int64_t> codes;
        outcome expected;
    };
    const row rows[] = {
        {400, "interaction_required", {50076}, outcome::sign_in_required},
        {400, "invalid_grant", {50076}, outcome::sign_in_required},
        {400, "invalid_grant", {50078}, outcome::sign_in_required},
        {400, "invalid_grant", {50079}, outcome::sign_in_required},
        {400, "invalid_grant", {700082}, outcome::sign_in_required},
        {400, "invalid_grant", {70008}, outcome::sign_in_required},
        {400, "invalid_grant", {700084}, outcome::sign_in_required},
        {400, "invalid_grant", {50173}, outcome::sign_in_required},
        {400, "invalid_grant", {65001}, outcome::sign_in_required},
        {400, "invalid_grant", {123456789}, outcome::sign_in_required},
        {400, "invalid_grant", {}, outcome::sign_in_required},
        {401, "interaction_required", {}, outcome::sign_in_required},
        {400, "login_required", {}, outcome::sign_in_required},
        {400, "consent_required", {}, outcome::sign_in_required},
        {400, "who_knows", {50079}, outcome::sign_in_required},
        {400, "who_knows", {123456789, 50079}, outcome::sign_in_required},

        {401, "invalid_client", {7000215}, outcome::invalid_credential},
        {401, "invalid_client", {7000222}, outcome::invalid_credential},
        {400, "invalid_request", {7000218}, outcome::invalid_credential},
        {400, "unauthorized_client", {700016}, outcome::invalid_credential},
        {400, "unauthorized_client", {700007}, outcome::invalid_credential},
        {400, "invalid_request", {90002}, outcome::invalid_credential},
        {400, "invalid_grant", {7000215}, outcome::invalid_credential},
        {401, "invalid_client", {}, outcome::invalid_credential},
        {400, "unauthorized_client", {}, outcome::invalid_credential},
        {400, "unsupported_grant_type", {}, outcome::invalid_credential},
        {400, "invalid_request", {900144}, outcome::invalid_credential},
        {400, "invalid_scope", {70011}, outcome::invalid_credential},
        {400, "invalid_resource", {500011}, outcome::invalid_credential},

        {429, "invalid_grant", {50076}, outcome::unavailable},
        {503, "invalid_client", {}, outcome::unavailable},
        {503, "temporarily_unavailable", {90033}, outcome::unavailable},
        {400, "temporarily_unavailable", {}, outcome::unavailable},
        {400, "invalid_grant", {90033}, outcome::unavailable},
        {200, "temporarily_unavailable", {}, outcome::unavailable},

        {400, "authorization_pending", {70016}, outcome::authorization_pending},
        {400, "authorization_pending", {50076}, outcome::authorization_pending},
        {400, "slow_down", {}, outcome::slow_down},
        {400, "authorization_declined", {70017}, outcome::declined},
        {400, "access_denied", {}, outcome::declined},
        {400, "expired_token", {70020}, outcome::expired},
        {400, "code_expired", {70019}, outcome::expired},
        {400, "bad_verification_code", {70018}, outcome::failed},

        {400, "invalid_grant", {50196}, outcome::failed},
        {400, "server_error", {}, outcome::failed},
        {400, "who_knows", {}, outcome::failed},
        {400, "Invalid_Grant", {}, outcome::failed},
        {400, "", {}, outcome::failed},
    };
    for (const row& r : rows) {
        CAPTURE(r.status);
        CAPTURE(r.error);
        token_error error;
        error.error = r.error;
        error.codes = r.codes;
        CHECK(static_cast<int>(classify_token_error(r.status, error)) == static_cast<int>(r.expected));
    }
}

TEST_CASE("a code that is known decides, whatever the name of the error, and brings its advice")
{
    struct row {
        std::int64_t code;
        outcome expected;
        std::string_view advice;
    };
    const row rows[] = {
        {50072, outcome::sign_in_required, "a person must sign in again, with multi-factor authentication"},
        {50074, outcome::sign_in_required, "a person must sign in again, with multi-factor authentication"},
        {50076, outcome::sign_in_required, "a person must sign in again, with multi-factor authentication"},
        {50078, outcome::sign_in_required, "a person must sign in again, with multi-factor authentication"},
        {50079, outcome::sign_in_required, "a person must sign in again, with multi-factor authentication"},
        {50158, outcome::sign_in_required, "a person must sign in again, with multi-factor authentication"},
        {50173, outcome::sign_in_required, "a person must sign in again"},
        {65001, outcome::sign_in_required, "a person must sign in again and consent to the application"},
        {70008, outcome::sign_in_required, "a person must sign in again"},
        {70043, outcome::sign_in_required, "a person must sign in again"},
        {700081, outcome::sign_in_required, "a person must sign in again"},
        {700082, outcome::sign_in_required,
         "a person must sign in again; refresh tokens end when they are not used for 90 days"},
        {700083, outcome::sign_in_required, "a person must sign in again"},
        {700084, outcome::sign_in_required, "a person must sign in again"},
        {50012, outcome::invalid_credential, "correct the client secret or the certificate"},
        {90002, outcome::invalid_credential, "correct the tenant, or the cloud"},
        {900023, outcome::invalid_credential, "correct the tenant"},
        {500011, outcome::invalid_credential, "correct the resource, or register it in the tenant"},
        {650057, outcome::invalid_credential, "give the application the permission for the resource"},
        {70011, outcome::invalid_credential, "correct the scope"},
        {700007, outcome::invalid_credential, ""},
        {700016, outcome::invalid_credential, "correct the client id or the tenant"},
        {700024, outcome::invalid_credential, "set this machine's clock"},
        {700027, outcome::invalid_credential, "register the certificate with the application"},
        {7000112, outcome::invalid_credential, "enable the application"},
        {7000215, outcome::invalid_credential, "correct the client secret (its value is wanted, not its id)"},
        {7000218, outcome::invalid_credential, "set a client secret or a certificate"},
        {7000222, outcome::invalid_credential, "make a new client secret, this one has expired"},
        {50196, outcome::failed, "it takes the requests for a loop: wait some minutes and ask less often"},
        {90033, outcome::unavailable, ""},
        {90055, outcome::unavailable, ""},
    };
    for (const row& r : rows) {
        CAPTURE(r.code);
        token_error error;
        // Neither name means what any of the codes does.
        error.error = r.expected == outcome::failed ? "invalid_grant" : "server_error";
        error.codes = {r.code};
        CHECK(static_cast<int>(classify_token_error(400, error)) == static_cast<int>(r.expected));
        std::string sentence = "the authority says AADSTS" + std::to_string(r.code);
        if (!r.advice.empty())
            sentence.append("; ").append(r.advice);
        if (r.expected == outcome::invalid_credential)
            sentence += "; signing in again does not help";
        CHECK(describe_token_error(r.expected, error, {}) == sentence);
    }
}

TEST_CASE("each outcome is an error that says what the caller can do")
{
    CHECK_FALSE(make_token_error(outcome::granted));
    CHECK(make_token_error(outcome::sign_in_required) == errc::sign_in_required);
    CHECK(make_token_error(outcome::invalid_credential) == errc::invalid_credential);
    CHECK(make_token_error(outcome::unavailable) == pc::condition::transient);
    CHECK(make_token_error(outcome::declined) == errc::sign_in_declined);
    CHECK(make_token_error(outcome::expired) == errc::sign_in_expired);
    for (outcome o : {outcome::failed, outcome::authorization_pending, outcome::slow_down})
        CHECK(make_token_error(o) == errc::token_request_failed);
    for (outcome o : {outcome::sign_in_required, outcome::invalid_credential, outcome::failed})
        CHECK_FALSE(make_token_error(o) == pc::condition::transient);
}

TEST_CASE("an error document is read where its members are of the right type")
{
    const read_error whole(R"({"error":"invalid_grant","error_description":"AADSTS50076: words",
        "error_codes":[50076],"timestamp":"2026-01-01 00:00:00Z",
        "trace_id":"11111111-2222-3333-4444-555555555555",
        "correlation_id":"66666666-7777-8888-9999-000000000000","suberror":"basic_action","claims":"{}"})");
    CHECK(whole.error.error == "invalid_grant");
    CHECK(whole.error.description == "AADSTS50076: words");
    CHECK(whole.error.suberror == "basic_action");
    CHECK(whole.error.trace_id == "11111111-2222-3333-4444-555555555555");
    CHECK(whole.error.codes == std::vector<std::int64_t>{50076});

    const read_error wrong(R"({"error":["x"],"error_description":7,"error_codes":{"a":1},"trace_id":null,
        "suberror":true})");
    CHECK(wrong.error.error == "");
    CHECK(wrong.error.description == "");
    CHECK(wrong.error.codes.empty());

    struct row {
        std::string_view document;
        std::vector<std::int64_t> codes;
    };
    const row rows[] = {
        {R"({"error_codes":["50076",700082]})", {50076, 700082}},
        {R"({"error_codes":[null,true,"x",-1,0,1.5,18446744073709551615,"99999999999999999999",7]})", {}},
        {R"({"error_codes":[1,2,3,4,5,6,7,8,9,10]})", {1, 2, 3, 4, 5, 6, 7, 8}},
        {R"({"error_codes":50076})", {}},
        {R"({"error_description":"AADSTS50076: words"})", {50076}},
        {R"({"error_description":"ID4242: AADSTS50076"})", {50076}},
        {R"({"error_description":"AADSTS"})", {}},
        {R"({"error_description":"AADSTSx"})", {}},
        {R"({"error_description":"AADSTS0: words"})", {}},
        {R"({"error_description":"AADSTS-1: words"})", {}},
        {R"({"error_description":"AADSTS1: words"})", {1}},
        {R"({"error_description":"AADSTS99999999999999999999"})", {}},
        {R"({"error_codes":[],"error_description":"AADSTS50076"})", {50076}},
        {R"({"error_codes":[7],"error_description":"AADSTS50076"})", {7}},
    };
    for (const row& r : rows) {
        CAPTURE(r.document);
        CHECK(read_error(r.document).error.codes == r.codes);
    }
}

TEST_CASE("an error is described with its code, its first line, and what to do")
{
    struct row {
        std::string_view document;
        std::string_view code;
        std::string_view description;
    };
    const row rows[] = {
        {R"({"error":"interaction_required","error_codes":[50076],"error_description":
"AADSTS50076: You must use multi-factor authentication.\r\nTrace ID: 1\r\nCorrelation ID: 2"})",
         "AADSTS50076",
         "AADSTS50076: You must use multi-factor authentication; a person must sign in again, with "
         "multi-factor "
         "authentication"},
        {R"({"error":"invalid_grant","error_codes":[700082],"trace_id":"11111111-2222-3333-4444-555555555555",
"error_description":"AADSTS700082: The refresh token has expired. Trace ID: 1 Correlation ID: 2"})",
         "AADSTS700082",
         "AADSTS700082: The refresh token has expired; a person must sign in again; refresh tokens end when "
         "they "
         "are not used for 90 days; trace id 11111111-2222-3333-4444-555555555555"},
        {R"({"error":"invalid_client","error_codes":[7000215],"trace_id":"<script>",
"error_description":"AADSTS7000215: Invalid client secret provided."})",
         "AADSTS7000215",
         "AADSTS7000215: Invalid client secret provided; correct the client secret (its value is wanted, not "
         "its "
         "id); signing in again does not help"},
        {R"({"error":"invalid_grant"})", "invalid_grant",
         "the authority says invalid_grant; a person must sign in again"},
        {R"({"error":"invalid_grant","suberror":"consent_required"})", "invalid_grant",
         "the authority says invalid_grant; a person must sign in again and consent to the application"},
        {R"({"error":"consent_required"})", "consent_required",
         "the authority says consent_required; a person must sign in again and consent to the application"},
        {R"({"error":"invalid_grant","trace_id":"11111111-2222-3333-4444-55555555555x"})", "invalid_grant",
         "the authority says invalid_grant; a person must sign in again"},
        {R"({"error":"temporarily_unavailable","error_description":"Try later.  Trace ID: 1"})",
         "temporarily_unavailable", "temporarily_unavailable: Try later."},
        {R"({"error":"invalid_grant","error_codes":[123456789,50076]})", "AADSTS50076",
         "the authority says AADSTS50076; a person must sign in again, with multi-factor authentication"},
        {R"({"error":"invalid_grant","error_codes":[1234]})", "AADSTS1234",
         "the authority says AADSTS1234; a person must sign in again"},
        {R"({"error":"invalid_client","error_description":"no"})", "invalid_client",
         "invalid_client: no; signing in again does not help"},
        {R"({"error":"invalid_grant","error_codes":[50196],"error_description":"AADSTS50196: A loop."})",
         "AADSTS50196",
         "AADSTS50196: A loop; it takes the requests for a loop: wait some minutes and ask less often"},
        {R"({"error":"temporarily_unavailable","error_description":"Try later."})", "temporarily_unavailable",
         "temporarily_unavailable: Try later."},
        {R"({"error":"who\u001b[2J\u0000","error_description":"\n\n"})", "who [2J ",
         "the authority says who [2J "},
    };
    for (const row& r : rows) {
        const read_error read(r.document);
        CHECK(token_error_code(read.error, {}) == r.code);
        CHECK(describe_token_error(classify_token_error(400, read.error), read.error, {}) == r.description);
    }
}

TEST_CASE("a description is bounded, never inside a character, and keeps what to do")
{
    const std::size_t most = pc::diagnostics::max_text_size;
    for (std::size_t size :
         {most - 60, most - 30, most - 29, most - 28, most, most + 1, std::size_t(100'000)})
        for (std::string_view unit : {"x", "\xc3\xa9", "\xe2\x82\xac"}) {
            std::string words;
            while (words.size() < size)
                words += unit;
            token_error error;
            error.error = "invalid_grant";
            error.description = words;
            const std::string text = describe_token_error(outcome::sign_in_required, error, {});
            CHECK(text.size() <= most);
            CHECK(text.ends_with("; a person must sign in again"));
            const std::string_view kept = std::string_view(text).substr(15, text.size() - 15 - 29);
            CHECK(kept.size() % unit.size() == 0);
        }
    token_error error;
    const std::string name(10'000, 'x');
    error.error = name;
    CHECK(token_error_code(error, {}) == std::string(64, 'x'));
    std::string accents = "x";
    while (accents.size() < 100)
        accents += "\xc3\xa9";
    error.error = accents;
    CHECK(token_error_code(error, {}) == accents.substr(0, 63));
    const std::string no_character(100, '\x80');
    error.error = no_character;
    CHECK(token_error_code(error, {}).empty());
    CHECK(describe_token_error(outcome::failed, error, {}) == "the authority says nothing");
    error.error = name;
    CHECK(describe_token_error(outcome::failed, error, {}).size() <= most);
}

TEST_CASE("a secret in an error's name is recognised before the name is cut")
{
    const std::string secret(200, 's');
    const std::string_view secrets[] = {secret};
    const std::string name = "x" + secret;
    token_error error;
    error.error = name;
    CHECK(token_error_code(error, secrets) == "x***");
    CHECK(describe_token_error(outcome::failed, error, secrets) == "the authority says x***");
}
