// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "session.hpp"

#include "failure.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <iostream>
#include <system_error>
#include <utility>

namespace partner_profile {
namespace {

// Cancelled calls end at once; whatever goes wrong with that, the program does not wait for it.
constexpr std::chrono::milliseconds longest_goodbye{60};

pc::transport_options network(const service_options& given, progress& shown)
{
    pc::transport_options net;
    net.ca_file = given.ca_file;
    net.proxy = pc::proxy_options::from_environment();
    net.on_event = [&shown](const pc::event& e) { shown.tell(e); };
    return net;
}

// A descriptor of its own for the object that closes it.
int duplicate(int fd)
{
    const int copy = ::dup(fd);
    if (copy == -1)
        throw std::system_error(errno, std::generic_category(), "a descriptor");
    return copy;
}

std::string host_of(const std::string& url)
{
    const std::size_t begin = url.find("//") == std::string::npos ? 0 : url.find("//") + 2;
    return url.substr(begin, url.find_first_of(":/", begin) - begin);
}

// The thread that looks names up takes no signals: the one that stops the program with its editor has to stop
// the main thread before that goes on.
void start_looking_up(asio::io_context& context)
{
    ::sigset_t all;
    ::sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    asio::ip::tcp::resolver resolver(context);
    resolver.async_resolve("127.0.0.1", "0", asio::ip::tcp::resolver::numeric_host,
                           [](const pc::error_code&, const asio::ip::tcp::resolver::results_type&) {});
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

interrupted explain_interruption(const std::exception_ptr& thrown)
{
    try {
        if (thrown)
            std::rethrow_exception(thrown);
    } catch (const pc::error& e) {
        if (e.diagnostics().may_have_been_applied)
            return {explain(e).what()};
    } catch (...) { // of being interrupted
    }
    return {};
}

} // namespace

pc::cloud cloud_of(const service_options& given)
{
    if (given.cloud == "global")
        return pc::cloud::global;
    if (given.cloud == "us_government")
        return pc::cloud::us_government;
    if (given.cloud == "china_21vianet")
        return pc::cloud::china_21vianet;
    throw failure(exit_status::usage,
                  "--cloud " + given.cloud + ": it is one of global, us_government and china_21vianet");
}

std::string base_url(const service_options& given)
{
    return given.base_url.empty() ? std::string(pc::base_url(cloud_of(given))) : given.base_url;
}

// A look-up of a host name cannot be interrupted, and the destructor of a context waits for it: it is left to
// the end of the process.
asio::io_context& session::endless_context()
{
    static asio::io_context* const context = [] {
        auto* const made = new asio::io_context;
        start_looking_up(*made);
        return made;
    }();
    return *context;
}

session::session(const service_options& given, const interrupts& signals)
    : given_(given)
    , signals_(signals)
    , context_(endless_context())
    , signal_(context_, duplicate(signals.descriptor()))
    , progress_(context_, has_status_line(), given.verbose)
    , transport_(context_, network(given, progress_))
{
    watch_signals();
}

session::~session() = default;

pc::client session::client(pc::credential credential)
{
    pc::client_options options;
    options.base_url = base_url(given_);
    options.application_name = "partner_profile";
    options.timeout = std::chrono::seconds(given_.timeout);
    return pc::client(transport_, std::move(credential), options);
}

void session::watch_signals()
{
    signal_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const pc::error_code& ec) {
        if (!ec)
            cancel_.emit(asio::cancellation_type::terminal);
    });
}

void session::run(asio::awaitable<void> work)
{
    signals_.check();
    std::exception_ptr thrown;
    done_ = false;
    progress_.begin("connecting to " + host_of(base_url(given_)));
    asio::co_spawn(context_, std::move(work),
                   asio::bind_cancellation_slot(cancel_.slot(), [&](std::exception_ptr e) {
                       thrown = std::move(e);
                       done_ = true;
                   }));
    while (!done_ && signals_.pending() == 0)
        context_.run_one();
    finish_soon();
    progress_.end();
    if (signals_.pending() != 0 && thrown)
        throw explain_interruption(thrown);
    if (thrown)
        std::rethrow_exception(thrown);
}

void session::finish_soon()
{
    const auto limit = std::chrono::steady_clock::now() + longest_goodbye;
    while (!done_ && std::chrono::steady_clock::now() < limit)
        context_.run_one_until(limit);
    if (done_)
        return;
    // The coroutine refers to what would be destroyed now.
    progress_.end();
    std::cerr
        << "partner_profile: interrupted in the midst of a call: look with 'partner_profile get' whether "
           "a change was applied\n";
    std::cout.flush();
    ::_exit(128 + signals_.pending());
}

} // namespace partner_profile
