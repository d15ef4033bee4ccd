// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "environment.hpp"

#include "service.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <utility>

namespace examples {

struct environment::content {
    service_options options;
    std::unique_ptr<pc::testing::emulator> emulator;
};

environment::environment()
    : content_(std::make_unique<content>())
{
    service_options& options = content_->options;
    options.token = variable("PARTNER_CENTER_TOKEN");
    options.base_url = variable("PARTNER_CENTER_BASE_URL");
    options.ca_file = variable("PARTNER_CENTER_CA_FILE");
    options.check();
    content_->emulator = start_emulator(options);
}

environment::~environment() = default;

std::string environment::token() const
{
    return content_->options.token;
}

pc::transport_options environment::network() const
{
    return examples::network(content_->options.ca_file, content_->emulator.get());
}

pc::client_options environment::settings() const
{
    return examples::settings(content_->options);
}

std::string variable(const char* name, const std::string& otherwise)
{
    const char* const value = std::getenv(name);
    return value ? value : otherwise;
}

std::string required_variable(const char* name)
{
    std::string value = variable(name);
    if (value.empty())
        throw usage_error(std::string(name) + " is not set");
    return value;
}

pc::application_options application()
{
    pc::application_options options;
    options.tenant = required_variable("PARTNER_CENTER_TENANT");
    options.client_id = required_variable("PARTNER_CENTER_CLIENT_ID");
    options.authority = variable("PARTNER_CENTER_AUTHORITY");
    return options;
}

namespace {

template <class Body>
int status_of(Body body)
{
    const auto failed = [](const char* what, int status) {
        std::cout.flush();
        std::cerr << what << '\n';
        return status;
    };
    try {
        const int status = body();
        if (!std::cout.flush())
            throw std::runtime_error("the standard output cannot be written");
        return status;
    } catch (const usage_error& e) {
        return failed(e.what(), 2);
    } catch (const boost::system::system_error& e) {
        return failed(e.what(), is_usage(e.code()) ? 2 : 1);
    } catch (const std::exception& e) {
        return failed(e.what(), 1);
    }
}

} // namespace

int run(void (*body)())
{
    return status_of([body] {
        body();
        return 0;
    });
}

int run(void (*body)(const environment&))
{
    return status_of([body] {
        const environment surroundings;
        body(surroundings);
        return 0;
    });
}

int run(int (*body)(const environment&))
{
    return status_of([body] {
        const environment surroundings;
        return body(surroundings);
    });
}

} // namespace examples
