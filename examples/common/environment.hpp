// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_ENVIRONMENT_HPP
#define PARTNER_CENTER_EXAMPLES_ENVIRONMENT_HPP

// What the short examples share: where Partner Center is and who calls it, as the environment says, and the
// exit status. The rest of each of them is what a program of yours would have.

#include <partner_center/application_options.hpp>
#include <partner_center/client_options.hpp>
#include <partner_center/transport_options.hpp>

#include <memory>
#include <string>

namespace examples {

namespace asio = boost::asio;
namespace pc = partner_center;

/// PARTNER_CENTER_TOKEN, PARTNER_CENTER_BASE_URL and PARTNER_CENTER_CA_FILE; with neither token nor base URL,
/// an emulator that lives as long as this object.
class environment {
public:
    environment();
    ~environment();
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;

    std::string token() const;
    /// Whom to trust, and the proxy.
    pc::transport_options network() const;
    /// Where the service is, and what the program is called there.
    pc::client_options settings() const;

private:
    struct content;
    std::unique_ptr<content> content_;
};

/// A variable of the environment; the default when it is not set.
std::string variable(const char* name, const std::string& otherwise = {});

/// @throws std::runtime_error It is not set; the text names it. Exit status 2.
std::string required_variable(const char* name);

/// The application of PARTNER_CENTER_TENANT, PARTNER_CENTER_CLIENT_ID and PARTNER_CENTER_AUTHORITY, without
/// anything that proves its identity.
pc::application_options application();

/// Calls the body of main(). @return The exit status: 0 success, 1 the service or the connection failed, 2
/// the environment makes no sense. What went wrong is on the standard error.
int run(void (*body)());

/// As above, with what the environment says.
int run(void (*body)(const environment&));

/// As above, when the body has found the exit status.
int run(int (*body)(const environment&));

} // namespace examples

namespace asio = examples::asio;
namespace pc = examples::pc;

#endif
