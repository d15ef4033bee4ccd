// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_IPP

#include <partner_center/testing/emulator.hpp>

#include <partner_center/testing/detail/check_options.hpp>
#include <partner_center/testing/detail/emulator_listener.hpp>
#include <partner_center/testing/detail/emulator_state.hpp>
#include <partner_center/testing/detail/state_file.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace partner_center::testing::detail {

inline asio::ip::address parse_address(const std::string& text)
{
    boost::system::error_code ec;
    const asio::ip::address address = asio::ip::make_address(text, ec);
    if (ec)
        throw std::invalid_argument("emulator_options: address '" + text + "' is not an IP address");
    return address;
}

// What a client calls the emulator: localhost leads to the first loopback addresses and to no other.
inline std::string host_of(const asio::ip::address& address)
{
    const bool local = address.is_unspecified() || address == asio::ip::address_v4::loopback() ||
                       address == asio::ip::address_v6::loopback();
    if (local)
        return "localhost";
    return address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
}

inline int select_http_1_1(SSL*, const unsigned char** out, unsigned char* out_size,
                           const unsigned char* offered, unsigned int offered_size, void*)
{
    constexpr std::string_view wanted = "http/1.1";
    std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
    while (!rest.empty()) {
        const std::size_t size = static_cast<unsigned char>(rest[0]);
        if (rest.substr(1, size) == wanted) {
            *out = reinterpret_cast<const unsigned char*>(rest.data() + 1);
            *out_size = static_cast<unsigned char>(size);
            return SSL_TLSEXT_ERR_OK;
        }
        rest.remove_prefix(std::min(size + 1, rest.size()));
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

inline std::shared_ptr<asio::ssl::context> make_server_context(const certificate_identity& identity)
{
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    SSL_CTX* const native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_alpn_select_cb(native, &select_http_1_1, nullptr);
    static constexpr unsigned char session_context[] = "partner_center";
    SSL_CTX_set_session_id_context(native, session_context, sizeof session_context - 1);
    try {
        context->use_certificate_chain(asio::buffer(identity.certificate_pem));
        context->use_private_key(asio::buffer(identity.private_key_pem), asio::ssl::context::pem);
    } catch (const boost::system::system_error& e) {
        throw std::runtime_error(std::string("emulator_options: the identity cannot be used: ") + e.what());
    }
    return context;
}

// An etag that the profile was read with could make an If-Match of then hold again.
inline json::object document_without_etag(OrganizationProfile profile)
{
    if (profile.attributes && profile.attributes->etag)
        profile.attributes->etag->clear(); // but it keeps its place
    json::value document = json::value_from(profile);
    return std::move(document.get_object());
}

} // namespace partner_center::testing::detail

namespace partner_center::testing {

struct emulator::runner {
    runner(std::optional<asio::any_io_executor> executor, const emulator_options& options)
    {
        detail::check_options(options);
        const asio::ip::address address = detail::parse_address(options.address);
        state = std::make_shared<detail::emulator_state>(options);

        auto environment = std::make_shared<detail::session_environment>();
        environment->tls = detail::make_server_context(choose_identity(options));
        environment->state = state;
        environment->max_head_size = options.max_head_size;
        environment->max_body_size = options.max_body_size;
        environment->idle_timeout = options.idle_timeout;
        environment->request_timeout = options.request_timeout;

        const bool own_thread = !executor;
        if (own_thread)
            executor = own_context.emplace(1).get_executor();
        listener = std::make_shared<detail::emulator_listener>(
            *executor, own_thread, asio::ip::tcp::endpoint(address, options.port), options.max_connections,
            std::move(environment));
        port = listener->port();
        base_url = "https://" + detail::host_of(address) + ":" + std::to_string(port);
        listener->accept_next();
        if (own_thread)
            thread = std::thread([context = &*own_context] { context->run(); });
    }

    certificate_identity choose_identity(const emulator_options& options)
    {
        if (options.identity) {
            ca_pem = options.authority ? options.authority->pem() : options.identity->certificate_pem;
            return *options.identity;
        }
        const certificate_authority authority =
            options.authority ? *options.authority : certificate_authority();
        ca_pem = authority.pem();
        certificate_request request;
        if (options.address != "127.0.0.1" && options.address != "::1")
            request.ip_addresses.push_back(options.address);
        return authority.issue(request);
    }

    std::size_t connections_accepted()
    {
        const std::lock_guard lock(stopping);
        return listener ? listener->accepted() : accepted;
    }

    void stop()
    {
        const std::lock_guard lock(stopping);
        if (!listener)
            return;
        listener->stop();
        accepted = listener->accepted();
        if (!thread.joinable())
            return;
        own_context->stop();
        thread.join();
        // Whatever the handlers that did not run any more held open is closed with them.
        listener.reset();
        own_context.reset();
    }

    std::shared_ptr<detail::emulator_state> state;
    std::string ca_pem;
    std::string base_url;
    unsigned short port = 0;

    std::mutex stopping;
    std::size_t accepted = 0;
    std::optional<asio::io_context> own_context;
    std::shared_ptr<detail::emulator_listener> listener;
    std::thread thread;
};

PARTNER_CENTER_DECL emulator::emulator(emulator_options options)
    : runner_{std::make_unique<runner>(std::nullopt, options)}
{
}

PARTNER_CENTER_DECL emulator::emulator(asio::any_io_executor executor, emulator_options options)
    : runner_{std::make_unique<runner>(std::move(executor), options)}
{
}

PARTNER_CENTER_DECL emulator::~emulator()
{
    stop();
}

PARTNER_CENTER_DECL std::string emulator::base_url() const
{
    return runner_->base_url;
}

PARTNER_CENTER_DECL unsigned short emulator::port() const noexcept
{
    return runner_->port;
}

PARTNER_CENTER_DECL const std::string& emulator::ca_pem() const noexcept
{
    return runner_->ca_pem;
}

PARTNER_CENTER_DECL void emulator::write_ca_file(const std::filesystem::path& path) const
{
    detail::replace_file(path, runner_->ca_pem);
}

PARTNER_CENTER_DECL std::string emulator::token() const
{
    return runner_->state->token();
}

PARTNER_CENTER_DECL void emulator::set_token(std::string token)
{
    runner_->state->set_token(std::move(token));
}

PARTNER_CENTER_DECL OrganizationProfile emulator::profile() const
{
    return json::value_to<OrganizationProfile>(json::value(document()));
}

PARTNER_CENTER_DECL void emulator::set_profile(const OrganizationProfile& profile)
{
    set_document(detail::document_without_etag(profile));
}

PARTNER_CENTER_DECL json::object emulator::document() const
{
    return runner_->state->document();
}

PARTNER_CENTER_DECL void emulator::set_document(json::object document)
{
    runner_->state->set_document(std::move(document));
}

PARTNER_CENTER_DECL void emulator::edit(const std::function<void(OrganizationProfile&)>& change)
{
    runner_->state->edit([&change](json::object& document) {
        auto profile = json::value_to<OrganizationProfile>(json::value(document));
        change(profile);
        document = detail::document_without_etag(std::move(profile));
    });
}

PARTNER_CENTER_DECL std::string emulator::tenant() const
{
    return runner_->state->sign_ins().tenant;
}

PARTNER_CENTER_DECL std::string emulator::client_id() const
{
    return runner_->state->sign_ins().client_id;
}

PARTNER_CENTER_DECL std::string emulator::client_secret() const
{
    return runner_->state->sign_ins().client_secret;
}

PARTNER_CENTER_DECL std::string emulator::refresh_token() const
{
    return runner_->state->sign_ins().refresh_token;
}

PARTNER_CENTER_DECL std::string emulator::new_refresh_token()
{
    return runner_->state->new_refresh_token();
}

PARTNER_CENTER_DECL void emulator::revoke_access_tokens()
{
    runner_->state->revoke_access_tokens();
}

PARTNER_CENTER_DECL void emulator::revoke_refresh_tokens()
{
    runner_->state->revoke_refresh_tokens();
}

PARTNER_CENTER_DECL std::vector<std::string> emulator::pending_user_codes() const
{
    return runner_->state->sign_ins().pending_user_codes;
}

PARTNER_CENTER_DECL bool emulator::approve_device_code(std::string_view user_code)
{
    return runner_->state->decide_sign_in(user_code, detail::device_verdict::approved);
}

PARTNER_CENTER_DECL bool emulator::decline_device_code(std::string_view user_code)
{
    return runner_->state->decide_sign_in(user_code, detail::device_verdict::declined);
}

PARTNER_CENTER_DECL bool emulator::expire_device_code(std::string_view user_code)
{
    return runner_->state->decide_sign_in(user_code, detail::device_verdict::expired);
}

PARTNER_CENTER_DECL void emulator::add_failure(failure_rule rule)
{
    runner_->state->add_failure(std::move(rule));
}

PARTNER_CENTER_DECL void emulator::clear_failures()
{
    runner_->state->clear_failures();
}

PARTNER_CENTER_DECL void emulator::set_throttle(std::optional<throttle_options> options)
{
    detail::check_throttle(options);
    runner_->state->set_throttle(std::move(options));
}

PARTNER_CENTER_DECL std::string emulator::etag() const
{
    return runner_->state->etag();
}

PARTNER_CENTER_DECL std::vector<recorded_request> emulator::requests() const
{
    return runner_->state->requests();
}

PARTNER_CENTER_DECL void emulator::clear_requests()
{
    runner_->state->clear_requests();
}

PARTNER_CENTER_DECL std::size_t emulator::connections_accepted() const
{
    return runner_->connections_accepted();
}

PARTNER_CENTER_DECL void emulator::stop()
{
    runner_->stop();
}

} // namespace partner_center::testing

#endif
