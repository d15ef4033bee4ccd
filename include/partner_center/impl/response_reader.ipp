// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_RESPONSE_READER_IPP
#define PARTNER_CENTER_IMPL_RESPONSE_READER_IPP

#include <partner_center/detail/response_reader.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL void response_reader::begin()
{
    parser_.reset();
    fields_.release();
    const field_allocator allocator(&fields_);
    parser_.emplace(std::piecewise_construct, std::make_tuple(allocator), std::make_tuple(allocator));
    parser_->eager(true);
    parser_->skip(header_only_);
    const std::size_t most = std::numeric_limits<std::uint32_t>::max();
    parser_->header_limit(static_cast<std::uint32_t>(max_header_ < most ? max_header_ : most));
    parser_->body_limit(max_body_);
    started_ = false;
}

PARTNER_CENTER_DECL response_reader::state response_reader::fail(error_code ec, std::string reason)
{
    failure_ = ec;
    reason_ = std::move(reason);
    return state::failed;
}

PARTNER_CENTER_DECL response_reader::state response_reader::fail(const error_code& parser_error)
{
    if (parser_error == http::error::header_limit)
        return fail(errc::response_too_large,
                    "its header has more than " + std::to_string(max_header_) + " bytes");
    if (parser_error == http::error::body_limit || parser_error == http::error::buffer_overflow)
        return fail(errc::response_too_large,
                    "its body has more than " + std::to_string(max_body_) + " bytes");
    if (parser_error == http::error::partial_message || parser_error == http::error::end_of_stream)
        return fail(errc::truncated_response, {});
    return fail(errc::malformed_response, parser_error.message());
}

// Older versions of Beast assert that they get at least five bytes of a last chunk once they have seen the first
// three, if it is the only one: after another one it begins with that one's CR. To newer versions that is how
// its end begins, which they take by itself.
inline bool may_be_last_chunk(std::string_view begins) noexcept
{
    constexpr std::string_view other_digits = "123456789abcdefABCDEF";
    const std::size_t after_zeros = begins.find_first_not_of('0');
    return !begins.starts_with('\r') &&
           (after_zeros == begins.npos || other_digits.find(begins[after_zeros]) == other_digits.npos);
}

PARTNER_CENTER_DECL response_reader::state response_reader::feed(boost::beast::flat_buffer& buffer)
{
    if (!parser_)
        begin();
    while (buffer.size() != 0) {
        started_ = true;
        if (parser_->is_header_done() && parser_->chunked() && buffer.size() < 5 &&
            may_be_last_chunk({static_cast<const char*>(buffer.data().data()), buffer.size()}))
            return state::need_more;
        error_code ec;
        const std::size_t used = parser_->put(buffer.data(), ec);
        buffer.consume(used);
        if (parser_->is_header_done() && parser_->get().result_int() < 100)
            return fail(errc::malformed_response, "its status is less than 100");
        // To read it until the end of the stream (RFC 9112, section 6.3) would only mean to wait for what
        // nobody here can decode.
        if (parser_->is_header_done() && parser_->need_eof() &&
            parser_->get().find(http::field::transfer_encoding) != parser_->get().end())
            return fail(errc::malformed_response, "its transfer coding is not chunked");
        if (ec == http::error::need_more) {
            // What the parser cannot take piece by piece, such as a line of a chunk's extensions, piles up.
            if (buffer.size() > max_header_)
                return fail(http::make_error_code(http::error::header_limit));
            return state::need_more;
        }
        if (ec)
            return fail(ec);
        if (!parser_->is_done())
            continue;
        const unsigned status = parser_->get().result_int();
        if (status >= 200)
            return state::complete;
        if (status == 101)
            return fail(errc::malformed_response, "it switches protocols, which nobody asked for");
        if (++interim_count_ > max_interim)
            return fail(errc::response_too_large, "interim responses do not end");
        interim_status_ = status;
        begin();
        return state::interim;
    }
    return state::need_more;
}

PARTNER_CENTER_DECL response_reader::state response_reader::finish(bool clean, const error_code& cause)
{
    if (!parser_ || !started_) {
        const bool ended = clean || !cause || cause == asio::error::eof;
        return fail(ended ? make_error_code(errc::connection_closed) : cause, {});
    }
    error_code ec;
    if (clean)
        parser_->put_eof(ec);
    else
        ec = http::make_error_code(http::error::partial_message);
    if (ec)
        return fail(ec);
    return state::complete;
}

PARTNER_CENTER_DECL response_reader::state response_reader::abort(const error_code& cause)
{
    return fail(cause, {});
}

} // namespace partner_center::detail

#endif
