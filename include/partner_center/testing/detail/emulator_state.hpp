// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_EMULATOR_STATE_HPP
#define PARTNER_CENTER_TESTING_DETAIL_EMULATOR_STATE_HPP

#include <partner_center/testing/detail/emulator_service.hpp>
#include <partner_center/testing/detail/failure_script.hpp>
#include <partner_center/testing/detail/oauth_service.hpp>
#include <partner_center/testing/detail/request_log.hpp>
#include <partner_center/testing/detail/throttle.hpp>
#include <partner_center/testing/emulator_options.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center::testing::detail {

/// What comes before the service, decided once for each request.
class request_plan {
public:
    request_plan() {}

    std::optional<failure> struck;             ///< What is done to it on purpose.
    std::optional<emulator_response> response; ///< The answer, if it does not come to the service at all.
    bool throttled = false;                    ///< Whether that is because there were too many.
};

/// The answer that a failure says.
PARTNER_CENTER_DECL emulator_response scripted_response(const failure& what, const exchange_ids& ids);

/// What is asked of the authority from the owner's side.
class sign_in_state {
public:
    sign_in_state() {}

    std::string tenant;
    std::string client_id;
    std::string client_secret;
    std::string refresh_token;
    std::vector<std::string> pending_user_codes;
};

/// The service, the authority and the log of one emulator, shared by its sessions and its owner. Thread-safe.
class emulator_state {
public:
    /// Loads the state file, if there is one. Throws std::runtime_error that names it.
    PARTNER_CENTER_DECL explicit emulator_state(const emulator_options& options);

    /// Counts a request, and asks the failure rules what is to happen to it.
    PARTNER_CENTER_DECL request_plan plan(const request_head& head, const exchange_ids& ids);

    PARTNER_CENTER_DECL std::optional<emulator_response>
    refuse_head(const request_head& head, const exchange_ids& ids,
                std::optional<std::uint64_t> content_length) const;
    PARTNER_CENTER_DECL emulator_response answer(const request_head& head, const exchange_ids& ids,
                                                 std::string_view body);

    /// Logs an answered request. Returns the present time for the Date header.
    PARTNER_CENTER_DECL std::string record(recorded_request request);

    PARTNER_CENTER_DECL std::vector<recorded_request> requests() const;
    PARTNER_CENTER_DECL void clear_requests();

    PARTNER_CENTER_DECL std::string token() const;
    PARTNER_CENTER_DECL void set_token(std::string token);
    PARTNER_CENTER_DECL std::string etag() const;
    PARTNER_CENTER_DECL json::object document() const;
    PARTNER_CENTER_DECL void set_document(json::object document);

    /// Changes the document in one step. Nothing is changed when the function throws.
    PARTNER_CENTER_DECL void edit(const std::function<void(json::object&)>& change);

    PARTNER_CENTER_DECL sign_in_state sign_ins() const;
    PARTNER_CENTER_DECL bool decide_sign_in(std::string_view user_code, device_verdict decision);
    PARTNER_CENTER_DECL std::string new_refresh_token();
    PARTNER_CENTER_DECL void revoke_access_tokens();
    PARTNER_CENTER_DECL void revoke_refresh_tokens();

    PARTNER_CENTER_DECL void add_failure(failure_rule rule);
    PARTNER_CENTER_DECL void clear_failures();
    PARTNER_CENTER_DECL void set_throttle(std::optional<throttle_options> options);

private:
    PARTNER_CENTER_DECL emulator_sources make_sources(const emulator_options& options);
    PARTNER_CENTER_DECL token_verdict judge_token(std::string_view token) const;

    mutable std::mutex mutex_;
    oauth_service oauth_; // before the service, which asks it
    emulator_service service_;
    failure_script failures_;
    throttle throttle_;
    throttle oauth_throttle_;
    request_log log_;
    std::chrono::sys_seconds date_second_{};
    std::string date_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/emulator_state.ipp>
#endif

#endif
