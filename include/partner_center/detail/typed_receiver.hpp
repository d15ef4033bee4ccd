// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TYPED_RECEIVER_HPP
#define PARTNER_CENTER_DETAIL_TYPED_RECEIVER_HPP

#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/resource_functions.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/resource.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace partner_center::detail {

/// The result of a call whose handler takes it along.
template <resource Resource>
class own_result {
public:
    static constexpr bool diagnoses_success = true;

    explicit own_result(const resource_functions<Resource>& functions) noexcept
        : functions_(functions)
    {
    }

    error_code decode(const json::value& document, std::string& reason)
    {
        auto decoded = std::make_unique<Resource>();
        const error_code ec = functions_.read(document, *decoded, reason);
        if (!ec)
            result_ = std::move(decoded);
        return ec;
    }

    template <class Handler>
    static void pass(own_result result, Handler handler, const error_code& ec)
    {
        Resource taken;
        if (result.result_)
            taken = std::move(*result.result_);
        std::move(handler)(ec, std::move(taken));
    }

private:
    const resource_functions<Resource>& functions_;
    std::unique_ptr<Resource> result_; // large: not while the call waits
};

/// The result of a call that a coroutine awaits: it is decoded where it is wanted, in the coroutine's frame,
/// which lives as long as the handler does. Nobody asks for the diagnostics of a success.
template <resource Resource>
class awaited_result {
public:
    static constexpr bool diagnoses_success = false;

    awaited_result(const resource_functions<Resource>& functions, Resource& result) noexcept
        : functions_(functions)
        , result_(result)
    {
    }

    error_code decode(const json::value& document, std::string& reason)
    {
        return functions_.read(document, result_, reason);
    }

    template <class Handler>
    static void pass(awaited_result, Handler handler, const error_code& ec)
    {
        std::move(handler)(ec);
    }

private:
    const resource_functions<Resource>& functions_;
    Resource& result_;
};

/// A handler, and that its executor has something to do until it was called. Asio may keep a call for long
/// after that, such as until a name was looked up: nothing of the handler may stay there.
template <class Handler>
struct handler_at_work {
    using executor_type = std::decay_t<decltype(asio::prefer(
        std::declval<asio::associated_executor_t<Handler, asio::any_io_executor>>(),
        asio::execution::outstanding_work.tracked))>;

    handler_at_work(Handler from, const asio::any_io_executor& io_executor)
        : handler(std::move(from))
        , executor(asio::prefer(asio::get_associated_executor(handler, io_executor),
                                asio::execution::outstanding_work.tracked))
    {
    }

    Handler handler;
    executor_type executor;
};

/// The caller's end of a call for one resource and one type of handler.
template <class Result, class Handler>
class typed_receiver final : public receiver {
public:
    typed_receiver(Handler handler, Result result, diagnostics* diag,
                   const asio::any_io_executor& io_executor)
        : caller_(std::in_place, std::move(handler), io_executor)
        , result_(std::move(result))
        , diag_(diag)
    {
    }

    error_code decode(const json::value& document, std::string& reason) override
    {
        return result_.decode(document, reason);
    }

    void complete(std::shared_ptr<call_context> keep_alive, const error_code& ec, diagnostics& diag) override
    {
        asio::dispatch(caller_->executor, hand_over{std::move(keep_alive), *this, diag, ec});
    }

private:
    struct hand_over {
        std::shared_ptr<call_context> keep_alive;
        typed_receiver& self;
        diagnostics& diag;
        error_code ec;

        void operator()()
        {
            self.taken_ = true;
            if (self.diag_ && (ec || Result::diagnoses_success))
                *self.diag_ = std::move(diag);
            handler_at_work<Handler> caller(std::move(*self.caller_));
            self.caller_.reset();
            Result result(std::move(self.result_));
            keep_alive.reset();
            Result::pass(std::move(result), std::move(caller.handler), ec);
        }
    };

    std::optional<handler_at_work<Handler>> caller_; // until it is called
    Result result_;
    diagnostics* diag_;
};

template <resource Resource>
shared_request read_request(const call_maker& client, call_options&& options)
{
    return client.read(Resource::resource_path, std::move(options));
}

template <resource Resource>
const resource_functions<Resource>& functions_for([[maybe_unused]] const call_maker& client) noexcept
{
    if constexpr (std::same_as<Resource, OrganizationProfile>)
        return client.profile_functions();
    else
        return functions_of_resource<Resource>;
}

template <resource Resource>
shared_request write_request(const call_maker& client, const Resource& from, call_options&& options)
{
    const resource_functions<Resource>& functions = functions_for<Resource>(client);
    return client.write(Resource::resource_path, functions.write(from), functions.broken_limits(from),
                        std::move(options));
}

struct cancel_on_request {
    std::weak_ptr<call_handle> begun;

    void operator()(asio::cancellation_type type) const
    {
        if (const auto alive = begun.lock())
            alive->cancel(type);
    }
};

struct initiate_call {
    asio::any_io_executor io_executor;

    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return io_executor; }

    template <class Handler, class Result>
    void operator()(Handler&& handler, shared_request request, Result result, diagnostics* diag) const
    {
        using receiver_type = typed_receiver<Result, std::decay_t<Handler>>;
        auto slot = asio::get_associated_cancellation_slot(handler);
        const ref<const call_maker> client = request->client;
        const auto begun = client->make_call(
            std::move(request), std::make_unique<receiver_type>(std::forward<Handler>(handler),
                                                                std::move(result), diag, io_executor));
        if (slot.is_connected())
            slot.assign(cancel_on_request{begun});
        begun->start();
    }
};

template <resource Resource, class CompletionToken>
auto async_call(shared_request request, diagnostics* diag, CompletionToken&& token)
{
    initiate_call initiate{request->client->executor()};
    own_result<Resource> result(functions_for<Resource>(*request->client));
    return asio::async_initiate<CompletionToken, void(error_code, Resource)>(
        std::move(initiate), token, std::move(request), std::move(result), diag);
}

// g++ 12 takes the inlined operator new and delete of Asio's coroutine frames for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

/// The awaitable form: owns all that it needs, and throws.
template <resource Resource>
asio::awaitable<Resource> await_call(shared_request request)
{
    const ref<const call_maker> client = request->client;
    diagnostics diag;
    Resource result;
    initiate_call initiate{client->executor()};
    // Deferred, and not use_awaitable, which would make another coroutine of it.
    const auto token = asio::as_tuple(asio::deferred);
    auto operation = asio::async_initiate<decltype(token), void(error_code)>(
        std::move(initiate), token, std::move(request),
        awaited_result<Resource>(functions_for<Resource>(*client), result), &diag);
    const std::tuple<error_code> outcome = co_await std::move(operation);
    const error_code& ec = std::get<0>(outcome);
    if (ec)
        client->fail(ec, diag);
    co_return result;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

} // namespace partner_center::detail

#endif
