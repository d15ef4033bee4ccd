// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A server that attacks its clients by TLS: certificates that are not its own or not good enough, and what it
// sends below HTTP. Each attack ends in the right error, in bounded time and memory, and the next call on the
// same transport succeeds.

#include "fixtures/attack_report.hpp"
#include "fixtures/attacker.hpp"
#include "fixtures/certificate_forge.hpp"
#include "fixtures/scripted_names.hpp"
#include "fixtures/tls_script.hpp"

#include <doctest/doctest.h>

#include <openssl/x509_vfy.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
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
using testing::certificate_forge;
using testing::certificate_identity;
using testing::forged_certificate;

namespace {

constexpr std::size_t KiB = 1024;

std::string url(const std::string& host, const attacker& peer)
{
    return "https://" + host + ":" + std::to_string(peer.port());
}

struct certificate_row {
    std::string name;
    certificate_identity shown;
    std::string reason; // of the refusal, in OpenSSL's words; empty if it is accepted
    std::string host = "localhost";
    std::string revoked{}; // a list
    bool checks_revocation = false;
};

void play(testing::attack_report& report, const certificate_forge& root, const certificate_row& r)
{
    CAPTURE(r.name);
    const bool accepted = r.reason.empty();
    const auto asked = std::make_shared<std::atomic<bool>>(false);
    attacker peer(
        [asked](attack_connection& c) {
            if (c.shake_hands() && c.read_head())
                *asked = c.send(testing::json_reply("200 OK", "{\"id\":\"1\"}", "Connection: close\r\n"));
        },
        r.shown, root.pem());
    peer.mend(root.issue(forged_certificate(r.host == "127.0.0.1" ? "IP:127.0.0.1" : "DNS:" + r.host)));
    const attack_end end(accepted ? pc::error_code() : make_error_code(errc::untrusted_certificate),
                         accepted ? phase::done : phase::handshake);
    pc::transport_options network = testing::attacked(root.pem(), end);
    if (r.checks_revocation)
        testing::check_revocation(network.tls->native_handle(), r.revoked);
    testing::client_fixture fixture(std::move(network), testing::talking_to(url(r.host, peer)));
    const auto result = report.attack(r.name, fixture, fixture.client, end, 512 * KiB);
    CHECK_MESSAGE(result.diag.description.find(r.reason) != std::string::npos, result.diag.description);
    CHECK(result.diag.attempts == (accepted ? 1 : 0));
    CHECK(peer.wait_until_over());
    CHECK(*asked == accepted);
    report.sent(peer.sent());
    testing::check_honest(fixture, url(r.host, peer));
}

struct row {
    std::string name;
    attacker::attack what;
    attack_end end;
    std::function<void(SSL_CTX*)> prepare{};
};

void play(const char* title, const std::vector<row>& rows)
{
    testing::attack_report report(title);
    for (const row& r : rows) {
        CAPTURE(r.name);
        const attacker peer(r.what, r.prepare);
        testing::client_fixture fixture(testing::attacked(peer.ca_pem(), r.end),
                                        testing::talking_to(peer.base_url()));
        report.attack(r.name, fixture, fixture.client, r.end, 512 * KiB);
        CHECK(peer.wait_until_over());
        report.sent(peer.sent());
        testing::check_honest(fixture, peer.base_url());
    }
}

const attack_end refused_in_handshake(condition::connection_failed, phase::handshake);
const attack_end broken(condition::connection_failed, phase::receive);
const attack_end too_late(errc::attempt_timeout, phase::receive);
const attack_end handshake_too_late(errc::handshake_timeout, phase::handshake);
const attack_end malformed(errc::malformed_response, phase::receive);

std::function<void(SSL_CTX*)> version(int only)
{
    return [only](SSL_CTX* context) {
        SSL_CTX_set_min_proto_version(context, only);
        SSL_CTX_set_max_proto_version(context, only);
    };
}

// Bytes instead of a ServerHello, and others behind them again and again.
attacker::attack greets(std::string first, std::string then = {}, std::chrono::milliseconds gap = 0ms)
{
    return [first = std::move(first), then = std::move(then), gap](attack_connection& c) {
        bool there = c.send_raw(first);
        while (there && !then.empty())
            there = (gap == 0ms || c.wait(gap)) && c.send_raw(then);
        while (there)
            there = c.wait(1s);
    };
}

// Bytes below TLS after a request, and then FIN if it `ends`.
attacker::attack answers(std::string plain, std::string raw, bool ends = false)
{
    return [plain = std::move(plain), raw = std::move(raw), ends](attack_connection& c) {
        if (!c.shake_hands() || !c.read_head() || (!plain.empty() && !c.send(plain)) || !c.send_raw(raw))
            return;
        if (ends)
            c.hang_up();
        while (c.wait(1s)) {
        }
    };
}

// A message of TLS after a request, over and over.
attacker::attack repeats(bool (*message)(SSL*))
{
    return [message](attack_connection& c) {
        if (!c.shake_hands() || !c.read_head())
            return;
        while (message(c.tls()) && c.send_pending()) {
        }
        while (c.wait(1s)) {
        }
    };
}

// A record of TLS 1.3 after a request, over and over.
attacker::attack forges(std::string content, unsigned char type)
{
    return [content = std::move(content), type](attack_connection& c) {
        if (!c.shake_hands() || !c.read_head())
            return;
        while (c.send_raw(c.forge_record(content, type))) {
        }
    };
}

bool renegotiate(SSL* ssl)
{
    return SSL_renegotiate(ssl) == 1 && SSL_do_handshake(ssl) == 1;
}

bool ask_for_keys(SSL* ssl)
{
    return SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1;
}

bool change_keys(SSL* ssl)
{
    return SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1;
}

bool give_ticket(SSL* ssl)
{
    return SSL_new_session_ticket(ssl) == 1 && SSL_do_handshake(ssl) == 1;
}

int choose_h2(SSL*, const unsigned char** out, unsigned char* size, const unsigned char*, unsigned, void*)
{
    *out = reinterpret_cast<const unsigned char*>("h2");
    *size = 2;
    return SSL_TLSEXT_ERR_OK;
}

} // namespace

TEST_CASE("attacks of a server: certificates for another host")
{
    const certificate_forge root;
    testing::attack_report report("A server with a certificate for another host");
    const auto names = [&root](const std::string& all) { return root.issue(forged_certificate(all)); };
    const std::string other = "ostname mismatch";
    const std::string other_address = "IP address mismatch";
    const testing::scripted_name munich("xn--mnchen-3ya.");
    const std::string& idn = munich.text();

    forged_certificate with_nul("DNS:partner.test");
    with_nul.raw_dns_name = std::string("localhost\0.partner.test", 23);
    forged_certificate raw_idn("DNS:partner.test");
    raw_idn.raw_dns_name = "m\xC3\xBCnchen" + idn.substr(idn.find('.'));

    play(report, root, {"another name", names("DNS:partner.test"), other});
    play(report, root, {"no name but in the subject", names(""), other});
    play(report, root, {"the name behind another one", names("DNS:localhost.partner.test"), other});
    play(report, root, {"a wildcard for all", names("DNS:*"), other});
    play(report, root, {"a wildcard beside the name", names("DNS:*.localhost,DNS:local*"), other});
    play(report, root, {"NUL behind the name", root.issue(with_nul), other});
    play(report, root,
         {"the name as address, mail and URI", names("IP:127.0.0.1,email:a@localhost,URI:https://localhost/"),
          other});
    play(report, root, {"an address as name", names("DNS:127.0.0.1"), other_address, "127.0.0.1"});
    play(report, root, {"another address", names("IP:127.0.0.2"), other_address, "127.0.0.1"});
    play(report, root, {"the address", names("IP:127.0.0.1"), {}, "127.0.0.1"});
    play(report, root, {"an international name not in Punycode", root.issue(raw_idn), other, idn});
    play(report, root,
         {"a wildcard in Punycode", names("DNS:xn--*" + idn.substr(idn.find('.'))), other, idn});
    play(report, root, {"a wildcard for two labels", names("DNS:*.names.test"), other, idn});
    play(report, root, {"the international name", names("DNS:" + idn), {}, idn});
}

TEST_CASE("attacks of a server: certificates that nobody vouches for")
{
    const certificate_forge root;
    const certificate_forge namesake;
    testing::attack_report report("A server with a certificate that is not good enough");
    const auto issue = [&root](const std::function<void(forged_certificate&)>& change) {
        forged_certificate changed;
        change(changed);
        return root.issue(changed);
    };
    const auto authority = issue([](auto& c) {
        c.authority = true;
        c.common_name = "an intermediate one";
    });
    const auto bounded = issue([](auto& c) {
        c.authority = true;
        c.common_name = "one for other names";
        c.name_constraints = "permitted;DNS:partner.test";
    });
    const auto no_authority = issue([](auto& c) { c.common_name = "no authority"; });
    const auto chain = [&root](const certificate_identity& by) {
        certificate_identity end = root.as(by).issue();
        end.certificate_pem += by.certificate_pem;
        return end;
    };
    const auto expired = issue([](auto& c) {
        c.not_before = -48h;
        c.not_after = -24h;
    });
    const auto early = issue([](auto& c) {
        c.not_before = 24h;
        c.not_after = 48h;
    });
    const certificate_identity good = root.issue();
    const std::string no_issuer = "unable to get local issuer certificate";

    play(report, root, {"expired", expired, "certificate has expired"});
    play(report, root, {"not yet valid", early, "not yet valid"});
    play(report, root, {"self-signed", testing::make_self_signed(), "self-signed certificate"});
    play(report, root, {"of a root of the same name", namesake.issue(), no_issuer});
    play(report, root, {"an intermediate one missing", root.as(authority).issue(), no_issuer});
    play(report, root, {"an intermediate one", chain(authority), {}});
    play(report, root,
         {"an intermediate one for other names", chain(bounded), "permitted subtree violation"});
    play(report, root, {"of a server that is no authority", chain(no_authority), "invalid CA certificate"});
    play(report, root,
         {"for a client", issue([](auto& c) { c.purpose = "clientAuth"; }), "certificate purpose"});
    play(report, root,
         {"an RSA key of 1024 bits", issue([](auto& c) { c.rsa_bits = 1024; }), "key too weak"});
    play(report, root, {"signed with SHA-1", issue([](auto& c) { c.sha1 = true; }), "too weak"});
    const std::string list = root.revoke({good.certificate_pem});
    play(report, root, {"revoked", good, "certificate revoked", "localhost", list, true});
    play(report, root, {"not revoked", root.issue(), {}, "localhost", list, true});
}

TEST_CASE("attacks of a server: a handshake that is none")
{
    const auto many = [](SSL_CTX* context) {
        X509* const own = SSL_CTX_get0_certificate(context);
        for (int i = 0; i != 400; ++i)
            SSL_CTX_add1_chain_cert(context, own);
    };
    const std::string record("\x16\x03\x03\x40\x00", 5);
    const std::string endless = record + "\x02\xFF\xFF\xFF" + std::string(0x4000 - 4, 'x');
    const auto shakes = [](attack_connection& c) {
        if (c.shake_hands())
            c.read_head();
    };
    play("A server whose handshake is none",
         {
             {"TLS 1.0 only", shakes, refused_in_handshake, version(TLS1_VERSION)},
             {"TLS 1.1 only", shakes, refused_in_handshake, version(TLS1_1_VERSION)},
             {"SSL 3", greets(std::string("\x16\x03\x00\x00\x04\x0E\x00\x00\x00", 9)), refused_in_handshake},
             {"no TLS but HTTP", greets("HTTP/1.1 400 Bad Request\r\n\r\n"), refused_in_handshake},
             {"zeros without end", greets({}, std::string(4096, '\0')), refused_in_handshake},
             {"a message without end", greets(endless, record + std::string(0x4000, 'x')),
              refused_in_handshake},
             {"empty records without end", greets({}, std::string("\x16\x03\x03\x00\x00", 5)),
              refused_in_handshake},
             {"warnings without end", greets({}, std::string("\x15\x03\x03\x00\x02\x01\x5A", 7)),
              refused_in_handshake},
             {"cipher changes without end", greets({}, std::string("\x14\x03\x03\x00\x01\x01", 6)),
              refused_in_handshake},
             {"400 certificates", shakes, refused_in_handshake, many},
             {"silence", greets({}), handshake_too_late},
             {"a record that drips", greets(record, "x", 5ms), handshake_too_late},
         });
}

TEST_CASE("attacks of a server: TLS that says everything but an answer")
{
    const std::string half = std::string("\x17\x03\x03\x40\x00", 5) + std::string(1000, 'x');
    const std::string part = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":";
    play("A server whose TLS says everything but an answer",
         {
             {"renegotiations without end", repeats(&renegotiate), malformed, version(TLS1_2_VERSION)},
             {"requests for keys without end", repeats(&ask_for_keys), malformed},
             {"new keys without end", repeats(&change_keys), too_late},
             {"tickets without end", repeats(&give_ticket), too_late},
             {"empty records without end", forges("", 23), broken},
             {"records of padding without end", forges(std::string(1000, '\0'), 0), broken},
             {"warnings without end", forges("\x01\x5A", 21), broken},
             {"a record of an unknown type", forges("x", 99), broken},
             {"a record that is too large", answers({}, "\x17\x03\x03\xFF\xFF" + std::string(0xFFFF, 'x')),
              broken},
             {"a record that is not encrypted", answers({}, std::string("\x17\x03\x03\x00\x20", 5) + part),
              broken},
             {"HTTP without TLS", answers({}, part), broken},
             {"an end inside a record", answers({}, half, true),
              attack_end(errc::connection_closed, phase::receive)},
             {"an end inside a record of the answer", answers(part, half, true),
              attack_end(errc::truncated_response, phase::receive)},
             {"an end that is not secured, behind a body without length",
              answers("HTTP/1.1 200 OK\r\n\r\n{\"id\":\"1\"}", {}, true),
              attack_end(errc::truncated_response, phase::receive)},
             {"HTTP/2", answers(std::string("\0\0\0\x04\0\0\0\0\0", 9), {}), refused_in_handshake,
              [](SSL_CTX* context) { SSL_CTX_set_alpn_select_cb(context, &choose_h2, nullptr); }},
         });
}
