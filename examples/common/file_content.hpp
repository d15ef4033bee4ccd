// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_FILE_CONTENT_HPP
#define PARTNER_CENTER_EXAMPLES_FILE_CONTENT_HPP

#include "usage_error.hpp"

#include <fstream>
#include <iterator>
#include <string>

namespace examples {

/// What is in a file that the user has named. @throws usage_error It cannot be read, or holds nothing.
inline std::string content_of(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file || content.empty())
        throw usage_error(path + " cannot be read, or is empty");
    return content;
}

} // namespace examples

#endif
