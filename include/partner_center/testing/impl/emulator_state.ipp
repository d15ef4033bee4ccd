// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_STATE_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_STATE_IPP

#include <partner_center/testing/detail/emulator_state.hpp>

#include <partner_center/detail/guid.hpp>
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

inline emulator_sources make_sources(const emulator_options& options)
{
    emulator_sources sources;
    sources.new_etag = make_etag_source();
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
    return limits;
}

PARTNER_CENTER_DECL emulator_state::emulator_state(const emulator_options& options)
    : service_{check_token(options.token.empty() ? "emulator." + partner_center::detail::make_guid()
                                                 : options.token),
               first_document(options), make_sources(options), make_limits(options)}
    , log_{options.max_logged_requests, options.max_logged_bytes}
{
}

PARTNER_CENTER_DECL std::optional<emulator_response>
emulator_state::refuse_head(const request_head& head, const exchange_ids& ids,
                            std::optional<std::uint64_t> content_length) const
{
    const std::lock_guard lock(mutex_);
    return service_.refuse_head(head, ids, content_length);
}

PARTNER_CENTER_DECL emulator_response emulator_state::answer(const request_head& head,
                                                             const exchange_ids& ids, std::string_view body)
{
    const std::lock_guard lock(mutex_);
    return service_.answer(head, ids, body);
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

PARTNER_CENTER_DECL json::object emulator_state::document() const
{
    std::string text;
    {
        const std::lock_guard lock(mutex_);
        text = service_.document();
    }
    // It may have been set with a depth that no request may have.
    json::parse_options options;
    options.max_depth = std::numeric_limits<std::size_t>::max();
    json::value document = json::parse(text, json::storage_ptr(), options);
    return std::move(document.get_object());
}

PARTNER_CENTER_DECL void emulator_state::set_document(json::object document)
{
    const std::lock_guard lock(mutex_);
    service_.set_document(std::move(document));
}

} // namespace partner_center::testing::detail

#endif
