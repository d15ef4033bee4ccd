// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_STATE_FILE_HPP
#define PARTNER_CENTER_TESTING_DETAIL_STATE_FILE_HPP

#include <partner_center/detail/config.hpp>

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string_view>

namespace partner_center::testing::detail {

/// Reads a document; nothing if there is no such file. Throws std::runtime_error that names the file.
PARTNER_CENTER_DECL std::optional<json::object> load_document(const std::filesystem::path& file);

/// Replaces a file's content in one step. Throws std::runtime_error that names the file.
PARTNER_CENTER_DECL void replace_file(const std::filesystem::path& file, std::string_view content);

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/state_file.ipp>
#endif

#endif
