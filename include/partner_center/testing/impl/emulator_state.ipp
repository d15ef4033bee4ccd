// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_STATE_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_STATE_IPP

#include <partner_center/testing/detail/emulator_state.hpp>

#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/json_document.hpp>
#include <partner_center/testing/detail/emulator_document.hpp>
#include <partner_center/testing/detail/state_file.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value_from.hpp>

#include <limits>
#include <random>
#include <stdexcept>
#include <utility>

namespace partner_center::testing::detail {

inline std::string check_token(std::string token)
{
    constexpr const char* allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";
    // The token itself is not repeated, for what() ends up in logs.
    if (token.empty() || token.find_first_not_of(allowed) != std::string::npos)
        throw std::invalid_argument(
            "emulator: the token is empty or has a byte that a bearer token cannot have");
    return token;
}

inline json::object first_document(const emulator_options& options)
{
    if (options.state_file)
        if (auto stored = load_document(*options.state_file))
            return *std::move(stored);
    if (!options.profile)
        return make_documented_profile();
    json::value document = json::value_from(*options.profile);
    return std::move(document.get_object());
}

// One of the shapes that the service's etags have: a signed decimal.
inline std::function<std::string()> make_etag_source()
{
    std::random_device seed;
    std::seed_seq seeds{seed(), seed(), seed(), seed()};
    return [engine = std::mt19937_64(seeds)]() mutable {
        return std::to_string(static_cast<std::int64_t>(engine()));
    };
}

PARTNER_CENTER_DECL token_verdict emulator_state::judge_token(std::string_view token) const
{
    const auto audience = oauth_.audience_of(token, std::chrono::system_clock::now());
    if (!audience)
        return token_verdict::unknown;
    return oauth_.accepts_audience(*audience) ? token_verdict::good : token_verdict::wrong_audience;
}

PARTNER_CENTER_DECL emulator_sources emulator_state::make_sources(const emulator_options& options)
{
    emulator_sources sources;
    sources.new_etag = make_etag_source();
    sources.judge_token = [this](std::string_view token) { return judge_token(token); };
    if (options.state_file)
        sources.store = [file = *options.state_file](const std::string& document) {
            replace_file(file, document + "\n");
        };
    return sources;
}

inline emulator_limits make_limits(const emulator_options& options)
{
    emulator_limits limits;
    limits.body_size = options.max_body_size;
    limits.on_conflict = options.on_conflict;
    limits.mfa_compliant = options.mfa_compliant;
    return limits;
}

PARTNER_CENTER_DECL emulator_state::emulator_state(const emulator_options& options)
    : oauth_{options.oauth, options.max_body_size, &partner_center::detail::make_guid,
             std::chrono::system_clock::now()}
    , service_{check_token(options.token.empty() ? "emulator." + partner_center::detail::make_guid()
                                                 : options.token),
               first_document(options), make_sources(options), make_limits(options)}
    , throttle_{options.throttle}
    , oauth_throttle_{options.oauth.throttle}
    , log_{options.max_logged_requests, options.max_logged_bytes}
{
}

// As the gateway before the service says it.
inline emulator_response refuse_too_many(const throttle_refusal& refusal)
{
    emulator_response response(429);
    response.headers = refusal.header;
    response.body = std::make_shared<const std::string>(
        R"({"statusCode":429,"message":"Rate limit is exceeded. Try again in )" +
        std::to_string(refusal.wait.count()) + R"( seconds."})");
    return response;
}

// The token endpoints have no JSON for this.
inline emulator_response refuse_too_many_tokens(const throttle_refusal& refusal)
{
    emulator_response response(429);
    response.headers = refusal.header;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::make_shared<const std::string>("Too many requests. Try again later.");
    return response;
}

PARTNER_CENTER_DECL emulator_response scripted_response(const failure& what, const exchange_ids& ids)
{
    if (what.oauth_code() != 0)
        return make_oauth_failure(oauth_error(what.oauth_code(), "by a test's order", what.oauth_error()),
                                  ids, std::chrono::system_clock::now());
    emulator_response response(what.status());
    response.headers = what.header_lines();
    response.content_type = what.content_type();
    if (!what.body().empty())
        response.body = std::make_shared<const std::string>(what.body());
    return response;
}

inline bool is_for_authority(const request_head& head)
{
    return find_oauth_endpoint(path_of(as_view(head.target()))).has_value();
}

PARTNER_CENTER_DECL request_plan emulator_state::plan(const request_head& head, const exchange_ids& ids)
{
    const auto now = std::chrono::system_clock::now();
    const bool for_authority = is_for_authority(head);
    const std::lock_guard lock(mutex_);
    request_plan result;
    const auto refused = for_authority ? oauth_throttle_.count(now) : throttle_.count(now);
    result.struck = failures_.next(as_view(head.method_string()), path_of(as_view(head.target())));
    if (result.struck && !result.struck->applies()) {
        if (result.struck->how() == failure::ending::answer)
            result.response = scripted_response(*result.struck, ids);
        return result;
    }
    if (refused) {
        result.throttled = true;
        result.response = for_authority ? refuse_too_many_tokens(*refused) : refuse_too_many(*refused);
    }
    return result;
}

PARTNER_CENTER_DECL std::optional<emulator_response>
emulator_state::refuse_head(const request_head& head, const exchange_ids& ids,
                            std::optional<std::uint64_t> content_length) const
{
    const std::lock_guard lock(mutex_);
    if (is_for_authority(head))
        return oauth_.refuse_head(head, content_length);
    return service_.refuse_head(head, ids, content_length);
}

PARTNER_CENTER_DECL emulator_response emulator_state::answer(const request_head& head,
                                                             const exchange_ids& ids, std::string_view body)
{
    const std::lock_guard lock(mutex_);
    if (is_for_authority(head))
        return oauth_.answer(head, ids, body, std::chrono::system_clock::now());
    emulator_response response = service_.answer(head, ids, body);
    response.headers += service_.more_headers(head);
    return response;
}

PARTNER_CENTER_DECL std::string emulator_state::record(recorded_request request)
{
    const auto now = std::chrono::system_clock::now();
    const std::lock_guard lock(mutex_);
    log_.add(std::move(request));
    if (const auto second = std::chrono::floor<std::chrono::seconds>(now); second != date_second_) {
        date_second_ = second;
        date_ = format_http_date(now);
    }
    return date_;
}

PARTNER_CENTER_DECL std::vector<recorded_request> emulator_state::requests() const
{
    const std::lock_guard lock(mutex_);
    return log_.entries();
}

PARTNER_CENTER_DECL void emulator_state::clear_requests()
{
    const std::lock_guard lock(mutex_);
    log_.clear();
}

PARTNER_CENTER_DECL std::string emulator_state::token() const
{
    const std::lock_guard lock(mutex_);
    return service_.token();
}

PARTNER_CENTER_DECL void emulator_state::set_token(std::string token)
{
    token = check_token(std::move(token));
    const std::lock_guard lock(mutex_);
    service_.set_token(std::move(token));
}

PARTNER_CENTER_DECL std::string emulator_state::etag() const
{
    const std::lock_guard lock(mutex_);
    return service_.etag();
}

inline json::object parse_stored(const std::string& text)
{
    // It may have been set with a depth that no request may have.
    auto options = partner_center::detail::with_exact_numbers(json::parse_options());
    options.max_depth = std::numeric_limits<std::size_t>::max();
    json::value document = json::parse(text, json::storage_ptr(), options);
    return std::move(document.get_object());
}

PARTNER_CENTER_DECL json::object emulator_state::document() const
{
    std::string text;
    {
        const std::lock_guard lock(mutex_);
        text = service_.document();
    }
    return parse_stored(text);
}

PARTNER_CENTER_DECL void emulator_state::set_document(json::object document)
{
    const std::lock_guard lock(mutex_);
    service_.set_document(std::move(document));
}

PARTNER_CENTER_DECL void emulator_state::edit(const std::function<void(json::object&)>& change)
{
    const std::lock_guard lock(mutex_);
    json::object document = parse_stored(service_.document());
    change(document);
    service_.set_document(std::move(document));
}

PARTNER_CENTER_DECL sign_in_state emulator_state::sign_ins() const
{
    const auto now = std::chrono::system_clock::now();
    const std::lock_guard lock(mutex_);
    sign_in_state result;
    result.tenant = oauth_.options().tenant;
    result.client_id = oauth_.options().client_id;
    result.client_secret = oauth_.options().client_secret;
    result.refresh_token = oauth_.tokens().last_refresh();
    result.pending_user_codes = oauth_.sign_ins().pending(now);
    return result;
}

PARTNER_CENTER_DECL bool emulator_state::decide_sign_in(std::string_view user_code, device_verdict decision)
{
    const auto now = std::chrono::system_clock::now();
    const std::lock_guard lock(mutex_);
    return oauth_.sign_ins().decide(user_code, decision, now);
}

PARTNER_CENTER_DECL std::string emulator_state::new_refresh_token()
{
    const auto now = std::chrono::system_clock::now();
    const std::lock_guard lock(mutex_);
    return oauth_.sign_in(now);
}

PARTNER_CENTER_DECL void emulator_state::revoke_access_tokens()
{
    const std::lock_guard lock(mutex_);
    oauth_.tokens().revoke_access();
}

PARTNER_CENTER_DECL void emulator_state::revoke_refresh_tokens()
{
    const std::lock_guard lock(mutex_);
    oauth_.tokens().revoke_refresh();
}

PARTNER_CENTER_DECL void emulator_state::add_failure(failure_rule rule)
{
    const std::lock_guard lock(mutex_);
    failures_.add(std::move(rule));
}

PARTNER_CENTER_DECL void emulator_state::clear_failures()
{
    const std::lock_guard lock(mutex_);
    failures_.clear();
}

PARTNER_CENTER_DECL void emulator_state::set_throttle(std::optional<throttle_options> options)
{
    const std::lock_guard lock(mutex_);
    throttle_ = throttle(std::move(options));
}

} // namespace partner_center::testing::detail

#endif
