// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_DEVICE_SIGN_IN_HPP
#define PARTNER_CENTER_DETAIL_DEVICE_SIGN_IN_HPP

#include <partner_center/detail/authority_request.hpp>
#include <partner_center/detail/client_assertion.hpp>
#include <partner_center/detail/device_poll.hpp>
#include <partner_center/detail/sign_in.hpp>
#include <partner_center/detail/task.hpp>
#include <partner_center/detail/token_request.hpp>
#include <partner_center/detail/token_response.hpp>
#include <partner_center/device_code_options.hpp>
#include <partner_center/retry_options.hpp>
#include <partner_center/signed_in.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace partner_center::detail {

/// What a sign-in is told.
class device_sign_in_plan final : public sign_in_maker {
public:
    PARTNER_CENTER_DECL device_sign_in_plan(ref<connection_pool> over, device_code_options&& options,
                                            device_code_prompt_function&& on_prompt);

    const asio::any_io_executor& executor() const noexcept override { return transport->executor(); }
    PARTNER_CENTER_DECL std::shared_ptr<call_handle>
    make(std::unique_ptr<sign_in_receiver> caller) const override;

    std::string reason;
    error_code wrong; ///< With the options, for that reason: nothing is sent.
    token_endpoint endpoint;
    bool has_certificate = false;
    assertion_signer signer;
    steady_clock::duration timeout;
    device_code_prompt_function on_prompt;
    ref<connection_pool> transport;
    ref<origin_pool> origin; ///< The authority's.
};

/// One sign-in: a request for the codes, and then one for tokens from time to time.
class device_sign_in final : public authority_request, public call_handle {
public:
    PARTNER_CENTER_DECL device_sign_in(ref<const device_sign_in_plan> plan,
                                       std::unique_ptr<sign_in_receiver> caller);

    PARTNER_CENTER_DECL void start();
    void cancel(asio::cancellation_type) { post_cancel(false); }

private:
    PARTNER_CENTER_DECL task run(work& now) override;
    PARTNER_CENTER_DECL error_code check() override;
    PARTNER_CENTER_DECL void describe_request(diagnostics& diag) override;
    PARTNER_CENTER_DECL void format(work& now) override;
    PARTNER_CENTER_DECL error_code interpret(work& now) override;
    PARTNER_CENTER_DECL void completed(const error_code& ec, diagnostics& diag) override;

    error_code show_prompt(diagnostics& diag);
    task ask_until_answered(work& now);
    void prepare_question(work& now);
    void make_question(work& now);
    std::optional<device_poll::answer> put_off(const error_code& ec) const;
    error_code end(const error_code& ec, diagnostics& diag, const error_code& outage = {}) const;

    ref<const device_sign_in_plan> plan_;
    std::unique_ptr<sign_in_receiver> caller_;
    retry_options retry_; // of the present request
    std::string target_;
    std::string fields_;
    std::string assertion_;
    steady_clock::time_point asked_at_; // for the codes
    std::chrono::system_clock::time_point sent_at_;
    device_authorization codes_;           // empty until there are some
    std::optional<token_outcome> outcome_; // of the answer to the present request
    signed_in tokens_;
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/device_sign_in.ipp>
#endif

#endif
