// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CLIENT_HPP
#define PARTNER_CENTER_CLIENT_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/client_options.hpp>
#include <partner_center/credential.hpp>
#include <partner_center/detail/executor_provider.hpp>
#include <partner_center/detail/modify.hpp>
#include <partner_center/detail/shared_object.hpp>
#include <partner_center/detail/typed_receiver.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/error.hpp>
#include <partner_center/organization_profile.hpp>
#include <partner_center/resource.hpp>
#include <partner_center/transport.hpp>
#include <partner_center/validate.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>

#include <utility>

namespace partner_center {

/**
 * Reads and writes the profiles of one partner.
 *
 * Each operation has two forms. `co_await client.get()` throws @ref error. `async_get(token)` takes any
 * completion token of Asio, with the signature `void(error_code, Resource)`, and optionally a @ref
 * diagnostics to fill in.
 *
 * @par Errors
 * Every operation completes with one of
 *  - success;
 *  - an @ref errc: all but `invalid_base_url`, `insecure_base_url` and `invalid_tls_settings`, which are
 *    thrown by constructors;
 *  - an HTTP status in @ref http_status_category;
 *  - an error of the system, the resolver (`asio::error::netdb_errors`) or OpenSSL when the connection
 *    failed;
 *  - `asio::error::operation_aborted` when it was cancelled or the client destroyed;
 *  - `boost::system::errc::not_enough_memory`. A function that has no memory to begin a call throws
 *    `std::bad_alloc`, and the handler is never called; see @ref memory.
 *
 * With `phase::token` it is why the credential could not get a token; a function of yours (@ref
 * credential::from) may also throw codes of its own.
 *
 * @par Cancellation
 * By the cancellation slot of the token's handler, at every point of a call. `terminal` and `partial` end the
 * call at once. `total` does so too, but leaves a change alone that has begun to be sent. After any early end
 * `diagnostics::may_have_been_applied` tells whether the service may have applied the change. The caller's
 * own cancellation state is left as it was. A call also ends with its `timeout`. A look-up of a host name
 * cannot be interrupted: a call that ends meanwhile leaves it to end by itself, as work of the transport's
 * execution context.
 *
 * @par Lifetimes
 * Copies share one client; copying is cheap. When the last copy is destroyed its calls end with
 * `operation_aborted`. The execution contexts of the transport and of the handlers must outlive the calls.
 *
 * @par Executors and threads
 * The call runs on the transport's executor, in a strand of its own; the completion handler runs on its
 * associated executor, and never inside the function that begins the call. All members of a client may be
 * called from any thread, and any number of calls may be under way.
 */
class client {
public:
    /**
     * A client with a transport of its own, with default options.
     *
     * @param executor Where calls run, as of @ref transport.
     * @param source Where the token of each call comes from.
     * @param options What holds for all calls; @ref call_options of a call go before them.
     * @throws error with @ref errc::invalid_base_url, @ref errc::insecure_base_url or
     *         @ref errc::invalid_argument, naming the option; @ref errc::invalid_tls_settings when the
     *         system's roots cannot be read.
     */
    PARTNER_CENTER_DECL client(asio::any_io_executor executor, credential source,
                               client_options options = {});

    /// As above, on the executor of an execution `context` such as `io_context`.
    template <detail::executor_provider ExecutionContext>
    client(ExecutionContext& context, credential source, client_options options = {})
        : client(asio::any_io_executor(context.get_executor()), std::move(source), std::move(options))
    {
    }

    /**
     * A client on a transport that it shares with others. Should the transport be destroyed first, calls fail
     * with @ref errc::transport_closed.
     *
     * @param shared What makes the connections. Need not stay where it is: it may be moved.
     * @param source Where the token of each call comes from.
     * @param options What holds for all calls.
     * @throws error with @ref errc::invalid_base_url, @ref errc::insecure_base_url or
     *         @ref errc::invalid_argument, naming the option; @ref errc::transport_closed when the transport
     *         was moved from.
     */
    PARTNER_CENTER_DECL client(transport& shared, credential source, client_options options = {});

    /// The same client once more.
    PARTNER_CENTER_DECL client(const client& other) noexcept;
    /// Becomes the other client. When this was the last copy of its own, its calls end as by destruction.
    PARTNER_CENTER_DECL client& operator=(const client& other) noexcept;

    /// When this is the last copy, its calls end with `operation_aborted`.
    PARTNER_CENTER_DECL ~client();

    /**
     * Reads a resource: `GET`.
     *
     * @tparam Resource What to read; see @ref resource.
     * @param options What this call does differently.
     * @return The resource as the service has it.
     * @throws error See the class.
     */
    template <resource Resource = OrganizationProfile>
    [[nodiscard]] asio::awaitable<Resource> get(call_options options = {}) const
    {
        return detail::await_call<Resource>(detail::read_request<Resource>(state(), std::move(options)));
    }

    /// As @ref get, for any completion token.
    /// @param token Of the signature `void(error_code, Resource)`.
    template <resource Resource = OrganizationProfile,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_get(CompletionToken&& token) const
    {
        return async_get<Resource>(call_options(), std::forward<CompletionToken>(token));
    }

    /// @overload
    template <resource Resource = OrganizationProfile,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_get(call_options options, CompletionToken&& token) const
    {
        return detail::async_call<Resource>(detail::read_request<Resource>(state(), std::move(options)),
                                            nullptr, std::forward<CompletionToken>(token));
    }

    /// @overload
    /// @param diag Filled in just before the handler is called; must live until then.
    template <resource Resource = OrganizationProfile,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_get(diagnostics& diag, CompletionToken&& token) const
    {
        return async_get<Resource>(call_options(), diag, std::forward<CompletionToken>(token));
    }

    /// @overload
    /// @param diag Filled in just before the handler is called; must live until then.
    template <resource Resource = OrganizationProfile,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_get(call_options options, diagnostics& diag, CompletionToken&& token) const
    {
        return detail::async_call<Resource>(detail::read_request<Resource>(state(), std::move(options)),
                                            &diag, std::forward<CompletionToken>(token));
    }

    /**
     * Replaces a resource: `PUT`.
     *
     * The whole resource is sent, unknown members too, so change one that was read. Its etag goes with it:
     * the service refuses a change that is based on an outdated one (@ref errc::stale_etag).
     *
     * A resource that breaks documented limits is not sent (@ref errc::invalid_profile), see @ref validate
     * and `client_options::validate`.
     *
     * The service knows a call by its MS-RequestId and applies it once, however often it is sent.
     *
     * @param profile Not needed any more when this function returns.
     * @param options What this call does differently.
     * @return The resource as the service has stored it.
     * @throws error See the class.
     * @throws boost::system::system_error At once, when `profile.extra` holds a number that JSON cannot
     *         write. What functions of a resource of your own throw comes out at once, too.
     */
    template <resource Resource>
    [[nodiscard]] asio::awaitable<Resource> update(const Resource& profile, call_options options = {}) const
    {
        return detail::await_call<Resource>(detail::write_request(state(), profile, std::move(options)));
    }

    /// As @ref update, for any completion token.
    /// @param token Of the signature `void(error_code, Resource)`.
    template <resource Resource, asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_update(const Resource& profile, CompletionToken&& token) const
    {
        return async_update(profile, call_options(), std::forward<CompletionToken>(token));
    }

    /// @overload
    template <resource Resource, asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_update(const Resource& profile, call_options options, CompletionToken&& token) const
    {
        return detail::async_call<Resource>(detail::write_request(state(), profile, std::move(options)),
                                            nullptr, std::forward<CompletionToken>(token));
    }

    /// @overload
    /// @param diag Filled in just before the handler is called; must live until then.
    template <resource Resource, asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_update(const Resource& profile, diagnostics& diag, CompletionToken&& token) const
    {
        return async_update(profile, call_options(), diag, std::forward<CompletionToken>(token));
    }

    /// @overload
    /// @param diag Filled in just before the handler is called; must live until then.
    template <resource Resource, asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_update(const Resource& profile, call_options options, diagnostics& diag,
                      CompletionToken&& token) const
    {
        return detail::async_call<Resource>(detail::write_request(state(), profile, std::move(options)),
                                            &diag, std::forward<CompletionToken>(token));
    }

    /**
     * Reads a resource, changes it and writes it, and does so again while somebody else writes in between.
     *
     * Each write names the etag that was read. When the service refuses it (@ref condition::conflict), the
     * resource is read again and `change` applied to that, after a short random pause, up to
     * `client_options::max_modify_rounds` times in all; then the conflict is the error. A change that changes
     * nothing is not sent.
     *
     * @param change `void(Resource&)`, or a coroutine: `asio::awaitable<void>(Resource&)`. It is called once
     *        for each time that the resource is read, with a copy of what the service has, and is kept until
     *        the modify ends. A function runs where the caller does, a coroutine in a strand of its own on
     *        the caller's executor; in the forms below it is the transport's. When the time is over, or the
     *        modify is cancelled by whatever type, a coroutine is cancelled (`terminal`), and the modify ends
     *        as soon as it has. What the change throws goes to the caller unchanged, and nothing is sent; in
     *        the forms that complete with an `error_code` it is the code of a `system_error`, and
     *        @ref errc::change_failed for others.
     * @param options For each of the requests; the timeout is for all of them together, and the pauses. One
     *        MS-CorrelationId serves them all, but each update has a MS-RequestId of its own: `request_id`
     *        and `if_match` are refused with @ref errc::invalid_argument.
     * @return The resource as the service has stored it, or has it if there was nothing to change.
     * @throws error See the class. The diagnostics are those of the last request.
     */
    template <resource Resource = OrganizationProfile, detail::change_of<Resource> Change>
    [[nodiscard]] asio::awaitable<Resource> modify(Change change, call_options options = {}) const
    {
        return detail::modify<Resource>(detail::ref<const detail::call_maker>(&state()), std::move(change),
                                        std::move(options), nullptr);
    }

    /// As @ref modify, for any completion token.
    /// @param token Of the signature `void(error_code, Resource)`.
    template <resource Resource = OrganizationProfile, detail::change_of<Resource> Change,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_modify(Change change, CompletionToken&& token) const
    {
        return async_modify<Resource>(std::move(change), call_options(),
                                      std::forward<CompletionToken>(token));
    }

    /// @overload
    template <resource Resource = OrganizationProfile, detail::change_of<Resource> Change,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_modify(Change change, call_options options, CompletionToken&& token) const
    {
        return detail::async_modify<Resource>(state(), std::move(change), std::move(options), nullptr,
                                              std::forward<CompletionToken>(token));
    }

    /// @overload
    /// @param diag Filled in before the handler is called; must live until then.
    template <resource Resource = OrganizationProfile, detail::change_of<Resource> Change,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_modify(Change change, diagnostics& diag, CompletionToken&& token) const
    {
        return async_modify<Resource>(std::move(change), call_options(), diag,
                                      std::forward<CompletionToken>(token));
    }

    /// @overload
    /// @param diag Filled in before the handler is called; must live until then.
    template <resource Resource = OrganizationProfile, detail::change_of<Resource> Change,
              asio::completion_token_for<void(error_code, Resource)> CompletionToken>
    auto async_modify(Change change, call_options options, diagnostics& diag, CompletionToken&& token) const
    {
        return detail::async_modify<Resource>(state(), std::move(change), std::move(options), &diag,
                                              std::forward<CompletionToken>(token));
    }

    /// The executor that calls run on: the transport's.
    PARTNER_CENTER_DECL asio::any_io_executor get_executor() const noexcept;

private:
    class owner;

    PARTNER_CENTER_DECL const detail::call_maker& state() const noexcept;

    detail::ref<const owner> owner_;
};

} // namespace partner_center

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/client.ipp>
#endif

#endif
