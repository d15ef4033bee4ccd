// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <partner_center/detail/response_reader.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace pc = partner_center;
using pc::errc;
using pc::detail::response_reader;
using state = response_reader::state;

namespace {

struct reading {
    state last = state::need_more;
    unsigned interims = 0;
    unsigned status = 0;
    std::string body;
    std::string x;
    bool keep_alive = false;
    boost::system::error_code failure;
    std::string reason;
    std::size_t left_over = 0;

    bool operator==(const reading&) const = default;
};

// Feeds the pieces, then the end of the stream if that is wanted.
reading read(std::initializer_list<std::string_view> pieces, bool ended = false, bool clean = true)
{
    response_reader reader(300, 100);
    boost::beast::flat_buffer buffer;
    reading result;
    for (std::string_view piece : pieces) {
        asio::buffer_copy(buffer.prepare(piece.size()), asio::buffer(piece.data(), piece.size()));
        buffer.commit(piece.size());
        if (result.last == state::complete || result.last == state::failed)
            continue;
        while ((result.last = reader.feed(buffer)) == state::interim)
            ++result.interims;
    }
    if (ended && result.last == state::need_more)
        result.last = reader.finish(clean, asio::error::eof);
    result.left_over = buffer.size();
    if (result.last == state::complete) {
        result.status = reader.response().result_int();
        result.body = reader.response().body();
        result.x = std::string(reader.response()["X"]);
        result.keep_alive = reader.keep_alive();
    } else if (result.last == state::failed) {
        result.failure = reader.failure();
        result.reason = reader.reason();
        result.left_over = 0; // nobody looks at it
    }
    return result;
}

} // namespace

TEST_CASE("a response means the same however its bytes are split")
{
    struct row {
        std::string bytes;
        bool ended;
        state last;
        unsigned status;
        std::string body;
    };
    const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const row rows[] = {
        {"HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 2\r\n\r\n{}", false, state::complete, 200, "{}"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}rest", false, state::complete, 200, "{}"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, state::complete, 200, ""},
        {"HTTP/1.1 204 No Content\r\n\r\n", false, state::complete, 204, ""},
        {"HTTP/1.1 304 Not Modified\r\n\r\n", false, state::complete, 304, ""},
        {go_on + "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", false, state::complete, 401, ""},
        {go_on + go_on + "HTTP/1.1 103 Early\r\nX: z\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
         false, state::complete, 200, "x"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n02;x=\"y\"\r\nbc\r\n0\r\nT: "
         "u\r\n\r\n",
         false, state::complete, 200, "abc"},
        {"HTTP/1.1 200 OK\r\nX: y\r\n\r\nuntil the end", true, state::complete, 200, "until the end"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", true, state::failed, 0, ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", true, state::failed, 0, ""},
        {"HTTP/1.1 101 Switching Protocols\r\n\r\n", false, state::failed, 0, ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", false, state::failed, 0, ""},
        {"garbage\r\n\r\n", false, state::failed, 0, ""},
    };
    for (const row& r : rows) {
        CAPTURE(r.bytes);
        const std::string_view bytes = r.bytes;
        const reading whole = read({bytes}, r.ended);
        CHECK(whole.last == r.last);
        CHECK(whole.status == r.status);
        CHECK(whole.body == r.body);
        for (std::size_t cut = 1; cut != bytes.size(); ++cut)
            CHECK(read({bytes.substr(0, cut), bytes.substr(cut)}, r.ended) == whole);
    }
}

TEST_CASE("a response may come byte by byte")
{
    const std::string_view bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
                                   "chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
    response_reader reader(300, 100);
    boost::beast::flat_buffer buffer;
    state last = state::need_more;
    for (std::size_t i = 0; i != bytes.size(); ++i) {
        CHECK(last != state::complete);
        asio::buffer_copy(buffer.prepare(1), asio::buffer(bytes.data() + i, 1));
        buffer.commit(1);
        last = reader.feed(buffer);
        CHECK(reader.interim_status() == (i < 24 ? 0 : 100));
    }
    CHECK(last == state::complete);
    CHECK(reader.response().body() == "a");
    CHECK(reader.keep_alive());
}

TEST_CASE("chunks may come byte by byte, the last one too when it is the only one")
{
    for (const char* chunks : {"0\r\n\r\n", "00\r\n\r\n", "0;x=y\r\n\r\n", "0\r\nT: u\r\n\r\n",
                               "1\r\na\r\n0\r\n\r\n", "1\r\na\r\n0\r\nT: u\r\n\r\n"}) {
        CAPTURE(chunks);
        const std::string bytes =
            std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + chunks;
        response_reader reader(300, 100);
        boost::beast::flat_buffer buffer;
        state last = state::need_more;
        for (const char& byte : bytes) {
            REQUIRE(last == state::need_more);
            buffer.commit(asio::buffer_copy(buffer.prepare(1), asio::buffer(&byte, 1)));
            last = reader.feed(buffer);
        }
        CHECK(last == state::complete);
        CHECK(reader.response().body() == (*chunks == '1' ? "a" : ""));
        CHECK(reader.keep_alive());
        CHECK(buffer.size() == 0);
    }
}

TEST_CASE("a chunk that is too large is refused by its size, however few bytes that has")
{
    const std::string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char* size : {"A3\r\n", "0a3\r\n", "65\r\n"}) {
        CAPTURE(size);
        const std::string bytes = std::string(head) + size;
        CHECK(read({bytes}).failure == errc::response_too_large);
        CHECK(read({head, size}).failure == errc::response_too_large);
    }
    for (const char* size : {"64\r\n", "0\r\n", "00\r\n"}) {
        CAPTURE(size);
        CHECK(read({head, size}).last == state::need_more);
    }
}

TEST_CASE("the end of the stream completes a body that lasts until then, when it was announced")
{
    const std::string_view bytes = "HTTP/1.1 200 OK\r\n\r\n{}";
    CHECK(read({bytes}, true, true).body == "{}");
    CHECK_FALSE(read({bytes}, true, true).keep_alive);
    CHECK(read({bytes}, true, false).failure == errc::truncated_response);
}

TEST_CASE("a status below 100 is none, and so neither a success nor interim")
{
    for (const char* status : {"000", "001", "099"})
        for (const char* length : {"", "Content-Length: 2\r\n", "Transfer-Encoding: chunked\r\n"}) {
            CAPTURE(status);
            CAPTURE(length);
            const std::string bytes = std::string("HTTP/1.1 ") + status + " OK\r\n" + length + "\r\n{}";
            for (bool ended : {false, true})
                CHECK(read({bytes}, ended).failure == errc::malformed_response);
            CHECK(read({bytes}).reason == "its status is less than 100");
        }
    CHECK(read({"HTTP/1.1 199 Almost\r\n\r\n"}).interims == 1);
    CHECK(read({"HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n"}).status == 999);
}

TEST_CASE("the end of the stream before a response is a closed connection, or what the system says")
{
    for (bool clean : {true, false}) {
        response_reader reader(300, 100);
        CHECK(reader.finish(clean, asio::error::eof) == state::failed);
        CHECK(reader.failure() == errc::connection_closed);
        CHECK_FALSE(reader.started());
    }
    response_reader reader(300, 100);
    CHECK(reader.finish(false, asio::error::connection_reset) == state::failed);
    CHECK(reader.failure() == asio::error::connection_reset);
    response_reader unexplained(300, 100);
    CHECK(unexplained.finish(false, {}) == state::failed);
    CHECK(unexplained.failure() == errc::connection_closed);

    response_reader notified(300, 100);
    CHECK(notified.finish(true, asio::error::connection_reset) == state::failed);
    CHECK(notified.failure() == errc::connection_closed);

    // After an interim response there is still no part of the final one.
    CHECK(read({"HTTP/1.1 100 Continue\r\n\r\n"}, true).failure == errc::connection_closed);
}

TEST_CASE("a transfer coding that nobody can decode is not waited for until the stream ends")
{
    for (const char* coding : {"gzip", "chunked, chunked", "chunked, gzip", "identity", "x"}) {
        CAPTURE(coding);
        const reading result =
            read({std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: ") + coding + "\r\n\r\n"});
        CHECK(result.last == state::failed);
        CHECK(result.failure == errc::malformed_response);
        CHECK(result.reason == "its transfer coding is not chunked");
    }
}

TEST_CASE("limits hold for headers, bodies, and interim responses")
{
    const std::string x(1000, 'x');
    for (const std::string& bytes :
         {"HTTP/1.1 200 " + x, "HTTP/1.1 200 OK\r\nX: " + x, "HTTP/1.1 200 OK\r\n" + x,
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + x}) {
        CHECK(read({bytes}).failure == errc::response_too_large);
        CHECK(read({bytes}).reason == "its header has more than 300 bytes");
    }
    for (const std::string& bytes :
         {"HTTP/1.1 200 OK\r\n\r\n" + x, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + x,
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + x}) {
        CHECK(read({bytes}).failure == errc::response_too_large);
        CHECK(read({bytes}).reason == "its body has more than 100 bytes");
    }
    std::string interims;
    for (int i = 0; i != 16; ++i)
        interims += "HTTP/1.1 102 Processing\r\n\r\n";
    CHECK(read({interims}).interims == 16);
    CHECK(read({interims}).last == state::need_more);
    CHECK(read({interims + "HTTP/1.1 102 Processing\r\n\r\n"}).failure == errc::response_too_large);
}

TEST_CASE("who sets no limits still cannot be sent more than there is memory addresses for")
{
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    const auto read_length = [](const std::string& length) {
        response_reader reader(most, most);
        boost::beast::flat_buffer buffer;
        const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n{}";
        buffer.commit(asio::buffer_copy(buffer.prepare(text.size()), asio::buffer(text)));
        return reader.feed(buffer) == state::failed ? reader.failure() : boost::system::error_code();
    };
    CHECK(read_length("2") == boost::system::error_code());
    CHECK(read_length("9223372036854775808") == errc::response_too_large);
    CHECK(read_length("18446744073709551614") == errc::response_too_large);
}

TEST_CASE("a reader that was told to stop keeps the reason")
{
    response_reader reader(300, 100);
    CHECK(reader.abort(asio::error::connection_reset) == state::failed);
    CHECK(reader.failure() == asio::error::connection_reset);
    CHECK_FALSE(reader.keep_alive());
}

TEST_CASE("a response to CONNECT has no body, whatever its header says")
{
    for (const char* length : {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
        CAPTURE(length);
        response_reader reader(1024, 1);
        reader.expect_no_body();
        boost::beast::flat_buffer buffer;
        const std::string text = std::string("HTTP/1.1 200 OK\r\n") + length + "\r\nbytes of the tunnel";
        buffer.commit(asio::buffer_copy(buffer.prepare(text.size()), asio::buffer(text)));
        REQUIRE(reader.feed(buffer) == state::complete);
        CHECK(reader.response().result_int() == 200);
        CHECK(buffer.size() == 19);
    }
}
