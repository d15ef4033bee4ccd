// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_SHARED_OBJECT_HPP
#define PARTNER_CENTER_DETAIL_SHARED_OBJECT_HPP

#include <partner_center/detail/config.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>

namespace partner_center::detail {

/// The base of what several owners hold and nobody watches. Each type that `std::shared_ptr` points to costs
/// a file that includes the library dozens of functions to compile.
class shared_object {
public:
    shared_object() noexcept
        : destroy_(&destroy)
    {
    }
    shared_object(const shared_object&) = delete;
    shared_object& operator=(const shared_object&) = delete;
    virtual ~shared_object() = default;

    friend void intrusive_ptr_add_ref(const shared_object* held) noexcept
    {
        held->owners_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(const shared_object* held) noexcept
    {
        if (held->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            held->destroy_(held);
    }

private:
    static void destroy(const shared_object* held) noexcept { delete held; }

    mutable std::atomic<unsigned> owners_ = 0;
    // By a pointer: a compiler that sees a virtual destructor being called optimizes all that it knows, which
    // is most of the library, in every file that only holds a client.
    void (*const destroy_)(const shared_object*) noexcept;
};

template <class T>
using ref = boost::intrusive_ptr<T>;

} // namespace partner_center::detail

#endif
