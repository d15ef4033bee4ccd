// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_TLS_SESSION_IPP
#define PARTNER_CENTER_IMPL_TLS_SESSION_IPP

#include <partner_center/detail/openssl_error.hpp>
#include <partner_center/detail/tls_session.hpp>
#include <partner_center/error.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/system/errc.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <climits>
#include <new>
#include <utility>

namespace partner_center::detail {

[[noreturn]] inline void throw_tls_settings(std::string description)
{
    diagnostics diag;
    diag.description = std::move(description);
    throw error(errc::invalid_tls_settings, std::move(diag));
}

// One that is for servers only, or wants no version that is left, would refuse each handshake.
inline void check_context(asio::ssl::context& context, tls_version lowest)
{
    if (!context.native_handle())
        throw_tls_settings("transport_options::tls was moved from");
    tls_session trial(context);
    error_code ec = trial.prepare("localhost", lowest);
    if (!ec && trial.handshake() == tls_session::status::failed)
        ec = trial.failure();
    if (ec)
        throw_tls_settings("transport_options::tls cannot begin a client's handshake: " + ec.message());
}

PARTNER_CENTER_DECL asio::ssl::context make_tls_context(transport_options& options)
{
    if (options.tls) {
        if (!options.ca_file.empty())
            throw_tls_settings(
                "transport_options::ca_file has no effect on transport_options::tls, set one of them");
        check_context(*options.tls, options.min_tls_version);
        return std::move(*options.tls);
    }
    asio::ssl::context context(asio::ssl::context::tls_client);
    error_code ec;
    if (options.ca_file.empty())
        context.set_default_verify_paths(ec);
    else
        context.load_verify_file(options.ca_file, ec);
    if (ec)
        throw_tls_settings(options.ca_file.empty()
                               ? "the system's roots: " + ec.message()
                               : "the CA file \"" + options.ca_file + "\": " + ec.message());
    return context;
}

// What OpenSSL sends goes to the end of a string. Its own memory BIO would clear its buffer twice for each
// message, and the bytes be copied once more.
struct text_bio {
    static int write(BIO* bio, const char* data, int size)
    {
        try {
            static_cast<std::string*>(BIO_get_data(bio))->append(data, static_cast<std::size_t>(size));
            return size;
        } catch (const std::bad_alloc&) {
            ERR_raise(ERR_LIB_BIO, ERR_R_MALLOC_FAILURE);
            return -1;
        }
    }

    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static BIO_METHOD* method()
    {
        static BIO_METHOD* const only = [] {
            BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "text");
            if (made && (BIO_meth_set_write(made, &write) != 1 || BIO_meth_set_ctrl(made, &control) != 1)) {
                BIO_meth_free(made);
                made = nullptr;
            }
            return made;
        }();
        return only;
    }

    static BIO* make(std::string& to)
    {
        BIO* const bio = method() ? BIO_new(method()) : nullptr;
        if (bio) {
            BIO_set_data(bio, &to);
            BIO_set_init(bio, 1);
        }
        return bio;
    }
};

// To clear it costs even when it is empty.
inline void clear_openssl_errors() noexcept
{
    if (ERR_peek_error() != 0)
        ERR_clear_error();
}

PARTNER_CENTER_DECL tls_session::tls_session(asio::ssl::context& context)
    : ssl_(SSL_new(context.native_handle()))
    , input_(BIO_new(BIO_s_mem()))
    , output_bio_(text_bio::make(output_))
{
    if (!ssl_ || !input_ || !output_bio_) {
        BIO_free(input_);
        BIO_free(output_bio_);
        ERR_clear_error();
        throw std::bad_alloc();
    }
    // An empty buffer is not the end of the stream: that is for the socket to say.
    BIO_set_mem_eof_return(input_, -1);
    SSL_set_bio(ssl_.get(), input_, output_bio_);
    SSL_set_connect_state(ssl_.get());
}

// No close_notify is sent or awaited; to OpenSSL that would be a reason not to resume the session.
PARTNER_CENTER_DECL tls_session::~tls_session()
{
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

PARTNER_CENTER_DECL error_code tls_session::prepare(const std::string& host, tls_version lowest)
{
    SSL* const ssl = ssl_.get();
    const int wanted = lowest == tls_version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    static constexpr unsigned char protocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    X509_VERIFY_PARAM* const verify = SSL_get0_param(ssl);
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    ERR_clear_error();
    bool done = SSL_set_alpn_protos(ssl, protocols, sizeof protocols) == 0;
    if (SSL_get_min_proto_version(ssl) < wanted)
        done = done && SSL_set_min_proto_version(ssl, wanted) == 1;
    if (not_an_address) {
        X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        // What SSL_set_tlsext_host_name is, without the C-style cast that warns in our users' builds.
        char* const name = const_cast<char*>(host.c_str());
        done = done && SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) == 1 &&
               X509_VERIFY_PARAM_set1_host(verify, host.c_str(), host.size()) == 1;
    } else {
        // SNI has no place for an address.
        done = done && X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) == 1;
    }
    // A request that is written while the server renegotiates, or asks for a certificate after the handshake,
    // would have to wait for its input.
    SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
    SSL_set_post_handshake_auth(ssl, 0);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, SSL_get_verify_callback(ssl));
    // A write takes all, and a read that gives nothing has no bytes left, whatever the context says.
    SSL_ctrl(ssl, SSL_CTRL_CLEAR_MODE, SSL_MODE_ENABLE_PARTIAL_WRITE, nullptr);
    SSL_ctrl(ssl, SSL_CTRL_MODE, SSL_MODE_AUTO_RETRY, nullptr);
    return done ? error_code() : last_openssl_error();
}

PARTNER_CENTER_DECL void tls_session::offer(tls_ticket ticket)
{
    if (!ticket.session)
        return;
    // What cannot be offered is not missed: the handshake is then a full one.
    SSL_set_session(ssl_.get(), ticket.session.get());
    ERR_clear_error();
    verified_ = ticket.verified;
}

PARTNER_CENTER_DECL tls_ticket tls_session::take_ticket()
{
    tls_ticket ticket;
    if (std::exchange(ticket_taken_, true))
        return ticket;
    ticket.session.reset(SSL_get1_session(ssl_.get()));
    if (!ticket.session || SSL_SESSION_is_resumable(ticket.session.get()) != 1)
        ticket.session.reset();
    ticket.verified = verified_;
    return ticket;
}

// Call ERR_clear_error before the operation: SSL_get_error looks at the thread's whole queue.
PARTNER_CENTER_DECL tls_session::status tls_session::interpret(int result)
{
    if (result > 0)
        return status::done;
    switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return status::want_input;
    case SSL_ERROR_ZERO_RETURN: return status::closed;
    default: break;
    }
    // What is said last is what the connection ends for.
    const unsigned long last = ERR_peek_last_error();
    certificate_refused_ =
        ERR_GET_LIB(last) == ERR_LIB_SSL && ERR_GET_REASON(last) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    failure_ = last_openssl_error();
    ERR_clear_error();
    return status::failed;
}

PARTNER_CENTER_DECL tls_session::status tls_session::handshake()
{
    clear_openssl_errors();
    const status result = interpret(SSL_do_handshake(ssl_.get()));
    // With a cipher of the context's that has no certificates, OpenSSL has nothing to verify.
    if (result == status::done && !SSL_get0_peer_certificate(ssl_.get())) {
        failure_ = errc::untrusted_certificate;
        return status::failed;
    }
    if (certificate_refused_)
        failure_ = SSL_get_verify_result(ssl_.get()) == X509_V_ERR_OUT_OF_MEM
                       ? make_error_code(boost::system::errc::not_enough_memory)
                       : errc::untrusted_certificate;
    if (result == status::done && !resumed())
        verified_ = std::chrono::steady_clock::now();
    return result;
}

PARTNER_CENTER_DECL void tls_session::add_input(const char* data, std::size_t size)
{
    if (size != 0 && BIO_write(input_, data, static_cast<int>(size)) != static_cast<int>(size))
        throw std::bad_alloc();
}

PARTNER_CENTER_DECL tls_session::status tls_session::read(char* to, std::size_t capacity, std::size_t& size)
{
    size = 0;
    // OpenSSL tells the reason only once.
    if (failure_)
        return status::failed;
    clear_openssl_errors();
    const int count = SSL_read(ssl_.get(), to, capacity > INT_MAX ? INT_MAX : static_cast<int>(capacity));
    size = count > 0 ? static_cast<std::size_t>(count) : 0;
    const status result = interpret(count);
    if (result != status::want_input || output_.size() <= max_answers)
        return result;
    failure_ = errc::malformed_response;
    return status::failed;
}

PARTNER_CENTER_DECL tls_session::status tls_session::write(const char* data, std::size_t size)
{
    if (failure_)
        return status::failed;
    clear_openssl_errors();
    std::size_t written = 0; // all or nothing: the buffer behind takes everything
    return interpret(SSL_write_ex(ssl_.get(), data, size, &written));
}

PARTNER_CENTER_DECL void tls_session::take_output(std::string& to)
{
    if (to.empty())
        to.swap(output_); // both keep their memory
    else
        to.append(output_);
    output_.clear();
}

PARTNER_CENTER_DECL bool tls_session::has_input() const
{
    // OpenSSL does not count the header of a record whose body it waits for ("RB") as pending.
    return SSL_has_pending(ssl_.get()) == 1 || BIO_ctrl_pending(input_) != 0 ||
           SSL_rstate_string(ssl_.get()) == std::string_view("RB");
}

PARTNER_CENTER_DECL bool tls_session::closed_by_peer() const
{
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

PARTNER_CENTER_DECL std::string tls_session::certificate_problem() const
{
    if (failure_ != errc::untrusted_certificate)
        return {};
    const long verified = SSL_get_verify_result(ssl_.get());
    return certificate_refused_ ? X509_verify_cert_error_string(verified) : "the server has shown none";
}

} // namespace partner_center::detail

#endif
