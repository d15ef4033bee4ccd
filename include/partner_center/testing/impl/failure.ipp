// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_FAILURE_IPP
#define PARTNER_CENTER_TESTING_IMPL_FAILURE_IPP

#include <partner_center/testing/failure.hpp>

#include <boost/beast/core/string.hpp>

#include <stdexcept>

namespace partner_center::testing::detail {

inline std::chrono::milliseconds check_delay(std::chrono::milliseconds time)
{
    if (time.count() < 0 || time > std::chrono::hours{24})
        throw std::invalid_argument("failure: the time must not be negative nor more than a day");
    return time;
}

inline void check_header(const std::string& name, const std::string& value)
{
    constexpr const char* token =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    if (name.empty() || name.find_first_not_of(token) != std::string::npos)
        throw std::invalid_argument("failure: '" + name + "' is not a header's name");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
        throw std::invalid_argument("failure: the value of " + name + " has a line break or a zero byte");
    for (const char* const own : {"Content-Length", "Transfer-Encoding", "Connection"})
        if (boost::beast::iequals(name, own))
            throw std::invalid_argument("failure: the header " + name + " is set by the emulator");
}

inline bool matches_pattern(std::string_view text, std::string_view pattern)
{
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (t != text.size()) {
        if (p != pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p != pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

} // namespace partner_center::testing::detail

namespace partner_center::testing {

PARTNER_CENTER_DECL failure failure::answer(unsigned status, std::string body, const header_list& headers)
{
    if (status < 200 || status > 599)
        throw std::invalid_argument("failure: the status " + std::to_string(status) +
                                    " is not between 200 and 599");
    failure made(ending::answer, false);
    made.status_ = status;
    made.body_ = std::move(body);
    for (const auto& [name, value] : headers) {
        detail::check_header(name, value);
        if (boost::beast::iequals(name, "Content-Type"))
            made.content_type_ = value;
        else
            made.header_lines_ += name + ": " + value + "\r\n";
    }
    return made;
}

PARTNER_CENTER_DECL failure failure::oauth(int code, std::string error)
{
    failure made(ending::answer, false);
    made.oauth_code_ = code;
    made.oauth_error_ = std::move(error);
    return made;
}

PARTNER_CENTER_DECL failure failure::close()
{
    return failure(ending::close, false);
}

PARTNER_CENTER_DECL failure failure::reset()
{
    return failure(ending::reset, false);
}

PARTNER_CENTER_DECL failure failure::apply_and_answer(unsigned status, std::string body,
                                                      const header_list& headers)
{
    failure made = answer(status, std::move(body), headers);
    made.applies_ = true;
    return made;
}

PARTNER_CENTER_DECL failure failure::apply_and_close()
{
    return failure(ending::close, true);
}

PARTNER_CENTER_DECL failure failure::apply_and_reset()
{
    return failure(ending::reset, true);
}

PARTNER_CENTER_DECL failure failure::delay(std::chrono::milliseconds time)
{
    failure made(ending::as_usual, true);
    made.before_ = detail::check_delay(time);
    return made;
}

PARTNER_CENTER_DECL failure failure::apply_and_delay(std::chrono::milliseconds time)
{
    failure made(ending::as_usual, true);
    made.after_ = detail::check_delay(time);
    return made;
}

PARTNER_CENTER_DECL failure& failure::after(std::chrono::milliseconds time)
{
    before_ = detail::check_delay(time);
    return *this;
}

PARTNER_CENTER_DECL failure_rule::failure_rule(std::vector<failure> failures)
    : failures_{std::move(failures)}
    , times_{failures_.size()}
{
    if (failures_.empty())
        throw std::invalid_argument("failure_rule: there is no failure to choose from");
}

PARTNER_CENTER_DECL failure_rule& failure_rule::method(std::string name)
{
    method_ = std::move(name);
    return *this;
}

PARTNER_CENTER_DECL failure_rule& failure_rule::path(std::string pattern)
{
    path_ = std::move(pattern);
    return *this;
}

PARTNER_CENTER_DECL failure_rule& failure_rule::skip(std::size_t requests)
{
    skip_ = requests;
    return *this;
}

PARTNER_CENTER_DECL failure_rule& failure_rule::times(std::size_t requests)
{
    times_ = requests;
    return *this;
}

PARTNER_CENTER_DECL failure_rule& failure_rule::always()
{
    return times(for_ever);
}

PARTNER_CENTER_DECL failure_rule& failure_rule::randomly(double probability, std::uint64_t seed)
{
    if (!(probability >= 0 && probability <= 1))
        throw std::invalid_argument("failure_rule: the probability is not between 0 and 1");
    by_chance_ = true;
    probability_ = probability;
    chance_.seed(seed);
    return always();
}

PARTNER_CENTER_DECL bool failure_rule::matches(std::string_view method, std::string_view path) const
{
    return times_ != 0 && (method_.empty() || method_ == method) &&
           (!path_ || detail::matches_pattern(path, *path_));
}

PARTNER_CENTER_DECL const failure* failure_rule::strike()
{
    if (skip_ != 0) {
        --skip_;
        return nullptr;
    }
    std::size_t chosen = next_;
    if (by_chance_) {
        // By hand, for the standard's distributions differ from one library to the next.
        const double drawn = static_cast<double>(chance_() >> 11U) * 0x1p-53;
        chosen = static_cast<std::uint32_t>(chance_() % failures_.size());
        if (drawn >= probability_)
            return nullptr;
    }
    next_ = (next_ + 1) % failures_.size();
    if (times_ != for_ever)
        --times_;
    return &failures_[chosen];
}

} // namespace partner_center::testing

#endif
