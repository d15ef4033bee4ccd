// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_SIGN_IN_HPP
#define PARTNER_CENTER_DETAIL_SIGN_IN_HPP

#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/shared_object.hpp>
#include <partner_center/detail/typed_receiver.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>
#include <partner_center/signed_in.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace partner_center {

class transport;
struct device_code_options;
struct device_code_prompt;

namespace detail {

/// The caller's end of a sign-in: all that depends on the completion handler.
class sign_in_receiver {
public:
    sign_in_receiver() = default;
    sign_in_receiver(const sign_in_receiver&) = delete;
    sign_in_receiver& operator=(const sign_in_receiver&) = delete;
    virtual ~sign_in_receiver() = default;

    /// Passes the outcome on to the handler, on the handler's executor. `keep_alive` holds this object, the
    /// diagnostics and the tokens; it is let go before the handler is called. As @ref receiver::complete,
    /// this may be tried again unless the outcome is @ref taken.
    virtual void complete(std::shared_ptr<call_context> keep_alive, const error_code& ec, diagnostics& diag,
                          signed_in& tokens) = 0;

    /// The handler has, or is about to have, the outcome.
    bool taken() const noexcept { return taken_; }

protected:
    bool taken_ = false;
};

/// What makes a sign-in that was prepared.
class sign_in_maker : public shared_object {
public:
    /// Where it runs.
    virtual const asio::any_io_executor& executor() const noexcept = 0;
    /// A sign-in that was not begun.
    virtual std::shared_ptr<call_handle> make(std::unique_ptr<sign_in_receiver> caller) const = 0;
};

/// Throws `error` with @ref errc::transport_closed for a transport that was moved from.
PARTNER_CENTER_DECL ref<const sign_in_maker>
make_device_sign_in(const transport& over, device_code_options&& options,
                    std::function<void(const device_code_prompt&)>&& on_prompt);

template <class Handler>
class typed_sign_in_receiver final : public sign_in_receiver {
public:
    typed_sign_in_receiver(Handler handler, diagnostics* diag, const asio::any_io_executor& io_executor)
        : caller_(std::in_place, std::move(handler), io_executor)
        , diag_(diag)
    {
    }

    void complete(std::shared_ptr<call_context> keep_alive, const error_code& ec, diagnostics& diag,
                  signed_in& tokens) override
    {
        asio::dispatch(caller_->executor, hand_over{std::move(keep_alive), *this, diag, tokens, ec});
    }

private:
    struct hand_over {
        std::shared_ptr<call_context> keep_alive;
        typed_sign_in_receiver& self;
        diagnostics& diag;
        signed_in& tokens;
        error_code ec;

        void operator()()
        {
            self.taken_ = true;
            if (self.diag_)
                *self.diag_ = std::move(diag);
            handler_at_work<Handler> caller(std::move(*self.caller_));
            self.caller_.reset();
            signed_in given(std::move(tokens));
            keep_alive.reset();
            Handler handler(std::move(caller.handler));
            std::move(handler)(ec, std::move(given));
        }
    };

    std::optional<handler_at_work<Handler>> caller_; // until it is called
    diagnostics* diag_;
};

struct initiate_sign_in {
    asio::any_io_executor io_executor;

    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return io_executor; }

    template <class Handler>
    void operator()(Handler&& handler, const ref<const sign_in_maker>& maker, diagnostics* diag) const
    {
        using receiver_type = typed_sign_in_receiver<std::decay_t<Handler>>;
        auto slot = asio::get_associated_cancellation_slot(handler);
        const auto begun =
            maker->make(std::make_unique<receiver_type>(std::forward<Handler>(handler), diag, io_executor));
        if (slot.is_connected())
            slot.assign(cancel_on_request{begun});
        begun->start();
    }
};

template <class CompletionToken>
auto async_sign_in(ref<const sign_in_maker> maker, diagnostics* diag, CompletionToken&& token)
{
    initiate_sign_in initiate{maker->executor()};
    return asio::async_initiate<CompletionToken, void(error_code, signed_in)>(std::move(initiate), token,
                                                                              std::move(maker), diag);
}

// g++ 12 takes the inlined operator new and delete of Asio's coroutine frames for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

/// The awaitable form: owns all that it needs, and throws.
inline asio::awaitable<signed_in> await_sign_in(ref<const sign_in_maker> maker)
{
    diagnostics diag;
    error_code ec;
    signed_in tokens =
        co_await async_sign_in(std::move(maker), &diag, asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
        throw_error(ec, diag);
    co_return tokens;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

} // namespace detail
} // namespace partner_center

#endif
