// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_RETRY_AFTER_IPP
#define PARTNER_CENTER_IMPL_RETRY_AFTER_IPP

#include <partner_center/detail/retry_after.hpp>

#include <algorithm>
#include <cstddef>

namespace partner_center::detail {

struct date_fields {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

inline bool is_weekday(std::string_view name, bool abbreviated) noexcept
{
    for (std::string_view one :
         {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"})
        if (name == (abbreviated ? one.substr(0, 3) : one))
            return true;
    return false;
}

// 1 to 12; 0 when it is none.
inline unsigned month_number(std::string_view name) noexcept
{
    constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (unsigned month = 0; month != 12; ++month)
        if (name == names.substr(month * 3, 3))
            return month + 1;
    return 0;
}

template <class Number>
bool add_digit(char c, Number& to) noexcept
{
    if (c < '0' || c > '9')
        return false;
    to = static_cast<Number>(to * 10 + static_cast<Number>(c - '0'));
    return true;
}

inline bool match_date_character(char form, char c, date_fields& to) noexcept
{
    switch (form) {
    case 'y': return add_digit(c, to.year);
    case 'd': return add_digit(c, to.day);
    case 'e': return c == ' ' || add_digit(c, to.day); // asctime pads with a space
    case 'h': return add_digit(c, to.hour);
    case 'n': return add_digit(c, to.minute);
    case 's': return add_digit(c, to.second);
    default: return c == form;
    }
}

// In the form, a small letter is a digit of a field, "bbb" the name of the month, all else itself.
inline bool match_date(std::string_view form, std::string_view text, date_fields& to) noexcept
{
    if (text.size() != form.size())
        return false;
    for (std::size_t i = 0; i != form.size(); ++i) {
        if (form[i] == 'b') {
            to.month = month_number(text.substr(i, 3));
            i += 2;
        } else if (!match_date_character(form[i], text[i], to)) {
            return false;
        }
    }
    return true;
}

inline int full_year(int two_digits, std::chrono::system_clock::time_point now) noexcept
{
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
    const int last = static_cast<int>(today.year()) + 50;
    return last - (last - two_digits) % 100;
}

PARTNER_CENTER_DECL std::optional<std::chrono::sys_seconds>
parse_http_date(std::string_view text, std::chrono::system_clock::time_point now) noexcept
{
    const std::string_view weekday = text.substr(0, text.find_first_of(", "));
    const bool abbreviated = is_weekday(weekday, true);
    if (!abbreviated && !is_weekday(weekday, false))
        return std::nullopt;
    text.remove_prefix(weekday.size());
    date_fields fields;
    if (!abbreviated) {
        if (!match_date(", dd-bbb-yy hh:nn:ss GMT", text, fields))
            return std::nullopt;
        fields.year = full_year(fields.year, now);
    } else {
        const bool has_comma = text.starts_with(',');
        if (!match_date(has_comma ? ", dd bbb yyyy hh:nn:ss GMT" : " bbb ed hh:nn:ss yyyy", text, fields))
            return std::nullopt;
    }
    const std::chrono::year_month_day date(std::chrono::year(fields.year), std::chrono::month(fields.month),
                                           std::chrono::day(fields.day));
    // The 60 is a leap second, which a time since the epoch takes for the first of the next minute.
    if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(fields.hour) +
           std::chrono::minutes(fields.minute) + std::chrono::seconds(fields.second);
}

PARTNER_CENTER_DECL std::optional<std::chrono::seconds>
parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) noexcept
{
    constexpr std::string_view space = " \t";
    const std::size_t first = value.find_first_not_of(space);
    if (first == value.npos)
        return std::nullopt;
    value = value.substr(first, value.find_last_not_of(space) - first + 1);

    std::chrono::seconds wait(0);
    if (value.find_first_not_of("0123456789") == value.npos) {
        // However many digits: stops where no further one matters.
        for (std::size_t i = 0; i != value.size() && wait <= max_retry_after; ++i)
            wait = wait * 10 + std::chrono::seconds(value[i] - '0');
    } else {
        // In whole seconds, for the finer time of a clock cannot hold every date that can be written.
        const auto date = parse_http_date(value, now);
        if (!date)
            return std::nullopt;
        wait = *date - std::chrono::floor<std::chrono::seconds>(now);
    }
    return std::clamp(wait, std::chrono::seconds(0), max_retry_after);
}

} // namespace partner_center::detail

#endif
