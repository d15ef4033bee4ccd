// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "json_log.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

namespace profile_service {

namespace json = boost::json;
namespace pc = partner_center;

namespace {

// RFC 3339, in UTC.
std::string now()
{
    using namespace std::chrono;
    const auto time = system_clock::now();
    const auto milliseconds = duration_cast<std::chrono::milliseconds>(time.time_since_epoch()) % 1s;
    const std::time_t seconds = system_clock::to_time_t(floor<std::chrono::seconds>(time));
    std::tm parts = {};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 64> text;
    const std::size_t size = std::strftime(text.data(), text.size(), "%FT%T", &parts);
    std::snprintf(text.data() + size, text.size() - size, ".%03dZ", static_cast<int>(milliseconds.count()));
    return text.data();
}

double in_milliseconds(pc::event::duration time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

void add(json::object& to, std::string_view name, std::string_view text)
{
    if (!text.empty())
        to[name] = text;
}

} // namespace

void json_log::write(json::object fields)
{
    json::object line{{"time", now()}};
    for (auto& member : fields)
        line[member.key()] = std::move(member.value());
    to_ << json::serialize(line) + '\n' << std::flush;
}

void json_log::write(const pc::event& e)
{
    json::object line{{"event", to_string(e.kind)}, {"connection", e.connection}};
    add(line, "method", e.method);
    add(line, "url", e.url);
    add(line, "request_id", e.request_id);
    add(line, "correlation_id", e.correlation_id);
    add(line, "proxy", e.proxy);
    if (e.attempt != 0)
        line["attempt"] = e.attempt;
    if (e.http_status != 0)
        line["status"] = e.http_status;
    if (e.ec) {
        line["error"] = e.ec.message();
        line["phase"] = to_string(e.phase);
    }
    add(line, "why_closed", to_string(e.why_closed));
    add(line, "why_retried", to_string(e.why_retried));
    if (e.kind == pc::event_kind::retry_scheduled)
        line["delay_ms"] = in_milliseconds(e.delay);
    if (e.elapsed != pc::event::duration::zero())
        line["ms"] = in_milliseconds(e.elapsed);
    write(std::move(line));
}

} // namespace profile_service
