// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CALL_HPP
#define PARTNER_CENTER_DETAIL_CALL_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/detail/client_state.hpp>
#include <partner_center/detail/pooled_request.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/task.hpp>
#include <partner_center/detail/token_source.hpp>
#include <partner_center/diagnostics.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <memory>
#include <string_view>

namespace partner_center::detail {

/// One call from its beginning to its completion.
class call final : public pooled_request, public call_handle {
public:
    PARTNER_CENTER_DECL call(shared_request request, std::unique_ptr<receiver> caller);

    PARTNER_CENTER_DECL void start();
    PARTNER_CENTER_DECL void cancel(asio::cancellation_type type);

private:
    PARTNER_CENTER_DECL error_code check() override;
    PARTNER_CENTER_DECL void describe_request(diagnostics& diag) override;
    PARTNER_CENTER_DECL bool is_prepared() override;
    PARTNER_CENTER_DECL bool is_outdated() override;
    PARTNER_CENTER_DECL task prepare(work& now) override;
    PARTNER_CENTER_DECL void format(work& now) override;
    PARTNER_CENTER_DECL error_code interpret(work& now) override;
    PARTNER_CENTER_DECL error_code decode(work& now) override;
    bool is_change() const noexcept override { return request_->has_body; }
    bool may_retry() const noexcept override { return !token_failed_; }
    PARTNER_CENTER_DECL bool can_renew_token() const noexcept override;
    PARTNER_CENTER_DECL void renew_token(work& now) override;
    PARTNER_CENTER_DECL void completed(const error_code& ec, diagnostics& diag) override;
    bool is_harmless_to_cancel() const noexcept override { return !is_change() || !has_attempts(); }

    PARTNER_CENTER_DECL error_code refuse(std::string_view name, std::string_view why);
    PARTNER_CENTER_DECL task wait_while_held(work& now);
    PARTNER_CENTER_DECL task wait_for_token(work& now);

    shared_request request_;
    const client_state& client_; // the request's
    std::unique_ptr<receiver> caller_;
    shared_token token_;      // of the attempt
    shared_token token_sent_; // in the bytes as they are
    bool token_came_expired_ = false;
    bool token_renewed_ = false;
    bool token_failed_ = false;
};

/// A client whose calls are these.
class calling_client final : public client_state {
public:
    PARTNER_CENTER_DECL calling_client(ref<connection_pool> pool, credential source, client_options with);

private:
    static std::shared_ptr<call_handle> make(shared_request request, std::unique_ptr<receiver> caller);
};

class call_options_access {
public:
    static const auto& if_match(const call_options& o) noexcept { return o.if_match_; }
    static const auto& request_id(const call_options& o) noexcept { return o.request_id_; }
    static const auto& correlation_id(const call_options& o) noexcept { return o.correlation_id_; }
    static const auto& locale(const call_options& o) noexcept { return o.locale_; }
    static const auto& timeout(const call_options& o) noexcept { return o.timeout_; }
    static const auto& expect_continue(const call_options& o) noexcept { return o.expect_continue_; }
    static const auto& validate(const call_options& o) noexcept { return o.validate_; }
    static const auto& validate_mfa(const call_options& o) noexcept { return o.validate_mfa_; }
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/call.ipp>
#endif

#endif
