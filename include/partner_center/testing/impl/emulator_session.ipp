// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_SESSION_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_SESSION_IPP

#include <partner_center/testing/detail/emulator_session.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

namespace partner_center::testing::detail {

PARTNER_CENTER_DECL emulator_session::emulator_session(asio::any_io_executor executor,
                                                       std::shared_ptr<const session_environment> environment)
    : environment_{std::move(environment)}
    , tls_{executor, *environment_->tls}
    , timer_{executor}
    , pause_{executor}
{
}

PARTNER_CENTER_DECL emulator_session::~emulator_session()
{
    if (on_end_)
        on_end_();
}

PARTNER_CENTER_DECL void emulator_session::start(std::size_t number, std::function<void()> on_end)
{
    number_ = number;
    on_end_ = std::move(on_end);
    boost::system::error_code ignored;
    socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    deadline_ = std::chrono::steady_clock::now() + environment_->request_timeout;
    timer_.expires_at(deadline_);
    const asio::any_io_executor executor = timer_.get_executor();
    asio::co_spawn(executor, watch(shared_from_this()), asio::detached);
    // However it ends, the watchdog must learn of it, for it holds the session as well.
    asio::co_spawn(executor, run(shared_from_this()),
                   [self = shared_from_this()](std::exception_ptr) { self->close(); });
}

PARTNER_CENTER_DECL void emulator_session::stop()
{
    asio::post(timer_.get_executor(), [self = shared_from_this()] { self->close(); });
}

PARTNER_CENTER_DECL void emulator_session::close()
{
    closed_ = true;
    timer_.cancel();
    pause_.cancel();
    boost::system::error_code ignored;
    socket().close(ignored);
}

PARTNER_CENTER_DECL void emulator_session::reset()
{
    boost::system::error_code ignored;
    socket().set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

PARTNER_CENTER_DECL asio::awaitable<void> emulator_session::watch(std::shared_ptr<emulator_session> self)
{
    while (!self->closed_) {
        self->timer_.expires_at(self->deadline_);
        boost::system::error_code ec;
        co_await self->timer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        if (!self->closed_ && std::chrono::steady_clock::now() >= self->deadline_)
            self->close();
    }
}

// The time counts for itself, not as part of the time that a request may take.
PARTNER_CENTER_DECL asio::awaitable<bool> emulator_session::wait(std::chrono::milliseconds time)
{
    if (time.count() == 0)
        co_return true;
    // What was read before the connection was closed is served after it; nobody would end a timer then.
    if (closed_)
        co_return false;
    end_within(environment_->request_timeout + time);
    pause_.expires_after(time);
    boost::system::error_code ec;
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return !ec && !closed_;
}

// The timer is left alone where it wakes early enough anyway: setting it for each request would cost more
// than all else here but TLS.
PARTNER_CENTER_DECL void emulator_session::end_within(std::chrono::milliseconds time)
{
    deadline_ = std::chrono::steady_clock::now() + time;
    if (deadline_ < timer_.expiry())
        timer_.cancel();
}

PARTNER_CENTER_DECL asio::awaitable<void> emulator_session::run(std::shared_ptr<emulator_session> self)
{
    bool open = co_await self->shake_hands();
    if (!open)
        co_return;
    // Not while (co_await ...) {}: g++ 12 makes an illegal instruction of an awaiting condition with no body.
    while (open)
        open = co_await self->serve_request();
    co_await self->leave();
}

PARTNER_CENTER_DECL asio::awaitable<bool> emulator_session::shake_hands()
{
    boost::system::error_code ec;
    co_await tls_.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(asio::use_awaitable, ec));
    co_return !ec;
}

PARTNER_CENTER_DECL std::string_view emulator_session::received() const
{
    return std::string_view(static_cast<const char*>(in_.data().data()), in_.size());
}

PARTNER_CENTER_DECL asio::awaitable<bool> emulator_session::read_some()
{
    boost::system::error_code ec;
    const std::size_t size =
        co_await tls_.async_read_some(in_.prepare(16384), asio::redirect_error(asio::use_awaitable, ec));
    in_.commit(size);
    co_return !ec;
}

PARTNER_CENTER_DECL asio::awaitable<bool> emulator_session::write_out()
{
    boost::system::error_code ec;
    co_await asio::async_write(tls_, asio::buffer(out_), asio::redirect_error(asio::use_awaitable, ec));
    co_return !ec;
}

// Lets garbage be refused at once instead of after the time limit.
inline bool may_become_a_head(std::string_view bytes)
{
    if (bytes.empty())
        return true;
    const auto end = bytes.find('\n');
    const std::string_view line = bytes.substr(0, end);
    const bool letter = (bytes[0] >= 'A' && bytes[0] <= 'Z') || (bytes[0] >= 'a' && bytes[0] <= 'z');
    return letter &&
           (end == std::string_view::npos || line.ends_with(" HTTP/1.1\r") || line.ends_with(" HTTP/1.0\r"));
}

PARTNER_CENTER_DECL asio::awaitable<emulator_session::reading> emulator_session::read_head()
{
    bool begun = in_.size() != 0;
    end_within(begun ? environment_->request_timeout : environment_->idle_timeout);
    std::size_t searched = 0;
    for (;;) {
        // Empty lines before a request are to be ignored (RFC 9112, section 2.2).
        while (searched == 0 && received().starts_with("\r\n"))
            in_.consume(2);
        const std::string_view bytes = received();
        const auto end = bytes.find("\r\n\r\n", searched);
        head_size_ = std::min(end == std::string_view::npos ? bytes.size() : end + 4, bytes.size());
        if (head_size_ > environment_->max_head_size)
            co_return reading::too_large;
        if (end != std::string_view::npos)
            co_return reading::complete;
        if (bytes != "\r" && !may_become_a_head(bytes))
            co_return reading::malformed;
        searched = bytes.size() < 4 ? 0 : bytes.size() - 3;
        const bool more = co_await read_some();
        if (!more)
            co_return reading::closed;
        if (!begun)
            end_within(environment_->request_timeout);
        begun = true;
    }
}

PARTNER_CENTER_DECL asio::awaitable<emulator_session::reading> emulator_session::read_body(parser& in)
{
    // Beast compares a length with the limit when it parses the head, and there was none then.
    if (in.content_length() && *in.content_length() > environment_->max_body_size)
        co_return reading::too_large;
    in.eager(true);
    in.body_limit(environment_->max_body_size);
    for (;;) {
        // Beast asserts that it gets no fewer of the last chunk once it has seen the first three; no chunk,
        // with what follows it, has fewer.
        if (in_.size() != 0 && !(in.chunked() && in_.size() < 5)) {
            boost::system::error_code ec;
            in_.consume(in.put(in_.data(), ec));
            if (ec == http::error::body_limit)
                co_return reading::too_large;
            if (ec && ec != http::error::need_more)
                co_return reading::malformed;
        }
        if (in.is_done())
            co_return reading::complete;
        // What is left over is the beginning of a chunk's head or of a trailer, and neither may grow for
        // ever.
        if (in_.size() > environment_->max_head_size)
            co_return reading::malformed;
        const bool more = co_await read_some();
        if (!more)
            co_return reading::closed;
    }
}

PARTNER_CENTER_DECL asio::awaitable<bool> emulator_session::serve_request()
{
    reading what = co_await read_head();
    if (what == reading::closed)
        co_return false;
    recorded_request entry;
    entry.connection = number_;
    entry.raw_head = received().substr(0, head_size_);
    in_.consume(head_size_);

    parser in;
    // Newer versions of Beast count a trailer, too. It may be as long as a head.
    in.header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(
        entry.raw_head.size() + environment_->max_head_size + 1, std::numeric_limits<std::uint32_t>::max())));
    // The limit applies later, for it would leave the head of a large request without an answer of its own.
    in.body_limit(boost::none);
    if (what == reading::complete) {
        boost::system::error_code ec;
        in.put(asio::buffer(entry.raw_head), ec);
        if (ec || !in.is_header_done())
            what = reading::malformed;
    }
    bool keep = false;
    if (what == reading::complete)
        keep = co_await serve_parsed(in, entry);
    else
        co_await refuse_bytes(what, entry);
    co_return keep;
}

inline emulator_response refuse_size(std::size_t max_body_size)
{
    return make_failure(413, 413, "The body may have " + std::to_string(max_body_size) + " bytes at most.");
}

inline emulator_response refuse_garbage(const char* what)
{
    return make_failure(400, 400, std::string(what) + " is not HTTP/1.1.");
}

PARTNER_CENTER_DECL asio::awaitable<void> emulator_session::refuse_bytes(reading what,
                                                                         recorded_request& entry)
{
    const emulator_response response =
        what == reading::too_large
            ? make_failure(431, 431,
                           "The head may have " + std::to_string(environment_->max_head_size) +
                               " bytes at most.")
            : refuse_garbage("The head of the request");
    entry.status = response.status;
    const exchange_ids ids = make_exchange_ids();
    const std::string date = environment_->state->record(std::move(entry));
    out_.clear();
    append_response(out_, response, ids, date, connection_header::close, true);
    co_await write_out();
}

PARTNER_CENTER_DECL asio::awaitable<bool> emulator_session::serve_parsed(parser& in, recorded_request& entry)
{
    emulator_state& state = *environment_->state;
    const http::request<http::string_body>& request = in.get();
    const exchange_ids ids = exchange_ids_of(request);
    const bool has_body = !in.is_done();
    const bool waits = has_body && in_.size() == 0 && request.version() >= 11 &&
                       request.find(http::field::expect) != request.end();
    entry.waited_for_continue = waits && boost::beast::iequals(request[http::field::expect], "100-continue");

    std::optional<std::uint64_t> length;
    if (in.content_length())
        length = *in.content_length();
    request_plan plan = state.plan(request, ids);
    entry.throttled = plan.throttled;
    entry.failed_on_purpose = plan.struck.has_value();
    std::optional<emulator_response> response = std::move(plan.response);
    if (!response && (!plan.struck || plan.struck->applies()))
        response = state.refuse_head(request, ids, length);
    bool keep = in.keep_alive();
    // Without 100 the body may come or not, so what follows on the connection could not be told apart.
    const bool skip_body =
        response && has_body && (waits || length.value_or(0) > environment_->max_body_size);
    if (skip_body)
        keep = false;
    if (!response && entry.waited_for_continue) {
        out_ = "HTTP/1.1 100 Continue\r\n\r\n";
        const bool sent = co_await write_out();
        if (!sent)
            co_return false;
    }
    if (has_body && !skip_body) {
        const reading what = co_await read_body(in);
        if (what == reading::closed)
            co_return false;
        if (what != reading::complete) {
            response = what == reading::too_large ? refuse_size(environment_->max_body_size)
                                                  : refuse_garbage("The body's framing");
            keep = false;
        }
    }
    const bool kept = co_await finish(in, entry, ids, plan, response, keep);
    co_return kept;
}

PARTNER_CENTER_DECL asio::awaitable<bool>
emulator_session::finish(parser& in, recorded_request& entry, const exchange_ids& ids, request_plan& plan,
                         std::optional<emulator_response>& response, bool keep)
{
    emulator_state& state = *environment_->state;
    const http::request<http::string_body>& request = in.get();
    failure::ending how = failure::ending::as_usual;
    if (plan.struck) {
        how = plan.struck->how();
        const bool open = co_await wait(plan.struck->time_before());
        if (!open)
            co_return false;
    }
    if (!response && (!plan.struck || plan.struck->applies()))
        response = state.answer(request, ids, request.body());

    entry.applied = response && response->applied;
    if (how == failure::ending::answer && plan.struck->applies())
        response = scripted_response(*plan.struck, ids);
    const bool silent = how == failure::ending::close || how == failure::ending::reset;
    entry.body = std::move(in.get().body());
    entry.status = silent ? 0 : response->status;
    const std::string date = state.record(std::move(entry));
    if (how == failure::ending::reset)
        reset();
    if (silent)
        co_return false;
    if (plan.struck) {
        const bool open = co_await wait(plan.struck->time_after());
        if (!open)
            co_return false;
    }
    const auto on_connection = !keep                    ? connection_header::close
                               : request.version() < 11 ? connection_header::keep_alive
                                                        : connection_header::none;
    out_.clear();
    append_response(out_, *response, ids, date, on_connection, request.method() != http::verb::head);
    const bool sent = co_await write_out();
    co_return sent&& keep;
}

PARTNER_CENTER_DECL asio::awaitable<void> emulator_session::leave()
{
    if (closed_)
        co_return;
    end_within(std::min(environment_->request_timeout, std::chrono::milliseconds{2000}));
    boost::system::error_code ec;
    // As if the peer's close_notify had come already: ours is sent, and none is awaited.
    SSL_set_shutdown(tls_.native_handle(), SSL_get_shutdown(tls_.native_handle()) | SSL_RECEIVED_SHUTDOWN);
    co_await tls_.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
    // Closing with unread bytes would reset the connection, and the peer might lose the answer.
    std::size_t dropped = 0;
    while (!ec && dropped < 16 * environment_->max_body_size) {
        const std::size_t size = co_await socket().async_read_some(
            in_.prepare(16384), asio::redirect_error(asio::use_awaitable, ec));
        dropped += size;
    }
}

} // namespace partner_center::testing::detail

#endif
