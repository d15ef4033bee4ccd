// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_RECEIVER_IPP
#define PARTNER_CENTER_IMPL_RECEIVER_IPP

#include <partner_center/detail/receiver.hpp>
#include <partner_center/error.hpp>

#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL call_request::call_request(const call_maker& maker) noexcept
    : client(&maker)
{
}
PARTNER_CENTER_DECL call_request::~call_request() = default;

PARTNER_CENTER_DECL shared_request make_read_request(const call_maker& client, std::string_view path,
                                                     call_options&& options)
{
    const ref<call_request> request(new call_request(client));
    request->method = "GET";
    request->path = path;
    request->options = std::move(options);
    return request;
}

PARTNER_CENTER_DECL shared_request make_write_request(const call_maker& client, std::string_view path,
                                                      std::string&& body, std::string&& broken_limits,
                                                      call_options&& options)
{
    const ref<call_request> request(new call_request(client));
    request->method = "PUT";
    request->path = path;
    request->body = std::move(body);
    request->has_body = true;
    request->broken_limits = std::move(broken_limits);
    request->options = std::move(options);
    return request;
}

PARTNER_CENTER_DECL void throw_error(const error_code& ec, diagnostics& diag)
{
    throw error(ec, std::move(diag));
}

} // namespace partner_center::detail

#endif
