// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A proxy that attacks its clients: it learns no token, each attack ends in the right error, in bounded time
// and memory, and the next call on the same transport succeeds.

#include "fixtures/attack_report.hpp"
#include "fixtures/attacker.hpp"
#include "fixtures/proxy_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace pc = partner_center;
namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using pc::condition;
using pc::errc;
using pc::phase;
using testing::attack_connection;
using testing::attack_end;
using testing::attacker;
using testing::certificate_authority;
using testing::certificate_identity;

namespace {

constexpr std::size_t KiB = 1024;
const std::string tunnel = "HTTP/1.1 200 Connection established\r\n\r\n";

// What the proxy was sent without TLS.
class plain_text {
public:
    void set(std::string text)
    {
        const std::lock_guard lock(mutex_);
        text_ = std::move(text);
    }

    std::string get() const
    {
        const std::lock_guard lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

struct row {
    std::string name;
    attacker::attack what; // begins when CONNECT was read
    attack_end end;
};

void play(testing::attack_report& report, const row& r, const certificate_identity& shown,
          const certificate_authority& trusted)
{
    CAPTURE(r.name);
    const auto seen = std::make_shared<plain_text>();
    attacker proxy(
        [seen, what = r.what](attack_connection& c) {
            if (!c.read_head())
                return;
            seen->set(c.head());
            what(c);
        },
        shown, trusted.pem());
    proxy.mend(trusted.issue());
    pc::transport_options network = testing::attacked(trusted.pem(), r.end);
    network.proxy = testing::by_url("http://127.0.0.1:" + std::to_string(proxy.port()));
    testing::client_fixture fixture(std::move(network), testing::talking_to("https://localhost:8443"));
    const auto result = report.attack(r.name, fixture, fixture.client, r.end, 1024 * KiB);
    CHECK(result.diag.attempts == (result.ec ? 0 : 1));
    CHECK((!result.ec || proxy.wait_until_over()));
    CHECK(seen->get() == "CONNECT localhost:8443 HTTP/1.1\r\nHost: localhost:8443\r\n\r\n");
    testing::check_honest(fixture, "https://localhost:8443");
    report.sent(proxy.sent());
}

void play(const char* title, const std::vector<row>& rows)
{
    testing::attack_report report(title);
    const certificate_authority authority;
    const certificate_identity identity = authority.issue();
    for (const row& r : rows)
        play(report, r, identity, authority);
}

attacker::attack tells(std::string bytes, bool ends = false)
{
    return [bytes = std::move(bytes), ends](attack_connection& c) {
        if (!c.send_raw(bytes))
            return;
        if (ends)
            c.hang_up();
        while (c.wait(1s)) {
        }
    };
}

attacker::attack floods(std::string first, std::string then, std::chrono::milliseconds gap = 0ms)
{
    return [first = std::move(first), then = std::move(then), gap](attack_connection& c) {
        bool there = c.send_raw(first);
        while (there)
            there = (gap == 0ms || c.wait(gap)) && c.send_raw(then);
    };
}

// Goes on as the server would.
attacker::attack opens(std::string answer)
{
    return [answer = std::move(answer)](attack_connection& c) {
        if (!c.send_raw(answer) || !c.shake_hands())
            return;
        while (c.read_head() && c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}")) {
        }
    };
}

const attack_end too_large(errc::response_too_large, phase::proxy);
const attack_end malformed(errc::malformed_response, phase::proxy);
const attack_end too_late(errc::connect_timeout, phase::proxy);
const attack_end refused(errc::proxy_refused, phase::proxy);
const attack_end no_tls(condition::connection_failed, phase::handshake);
const attack_end success(pc::error_code(), phase::done);

} // namespace

TEST_CASE("attacks of a proxy: answers that do not end")
{
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string x(4 * KiB, 'x');
    play("A proxy whose answers do not end",
         {
             {"a status line without end", floods("HTTP/1.1 200 ", x), too_large},
             {"a header line without end", floods(ok + "X: ", x), too_large},
             {"header lines without end", floods(ok, "X: y\r\n"), too_large},
             {"folded lines without end", floods(ok + "X: y", "\r\n y"), too_large},
             {"interim responses without end", floods("", "HTTP/1.1 102 Processing\r\n\r\n"), too_large},
             {"empty lines without end", floods("", "\r\n"), malformed},
             {"zeros without end", floods("", std::string(4 * KiB, '\0')), malformed},
             // In one piece: what comes later would be taken for the server's.
             {"a body without end", floods(tunnel + x, x), malformed},
             {"chunks without end", floods(ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", "1\r\nx\r\n"),
              malformed},
             {"a refusal without end", floods("HTTP/1.1 403 Forbidden\r\n\r\n", x), refused},
             {"credentials wanted, and a page without end",
              floods("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n", x),
              attack_end(errc::proxy_authentication_required, phase::proxy)},
             {"silence", tells(""), too_late},
             {"a status line that drips", floods("HTTP/1.1 200 ", "x", 5ms), too_late},
             {"a header that drips", floods(ok, "X: y\r\n", 5ms), too_late},
         });
}

TEST_CASE("attacks of a proxy: answers that are more than an answer")
{
    testing::bystander elsewhere;
    const auto redirection = [&elsewhere](const char* status) {
        return tells(std::string("HTTP/1.1 ") + status + "\r\nLocation: " + elsewhere.base_url() +
                     "/\r\nContent-Length: 0\r\n\r\n");
    };
    play("A proxy whose answers are more than an answer",
         {
             {"a byte behind 200", tells(tunnel + "x"), malformed},
             {"200 with a body", tells("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), malformed},
             {"200 with a body in chunks",
              tells("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), malformed},
             {"200 with a length, and no body", opens("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
              success},
             {"204", opens("HTTP/1.1 204 No Content\r\n\r\n"), success},
             {"299", opens("HTTP/1.1 299 Fine\r\n\r\n"), success},
             {"200 twice", tells(tunnel + tunnel), malformed},
             {"200, and an answer of the server's", tells(tunnel + "HTTP/1.1 200 OK\r\n\r\n"), malformed},
             {"two lengths that differ",
              tells("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n"), malformed},
             {"NUL in a header", tells(std::string("HTTP/1.1 200 OK\r\nX: \0\r\n\r\n", 25)), malformed},
             {"another protocol's 101", tells("HTTP/1.1 101 Switching Protocols\r\n\r\n"), malformed},
             {"HTTP/2", tells("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), malformed},
             {"an end inside a header", tells("HTTP/1.1 200 OK\r\nX: ", true),
              attack_end(errc::truncated_response, phase::proxy)},
             {"a redirection that keeps the method", redirection("307 Temporary Redirect"), refused},
             {"a redirection that does not", redirection("302 Found"), refused},
             {"a proxy to use instead", redirection("305 Use Proxy"), refused},
         });
    CHECK_FALSE(elsewhere.was_disturbed());
}

TEST_CASE("attacks of a proxy: it puts itself between client and server")
{
    const certificate_authority trusted;
    const certificate_authority own("authority of the proxy");
    testing::attack_report report("A proxy that puts itself between client and server");
    const certificate_identity good = trusted.issue();
    testing::certificate_request proxy_only;
    proxy_only.dns_names = {"proxy.test"};

    const attack_end untrusted(errc::untrusted_certificate, phase::handshake);
    play(report, {"a certificate of its own authority", opens(tunnel), untrusted}, own.issue(), trusted);
    play(report, {"a certificate for its own name", opens(tunnel), untrusted}, trusted.issue(proxy_only),
         trusted);
    const auto later = [](const std::string& bytes) {
        return [bytes](attack_connection& c) {
            if (c.send_raw(tunnel) && c.wait(50ms) && c.send_raw(bytes))
                while (c.wait(1s)) {
                }
        };
    };
    play(report, {"HTTP instead of TLS", later("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), no_tls},
         good, trusted);
    play(report, {"an alert instead of TLS", later(std::string("\x15\x03\x01\x00\x02\x02\x28", 7)), no_tls},
         good, trusted);
    play(report, {"an end instead of TLS", tells(tunnel, true), no_tls}, good, trusted);
}
