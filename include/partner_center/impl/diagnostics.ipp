// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_DIAGNOSTICS_IPP
#define PARTNER_CENTER_IMPL_DIAGNOSTICS_IPP

#include <partner_center/detail/whole_characters.hpp>
#include <partner_center/diagnostics.hpp>

namespace partner_center {

PARTNER_CENTER_DECL std::string_view to_string(phase value) noexcept
{
    switch (value) {
    case phase::prepare: return "preparing the request";
    case phase::token: return "waiting for an access token";
    case phase::wait_connection: return "waiting for a connection";
    case phase::resolve: return "resolving the host name";
    case phase::connect: return "connecting";
    case phase::proxy: return "asking the proxy for a tunnel";
    case phase::handshake: return "the TLS handshake";
    case phase::send: return "sending the request";
    case phase::wait_continue: return "waiting for 100 Continue";
    case phase::receive: return "waiting for the response";
    case phase::wait_retry: return "waiting before another attempt";
    case phase::decode: return "reading the response's document";
    case phase::done: return "completing";
    }
    return "an unknown phase";
}

PARTNER_CENTER_DECL std::string describe(const error_code& ec, const diagnostics& diag)
{
    std::string text;
    if (!diag.method.empty())
        text.append(diag.method).append(1, ' ').append(diag.url).append(ec ? " failed: " : ": ");
    // With a status in hand the code's own text repeats it; ours add what the status cannot say.
    text += ec.message();
    if (!diag.description.empty())
        text.append(": ").append(diag.description);
    if (diag.http_status != 0 && ec.value() != static_cast<int>(diag.http_status))
        text.append("; HTTP status ").append(std::to_string(diag.http_status));
    if (!diag.content_type.empty() && ec == errc::unexpected_content_type)
        text.append("; Content-Type ").append(diag.content_type);
    if (!diag.service_code.empty())
        text.append("; service code ").append(diag.service_code);
    if (!diag.source.empty())
        text.append(" from ").append(diag.source);
    if (ec && diag.http_status == 0 && diag.phase != phase::prepare && diag.phase != phase::done)
        text.append("; while ").append(to_string(diag.phase));
    if (diag.mfa_compliant == false)
        text += "; the token was issued without multi-factor authentication";
    if (diag.retry_after)
        text.append("; retry after ").append(std::to_string(diag.retry_after->count())).append(" s");
    if (diag.may_have_been_applied && ec)
        text += "; the change may have been applied";
    if (!diag.body_excerpt.empty() && diag.description.empty())
        text.append("; the response begins \"")
            .append(detail::whole_characters(diag.body_excerpt, 120))
            .append("\"");
    if (diag.attempts > 1)
        text.append("; attempts ").append(std::to_string(diag.attempts));
    if (!diag.request_id.empty())
        text.append("; request id ").append(diag.request_id);
    if (!diag.correlation_id.empty())
        text.append(", correlation id ").append(diag.correlation_id);
    return text;
}

} // namespace partner_center

#endif
