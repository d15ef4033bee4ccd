// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_SHARED_OBJECT_HPP
#define PARTNER_CENTER_DETAIL_SHARED_OBJECT_HPP

#include <partner_center/detail/config.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace partner_center::detail {

/// The base of what several owners hold and nobody watches. Each type that `std::shared_ptr` points to costs
/// a file that includes the library dozens of functions to compile.
class shared_object : public boost::intrusive_ref_counter<shared_object, boost::thread_safe_counter> {
public:
    shared_object() noexcept {}
    shared_object(const shared_object&) = delete;
    shared_object& operator=(const shared_object&) = delete;
    virtual ~shared_object() = default;
};

template <class T>
using ref = boost::intrusive_ptr<T>;

} // namespace partner_center::detail

#endif
