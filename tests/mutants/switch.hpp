// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_MUTANTS_SWITCH_HPP
#define PARTNER_CENTER_TESTS_MUTANTS_SWITCH_HPP

/// What switchable.py writes into the library's sources, so that one program holds all mutants.
namespace mutants {

/// Whether it is this one's turn: the environment's PARTNER_CENTER_MUTANT names one, or none.
bool on(int id) noexcept;

template <class Left, class Right>
bool less(int id, const Left& left, const Right& right)
{
    return on(id) ? left <= right : left < right;
}

template <class Left, class Right>
bool less_equal(int id, const Left& left, const Right& right)
{
    return on(id) ? left < right : left <= right;
}

template <class Left, class Right>
bool greater(int id, const Left& left, const Right& right)
{
    return on(id) ? left >= right : left > right;
}

template <class Left, class Right>
bool greater_equal(int id, const Left& left, const Right& right)
{
    return on(id) ? left > right : left >= right;
}

/// Two mutants: one more is `id`, one less the next.
template <class Number>
Number number(int id, Number written) noexcept
{
    if (on(id))
        return static_cast<Number>(written + 1);
    return on(id + 1) ? static_cast<Number>(written - 1) : written;
}

} // namespace mutants

#endif
