// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Clients that attack the emulator below HTTP, or by how much they ask: each attack ends as it should, in
// bounded time and memory, and the next client is served.

#include "fixtures/emulator_attack.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <utility>

namespace testing = partner_center::testing;
using namespace std::chrono_literals;
using testing::attack_connection;
using testing::emulator_target;
using testing::get_request;
using testing::impatient_emulator;
using testing::intruder;
using testing::messages;
using testing::play_on_emulator;
using testing::put_of;
using testing::repeated;
using testing::sends_raw;
using testing::small_emulator;

namespace {

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;

bool update_keys(attack_connection& c, int kind)
{
    return SSL_key_update(c.tls(), kind) == 1 && SSL_do_handshake(c.tls()) == 1 && c.send_pending();
}

// Sends some requests at once, and then reads their answers, over and over.
testing::emulator_attack asks_often(std::function<std::string(int)> request, int times, int at_once = 1)
{
    return [request = std::move(request), times, at_once](const emulator_target& at) {
        intruder c(at);
        bool there = c->shake_hands();
        for (int i = 0; there && i != times; ++i) {
            std::string some;
            for (int k = 0; k != at_once; ++k)
                some += request(i);
            there = c->send(some);
            for (int k = 0; there && k != at_once; ++k)
                there = c.answer() == "200";
        }
        return std::string(there ? "all answered" : "closed");
    };
}

std::string reads_no_answer(const emulator_target& at)
{
    intruder c(at);
    const std::string document = "{\"id\":\"" + std::string(200 * KiB, 'x') + "\"}";
    bool there = c->shake_hands() && c->send(put_of(document)) && c.answer() == "200";
    if (!there)
        return "not stored";
    const std::string many = repeated(get_request(), 16 * KiB);
    while (there)
        there = c->send(many);
    return "closed";
}

} // namespace

TEST_CASE("attacks on the emulator: what is no TLS, or too much of it")
{
    const std::string record("\x16\x03\x01\x40\x00", 5);
    const std::string endless = record + "\x01\xFF\xFF\xFF" + std::string(0x4000 - 4, 'x');
    play_on_emulator(
        "A client that sends TLS records to the emulator, or none", small_emulator(),
        {
            {"HTTP without TLS", sends_raw(get_request()), "closed"},
            {"garbage without end", sends_raw("", repeated("garbage", 4096)), "closed"},
            {"zeros without end", sends_raw("", std::string(4096, '\0')), "closed"},
            {"a ClientHello without end", sends_raw(endless, record + std::string(0x4000, 'x')), "closed"},
            {"empty records without end", sends_raw("", std::string("\x16\x03\x01\x00\x00", 5)), "closed"},
            {"warnings without end", sends_raw("", std::string("\x15\x03\x01\x00\x02\x01\x5A", 7)), "closed"},
            {"a renegotiation",
             messages(
                 [](attack_connection& c) {
                     SSL_renegotiate(c.tls());
                     SSL_do_handshake(c.tls());
                     return c.send_pending() && c.read_head();
                 },
                 TLS1_2_VERSION),
             "closed"},
        });
    play_on_emulator(
        "A client that keeps an impatient emulator busy with TLS", impatient_emulator(),
        {
            {"silence", sends_raw(""), "closed"},
            {"requests for keys without end",
             messages([](attack_connection& c) { return update_keys(c, SSL_KEY_UPDATE_REQUESTED); }),
             "closed"},
            {"new keys without end",
             messages([](attack_connection& c) { return update_keys(c, SSL_KEY_UPDATE_NOT_REQUESTED); }),
             "closed"},
            {"empty records of data without end",
             messages([](attack_connection& c) { return c.send_raw(c.forge_record("", 23)); }), "closed"},
            {"warnings without end, encrypted",
             messages([](attack_connection& c) { return c.send_raw(c.forge_record("\x01\x5A", 21)); }),
             "closed"},
        });
}

TEST_CASE("attacks on the emulator: requests without end")
{
    play_on_emulator("A client that sends a patient emulator one request after the other", small_emulator(),
                     {
                         {"5000 reads, 50 at once", asks_often([](int) { return get_request(); }, 100, 50),
                          "all answered"},
                         {"300 updates whose ids are as long as a head",
                          asks_often(
                              [](int i) {
                                  const std::string id = std::string(60 * KiB, 'x') + std::to_string(i);
                                  return put_of("{}", "MS-RequestId: " + id + "\r\n");
                              },
                              300),
                          "all answered", 20 * MiB},
                         {"30 updates of a megabyte",
                          asks_often(
                              [](int i) {
                                  const std::string id = std::to_string(i);
                                  return put_of("{\"id\":\"" + std::string(1000 * KiB, 'x') + "\"}",
                                                "MS-RequestId: " + id + "\r\n");
                              },
                              30),
                          "all answered", 28 * MiB},
                     });
    play_on_emulator("A client that sends an impatient emulator requests, and reads no answer",
                     impatient_emulator(),
                     {
                         {"reads of a large profile without end", &reads_no_answer, "closed", 4 * MiB},
                     });
}

TEST_CASE("attacks on the emulator: connections without end")
{
    const std::string part_of_hello("\x16\x03\x01\x40\x00\x01", 6);
    const auto one_by_one = [](int count, const std::string& bytes) {
        return [count, bytes](const emulator_target& at) {
            for (int i = 0; i != count; ++i) {
                intruder c(at);
                if (!c->send_raw(bytes))
                    return std::string("closed");
                if (!bytes.empty())
                    c.reset();
            }
            return std::string("all taken");
        };
    };
    play_on_emulator(
        "A client that opens one connection after the other", small_emulator(),
        {
            {"2000 connections that say nothing, and end", one_by_one(2000, ""), "all taken", 16 * MiB},
            {"1000 connections that are reset inside a ClientHello", one_by_one(1000, part_of_hello),
             "all taken", 16 * MiB},
        });
    const auto at_once = [](const std::string& bytes) {
        return [bytes](const emulator_target& at) {
            std::deque<intruder> all;
            for (int i = 0; i != 300; ++i)
                all.emplace_back(at)->send_raw(bytes);
            const bool open = std::any_of(all.begin(), all.end(), [](intruder& c) { return c->wait(5s); });
            return std::string(open ? "one is open" : "all closed");
        };
    };
    play_on_emulator(
        "A client that holds 300 connections to an emulator that takes 100", impatient_emulator(),
        {
            {"300 connections that are silent", at_once(""), "all closed", 16 * MiB},
            {"300 connections in the midst of a ClientHello", at_once(part_of_hello), "all closed", 16 * MiB},
        });
}
