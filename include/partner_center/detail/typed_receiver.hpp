// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_TYPED_RECEIVER_HPP
#define PARTNER_CENTER_DETAIL_TYPED_RECEIVER_HPP

#include <partner_center/detail/json_document.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/resource.hpp>
#include <partner_center/violation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace partner_center::detail {

/// The caller's end of a call for one resource and one type of handler.
template <resource Resource, class Handler>
class typed_receiver final : public receiver {
public:
    typed_receiver(Handler handler, diagnostics* diag, const asio::any_io_executor& io_executor)
        : handler_(std::move(handler))
        , diag_(diag)
        , executor_(asio::prefer(asio::get_associated_executor(handler_, io_executor),
                                 asio::execution::outstanding_work.tracked))
    {
    }

    error_code decode(std::string_view body, std::string& reason) override
    {
        auto decoded = std::make_unique<Resource>();
        const error_code ec = read_document(body, *decoded, reason);
        if (!ec)
            result_ = std::move(decoded);
        return ec;
    }

    void complete(std::shared_ptr<call_context> keep_alive, const error_code& ec, diagnostics& diag) override
    {
        asio::dispatch(executor_, hand_over{std::move(keep_alive), *this, diag, ec});
    }

private:
    using executor_type = std::decay_t<decltype(asio::prefer(
        std::declval<asio::associated_executor_t<Handler, asio::any_io_executor>>(),
        asio::execution::outstanding_work.tracked))>;

    struct hand_over {
        std::shared_ptr<call_context> keep_alive;
        typed_receiver& self;
        diagnostics& diag;
        error_code ec;

        void operator()()
        {
            if (self.diag_)
                *self.diag_ = std::move(diag);
            Handler handler(std::move(self.handler_));
            Resource result;
            if (self.result_)
                result = std::move(*self.result_);
            keep_alive.reset();
            std::move(handler)(ec, std::move(result));
        }
    };

    Handler handler_;
    diagnostics* diag_;
    executor_type executor_;
    std::unique_ptr<Resource> result_; // large: not while the call waits
};

template <resource Resource>
shared_request read_request(const call_maker& client, call_options&& options)
{
    return make_read_request(client, Resource::resource_path, std::move(options));
}

/// Not every resource has limits.
template <class Resource>
concept validated = requires(const Resource& from)
{
    {
        validate(from)
        } -> std::same_as<std::vector<violation>>;
};

template <resource Resource>
std::string broken_limits([[maybe_unused]] const Resource& from)
{
    if constexpr (validated<Resource>)
        return list_violations(validate(from));
    else
        return {};
}

template <resource Resource>
shared_request write_request(const call_maker& client, const Resource& from, call_options&& options)
{
    return make_write_request(client, Resource::resource_path, write_document(from), broken_limits(from),
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

template <resource Resource>
struct initiate_call {
    asio::any_io_executor io_executor;

    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return io_executor; }

    template <class Handler>
    void operator()(Handler&& handler, shared_request request, diagnostics* diag) const
    {
        using receiver_type = typed_receiver<Resource, std::decay_t<Handler>>;
        auto slot = asio::get_associated_cancellation_slot(handler);
        const ref<const call_maker> client = request->client;
        const auto begun = client->make_call(
            std::move(request),
            std::make_unique<receiver_type>(std::forward<Handler>(handler), diag, io_executor));
        if (slot.is_connected())
            slot.assign(cancel_on_request{begun});
        begun->start();
    }
};

template <resource Resource, class CompletionToken>
auto async_call(shared_request request, diagnostics* diag, CompletionToken&& token)
{
    initiate_call<Resource> initiate{request->client->executor()};
    return asio::async_initiate<CompletionToken, void(error_code, Resource)>(std::move(initiate), token,
                                                                             std::move(request), diag);
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
    diagnostics diag;
    error_code ec;
    Resource result = co_await async_call<Resource>(std::move(request), &diag,
                                                    asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
        throw_error(ec, diag);
    co_return result;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

} // namespace partner_center::detail

#endif
