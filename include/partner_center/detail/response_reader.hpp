// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_RESPONSE_READER_HPP
#define PARTNER_CENTER_DETAIL_RESPONSE_READER_HPP

#include <partner_center/errc.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <cstddef>
#include <memory_resource>
#include <optional>
#include <string>

namespace partner_center::detail {

using field_allocator = std::pmr::polymorphic_allocator<char>;
using response_body = http::basic_string_body<char, std::char_traits<char>, field_allocator>;
using http_response = http::response<response_body, http::basic_fields<field_allocator>>;

/**
 * Bytes in, responses out: Beast's parser, fed by hand, with limits on everything that a peer could send
 * without end. No I/O.
 */
class response_reader {
public:
    enum class state {
        need_more, ///< Feed more bytes, or @ref finish at the end of the stream.
        interim,   ///< A 1xx response was read and dropped; the final one is to come.
        complete,  ///< The final response is in @ref response.
        failed,    ///< See @ref failure and @ref reason.
    };

    /// @param max_header A limit in bytes; it also bounds what a buffer must hold at once.
    /// @param max_body A limit in bytes.
    response_reader(std::size_t max_header, std::size_t max_body)
        : max_header_(max_header)
        , max_body_(max_body)
    {
    }

    /// Takes every response for one without a body, whatever its header says, as those to `CONNECT` are
    /// (RFC 9110, section 9.3.6). Before the first byte.
    void expect_no_body() noexcept { header_only_ = true; }

    /// Takes what it can from the front of the buffer.
    PARTNER_CENTER_DECL state feed(boost::beast::flat_buffer& buffer);

    /// Says that the stream ended. `clean` when the peer announced that (TLS close_notify): only then is a
    /// body that lasts until the end of the stream complete. Otherwise `cause` is what the system says; it
    /// becomes the failure when there is no part of a response.
    PARTNER_CENTER_DECL state finish(bool clean, const error_code& cause);

    /// Says that there is no use in going on.
    PARTNER_CENTER_DECL state abort(const error_code& cause);

    /// Whether any byte of the final response was seen.
    bool started() const noexcept { return started_; }
    /// The status of the last interim response; 0 when there was none.
    unsigned interim_status() const noexcept { return interim_status_; }
    /// Whether the connection can take another request.
    bool keep_alive() const { return parser_ && parser_->keep_alive(); }

    /// The final response, once complete; valid until the next response is begun.
    http_response& response() { return parser_->get(); }

    error_code failure() const noexcept { return failure_; }
    const std::string& reason() const noexcept { return reason_; }

private:
    PARTNER_CENTER_DECL void begin();
    PARTNER_CENTER_DECL state fail(error_code ec, std::string reason);
    PARTNER_CENTER_DECL state fail(const error_code& parser_error);

    static constexpr unsigned max_interim = 16;

    std::size_t max_header_;
    std::size_t max_body_;
    bool header_only_ = false;
    std::array<std::byte, 3072> room_; // for the fields and the body of a usual response
    std::pmr::monotonic_buffer_resource fields_{room_.data(), room_.size()};
    std::optional<http::response_parser<response_body, field_allocator>> parser_;
    unsigned interim_count_ = 0;
    unsigned interim_status_ = 0;
    bool started_ = false;
    error_code failure_;
    std::string reason_;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/response_reader.ipp>
#endif

#endif
