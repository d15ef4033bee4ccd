// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "profile_api.hpp"

#include "merge_patch.hpp"

#include <partner_center/condition.hpp>
#include <partner_center/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace profile_service {

namespace json = boost::json;
namespace pc = partner_center;

namespace {

class counted {
public:
    explicit counted(unsigned& count)
        : count_(++count)
    {
    }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --count_; }

private:
    unsigned& count_;
};

response refuse(http::status status, std::string_view why)
{
    return make_response(status, json::serialize(json::object{{"error", why}}));
}

response refuse_method(std::string_view allowed)
{
    response refusal = refuse(http::status::method_not_allowed, "this method is not for this resource");
    refusal.set(http::field::allow, allowed);
    return refusal;
}

response ask_to_come_back(http::status status, std::string_view why, std::chrono::seconds wait)
{
    response refusal = refuse(status, why);
    refusal.set(http::field::retry_after, std::to_string(wait.count()));
    return refusal;
}

// What the caller can put right is the caller's; all else is a gateway's trouble.
http::status status_of(const pc::error_code& ec)
{
    if (ec == pc::errc::invalid_profile)
        return http::status::bad_request;
    if (ec == pc::condition::conflict)
        return http::status::conflict;
    if (ec == pc::condition::throttled || ec == pc::condition::cancelled)
        return http::status::service_unavailable;
    if (ec == pc::condition::timeout)
        return http::status::gateway_timeout;
    if (ec == pc::condition::invalid_request && ec.category() == pc::http_status_category())
        return http::status::bad_request;
    return http::status::bad_gateway;
}

response explain(const pc::error& e)
{
    const pc::diagnostics& known = e.diagnostics();
    json::object body{{"error", e.what()},
                      {"request_id", known.request_id},
                      {"may_have_been_applied", known.may_have_been_applied}};
    response answer = make_response(status_of(e.code()), json::serialize(body));
    if (known.retry_after)
        answer.set(http::field::retry_after, std::to_string(known.retry_after->count()));
    return answer;
}

// A page of the web must not reach this service by a name of its own that leads to this machine.
bool is_for_this_machine(const request& asked)
{
    std::string_view host = asked[http::field::host];
    host = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

bool is_json(const request& asked)
{
    const std::string_view type = asked[http::field::content_type];
    const std::string_view name = type.substr(0, type.find_first_of("; "));
    return name == "application/json" || name == "application/merge-patch+json";
}

std::string printable(std::string_view text)
{
    std::string result(text.substr(0, 200));
    std::replace_if(
        result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return result;
}

} // namespace

profile_api::profile_api(pc::client client, unsigned max_calls, json_log& log)
    : client_(std::move(client))
    , max_calls_(max_calls)
    , log_(log)
{
}

asio::awaitable<response> profile_api::answer(const request& asked)
{
    const auto begin = std::chrono::steady_clock::now();
    response answer = co_await route(asked);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    log_.write({{"event", "request"},
                {"method", printable(asked.method_string())},
                {"target", printable(asked.target())},
                {"status", answer.result_int()},
                {"ms", time.count()}});
    co_return answer;
}

asio::awaitable<response> profile_api::route(const request& asked)
{
    if (!is_for_this_machine(asked))
        co_return refuse(http::status::misdirected_request, "this service is called localhost");
    if (asked.target() == "/health")
        co_return asked.method() == http::verb::get ? health() : refuse_method("GET");
    if (asked.target() != "/profile")
        co_return refuse(http::status::not_found, "there are /profile and /health");
    if (asked.method() != http::verb::get && asked.method() != http::verb::patch)
        co_return refuse_method("GET, PATCH");
    if (calls_ >= max_calls_)
        co_return ask_to_come_back(http::status::service_unavailable, "too many calls at the same time",
                                   std::chrono::seconds(1));
    const counted one_more(calls_);
    co_return co_await call(asked);
}

asio::awaitable<response> profile_api::call(const request& asked)
{
    try {
        pc::OrganizationProfile profile;
        if (asked.method() == http::verb::get)
            profile = co_await client_.get();
        else if (!is_json(asked))
            co_return refuse(http::status::unsupported_media_type, "send application/merge-patch+json");
        else
            profile = co_await client_.modify(merge_patch(asked.body()));
        co_return make_response(http::status::ok, json::serialize(json::value_from(profile)));
    } catch (const bad_patch& e) {
        co_return refuse(http::status::bad_request, e.what());
    } catch (const pc::error& e) {
        co_return explain(e);
    }
}

response profile_api::health() const
{
    return make_response(
        http::status::ok,
        json::serialize(json::object{{"status", "ok"}, {"calls", calls_}, {"max_calls", max_calls_}}));
}

} // namespace profile_service
