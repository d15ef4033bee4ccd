// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A resolver that fails and hangs on demand, and what it does to a look-up.

#include "fixtures/scripted_names.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace asio = boost::asio;

namespace partner_center::testing {
namespace detail {

struct name_script {
    static constexpr int hang = -1'000'000; // no code of getaddrinfo

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<int> answers;
    bool answered = false;

    // What getaddrinfo shall return; 0 means found.
    int next()
    {
        std::unique_lock lock(mutex);
        if (answers.empty())
            return 0;
        const int answer = answers.front();
        answers.pop_front();
        if (answer != hang)
            return answer;
        changed.wait_for(lock, std::chrono::seconds{20}, [this] { return answered; });
        return 0;
    }
};

namespace {

// In a function, so that it is there for look-ups of any static object.
class name_registry {
public:
    static name_registry& instance()
    {
        static name_registry registry;
        return registry;
    }

    std::string add(const std::shared_ptr<name_script>& script)
    {
        const std::lock_guard lock(mutex_);
        std::string name = "n" + std::to_string(++count_) + ".names.test";
        scripts_.emplace(name, script);
        return name;
    }

    void remove(const std::string& name)
    {
        const std::lock_guard lock(mutex_);
        scripts_.erase(name);
    }

    std::shared_ptr<name_script> find(const char* name)
    {
        const std::lock_guard lock(mutex_);
        const auto found = name ? scripts_.find(name) : scripts_.end();
        return found == scripts_.end() ? nullptr : found->second;
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<name_script>, std::less<>> scripts_;
    unsigned count_ = 0;
};

void add(name_script& script, int answer)
{
    const std::lock_guard lock(script.mutex);
    script.answers.push_back(answer);
}

} // namespace
} // namespace detail

scripted_name::scripted_name()
    : script_{std::make_shared<detail::name_script>()}
{
    text_ = detail::name_registry::instance().add(script_);
}

scripted_name::~scripted_name()
{
    detail::name_registry::instance().remove(text_);
    answer();
}

void scripted_name::then_found()
{
    detail::add(*script_, 0);
}

void scripted_name::then_fails(int error)
{
    detail::add(*script_, error);
}

void scripted_name::then_hangs()
{
    detail::add(*script_, detail::name_script::hang);
}

void scripted_name::answer()
{
    const std::lock_guard lock(script_->mutex);
    script_->answered = true;
    script_->changed.notify_all();
}

} // namespace partner_center::testing

// The linker prefers this one to the C library's.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** results)
{
    using function = decltype(&getaddrinfo);
    static const auto next = reinterpret_cast<function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const auto script = partner_center::testing::detail::name_registry::instance().find(node);
    if (!script)
        return next(node, service, hints, results);
    if (const int failure = script->next())
        return failure;
    return next("127.0.0.1", service, hints, results);
}

namespace testing = partner_center::testing;

namespace {

// What Asio makes of a look-up: the addresses, or the error.
std::string resolve(std::string_view name)
{
    asio::io_context io;
    asio::ip::tcp::resolver resolver(io);
    std::string text;
    resolver.async_resolve(name, "443", [&](boost::system::error_code ec, const auto& results) {
        text = ec.message();
        if (!ec)
            text = results.begin()->endpoint().address().to_string();
    });
    io.run_for(std::chrono::seconds{30});
    return text;
}

} // namespace

TEST_CASE("a scripted name answers as it is told, and is the loopback address afterwards")
{
    testing::scripted_name name;
    name.then_fails(EAI_NONAME);
    name.then_fails(EAI_AGAIN);
    name.then_found();
    CHECK(resolve(name.text()) == boost::system::error_code(asio::error::host_not_found).message());
    CHECK(resolve(name.text()) == boost::system::error_code(asio::error::host_not_found_try_again).message());
    CHECK(resolve(name.text()) == "127.0.0.1");
    CHECK(resolve(name.text()) == "127.0.0.1");
}

TEST_CASE("a look-up that hangs comes back when it is answered")
{
    testing::scripted_name name;
    name.then_hangs();
    auto found = std::async(std::launch::async, [&] { return resolve(name.text()); });
    CHECK(found.wait_for(std::chrono::milliseconds{50}) == std::future_status::timeout);
    name.answer();
    CHECK(found.get() == "127.0.0.1");
}

TEST_CASE("names without a script are the system's")
{
    CHECK(resolve("127.0.0.1") == "127.0.0.1");
    CHECK(resolve("::1") == "::1");
}
