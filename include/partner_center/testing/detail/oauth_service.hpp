// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_OAUTH_SERVICE_HPP
#define PARTNER_CENTER_TESTING_DETAIL_OAUTH_SERVICE_HPP

#include <partner_center/testing/detail/client_assertion.hpp>
#include <partner_center/testing/detail/device_codes.hpp>
#include <partner_center/testing/detail/emulator_http.hpp>
#include <partner_center/testing/detail/form.hpp>
#include <partner_center/testing/detail/oauth_error.hpp>
#include <partner_center/testing/detail/oauth_tokens.hpp>
#include <partner_center/testing/oauth_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center::testing::detail {

/// The endpoints of an authority, which a path names.
class oauth_endpoint {
public:
    enum class kind { token_v1, token_v2, device_code };

    oauth_endpoint() {}

    kind what = kind::token_v1;
    std::string_view tenant;
};

/// Nothing if the path is no endpoint's.
PARTNER_CENTER_DECL std::optional<oauth_endpoint> find_oauth_endpoint(std::string_view path);

/// The authority that an emulator contains: one request in, one response out.
///
/// No socket is behind it, and time and chance come from outside. Not thread-safe.
class oauth_service {
public:
    using time_point = std::chrono::system_clock::time_point;

    /// @param new_id Makes what nobody can guess, in the form of a GUID.
    /// @throws std::invalid_argument The certificate cannot be used.
    PARTNER_CENTER_DECL oauth_service(oauth_options options, std::size_t max_body_size,
                                      std::function<std::string()> new_id, time_point now);

    /// The answer to a request whose head alone is reason to refuse it.
    [[nodiscard]] PARTNER_CENTER_DECL std::optional<emulator_response>
    refuse_head(const request_head& head, std::optional<std::uint64_t> content_length) const;

    /// The answer to a complete request for one of the endpoints.
    PARTNER_CENTER_DECL emulator_response answer(const request_head& head, const exchange_ids& ids,
                                                 std::string_view body, time_point now);

    /// The audience of an access token that is good, and nothing for another.
    [[nodiscard]] PARTNER_CENTER_DECL std::optional<std::string_view> audience_of(std::string_view token,
                                                                                  time_point now) const;

    /// Whether a token for this audience may be used with the API.
    [[nodiscard]] PARTNER_CENTER_DECL bool accepts_audience(std::string_view audience) const;

    /// A person signs in: makes a refresh token.
    PARTNER_CENTER_DECL std::string sign_in(time_point now);

    [[nodiscard]] const oauth_options& options() const { return options_; }
    [[nodiscard]] oauth_tokens& tokens() { return tokens_; }
    [[nodiscard]] const oauth_tokens& tokens() const { return tokens_; }
    [[nodiscard]] device_codes& sign_ins() { return sign_ins_; }
    [[nodiscard]] const device_codes& sign_ins() const { return sign_ins_; }

private:
    // What all steps of one request need.
    struct request {
        oauth_endpoint endpoint;
        std::string host;
        std::string token_url;
        form fields;
        time_point now;
    };

    // What a token is for, as far as a request has said it well.
    struct grant {
        std::string audience;
        std::string scope;
        bool offline = false;
    };

    using fault = std::optional<oauth_error>;

    PARTNER_CENTER_DECL fault serve(const request& asked, std::string& document);
    PARTNER_CENTER_DECL fault begin_device_sign_in(const request& asked, std::string& document);
    PARTNER_CENTER_DECL fault refresh(const request& asked, std::string& document);
    PARTNER_CENTER_DECL fault poll_device_sign_in(const request& asked, std::string& document);
    PARTNER_CENTER_DECL fault check_client(const request& asked, bool may_be_public);
    PARTNER_CENTER_DECL static fault read_grant(const request& asked, grant& to);
    PARTNER_CENTER_DECL static fault read_scope(std::string_view scope, grant& to);
    PARTNER_CENTER_DECL std::string issue(const request& asked, const grant& what,
                                          const std::string& refresh_token);

    oauth_options options_;
    std::size_t max_body_size_;
    std::function<std::string()> new_id_;
    std::optional<assertion_checker> assertions_;
    oauth_tokens tokens_;
    device_codes sign_ins_;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/oauth_service.ipp>
#endif

#endif
