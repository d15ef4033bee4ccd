// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_VALIDATE_IPP
#define PARTNER_CENTER_IMPL_VALIDATE_IPP

#include <partner_center/validate.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace partner_center {
namespace detail {

// Of text that is not UTF-8 no way to count is right, and this one is as good as any.
inline std::size_t count_code_points(std::string_view text) noexcept
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

inline bool is_country_code(std::string_view text) noexcept
{
    return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

class address_validator {
public:
    explicit address_validator(std::vector<violation>& found)
        : found_(&found)
    {
    }

    void country(std::string_view name, const std::optional<std::string>& text) const
    {
        if (text && !is_country_code(*text))
            add(name, "expected an ISO 3166 code of 2 letters");
    }

    void length(std::string_view name, const std::optional<std::string>& text, std::size_t least,
                std::size_t most) const
    {
        const std::size_t size = text ? count_code_points(*text) : least;
        if (size < least || size > most)
            add(name, "expected " + std::to_string(least) + " to " + std::to_string(most) +
                          " characters, got " + std::to_string(size));
    }

private:
    void add(std::string_view name, std::string problem) const
    {
        violation& broken = found_->emplace_back();
        broken.path.append("defaultAddress.").append(name);
        broken.problem = std::move(problem);
    }

    std::vector<violation>* found_;
};

} // namespace detail

PARTNER_CENTER_DECL std::vector<violation> validate(const OrganizationProfile& profile)
{
    std::vector<violation> found;
    if (!profile.default_address)
        return found;
    const Address& address = *profile.default_address;
    const detail::address_validator check(found);
    check.country("country", address.country);
    check.length("state", address.state, 0, 2);
    check.length("addressLine1", address.address_line1, 1, 200);
    check.length("addressLine2", address.address_line2, 0, 200);
    check.length("firstName", address.first_name, 1, 50);
    check.length("middleName", address.middle_name, 1, 50);
    check.length("lastName", address.last_name, 1, 50);
    return found;
}

} // namespace partner_center

#endif
