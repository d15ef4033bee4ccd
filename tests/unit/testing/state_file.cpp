// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/json_document.hpp>
#include <partner_center/testing/detail/state_file.hpp>

#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace fs = std::filesystem;
using namespace partner_center::testing::detail;

namespace {

class temporary_folder {
public:
    temporary_folder()
        : path{fs::temp_directory_path() / ("partner_center." + partner_center::detail::make_guid())}
    {
        fs::create_directory(path);
    }
    ~temporary_folder() { fs::remove_all(path); }

    const fs::path path;
};

} // namespace

TEST_CASE("a state file is written whole and read back")
{
    const temporary_folder folder;
    const fs::path file = folder.path / "state.json";
    CHECK_FALSE(load_document(file).has_value());
    replace_file(file, "{\"a\":1}\n");
    replace_file(file, "{\"a\":2}\n");
    const auto document = load_document(file);
    REQUIRE(document.has_value());
    CHECK(boost::json::serialize(*document) == "{\"a\":2}");
    // No temporary file stays behind.
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("a fraction in a state file is read as the client reads it, to the last digit")
{
    const temporary_folder folder;
    const fs::path file = folder.path / "state.json";
    for (const std::string text : {"0.12345678901234567", "123.45678901234567", "1.1899999999999998e-22"}) {
        boost::json::value read;
        std::string reason;
        REQUIRE_FALSE(partner_center::detail::parse_json(text, read, reason));
        replace_file(file, "{\"x\":" + text + "}");
        CHECK(load_document(file).value().at("x") == read);
    }
}

TEST_CASE("a state file that is none is refused by name")
{
    const temporary_folder folder;
    const fs::path file = folder.path / "state.json";
    for (const char* const content : {"", "{", "[]", "{} {}", "\"text\""}) {
        CAPTURE(content);
        std::ofstream(file) << content;
        CHECK_THROWS_WITH_AS(load_document(file), doctest::Contains("state.json"), std::runtime_error);
    }
    CHECK_THROWS_WITH_AS(load_document(folder.path), doctest::Contains("directory"), std::runtime_error);
    const fs::path loop = folder.path / "loop.json";
    fs::create_symlink(loop, loop);
    CHECK_THROWS_WITH_AS(load_document(loop), doctest::Contains("loop.json': cannot be read"),
                         std::runtime_error);
    // Opens, and fails when it is read.
    if (const fs::path unreadable = "/proc/self/mem"; fs::exists(unreadable))
        CHECK_THROWS_WITH_AS(load_document(unreadable), doctest::Contains("mem': "), std::runtime_error);
}

TEST_CASE("a state file that cannot be written is refused by name")
{
    const temporary_folder folder;
    CHECK_THROWS_WITH_AS(replace_file(folder.path / "none" / "state.json", "{}"),
                         doctest::Contains("state.json"), std::runtime_error);
    CHECK_THROWS_AS(replace_file(folder.path, "{}"), std::runtime_error);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 0);
}
