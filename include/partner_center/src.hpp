// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_SRC_HPP
#define PARTNER_CENTER_SRC_HPP

// With PARTNER_CENTER_SEPARATE_COMPILATION defined everywhere, exactly one file of a program includes this.
#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#error "<partner_center/src.hpp> is for programs that define PARTNER_CENTER_SEPARATE_COMPILATION"
#endif

#include <partner_center.hpp>
#include <partner_center/device_code.hpp>
#include <partner_center/refresh_token.hpp>

#include <partner_center/impl/base_url.ipp>
#include <partner_center/impl/cached_tokens.ipp>
#include <partner_center/impl/call.ipp>
#include <partner_center/impl/call_context.ipp>
#include <partner_center/impl/called_source.ipp>
#include <partner_center/impl/check_application.ipp>
#include <partner_center/impl/client.ipp>
#include <partner_center/impl/client_assertion.ipp>
#include <partner_center/impl/client_state.ipp>
#include <partner_center/impl/condition.ipp>
#include <partner_center/impl/connection.ipp>
#include <partner_center/impl/connection_pool.ipp>
#include <partner_center/impl/connector.ipp>
#include <partner_center/impl/device_code_options.ipp>
#include <partner_center/impl/device_poll.ipp>
#include <partner_center/impl/device_sign_in.ipp>
#include <partner_center/impl/diagnostics.ipp>
#include <partner_center/impl/errc.ipp>
#include <partner_center/impl/event.ipp>
#include <partner_center/impl/exchange.ipp>
#include <partner_center/impl/form_encoding.ipp>
#include <partner_center/impl/form_request.ipp>
#include <partner_center/impl/guid.ipp>
#include <partner_center/impl/json_document.ipp>
#include <partner_center/impl/json_mapping.ipp>
#include <partner_center/impl/lease.ipp>
#include <partner_center/impl/modification.ipp>
#include <partner_center/impl/openssl_error.ipp>
#include <partner_center/impl/origin_pool.ipp>
#include <partner_center/impl/pooled_request.ipp>
#include <partner_center/impl/pooled_request_events.ipp>
#include <partner_center/impl/proxy.ipp>
#include <partner_center/impl/proxy_options.ipp>
#include <partner_center/impl/proxy_tunnel.ipp>
#include <partner_center/impl/receiver.ipp>
#include <partner_center/impl/refresh_token_options.ipp>
#include <partner_center/impl/refresh_token_source.ipp>
#include <partner_center/impl/request_format.ipp>
#include <partner_center/impl/response_reader.ipp>
#include <partner_center/impl/retry.ipp>
#include <partner_center/impl/retry_after.ipp>
#include <partner_center/impl/service_error.ipp>
#include <partner_center/impl/stop_signal.ipp>
#include <partner_center/impl/tls_session.ipp>
#include <partner_center/impl/token_error.ipp>
#include <partner_center/impl/token_request.ipp>
#include <partner_center/impl/token_response.ipp>
#include <partner_center/impl/transport.ipp>
#include <partner_center/impl/validate.ipp>
#include <partner_center/impl/violation.ipp>
#include <partner_center/impl/whole_characters.ipp>

#endif
