// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DEVICE_CODE_HPP
#define PARTNER_CENTER_DEVICE_CODE_HPP

#include <partner_center/detail/sign_in.hpp>
#include <partner_center/device_code_options.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>
#include <partner_center/signed_in.hpp>
#include <partner_center/transport.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>

#include <utility>

namespace partner_center {

/**
 * Signs a person in who has a browser somewhere, not necessarily on this machine: asks the authority for a
 * code, has it shown, and asks until the person has entered it (RFC 8628).
 *
 * It waits before each question for as long as the authority says, 5 seconds longer from each `slow_down` on,
 * and twice as long, up to a minute, from each question on that is not answered in time. An authority that is
 * out of order or out of reach meanwhile is asked again, after its `Retry-After` if it names one, until the
 * code ends; only then is that an error.
 *
 * @code
 * const pc::signed_in tokens = co_await pc::sign_in_by_device_code(
 *     transport, options, [](const pc::device_code_prompt& prompt) { std::cout << prompt.message << '\n'; });
 * @endcode
 *
 * @param over What connects to the authority. Not needed any more when this function returns, but closing or
 *        destroying it ends the sign-in.
 * @param options Checked before anything is sent.
 * @param on_prompt Called once, on a thread that runs the transport's executor. It should return soon: no
 *        question is asked before.
 * @return Both tokens; never without a refresh token.
 *
 * @throws error with one of
 *  - @ref errc::invalid_argument, @ref errc::invalid_base_url, @ref errc::insecure_base_url: a mistake in the
 *    options, which the description names;
 *  - @ref errc::sign_in_declined: the person said no;
 *  - @ref errc::sign_in_expired: nobody signed in while the code was good, as far as the authority said;
 *  - @ref errc::sign_in_required: the authority wants more than was done, such as a second factor or consent;
 *  - @ref errc::invalid_credential: it does not know the application, or not its secret or certificate;
 *  - @ref errc::authority_unavailable: it has no code to give now, or was out of order or silent to the end;
 *  - @ref errc::token_request_failed: its answer is of no use, or has no refresh token, for want of
 *    `offline_access`;
 *  - @ref errc::prompt_failed: `on_prompt` threw;
 *  - @ref errc::call_timeout: there was no code within `timeout`;
 *  - @ref errc::transport_closed, or `asio::error::operation_aborted` when it was cancelled;
 *  - any other error of a connection, as of the calls of a @ref client;
 *  - `boost::system::errc::not_enough_memory`, or an error of OpenSSL when it cannot sign with the
 *    certificate.
 * The diagnostics are those of the last request. They and the message hold no secret.
 *
 * @par Cancellation
 * By the cancellation slot of the token's handler, of every type and at every point: it ends at once. A token
 * that the authority is giving at that moment is lost.
 *
 * @par Threads
 * May be called from any thread, any number of times at once. It runs on the transport's executor in a strand
 * of its own; the handler runs on its associated executor, and never inside this function.
 */
[[nodiscard]] inline asio::awaitable<signed_in> sign_in_by_device_code(const transport& over,
                                                                       device_code_options options,
                                                                       device_code_prompt_function on_prompt)
{
    return detail::await_sign_in(detail::make_device_sign_in(over, std::move(options), std::move(on_prompt)));
}

/// As @ref sign_in_by_device_code, for any completion token.
/// @param token Of the signature `void(error_code, signed_in)`.
template <asio::completion_token_for<void(error_code, signed_in)> CompletionToken>
auto async_sign_in_by_device_code(const transport& over, device_code_options options,
                                  device_code_prompt_function on_prompt, CompletionToken&& token)
{
    return detail::async_sign_in(detail::make_device_sign_in(over, std::move(options), std::move(on_prompt)),
                                 nullptr, std::forward<CompletionToken>(token));
}

/// @overload
/// @param diag Filled in just before the handler is called; must live until then.
template <asio::completion_token_for<void(error_code, signed_in)> CompletionToken>
auto async_sign_in_by_device_code(const transport& over, device_code_options options,
                                  device_code_prompt_function on_prompt, diagnostics& diag,
                                  CompletionToken&& token)
{
    return detail::async_sign_in(detail::make_device_sign_in(over, std::move(options), std::move(on_prompt)),
                                 &diag, std::forward<CompletionToken>(token));
}

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/detail/device_sign_in.hpp>
#endif

#endif
