// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_OWN_CATEGORY_HPP
#define PARTNER_CENTER_DETAIL_OWN_CATEGORY_HPP

#include <boost/system/error_category.hpp>

namespace partner_center::detail {

// g++ takes the destructor of Boost's class for accessible, because the class has friends.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#endif

/// What our error categories derive from, so that only this one needs its warning silenced.
class own_category : public boost::system::error_category {
protected:
    explicit constexpr own_category(unsigned long long id) noexcept
        : error_category(id)
    {
    }
    ~own_category() = default;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

} // namespace partner_center::detail

#endif
