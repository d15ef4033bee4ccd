// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_SWEEP_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_MEMORY_SWEEP_HPP

#include "allocations.hpp"
#include "play.hpp"

#include <partner_center/error.hpp>
#include <partner_center/testing/emulator.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <map>
#include <new>
#include <string>
#include <utility>

namespace partner_center::testing {

/// Plays a scene once for each of its allocations, which fails.
class sweep {
public:
    explicit sweep(scene of)
        : scene_{std::move(of)}
        , service_{options_of(scene_)}
    {
    }

    void run()
    {
        spared();   // what an earlier sweep did not ask for
        once(most); // what a program makes but once is made here
        std::size_t nth = 1;
        for (; nth < most && once(nth); nth += scene_.step)
            ++plays_;
        CHECK(nth < most);
        CHECK(plays_ >= scene_.least);
        CHECK(reached_ == plays_);
        CHECK(reached_ == failed_ + spared_);
        CHECK(spared_ * 3 < reached_);
        CHECK((spared_ == 0 || scene_.whose == allocator_of::cpp));
        CHECK(besides_[distrust] * 20 < plays_);
        std::string text = scene_.name + ": one in " + std::to_string(scene_.step) + ", reached " +
                           std::to_string(reached_) + " = failed " + std::to_string(failed_) + " + spared " +
                           std::to_string(spared_);
        for (std::size_t i = 0; i != scene_.calls; ++i) {
            CHECK(sum(ends_[i]) == failed_);
            text += "\n  call " + std::to_string(i + 1) + ", failed " + list(ends_[i]);
        }
        if (sum(besides_) != 0)
            text += "\n  besides " + list(besides_);
        MESSAGE(text << spared());
    }

private:
    using counts = std::map<std::string, std::size_t>;

    static constexpr std::size_t most = 5000;
    static constexpr const char* distrust = "distrust from then on";

    static emulator_options options_of(const scene& of)
    {
        emulator_options options;
        // One that is replaced by an answer there is no memory for is gone for good.
        options.oauth.rotate_refresh_tokens = false;
        of.service(options);
        return options;
    }

    static std::size_t sum(const counts& of)
    {
        std::size_t all = 0;
        for (const auto& [what, count] : of)
            all += count;
        return all;
    }

    static std::string list(const counts& of)
    {
        std::string text = std::to_string(sum(of)) + " =";
        const char* before = " ";
        for (const auto& [what, count] : of)
            if (count != 0)
                text.append(std::exchange(before, " + ")).append(std::to_string(count) + " " + what);
        return text;
    }

    // Returns whether there was such an allocation.
    bool once(std::size_t nth)
    {
        const block_count blocks;
        bool reached = false;
        {
            {
                const plenty not_ours;
                service_.clear_failures();
                connections_before_ = service_.connections_accepted();
            }
            play now(service_, scene_);
            scene_.prepare(now);
            {
                const plenty not_ours;
                service_.clear_requests();
            }
            reached = attempt(now, nth);
            check_transport(now);
        }
        CHECK_MESSAGE(blocks.live() == 0, which_);
        return reached;
    }

    bool attempt(play& now, std::size_t nth)
    {
        const memory_shortage shortage(scene_.whose, nth, scene_.length, scene_.gap);
        bool thrown = false;
        try {
            scene_.begin(now);
        } catch (const std::bad_alloc&) {
            thrown = true;
        }
        const bool ended = now.run(&shortage);
        const plenty memory;
        which_ = scene_.name + ", allocation " + std::to_string(nth) + ":\n" + shortage.where();
        REQUIRE_MESSAGE(ended, which_);
        const bool failed = shortage.failed();
        if (shortage.reached()) {
            ++reached_;
            ++(failed ? failed_ : spared_);
        }
        if (now.thrown_out_of_run != 0)
            ++besides_["thrown out of run()"];
        CHECK_MESSAGE((failed || (!thrown && now.thrown_out_of_run == 0)), which_);
        // What the library has no memory for ends the call, and is not for Asio to throw.
        if (scene_.length == 1 && !scene_.may_be_destroyed && shortage.is_of_library())
            CHECK_MESSAGE(now.thrown_out_of_run == 0, which_);
        std::size_t applied = 0;
        const std::size_t requests = count_requests(applied);
        CHECK_MESSAGE(applied <= 1, which_);
        for (std::size_t i = 0; i != now.results.size(); ++i) {
            const outcome& result = now.results[i];
            const std::string end = result.begun                   ? end_of(now, result, failed, applied)
                                    : std::exchange(thrown, false) ? "thrown at once"
                                                                   : "not begun";
            CHECK_MESSAGE((result.begun || result.completions == 0), which_);
            if (failed && i < scene_.calls)
                ++ends_[i][end];
        }
        if (!failed) {
            CHECK_MESSAGE(requests == scene_.requests.value_or(requests), which_);
            CHECK_MESSAGE(now.connections == scene_.connections, which_);
        }
        INFO(which_);
        scene_.afterwards(now);
        return shortage.reached();
    }

    // Of this play: one of an earlier play may have come late.
    std::size_t count_requests(std::size_t& applied) const
    {
        std::size_t all = 0;
        for (const auto& request : service_.requests())
            if (request.connection > connections_before_) {
                ++all;
                applied += request.applied ? 1U : 0U;
            }
        return all;
    }

    // Checks how a call ended, and says it.
    std::string end_of(const play& now, const outcome& result, bool failed, std::size_t applied)
    {
        if (scene_.may_be_destroyed && now.thrown_out_of_run != 0 && result.completions == 0)
            return "handler destroyed";
        CHECK_MESSAGE(result.completions == 1, which_);
        if (!result.ec)
            CHECK_MESSAGE(applied == (scene_.is_change ? 1 : 0), which_);
        else if (applied != 0)
            CHECK_MESSAGE(result.diag.may_have_been_applied, which_);
        CHECK_MESSAGE((result.ec || !scene_.must_fail), which_);
        // Where several events of a call were lost, it may also be our cancellation that it ends by.
        const bool cancelled = scene_.length > 1 && now.thrown_out_of_run != 0;
        const bool for_want_of_memory = result.ec == boost::system::errc::not_enough_memory ||
                                        result.ec == scene_.other_end ||
                                        scene_.whose == allocator_of::openssl ||
                                        (cancelled && result.ec == asio::error::operation_aborted);
        const bool not_stopped = scene_.closes_transport && (!result.ec || result.ec == errc::call_timeout);
        const bool allowed = result.ec == scene_.usual_end || (failed && (for_want_of_memory || not_stopped));
        CHECK_MESSAGE(allowed, result.ec.message(), ", ", describe(result.ec, result.diag), "\n", which_);
        return result.ec ? result.ec.message() : "success";
    }

    void check_transport(play& now)
    {
        {
            const plenty not_ours;
            service_.clear_failures();
        }
        now.thrown_out_of_run = 0;
        now.cancel_attempt = false;
        outcome next;
        // Without the signal: a cancellation by co_spawn may be on its way still, to the slot's last handler.
        now.client.async_get(next.diag, outcome::handler{&next});
        const bool ended = now.run();
        const plenty memory;
        REQUIRE_MESSAGE(ended, which_);
        REQUIRE_MESSAGE(next.completions == 1, which_);
        // OpenSSL 3.0 goes on to refuse an authority whose certificate it once had no memory to read.
        if (scene_.whose == allocator_of::openssl && !scene_.must_fail &&
            next.ec == errc::untrusted_certificate)
            ++besides_[distrust];
        else
            CHECK_MESSAGE(static_cast<bool>(next.ec) == (scene_.must_fail || scene_.closes_transport),
                          describe(next.ec, next.diag), which_);
    }

    scene scene_;
    emulator service_;
    std::size_t plays_ = 0; // which came to an allocation that had to fail
    std::size_t reached_ = 0;
    std::size_t failed_ = 0;
    std::size_t spared_ = 0;
    std::array<counts, 2> ends_; // of each call, where one failed
    counts besides_;
    std::string which_;
    std::size_t connections_before_ = 0;
};

} // namespace partner_center::testing

#endif
