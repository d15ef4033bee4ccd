// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CREDENTIAL_HPP
#define PARTNER_CENTER_CREDENTIAL_HPP

#include <partner_center/detail/called_source.hpp>
#include <partner_center/detail/token_source.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace partner_center {

struct refresh_token_options;

namespace detail {
class credential_access;
}

/**
 * Where the bearer token of a call comes from.
 *
 * Cheap to copy; copies share the token, and any number of clients may share a credential. The token is sent
 * to the client's host only, over verified TLS, and appears in no message. Safe to use from several threads.
 *
 * A credential that can ask for tokens (@ref refresh_token, @ref from) keeps the one it has until it expires,
 * and asks for the next one in time. There is one question at a time, however many calls wait for the answer;
 * it runs by itself, on the executor of the client whose call asked first, so that no call that is cancelled
 * takes it away from the others. Its failure is the error of all that wait, with `phase::token`. When the
 * service answers a call with 401, the token that was refused is dropped, and the call sent once more with
 * another one. When that one is refused, too, it is kept, and for 30 seconds a call that is refused with it
 * fails at once.
 *
 * A question goes on only while its execution context is run. Where clients of several contexts share a
 * credential, run each context until the calls of all of them have ended, or destroy it: a question in a
 * context that stands still holds up every call that needs its answer, until the call's deadline.
 */
class credential {
public:
    /**
     * A fixed token, as an identity library or a sign-in gave it.
     *
     * @param token The token without the word "Bearer". Checked when it is used: a token that is empty or has
     *        characters outside the `b64token` of RFC 6750, section 2.1, fails the call with
     *        @ref errc::invalid_argument before anything is sent.
     */
    static credential bearer(std::string token)
    {
        return credential(detail::ref<detail::token_source>(new detail::fixed_token(std::move(token))));
    }

    /**
     * Asks Microsoft's authority for tokens by a refresh token: App+User. Needs
     * `<partner_center/refresh_token.hpp>`.
     *
     * Nothing is asked before the first call. Requests to the authority go over the transport of the client
     * that asks, with its retry options. A question for a token takes as long as `client_options::timeout`,
     * or 100 seconds where that is less, at most, whatever the deadlines of the calls that wait: an answer
     * that comes too late for them may bring the only refresh token that is still good. When its time is
     * over, calls that have more ask again a second later. A wait that the authority asks for is begun only
     * when it is over within `client_options::timeout`. Closing that transport ends the question; a new
     * refresh token that is under way just then does not arrive.
     *
     * A refused refresh token (@ref errc::sign_in_required, @ref errc::invalid_credential) is remembered for
     * 10 seconds, the authority's word that it is asked in a loop (AADSTS50196) for a minute, and an
     * authority that asks for patience is left alone for so long: calls fail at once.
     *
     * @param options Checked at once.
     * @throws error with @ref errc::invalid_argument, @ref errc::invalid_base_url or
     *         @ref errc::insecure_base_url, naming the option.
     */
    PARTNER_CENTER_DECL static credential refresh_token(refresh_token_options options);

    /**
     * Asks a function of yours for tokens.
     *
     * @param source Returns an `asio::awaitable<access_token>`. It is called when a token is needed and the
     *        one before is about to expire or was refused, in a strand of its own on the executor of the
     *        client that asks; the next time only when its coroutine has ended, which is cancelled
     *        (`terminal`) when `client_options::timeout` is over. What it throws fails the calls that wait: a
     *        `boost::system::system_error` with its code, anything else with
     *        @ref errc::token_request_failed. A token that no request can carry fails them with
     *        @ref errc::invalid_argument. It must not wait for a call with this credential. It may be
     *        called, and its coroutine run, after the last call has ended and the clients and the credential
     *        are gone: what it refers to must live until the execution context has run out of work, or is
     *        destroyed.
     */
    template <detail::token_function Source>
    static credential from(Source source)
    {
        return credential(detail::ref<detail::token_source>(
            new detail::called_source<std::decay_t<Source>>(std::move(source))));
    }

private:
    friend class detail::credential_access;

    explicit credential(detail::ref<detail::token_source> source) noexcept
        : source_(std::move(source))
    {
    }

    detail::ref<detail::token_source> source_;
};

} // namespace partner_center

#endif
