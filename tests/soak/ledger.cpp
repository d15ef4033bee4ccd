// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "ledger.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstdio>
#include <string_view>

namespace pc = partner_center;
namespace json = boost::json;

namespace soak {
namespace {

// A PUT's company name; empty for what is no such.
std::string name_in(const pc::testing::recorded_request& request)
{
    boost::system::error_code ec;
    const json::value document = json::parse(request.body, ec);
    const json::object* const object = document.if_object();
    const json::value* const name = object ? object->if_contains("companyName") : nullptr;
    return !ec && name && name->is_string() ? std::string(name->get_string()) : std::string();
}

unsigned long long print(std::uint64_t number)
{
    return number;
}

} // namespace

std::string name_of(unsigned round, unsigned coroutine, unsigned update)
{
    return "Contoso " + std::to_string(round) + "-" + std::to_string(coroutine) + "-" +
           std::to_string(update);
}

std::string ledger::begin(const std::string& name)
{
    std::array<char, 37> id{};
    const std::lock_guard lock(mutex_);
    std::snprintf(id.data(), id.size(), "00000000-0000-4000-8000-%012llx", print(total_));
    ++total_;
    round_[name].request_id = id.data();
    return id.data();
}

void ledger::acknowledged(const std::string& name, const std::string& stored)
{
    const std::lock_guard lock(mutex_);
    round_[name].acknowledged = true;
    ++acknowledged_;
    // The profile is everybody's: an answer that was lost is given again, with what is stored by now.
    if (!stored.starts_with("Contoso "))
        wrong(name, "was acknowledged with a profile that nobody has written");
}

void ledger::failed(const std::string& name, const pc::error& error)
{
    const std::lock_guard lock(mutex_);
    round_[name].may_have_been_applied = error.diagnostics().may_have_been_applied;
    ++errors_[error.code().category().name() + std::string(": ") + error.code().message()];
}

void ledger::compare_with(const std::vector<pc::testing::recorded_request>& log)
{
    const std::lock_guard lock(mutex_);
    for (const auto& request : log) {
        ++requests_;
        failed_on_purpose_ += request.failed_on_purpose;
        if (!request.applied)
            continue;
        ++applied_;
        const std::string name = name_in(request);
        const auto found = round_.find(name);
        if (found == round_.end())
            wrong(name, "was applied, and nobody has asked for it in this round");
        else if (request.header("MS-RequestId") != found->second.request_id)
            wrong(name, "was applied under a request id that it was not given");
        else
            ++found->second.applied;
    }
    for (const auto& [name, told] : round_) {
        if (told.applied > 1)
            wrong(name, "was applied more than once");
        if (told.acknowledged && told.applied == 0)
            wrong(name, "was acknowledged and never applied");
        if (!told.acknowledged && told.applied != 0) {
            ++applied_but_failed_;
            if (!told.may_have_been_applied)
                wrong(name, "was applied, and its error denies that");
        }
    }
    round_.clear();
}

void ledger::wrong(const std::string& name, const char* what)
{
    if (++wrong_ <= 20)
        std::fprintf(stderr, "wrong: \"%s\" %s\n", name.c_str(), what);
}

bool ledger::report() const
{
    std::printf(
        "%llu updates: %llu acknowledged, %llu failed; %llu requests, of which %llu failed on purpose\n",
        print(total_), print(acknowledged_), print(total_ - acknowledged_), print(requests_),
        print(failed_on_purpose_));
    for (const auto& [what, count] : errors_)
        std::printf("  %8llu  %s\n", print(count), what.c_str());
    std::printf("applied: %llu, of which %llu ended in an error that says so\n", print(applied_),
                print(applied_but_failed_));
    if (wrong_ == 0)
        std::printf("nothing lost, nothing applied twice\n");
    else
        std::printf("%llu WRONG\n", print(wrong_));
    return wrong_ == 0;
}

} // namespace soak
