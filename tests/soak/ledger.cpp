// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "ledger.hpp"

#include <partner_center/condition.hpp>

#include <boost/asio/error.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace asio = boost::asio;
namespace json = boost::json;
namespace pc = partner_center;
using pc::errc;

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

const char* to_string(fate given)
{
    switch (given) {
    case fate::undisturbed: return "undisturbed";
    case fate::hurried: return "hurried";
    case fate::cancelled: return "cancelled";
    }
    return "";
}

std::uint64_t count_in(const std::map<fate, std::uint64_t>& counts, fate given)
{
    const auto found = counts.find(given);
    return found == counts.end() ? 0 : found->second;
}

double percent(std::uint64_t part, std::uint64_t all)
{
    return all == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(all);
}

unsigned long long print(std::uint64_t number)
{
    return number;
}

} // namespace

std::string name_of(unsigned round, unsigned coroutine, unsigned update)
{
    // All of one length: what is kept of a round takes the same memory in each.
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "Contoso %08u-%03u-%05u", round, coroutine, update);
    return name.data();
}

std::string ledger::begin(const std::string& name, fate given)
{
    std::array<char, 37> id{};
    const std::lock_guard lock(mutex_);
    std::snprintf(id.data(), id.size(), "00000000-0000-4000-8000-%012llx", print(total_));
    ++total_;
    ++total_of_[given];
    update& begun = round_[id.data()];
    begun.name = name;
    begun.given = given;
    return id.data();
}

void ledger::acknowledged(const std::string& id, const std::string& stored)
{
    const std::lock_guard lock(mutex_);
    update& told = round_.at(id);
    told.acknowledged = true;
    ++acknowledged_of_[told.given];
    // The profile is everybody's: an answer that was lost is given again, with what is stored by now.
    if (!stored.starts_with("Contoso "))
        wrong(told.name, "was acknowledged with a profile that nobody has written");
}

void ledger::failed(const std::string& id, const pc::error_code& ec, const pc::diagnostics& diag)
{
    const std::lock_guard lock(mutex_);
    update& told = round_.at(id);
    told.ec = ec;
    told.may_have_been_applied = diag.may_have_been_applied;
    ++errors_[{told.given, ec}];
}

void ledger::end_round(const std::vector<pc::testing::recorded_request>& log)
{
    const std::lock_guard lock(mutex_);
    for (const auto& request : log) {
        ++requests_;
        if (request.failed_on_purpose) {
            ++failed_on_purpose_;
            ++failed_with_[request.status];
        }
        waited_for_continue_ += request.waited_for_continue;
        applied_ += request.applied;
        update* const told = find(std::string(request.header("MS-RequestId").value_or("")));
        if (told && request.failed_on_purpose)
            told->struck.push_back(request.status);
        if (!request.applied)
            continue;
        if (!told)
            wrong(name_in(request),
                  "was applied, and nobody has asked for it in this round or the one before");
        else if (told->name != name_in(request))
            wrong(name_in(request), "was applied under a request id that it was not given");
        else
            ++told->applied;
    }
    for (const auto& [id, told] : round_before_)
        judge(told);
    round_before_ = std::exchange(round_, updates());
}

ledger::update* ledger::find(const std::string& id)
{
    for (updates* const round : {&round_, &round_before_})
        if (const auto found = round->find(id); found != round->end())
            return &found->second;
    return nullptr;
}

void ledger::judge(const update& told)
{
    if (told.applied > 1)
        wrong(told.name, "was applied more than once");
    if (told.acknowledged) {
        if (told.applied == 0)
            wrong(told.name, "was acknowledged and never applied");
        return;
    }
    if (!is_explained(told))
        wrong(told.name, ("failed by what nobody has done to it: " + told.ec.message()).c_str());
    if (told.applied != 0) {
        ++applied_but_failed_;
        if (!told.may_have_been_applied)
            wrong(told.name, "was applied, and its error denies that");
    }
}

// A closed list: all other failures are defects.
bool ledger::is_explained(const update& failed)
{
    const auto was_answered = [&failed](unsigned status) {
        return std::find(failed.struck.begin(), failed.struck.end(), status) != failed.struck.end();
    };
    // Nothing helps against these.
    for (unsigned refusal : {403U, 417U})
        if (failed.ec == pc::make_http_status_code(refusal))
            return was_answered(refusal);
    if (failed.ec == errc::malformed_json || failed.ec == errc::malformed_response)
        return was_answered(200);
    switch (failed.given) {
    case fate::undisturbed: return false;
    case fate::cancelled: return failed.ec == asio::error::operation_aborted;
    case fate::hurried: break;
    }
    // Another attempt would help against the others, but there is no time for it.
    for (unsigned trouble : {408U, 429U, 500U, 502U, 503U, 504U})
        if (failed.ec == pc::make_http_status_code(trouble))
            return was_answered(trouble);
    if (failed.ec == errc::connection_closed || failed.ec == asio::error::connection_reset)
        return was_answered(0);
    return failed.ec == errc::call_timeout || failed.ec == errc::authority_unavailable;
}

void ledger::wrong(const std::string& name, const char* what)
{
    if (++wrong_ <= 20)
        std::fprintf(stderr, "wrong: \"%s\" %s\n", name.c_str(), what);
}

bool ledger::report() const
{
    std::uint64_t acknowledged = 0;
    for (const auto& [given, count] : total_of_) {
        const std::uint64_t good = count_in(acknowledged_of_, given);
        std::printf("%-11s %8llu updates, %8llu acknowledged (%.2f %%)\n", to_string(given), print(count),
                    print(good), percent(good, count));
        acknowledged += good;
        for (const auto& [what, times] : errors_)
            if (what.first == given)
                std::printf("            %8llu failed: %s\n", print(times), what.second.message().c_str());
    }
    std::printf("in all      %8llu updates, %8llu acknowledged (%.2f %%)\n", print(total_),
                print(acknowledged), percent(acknowledged, total_));
    std::printf("%llu requests: %llu failed on purpose (%.2f %%), %llu waited for 100 Continue (%.2f %%)\n",
                print(requests_), print(failed_on_purpose_), percent(failed_on_purpose_, requests_),
                print(waited_for_continue_), percent(waited_for_continue_, requests_));
    std::printf("on purpose:");
    for (const auto& [status, count] : failed_with_)
        std::printf(" %llu %s", print(count),
                    status == 0 ? "without an answer" : std::to_string(status).c_str());
    std::printf("\n%llu were applied, of which %llu ended in an error that says so\n", print(applied_),
                print(applied_but_failed_));

    bool all_met = true;
    const auto require = [&all_met](bool is_met, const char* what) {
        if (!is_met)
            std::printf("BROKEN: %s\n", what);
        all_met = all_met && is_met;
    };
    require(wrong_ == 0,
            "no update is lost, applied twice or in other words than it was told of, or fails by "
            "what nobody has done to it");
    // Of those that are hurried or cancelled it depends on the machine how many come to their end.
    require(percent(count_in(acknowledged_of_, fate::undisturbed), count_in(total_of_, fate::undisturbed)) >=
                99,
            "99 % of the undisturbed updates are acknowledged");
    require(percent(acknowledged, total_) >= 98, "98 % of all updates are acknowledged");
    const double failed = percent(failed_on_purpose_, requests_);
    require(failed >= 3 && failed <= 7, "3 % to 7 % of the requests fail on purpose");
    for (unsigned status : {0U, 200U, 403U, 408U, 417U, 429U, 500U, 502U, 503U, 504U})
        require(failed_with_.contains(status), "each fault occurs");
    const double waited = percent(waited_for_continue_, requests_);
    require(waited >= 20 && waited <= 30, "20 % to 30 % of the requests wait for 100 Continue");
    require(errors_.contains({fate::cancelled, asio::error::operation_aborted}),
            "some updates are cancelled");
    require(errors_.contains({fate::hurried, make_error_code(errc::call_timeout)}),
            "the time of some updates is over");
    if (all_met)
        std::printf("nothing lost, nothing applied twice\n");
    return all_met;
}

} // namespace soak
