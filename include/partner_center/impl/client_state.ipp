// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CLIENT_STATE_IPP
#define PARTNER_CENTER_IMPL_CLIENT_STATE_IPP

#include <partner_center/detail/client_state.hpp>
#include <partner_center/detail/request_format.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/error.hpp>

#include <utility>

namespace partner_center::detail {

class credential_access {
public:
    static const ref<token_source>& source(const credential& c) noexcept { return c.source_; }
};

[[noreturn]] inline void throw_without_call(error_code ec, std::string description)
{
    diagnostics diag;
    diag.description = std::move(description);
    throw error(ec, std::move(diag));
}

[[noreturn]] inline void throw_client_option(error_code ec, std::string_view name, std::string_view why)
{
    throw_without_call(ec, std::string("client_options::").append(name).append(": ").append(why));
}

PARTNER_CENTER_DECL client_state::client_state(ref<connection_pool> pool, credential source,
                                               client_options with)
    : options(std::move(with))
    , tokens(credential_access::source(source))
    , transport(std::move(pool))
{
    const std::string_view given =
        options.base_url.empty() ? partner_center::base_url(options.cloud) : options.base_url;
    if (!transport)
        throw_without_call(errc::transport_closed, "the transport was moved from");
    if (!tokens)
        throw_without_call(errc::invalid_argument, "the credential was moved from");
    std::string reason;
    if (const error_code ec = parse_base_url(given, url, reason))
        // What is before an @ may be a password.
        throw_client_option(ec, "base_url",
                            given.find('@') != given.npos
                                ? reason
                                : bounded_text("\"" + std::string(given) + "\": " + reason, {}));
    if (const auto why = check_header_value(options.application_name); !why.empty())
        throw_client_option(errc::invalid_argument, "application_name", why);
    if (const auto why = check_header_value(options.locale); !why.empty())
        throw_client_option(errc::invalid_argument, "locale", why);
    if (options.timeout <= steady_clock::duration::zero())
        throw_client_option(errc::invalid_argument, "timeout", "it is not more than zero");
    if (options.max_modify_rounds == 0)
        throw_client_option(errc::invalid_argument, "max_modify_rounds", "it is not more than zero");
    if (options.continue_timeout <= steady_clock::duration::zero())
        throw_client_option(errc::invalid_argument, "continue_timeout", "it is not more than zero");
    if (options.retry.max_attempts == 0)
        throw_client_option(errc::invalid_argument, "retry.max_attempts", "it is 0");
    if (options.retry.base_delay <= steady_clock::duration::zero())
        throw_client_option(errc::invalid_argument, "retry.base_delay", "it is not more than zero");
    if (options.retry.max_delay <= steady_clock::duration::zero())
        throw_client_option(errc::invalid_argument, "retry.max_delay", "it is not more than zero");
    url_text = url.text();
    origin = transport->origin(url);
    // Those that are to be had are looked at when they come.
    if (!tokens->is_renewable())
        token_problem = check_token(tokens->current(*this)->text);
}

PARTNER_CENTER_DECL void client_state::hold_until(steady_clock::time_point until) const noexcept
{
    auto known = held_until_.load();
    while (known < until && !held_until_.compare_exchange_weak(known, until)) {
    }
}

PARTNER_CENTER_DECL void client_state::end() const noexcept
{
    ended_ = true;
    origin->stop_calls_of(this);
}

} // namespace partner_center::detail

#endif
