// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_OPAQUE_SHARED_HPP
#define PARTNER_CENTER_DETAIL_OPAQUE_SHARED_HPP

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace partner_center::detail {

/// The memory of one object and of what `std::shared_ptr` counts its owners with.
template <class T>
struct shared_block {
    alignas(std::max_align_t) std::byte counts[16 * sizeof(void*)];
    alignas(T) std::byte object[sizeof(T)];
};

/// Gives the counts their place in a block, and frees the block with them: they are what goes last.
template <class Counts, class T>
struct shared_block_allocator {
    using value_type = Counts;
    template <class Other>
    struct rebind {
        using other = shared_block_allocator<Other, T>;
    };

    explicit shared_block_allocator(shared_block<T>* in) noexcept
        : block(in)
    {
    }
    template <class Other>
    shared_block_allocator(const shared_block_allocator<Other, T>& from) noexcept
        : block(from.block)
    {
    }

    Counts* allocate(std::size_t) noexcept
    {
        static_assert(sizeof(Counts) <= sizeof block->counts && alignof(Counts) <= alignof(std::max_align_t));
        return static_cast<Counts*>(static_cast<void*>(block->counts));
    }
    void deallocate(Counts*, std::size_t) noexcept { delete block; }

    friend bool operator==(const shared_block_allocator&, const shared_block_allocator&) = default;

    shared_block<T>* block;
};

template <class T>
void destroy_shared(T* object) noexcept
{
    std::destroy_at(object);
}

/**
 * `std::make_shared`, but what destroys the object is called by a pointer.
 *
 * The counts of `std::make_shared` destroy it in a virtual function, and a compiler that sees some shared
 * pointer being released optimizes all of these that it knows.
 */
template <class T, class... Arguments>
std::shared_ptr<T> make_opaque_shared(Arguments&&... arguments)
{
    std::unique_ptr<shared_block<T>> block(new shared_block<T>);
    auto* object = ::new (static_cast<void*>(block->object)) T(std::forward<Arguments>(arguments)...);
    return std::shared_ptr<T>(object, &destroy_shared<T>, shared_block_allocator<T, T>(block.release()));
}

} // namespace partner_center::detail

#endif
