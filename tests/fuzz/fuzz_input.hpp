// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_FUZZ_FUZZ_INPUT_HPP
#define PARTNER_CENTER_TESTS_FUZZ_FUZZ_INPUT_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace partner_center::testing {

/// Ends the program, which libFuzzer reports with the input, and names the property that does not hold.
inline void require(bool holds, const char* property)
{
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

/// Takes an input apart from its front. What is not there reads as zero and as empty text.
class fuzz_input {
public:
    fuzz_input(const std::uint8_t* data, std::size_t size) noexcept
        : left_(reinterpret_cast<const char*>(data), size)
    {
    }

    bool empty() const noexcept { return left_.empty(); }

    unsigned byte() noexcept
    {
        if (left_.empty())
            return 0;
        const auto value = static_cast<unsigned char>(left_.front());
        left_.remove_prefix(1);
        return value;
    }

    std::uint64_t number(int bytes) noexcept
    {
        std::uint64_t value = 0;
        for (; bytes != 0; --bytes)
            value = value << 8U | byte();
        return value;
    }

    std::string_view text(std::size_t size) noexcept
    {
        const std::string_view taken = left_.substr(0, size);
        left_.remove_prefix(taken.size());
        return taken;
    }

    /// Up to the next line feed, which is dropped.
    std::string_view line() noexcept
    {
        const std::string_view taken = left_.substr(0, left_.find('\n'));
        left_.remove_prefix(taken.size() == left_.size() ? taken.size() : taken.size() + 1);
        return taken;
    }

    std::string_view rest() noexcept { return text(left_.size()); }

private:
    std::string_view left_;
};

} // namespace partner_center::testing

#endif
