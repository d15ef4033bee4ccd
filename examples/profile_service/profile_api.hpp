// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PROFILE_SERVICE_PROFILE_API_HPP
#define PROFILE_SERVICE_PROFILE_API_HPP

#include "http_server.hpp"
#include "json_log.hpp"

#include <partner_center/client.hpp>

#include <boost/asio/awaitable.hpp>

namespace profile_service {

/// What the service answers. For one thread.
///
///  - `GET /health`: 200; whether the process serves, whatever becomes of its calls.
///  - `GET /profile`: the organization profile.
///  - `PATCH /profile`: changes it by a merge patch (RFC 7396), and answers with what is stored. Nobody
///    else's change is lost.
///
/// Of calls to Partner Center there are so many at a time and no more: a request beyond is answered with 503
/// at once, for waiting ones would all become late.
class profile_api {
public:
    profile_api(partner_center::client client, unsigned max_calls, json_log& log);

    asio::awaitable<response> answer(const request& asked);

private:
    asio::awaitable<response> route(const request& asked);
    asio::awaitable<response> call(const request& asked);
    response health() const;

    partner_center::client client_;
    unsigned max_calls_;
    unsigned calls_ = 0;
    json_log& log_;
};

} // namespace profile_service

#endif
