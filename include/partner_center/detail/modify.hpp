// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_MODIFY_HPP
#define PARTNER_CENTER_DETAIL_MODIFY_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/detail/await_until.hpp>
#include <partner_center/detail/modification.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/shared_object.hpp>
#include <partner_center/detail/stop_signal.hpp>
#include <partner_center/detail/typed_receiver.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/resource.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <concepts>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace partner_center::detail {

/// A function that changes a resource, at once or as a coroutine.
template <class Change, class Resource>
concept change_of = std::move_constructible<Change> && requires(Change& change, Resource& of)
{
    requires std::is_void_v<decltype(change(of))> ||
        std::same_as<decltype(change(of)), asio::awaitable<void>>;
};

/// The etag that a write must name to be refused when somebody else has written; empty if there is none.
template <resource Resource>
std::string etag_of([[maybe_unused]] const Resource& from)
{
    if constexpr (requires { std::string(*from.attributes->etag); })
        return from.attributes ? from.attributes->etag.value_or(std::string()) : std::string();
    else
        return {};
}

// g++ 12 takes the inlined operator new and delete of Asio's coroutine frames for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

/// The awaitable form: owns all that it needs, and throws. `told`, if there is one, hears of a success, and
/// that a change may have been applied.
template <resource Resource, class Change>
asio::awaitable<Resource> modify(ref<const call_maker> client, Change change, call_options options,
                                 diagnostics* told)
{
    modification now(*client, std::move(options), told);
    Resource stored;
    asio::cancellation_state state; // the change may have reset the coroutine's: asked for each time
    for (;;) {
        state = co_await asio::this_coro::cancellation_state;
        now.check_time(state.cancelled());
        if (!now.ec)
            stored =
                co_await async_call<Resource>(read_request<Resource>(*client, now.read_options()), &now.diag,
                                              asio::redirect_error(asio::use_awaitable, now.ec));
        if (now.ec)
            break;
        Resource changed = stored;
        if constexpr (std::is_void_v<decltype(change(changed))>)
            change(changed);
        else {
            const asio::any_io_executor executor = co_await asio::this_coro::executor;
            try {
                co_await await_until(executor, change(changed), now.deadline());
            } catch (const boost::system::system_error& e) {
                if (!now.is_stopped(e.code()))
                    throw;
            }
        }
        if (now.ec || changed == stored)
            break;
        state = co_await asio::this_coro::cancellation_state;
        now.check_time(state.cancelled());
        if (now.ec)
            break;
        changed =
            co_await async_call<Resource>(write_request(*client, changed, now.write_options(etag_of(stored))),
                                          &now.diag, asio::redirect_error(asio::use_awaitable, now.ec));
        if (!now.ec)
            stored = std::move(changed);
        if (!now.has_another_round())
            break;
        asio::steady_timer timer(client->executor(), now.pause());
        error_code cancelled; // is found by the next look at the time
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    if (now.ec)
        now.fail();
    now.succeed();
    co_return stored;
}

/// The same on a coroutine thread of its own, whose cancellation state is nobody else's.
template <resource Resource, class Change>
asio::awaitable<Resource> modify_alone(ref<const call_maker> client, Change change, call_options options,
                                       diagnostics* told)
{
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return co_await modify<Resource>(std::move(client), std::move(change), std::move(options), told);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <resource Resource, class Handler>
struct modify_handler {
    Handler handler;
    diagnostics* diag;
    std::shared_ptr<stop_signal> signal;

    void operator()(const std::exception_ptr& thrown, Resource stored)
    {
        const error_code ec = thrown ? failure_of_modify(thrown, diag) : error_code();
        signal.reset();
        std::move(handler)(ec, std::move(stored));
    }
};

template <resource Resource, class Change>
struct initiate_modify {
    asio::any_io_executor io_executor;

    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return io_executor; }

    template <class Handler>
    void operator()(Handler&& handler, ref<const call_maker> client, Change change, call_options options,
                    diagnostics* diag) const
    {
        using handler_type = modify_handler<Resource, std::decay_t<Handler>>;
        if (diag)
            *diag = diagnostics(); // what it holds when the handler is called is of this modify
        const std::shared_ptr<stop_signal> signal = make_stop_signal(io_executor);
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign(stop_on_request{signal});
        asio::co_spawn(signal->strand(),
                       modify_alone<Resource>(std::move(client), std::move(change), std::move(options), diag),
                       asio::bind_cancellation_slot(
                           signal->slot(), handler_type{std::forward<Handler>(handler), diag, signal}));
    }
};

template <resource Resource, class Change, class CompletionToken>
auto async_modify(const call_maker& client, Change&& change, call_options&& options, diagnostics* diag,
                  CompletionToken&& token)
{
    using change_type = std::decay_t<Change>;
    return asio::async_initiate<CompletionToken, void(error_code, Resource)>(
        initiate_modify<Resource, change_type>{client.executor()}, token, ref<const call_maker>(&client),
        change_type(std::forward<Change>(change)), std::move(options), diag);
}

} // namespace partner_center::detail

template <template <class, class> class Associator, class Resource, class Handler, class Default>
struct boost::asio::associator<Associator, partner_center::detail::modify_handler<Resource, Handler>, Default>
    : Associator<Handler, Default> {
    using wrapper = partner_center::detail::modify_handler<Resource, Handler>;

    static auto get(const wrapper& from) noexcept { return Associator<Handler, Default>::get(from.handler); }
    static auto get(const wrapper& from, const Default& otherwise) noexcept
    {
        return Associator<Handler, Default>::get(from.handler, otherwise);
    }
};

#endif
