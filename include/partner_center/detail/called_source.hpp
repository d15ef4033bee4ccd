// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CALLED_SOURCE_HPP
#define PARTNER_CENTER_DETAIL_CALLED_SOURCE_HPP

#include <partner_center/access_token.hpp>
#include <partner_center/client_options.hpp>
#include <partner_center/detail/cached_tokens.hpp>
#include <partner_center/detail/stop_signal.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <utility>

namespace partner_center::detail {

/// A function that gives a token some time.
template <class Source>
concept token_function = std::move_constructible<Source> && requires(Source& source)
{
    {
        source()
        } -> std::same_as<asio::awaitable<access_token>>;
};

/// What a coroutine that was asked for a token hands its result to. Ends the question.
class called_answer {
public:
    called_answer(fetch_ender question, std::shared_ptr<stop_signal> signal) noexcept
        : question_(std::move(question))
        , signal_(std::move(signal))
    {
    }

    PARTNER_CENTER_DECL void operator()(const std::exception_ptr& thrown, access_token given);

private:
    fetch_ender question_;
    std::shared_ptr<stop_signal> signal_; // its slot serves the coroutine until here
};

/// Asks a function of the user's for tokens.
template <token_function Source>
class called_source final : public cached_tokens {
public:
    explicit called_source(Source source)
        : source_(std::move(source))
    {
    }

private:
    using self_ref = ref<called_source>;

    // Begins on the client's executor: a function that is slow, or calls back, is none of the caller's.
    struct begin_question {
        self_ref self;
        std::shared_ptr<stop_signal> signal;
        steady_clock::time_point deadline;
        called_answer answer;

        void operator()()
        {
            asio::co_spawn(signal->strand(), await_token(self, signal, deadline),
                           asio::bind_cancellation_slot(signal->slot(), std::move(answer)));
        }
    };

    void ask(ref<token_fetch> to, const call_maker& client) override
    {
        const std::shared_ptr<stop_signal> signal = make_stop_signal(client.executor());
        asio::post(signal->strand(), begin_question{this, signal, time_after(client.settings().timeout),
                                                    called_answer(fetch_ender(this, std::move(to)), signal)});
    }

// g++ 12 takes the inlined operator new and delete of Asio's coroutine frames for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

    static asio::awaitable<access_token> await_token(self_ref self, std::shared_ptr<stop_signal> signal,
                                                     steady_clock::time_point deadline)
    {
        const cancel_at timer(signal, deadline);
        co_return co_await self->source_();
    }

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

    Source source_;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/called_source.ipp>
#endif

#endif
