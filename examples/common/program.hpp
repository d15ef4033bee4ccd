// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_EXAMPLES_PROGRAM_HPP
#define PARTNER_CENTER_EXAMPLES_PROGRAM_HPP

// What an example with options needs around its coroutine: the command line, exit status, and a client.

#include "service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace examples {

inline void service_options::add_to(CLI::App& app)
{
    app.add_option("--token", token,
                   "The access token; better given in the environment, where other users do not see it")
        ->envname("PARTNER_CENTER_TOKEN");
    app.add_option("--base-url", base_url,
                   "The service, if it is not " + std::string(pc::base_url(pc::cloud::global)))
        ->envname("PARTNER_CENTER_BASE_URL");
    app.add_option("--ca-file", ca_file, "The certificates to trust, as PEM, instead of the system's")
        ->envname("PARTNER_CENTER_CA_FILE");
    app.footer("HTTPS_PROXY and NO_PROXY are obeyed.\n"
               "With neither token nor base URL the program starts an emulator of Partner Center.\n"
               "Exit status: 0 success, 1 the service or the connection failed, 2 bad usage.");
}

/// The ids of one call, by which Microsoft's support finds it.
struct call_ids {
    std::string request_id = boost::uuids::to_string(boost::uuids::random_generator()());
    std::string correlation_id = boost::uuids::to_string(boost::uuids::random_generator()());

    pc::call_options options() const
    {
        return pc::call_options{}.request_id(request_id).correlation_id(correlation_id);
    }
};

/// A client of the service that the options name; of an emulator of its own when they name none.
class service {
public:
    /// @param given Gets the global cloud's base URL when it has only a token, and the emulator's base URL
    ///        and token when it has neither.
    service(asio::io_context& context, service_options& given)
        : emulator_(start_emulator(given))
        , transport_(context, network(given))
        , client_(transport_, pc::credential::bearer(given.token), settings(given))
    {
    }

    const pc::client& client() const noexcept { return client_; }

private:
    pc::transport_options network(const service_options& given) const
    {
        pc::transport_options net = examples::network(given.ca_file, emulator_.get());
        net.on_event = given.on_event;
        return net;
    }

    std::unique_ptr<pc::testing::emulator> emulator_;
    pc::transport transport_;
    pc::client client_;
};

/// The first argument that nobody asked for. A value is not shown, for it may be a token in the wrong place.
inline std::string unexpected_argument(const CLI::App& app)
{
    const std::string first = app.remaining().front();
    return first.starts_with('-') ? first.substr(0, first.find('='))
                                  : "an argument that belongs to no option";
}

/// Parses the arguments and calls `body`. @return The exit status; what went wrong is on the standard error.
template <class Body>
int run(CLI::App& app, int argc, char** argv, Body body)
{
    const auto failed = [&](const char* what, int status) {
        std::cout.flush();
        std::cerr << app.get_name() << ": " << what << '\n';
        return status;
    };
    try {
        app.name(std::string(argv[0]).substr(std::string_view(argv[0]).find_last_of('/') + 1));
        app.parse(argc, argv);
        body();
        if (!std::cout.flush())
            throw std::runtime_error("the standard output cannot be written");
        return 0;
    } catch (const CLI::ExtrasError&) {
        return failed(("not expected: " + unexpected_argument(app)).c_str(), 2);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    } catch (const usage_error& e) {
        return failed(e.what(), 2);
    } catch (const pc::error& e) {
        return failed(e.what(), is_usage(e.code()) ? 2 : 1);
    } catch (const std::exception& e) {
        return failed(e.what(), 1);
    }
}

/// As above, for a coroutine that takes a client and the program's arguments.
template <class Arguments>
int run(CLI::App& app, int argc, char** argv, Arguments& given,
        asio::awaitable<void> (*body)(pc::client, const Arguments&))
{
    return run(app, argc, argv, [&] {
        given.service.check();
        given.check();
        asio::io_context context;
        const service partner_center(context, given.service);
        asio::co_spawn(context, body(partner_center.client(), given), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
        context.run();
    });
}

} // namespace examples

#endif
