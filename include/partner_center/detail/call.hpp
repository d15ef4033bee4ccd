// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_CALL_HPP
#define PARTNER_CENTER_DETAIL_CALL_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/detail/client_state.hpp>
#include <partner_center/detail/exchange.hpp>
#include <partner_center/detail/lease.hpp>
#include <partner_center/detail/receiver.hpp>
#include <partner_center/detail/response_reader.hpp>
#include <partner_center/detail/retry.hpp>
#include <partner_center/detail/task.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/event.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace partner_center::detail {

/// One call from its beginning to its completion.
class call final : public pooled_call, public call_handle {
public:
    PARTNER_CENTER_DECL call(shared_request request, std::unique_ptr<receiver> caller);
    PARTNER_CENTER_DECL ~call() override;

    PARTNER_CENTER_DECL void start() override;
    PARTNER_CENTER_DECL void cancel(asio::cancellation_type type) override;

private:
    PARTNER_CENTER_DECL bool begin() override;
    PARTNER_CENTER_DECL bool has_to_wait();
    PARTNER_CENTER_DECL void after_resume() override;
    bool is_harmless_to_cancel() const noexcept override
    {
        return !is_change() || !work_ || work_->diag.attempts == 0;
    }

    // What a call needs once it has its turn. Many may wait for theirs: it is not made before.
    struct work {
        diagnostics diag;
        std::string bytes; // as sent first; a late operation may still read it, so it never changes
        std::string bytes_unexpected; // without Expect
        std::size_t header_size = 0;
        std::optional<response_reader> reader;
        unsigned tries = 0;     // attempts, also those that got no connection
        unsigned uncounted = 0; // of them, those that do not count as retries
        bool reused_connection = false;
        bool fresh_tried = false;

        work() {}
    };

    PARTNER_CENTER_DECL task run(work& now);
    PARTNER_CENTER_DECL task attempt(work& now);
    PARTNER_CENTER_DECL task wait_while_held(work& now);
    PARTNER_CENTER_DECL task sleep_until(steady_clock::time_point when);
    PARTNER_CENTER_DECL decision decide(const work& now, const error_code& ec) const;
    PARTNER_CENTER_DECL void hold_back(const work& now) const noexcept;
    PARTNER_CENTER_DECL task take_connection(work& now);
    PARTNER_CENTER_DECL task exchange_messages(work& now);
    PARTNER_CENTER_DECL error_code check();
    PARTNER_CENTER_DECL error_code refuse(std::string_view name, std::string_view why);
    PARTNER_CENTER_DECL work& its_work();
    PARTNER_CENTER_DECL void format(work& now);
    PARTNER_CENTER_DECL error_code decode(work& now);
    PARTNER_CENTER_DECL static void forget_response(work& now);
    PARTNER_CENTER_DECL void finish(const error_code& ec);
    PARTNER_CENTER_DECL void tell(event_kind kind) const noexcept;
    PARTNER_CENTER_DECL void tell_finished(const exchange& ended, const error_code& ec,
                                           steady_clock::time_point begun) const noexcept;
    PARTNER_CENTER_DECL void tell_retry(const decision& next) const noexcept;

    bool is_change() const noexcept { return request_->has_body; }

    shared_request request_;
    const client_state& client_; // the request's
    std::unique_ptr<receiver> caller_;
    error_code refused_; // why it does not even begin
    bool asked_ = false; // for a connection
    bool expect_ = false;
    std::unique_ptr<work> work_;
    lease lease_;
    task coroutine_; // last: destroyed before what it uses
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
