// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_EXCHANGE_HPP
#define PARTNER_CENTER_DETAIL_EXCHANGE_HPP

#include <partner_center/detail/call_context.hpp>
#include <partner_center/detail/connection.hpp>
#include <partner_center/detail/response_reader.hpp>
#include <partner_center/detail/task.hpp>
#include <partner_center/diagnostics.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace partner_center::detail {

/**
 * One request and its response on one connection.
 *
 * Reading goes on while the request is being written: a server may answer before it has read all, and then
 * stop reading.
 */
class exchange {
public:
    /**
     * @param request Header and body in one block; must live as long as the call.
     * @param header_size The size of the header in it.
     * @param reader For this exchange only.
     * @param phase Kept up to date.
     */
    exchange(call_context& context, ref<connection> connection, const std::string& request,
             std::size_t header_size, response_reader& reader, partner_center::phase& phase)
        : context_(context)
        , connection_(std::move(connection))
        , request_(request)
        , header_size_(header_size)
        , reader_(reader)
        , phase_(phase)
    {
    }

    /**
     * Sends the request and reads the final response, which the reader has on success.
     *
     * @param frames Room for the coroutine itself.
     * @param patience More than zero: by the rules of RFC 9110, section 10.1.1, sends the header, waits so
     *        long at most for 100, then sends the body, unless a final response comes first. Zero: sends all
     *        at once.
     */
    PARTNER_CENTER_DECL task run(frame_stack& frames, steady_clock::duration patience);

    /// Whether the body, or a request without one, was begun to be sent.
    bool body_begun() const noexcept { return body_begun_; }

    /// Bytes of HTTP given to TLS, and taken from it.
    std::size_t bytes_sent() const noexcept { return bytes_sent_; }
    std::size_t bytes_received() const noexcept { return bytes_received_; }

    /// Whether all was sent, all was read, and the connection can take another request.
    PARTNER_CENTER_DECL bool reusable() const;

private:
    PARTNER_CENTER_DECL error_code write(std::size_t begin, std::size_t end);
    PARTNER_CENTER_DECL tls_session::status decrypt();
    PARTNER_CENTER_DECL response_reader::state advance();

    call_context& context_;
    ref<connection> connection_;
    const std::string& request_;
    std::size_t header_size_;
    response_reader& reader_;
    partner_center::phase& phase_;
    std::size_t bytes_sent_ = 0;
    std::size_t bytes_received_ = 0;
    bool body_begun_ = false;
    bool receiving_ = false;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/exchange.ipp>
#endif

#endif
