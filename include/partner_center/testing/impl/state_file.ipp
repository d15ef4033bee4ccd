// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_STATE_FILE_IPP
#define PARTNER_CENTER_TESTING_IMPL_STATE_FILE_IPP

#include <partner_center/testing/detail/state_file.hpp>

#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/json_document.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <system_error>

namespace partner_center::testing::detail {

[[noreturn]] inline void throw_file_error(const std::filesystem::path& file, const std::string& what)
{
    throw std::runtime_error("'" + file.string() + "': " + what);
}

PARTNER_CENTER_DECL std::optional<json::object> load_document(const std::filesystem::path& file)
{
    std::error_code ec;
    const std::filesystem::file_status status = std::filesystem::status(file, ec);
    if (status.type() == std::filesystem::file_type::not_found)
        return std::nullopt;
    if (ec)
        throw_file_error(file, "cannot be read: " + ec.message());
    if (std::filesystem::is_directory(status))
        throw_file_error(file, "is a directory, not a state file");
    std::ifstream in(file, std::ios::binary);
    if (!in.is_open())
        throw_file_error(file, "cannot be read");
    std::string text;
    try {
        text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    } catch (const std::ios_base::failure& e) {
        // Which does not know the file.
        throw_file_error(file, std::string("cannot be read: ") + e.what());
    }

    boost::system::error_code parse_error;
    // It may hold a document that was set with a depth that no request may have.
    auto options = partner_center::detail::with_exact_numbers(json::parse_options());
    options.max_depth = std::numeric_limits<std::size_t>::max();
    json::value document = json::parse(text, parse_error, json::storage_ptr(), options);
    if (parse_error)
        throw_file_error(file, "is no state file, for it is not valid JSON: " + parse_error.message());
    if (!document.is_object())
        throw_file_error(file, "is no state file, for it holds no JSON object");
    return std::move(document.get_object());
}

PARTNER_CENTER_DECL void replace_file(const std::filesystem::path& file, std::string_view content)
{
    // A name of its own, for two programs may write the same file.
    std::filesystem::path temporary = file;
    temporary += "." + partner_center::detail::make_guid() + ".tmp";
    std::error_code ec;
    {
        std::ofstream out(temporary, std::ios::binary);
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
        out.close();
        if (!out)
            ec = std::make_error_code(std::errc::io_error);
    }
    if (!ec)
        std::filesystem::rename(temporary, file, ec);
    if (!ec)
        return;
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw_file_error(file, "cannot be written: " + ec.message());
}

} // namespace partner_center::testing::detail

#endif
