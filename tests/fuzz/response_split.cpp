// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Response bytes: however they are split, they mean the same, and neither the response nor what waits to be
// read grows beyond its limits.

#include "fuzz_input.hpp"

#include <partner_center/detail/response_reader.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::detail::response_reader;
using pc::testing::fuzz_input;
using pc::testing::require;
using state = response_reader::state;

namespace {

constexpr std::size_t max_header = 128;
constexpr std::size_t max_body = 48;
// Of a start line: Beast waits for the rest of a shorter one without a look at its end.
constexpr std::size_t shortest_start = 12;

struct reading {
    state last = state::need_more;
    unsigned interims = 0;
    unsigned interim_status = 0;
    unsigned status = 0;
    bool keep_alive = false;
    pc::error_code failure;
    bool header_too_large = false;
    std::string text; // the fields and the body
    std::size_t left_over = 0;

    bool operator==(const reading&) const = default;
};

bool is_over(state s)
{
    return s == state::complete || s == state::failed;
}

class feeder {
public:
    explicit feeder(bool no_body)
        : reader_(max_header, max_body)
    {
        if (no_body)
            reader_.expect_no_body();
    }

    void feed(std::string_view piece)
    {
        asio::buffer_copy(buffer_.prepare(piece.size()), asio::buffer(piece.data(), piece.size()));
        buffer_.commit(piece.size());
        while (!is_over(result_.last)) {
            result_.last = reader_.feed(buffer_);
            if (result_.last != state::interim)
                break;
            result_.interims += 1;
        }
        require(is_over(result_.last) || buffer_.size() <= max_header, "what waits to be read is bounded");
    }

    reading finish(bool ended, bool clean)
    {
        if (ended && !is_over(result_.last))
            result_.last = reader_.finish(clean, asio::error::eof);
        result_.interim_status = reader_.interim_status();
        if (result_.last == state::complete)
            note_response();
        if (result_.last == state::failed)
            note_failure();
        return result_;
    }

    bool waits_for_header() const
    {
        const std::string_view unread(static_cast<const char*>(buffer_.data().data()), buffer_.size());
        return result_.failure == pc::errc::response_too_large ||
               (result_.failure != pc::errc::malformed_response &&
                unread.find("\r\n\r\n", shortest_start) == unread.npos);
    }

private:
    void note_response()
    {
        const pc::detail::http_response& response = reader_.response();
        result_.status = response.result_int();
        require(result_.status >= 200 && result_.status <= 999, "a final response has a final status");
        require(response.body().size() <= max_body, "a body is bounded");
        result_.keep_alive = reader_.keep_alive();
        result_.left_over = buffer_.size();
        std::size_t size = 0;
        for (const auto& field : response) {
            size += field.name_string().size() + field.value().size();
            result_.text.append(field.name_string()).append(1, ':').append(field.value()).append(1, '\n');
        }
        require(size <= 2 * max_header, "a header, with its trailer, is bounded");
        result_.text.append(response.body());
    }

    void note_failure()
    {
        result_.failure = reader_.failure();
        require(result_.failure == pc::errc::malformed_response ||
                    result_.failure == pc::errc::response_too_large ||
                    result_.failure == pc::errc::truncated_response ||
                    result_.failure == pc::errc::connection_closed,
                "a failure is one of four");
        result_.header_too_large = reader_.reason().starts_with("its header has more than");
        require(reader_.reason().find_first_of("\r\n") == std::string::npos, "a reason is one line");
    }

    response_reader reader_;
    boost::beast::flat_buffer buffer_;
    reading result_;
};

void print(const char* how, const reading& r)
{
    std::fprintf(stderr, "%s: state %d, %u interim, status %u, keep-alive %d, %s, %zu left over, %s\n", how,
                 static_cast<int>(r.last), r.interims, r.status, r.keep_alive, r.failure.message().c_str(),
                 r.left_over, r.text.c_str());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const unsigned how = input.byte();
    const bool no_body = how % 16 == 1;
    const bool ended = (how & 0x10) != 0;
    const bool clean = (how & 0x20) != 0;
    // The sizes of the pieces, over and over; one of zero is the rest.
    unsigned sizes[4];
    for (unsigned& one : sizes)
        one = input.byte();
    const std::string_view bytes = input.rest();

    feeder at_once(no_body);
    at_once.feed(bytes);
    const reading whole = at_once.finish(ended, clean);

    feeder in_pieces(no_body);
    std::string_view left = bytes;
    for (std::size_t i = 0; !left.empty(); ++i) {
        const std::size_t piece =
            sizes[i % 4] != 0 ? std::min<std::size_t>(sizes[i % 4], left.size()) : left.size();
        in_pieces.feed(left.substr(0, piece));
        left.remove_prefix(piece);
    }
    const reading split = in_pieces.finish(ended, clean);
    // Beast looks at a header once more only when its end is there: what is wrong inside may go unseen till
    // then.
    if (whole.failure == pc::errc::malformed_response && in_pieces.waits_for_header() && split.status == 0)
        return 0;
    // Nor does it count the bytes of a header that it has taken already: the limit is that many more.
    if (bytes.size() + 4 >= max_header && (whole.header_too_large != split.header_too_large))
        return 0;
    // A chunk whose extension has an open quote at the end of its line is counted once more with every piece.
    if (bytes.find('"') != bytes.npos && whole.last != state::complete &&
        split.failure == pc::errc::response_too_large)
        return 0;
    if (split != whole) {
        print("at once", whole);
        print("in pieces", split);
    }
    require(split == whole, "a response means the same however it is split");
    return 0;
}
