// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_FORM_REQUEST_HPP
#define PARTNER_CENTER_DETAIL_FORM_REQUEST_HPP

#include <partner_center/detail/authority_request.hpp>
#include <partner_center/detail/base_url.hpp>
#include <partner_center/retry_options.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace partner_center::detail {

/// A form for the authority, which is posted until it is answered for good.
struct posted_form : shared_object {
    ref<connection_pool> transport;
    ref<origin_pool> origin; ///< The authority's.
    std::string target;
    retry_options retry;
    steady_clock::duration timeout{};
    /// From the beginning on: a wait that the authority asks for is begun only when it is over by then.
    steady_clock::duration patience{};

    PARTNER_CENTER_DECL posted_form(ref<connection_pool> over, const base_url& authority, std::string at);
};

/// Who posts it.
class form_sender {
public:
    form_sender() = default;
    form_sender(const form_sender&) = delete;
    form_sender& operator=(const form_sender&) = delete;
    virtual ~form_sender() = default;

    /// The fields of the next attempt, which hold secrets. What this throws ends the request, with what it
    /// has written down in `diag`.
    virtual std::string fields(diagnostics& diag) = 0;

    /// What an answer means; @ref errc::authority_unavailable is worth another attempt.
    /// @param sent_at When what it answers was sent, at the latest.
    virtual error_code interpret(const http_response& answer, std::chrono::system_clock::time_point sent_at,
                                 diagnostics& diag) = 0;

    /// Is called once, in the request's strand, unless the execution context is destroyed before.
    virtual void completed(const error_code& ec, diagnostics& diag) = 0;
};

class form_request final : public authority_request {
public:
    PARTNER_CENTER_DECL form_request(ref<const posted_form> form, std::unique_ptr<form_sender> sender);

    /// Throws only when there is no memory, and before anything is begun.
    PARTNER_CENTER_DECL void start();

private:
    error_code check() override { return {}; }
    PARTNER_CENTER_DECL void describe_request(diagnostics& diag) override;
    PARTNER_CENTER_DECL void format(work& now) override;
    PARTNER_CENTER_DECL error_code interpret(work& now) override;
    PARTNER_CENTER_DECL bool may_retry() const noexcept override;
    PARTNER_CENTER_DECL void completed(const error_code& ec, diagnostics& diag) override;

    ref<const posted_form> form_;
    std::unique_ptr<form_sender> sender_;
    std::chrono::system_clock::time_point sent_at_;
    steady_clock::time_point patient_until_;
    std::chrono::seconds retry_after_{0}; // of the last answer
};

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/form_request.ipp>
#endif

#endif
