// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Partner Center on loopback, until it is interrupted.

#include "common/emulation.hpp"
#include "common/program.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>

void serve(const examples::emulation& given)
{
    asio::io_context context;
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const pc::error_code&, int) { context.stop(); });
    examples::serve(given, [&] { context.run(); });
}

int main(int argc, char** argv)
{
    CLI::App app{
        "Runs an emulator of Partner Center until SIGINT or SIGTERM. Prints what the other examples need\n"
        "in their environment, as commands for a shell."};
    examples::emulation given;
    given.add_to(app);

    return examples::run(app, argc, argv, [&] { serve(given); });
}
