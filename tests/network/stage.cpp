// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "stage.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iterator>
#include <thread>
#include <utility>

namespace pc = partner_center;

namespace network {
namespace {

// How late a call may be, besides what the machine itself is late.
constexpr milliseconds slack{100};

stage::totals all;

long long in_milliseconds(clock_type::duration time)
{
    return std::chrono::ceil<milliseconds>(time).count();
}

std::size_t open_files()
{
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                                                  std::filesystem::directory_iterator()));
}

} // namespace

const stage::totals& stage::sum() noexcept
{
    return all;
}

stage::stage(testbed& bed_, std::string name, milliseconds for_a_while_)
    : bed(bed_)
    , for_a_while(for_a_while_)
    , name_(std::move(name))
    , open_files_(open_files())
{
}

service& stage::serve(service_options options)
{
    service_ = std::make_unique<network::service>(bed, options);
    return *service_;
}

service& stage::serve(service_options options, gateway_options gateway)
{
    service_ = std::make_unique<network::service>(bed, options, std::move(gateway));
    return *service_;
}

caller& stage::call_with(const caller_options& options)
{
    caller_ = std::make_unique<caller>(bed, options);
    return *caller_;
}

finished_calls stage::run(const crowd& asked)
{
    begin(asked);
    return end();
}

finished_calls stage::end()
{
    finished_calls ended = caller_->end();
    calls_.insert(calls_.end(), ended.begin(), ended.end());
    return ended;
}

finished_calls stage::run_for_a_while(const crowd& asked)
{
    begin(asked);
    let_pass(for_a_while);
    return end();
}

void stage::let_pass(milliseconds time)
{
    std::this_thread::sleep_for(time);
}

void stage::require(bool is_true, const std::string& otherwise)
{
    if (!is_true && ++wrong_ <= 5)
        std::fprintf(stderr, "wrong: %s: %s\n", name_.c_str(), otherwise.c_str());
}

void stage::each(const finished_calls& calls, const std::string& should,
                 const std::function<bool(const finished_call&)>& is_true)
{
    require(!calls.empty(), "there was no call that could " + should);
    const auto wrong =
        std::find_if(calls.begin(), calls.end(), [&](const finished_call& call) { return !is_true(call); });
    if (wrong != calls.end())
        require(false, "call " + wrong->request_id + " does not " + should + ": " +
                           (wrong->ec ? wrong->what : "it succeeded") + " (after " +
                           std::to_string(in_milliseconds(wrong->took)) + " ms, while " +
                           std::string(to_string(wrong->phase)) + ", " + std::to_string(wrong->attempts) +
                           " attempts, " + (wrong->may_have_been_applied ? "may have been" : "was not") +
                           " applied)");
}

void stage::all_succeed(const finished_calls& calls)
{
    each(calls, "succeed", [](const finished_call& call) { return !call.ec; });
}

void stage::all_fail(const finished_calls& calls, const pc::error_code& ec, pc::phase phase,
                     bool may_have_been_applied)
{
    each(calls,
         "fail with \"" + ec.message() + "\" while " + std::string(to_string(phase)) + " and say that it " +
             (may_have_been_applied ? "may have been" : "was not") + " applied",
         [&](const finished_call& call) {
             return call.ec == ec && call.phase == phase &&
                    call.may_have_been_applied == (may_have_been_applied && call.is_update);
         });
}

void stage::everything_works_again()
{
    bed.clear();
    all_succeed(run({.calls = 2, .timeout = milliseconds(10'000)}));
}

void stage::compare()
{
    auto applied = service_->applied();
    repeated_ = service_->repeated();
    const auto late = slack + machine_.longest();
    for (const finished_call& call : calls_) {
        const auto found = applied.find(call.request_id);
        const unsigned times = found == applied.end() ? 0 : found->second;
        if (call.ec) {
            ++failed_;
            ++errors_[call.ec.message()];
        }
        longest_over_ = std::max(longest_over_, call.took - call.timeout);
        require(call.took <= call.timeout + late,
                "call " + call.request_id + " took " + std::to_string(in_milliseconds(call.took)) +
                    " ms, and had " + std::to_string(call.timeout.count()) + " ms");
        require(times <= 1, "update " + call.request_id + " was applied more than once");
        require(call.is_update || times == 0, "call " + call.request_id + " changed what it was to read");
        if (!call.ec)
            require(times == 1 || !call.is_update,
                    "update " + call.request_id + " was acknowledged and is lost");
        else if (times != 0)
            require(call.may_have_been_applied,
                    "update " + call.request_id + " was applied, and denies that: " + call.what);
        require(call.attempts != 0 || !call.may_have_been_applied,
                "update " + call.request_id + " was never sent, and says that it may have been applied");
        applied_though_failed_ += call.ec && times != 0;
        if (found != applied.end())
            applied.erase(found);
    }
    for (const auto& [id, times] : applied)
        require(false, "update " + id + " was applied " + std::to_string(times) + " times, and nobody asked");
}

bool stage::finish() noexcept
{
    try {
        if (caller_)
            end();
        caller_.reset();
        if (service_) {
            service_->kill();
            compare();
        }
        service_.reset();
        bed.clear();
        require(open_files() <= open_files_, "a file or socket stays open");
    } catch (const std::exception& e) {
        require(false, e.what());
    }
    print();
    ++all.rows;
    all.failed_rows += wrong_ != 0;
    all.calls += calls_.size();
    all.failed_calls += failed_;
    all.applied_though_failed += applied_though_failed_;
    all.longest_over = std::max(all.longest_over, longest_over_);
    all.machine_late = std::max(all.machine_late, machine_.longest());
    return wrong_ == 0;
}

void stage::print() const
{
    std::printf("%-63s %6zu calls %5zu failed %4zu of them applied %4zu repeated %3lld ms over (machine %lld)"
                "  %s",
                name_.c_str(), calls_.size(), failed_, applied_though_failed_, repeated_,
                in_milliseconds(longest_over_), in_milliseconds(machine_.longest()),
                wrong_ == 0 ? "nothing lost" : "WRONG");
    for (const auto& [what, count] : errors_)
        std::printf("; %zu failed: %s", count, what.c_str());
    std::printf("\n");
    std::fflush(stdout);
}

} // namespace network
