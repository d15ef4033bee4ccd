// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_BENCHMARKS_UPDATE_PROFILE_HPP
#define PARTNER_CENTER_TESTS_BENCHMARKS_UPDATE_PROFILE_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The profile as somebody writes it who does without the library: plain structs, the documented members,
/// and Boost.JSON's conversions. Members that the service adds one day are lost.
namespace benchmarks {

struct address {
    std::string country;
    std::string city;
    std::string state;
    std::string address_line1;
    std::optional<std::string> address_line2;
    std::string postal_code;
    std::string first_name;
    std::string last_name;
    std::optional<std::string> phone_number;
};

struct link_header {
    std::string key;
    std::string value;
};

struct link {
    std::string uri;
    std::string method;
    std::vector<link_header> headers;
};

struct links {
    link self;
};

struct attributes {
    std::string etag;
    std::string object_type;
};

struct profile {
    std::string id;
    std::string company_name;
    address default_address;
    std::string tenant_id;
    std::string domain;
    std::string email;
    std::string language;
    std::string culture;
    std::optional<std::string> profile_type;
    benchmarks::links links;
    benchmarks::attributes attributes;
};

profile parse_profile(std::string_view text);
std::string serialize_profile(const profile& from);

} // namespace benchmarks

#endif
