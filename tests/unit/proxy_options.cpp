// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/proxy_options.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace pc = partner_center;

namespace {

/// Changes a variable of the environment until its end.
class variable {
public:
    variable(const char* name, const char* value)
        : name_{name}
    {
        if (const char* present = std::getenv(name))
            before_ = present;
        set(value);
    }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;
    ~variable() { set(before_ ? before_->c_str() : nullptr); }

private:
    void set(const char* value) const
    {
        if (value)
            ::setenv(name_, value, 1);
        else
            ::unsetenv(name_);
    }

    const char* name_;
    std::optional<std::string> before_;
};

} // namespace

TEST_CASE("the environment names a proxy, in lower case before upper case")
{
    struct row {
        const char* lower;
        const char* upper;
        const char* expected;
    };
    const row rows[] = {
        {nullptr, nullptr, ""},
        {nullptr, "http://upper.test", "http://upper.test"},
        {"http://lower.test", nullptr, "http://lower.test"},
        {"http://lower.test", "http://upper.test", "http://lower.test"},
        {"", "http://upper.test", "http://upper.test"},
    };
    for (const row& r : rows) {
        const variable lower("https_proxy", r.lower);
        const variable upper("HTTPS_PROXY", r.upper);
        const variable lower_list("no_proxy", r.lower);
        const variable upper_list("NO_PROXY", r.upper);
        const pc::proxy_options options = pc::proxy_options::from_environment();
        CHECK(options.url == r.expected);
        CHECK(options.bypass == r.expected);
        CHECK(options.username.empty());
        CHECK(options.password.empty());
    }
}

TEST_CASE("other variables of the environment name no proxy")
{
    const variable none("https_proxy", nullptr);
    const variable neither("HTTPS_PROXY", nullptr);
    const variable http("http_proxy", "http://other.test");
    const variable all("ALL_PROXY", "http://other.test");
    CHECK(pc::proxy_options::from_environment().url.empty());
}
