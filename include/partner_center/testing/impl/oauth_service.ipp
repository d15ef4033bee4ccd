// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_OAUTH_SERVICE_IPP
#define PARTNER_CENTER_TESTING_IMPL_OAUTH_SERVICE_IPP

#include <partner_center/testing/detail/oauth_service.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <memory>
#include <utility>

namespace partner_center::testing::detail {

inline constexpr std::string_view device_code_grant = "urn:ietf:params:oauth:grant-type:device_code";
inline constexpr std::string_view jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

PARTNER_CENTER_DECL std::optional<oauth_endpoint> find_oauth_endpoint(std::string_view path)
{
    using kind = oauth_endpoint::kind;
    static constexpr std::pair<std::string_view, kind> endings[] = {
        {"/oauth2/token", kind::token_v1},
        {"/oauth2/v2.0/token", kind::token_v2},
        {"/oauth2/v2.0/devicecode", kind::device_code},
    };
    for (const auto& [ending, what] : endings) {
        if (!path.starts_with('/') || !path.ends_with(ending) || path.size() < ending.size() + 2)
            continue;
        oauth_endpoint found;
        found.what = what;
        found.tenant = path.substr(1, path.size() - ending.size() - 1);
        if (found.tenant.find('/') == std::string_view::npos)
            return found;
    }
    return std::nullopt;
}

PARTNER_CENTER_DECL oauth_service::oauth_service(oauth_options options, std::size_t max_body_size,
                                                 std::function<std::string()> new_id, time_point now)
    : options_{std::move(options)}
    , max_body_size_{max_body_size}
    , new_id_{std::move(new_id)}
{
    if (options_.client_secret.empty())
        options_.client_secret = "secret." + new_id_();
    if (options_.client_certificate_pem)
        assertions_.emplace(*options_.client_certificate_pem, options_.client_id);
    if (options_.refresh_token.empty())
        sign_in(now);
    else
        tokens_.add_refresh(options_.refresh_token, now + options_.refresh_token_lifetime);
}

PARTNER_CENTER_DECL std::optional<emulator_response>
oauth_service::refuse_head(const request_head& head, std::optional<std::uint64_t> content_length) const
{
    if (as_view(head.method_string()) != "POST") {
        emulator_response response = make_failure(405, 405, "Allowed methods: POST.");
        response.headers = "Allow: POST\r\n";
        return response;
    }
    if (content_length.value_or(0) > max_body_size_)
        return make_failure(413, 413,
                            "The body may have " + std::to_string(max_body_size_) + " bytes at most.");
    return std::nullopt;
}

inline form fields_of(const request_head& head, std::string_view body)
{
    const std::string_view type = as_view(head[http::field::content_type]);
    // What is no form has no fields, and the answer says which one is missing.
    if (!boost::beast::iequals(trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded"))
        return form();
    return form::parse(body).value_or(form());
}

PARTNER_CENTER_DECL emulator_response oauth_service::answer(const request_head& head, const exchange_ids& ids,
                                                            std::string_view body, time_point now)
{
    if (auto refused = refuse_head(head, body.size()))
        return *std::move(refused);
    const std::string_view path = path_of(as_view(head.target()));
    request asked;
    asked.endpoint = find_oauth_endpoint(path).value_or(oauth_endpoint());
    asked.host = std::string(as_view(head[http::field::host]));
    asked.token_url = "https://" + asked.host + std::string(path);
    asked.fields = fields_of(head, body);
    asked.now = now;

    std::string document;
    if (const fault error = serve(asked, document))
        return make_oauth_failure(*error, ids, now);
    emulator_response response(200);
    response.headers = "Cache-Control: no-store, no-cache\r\nPragma: no-cache\r\n";
    response.body = std::make_shared<const std::string>(std::move(document));
    return response;
}

PARTNER_CENTER_DECL oauth_service::fault oauth_service::serve(const request& asked, std::string& document)
{
    const std::string_view tenant = asked.endpoint.tenant;
    if (!boost::beast::iequals(tenant, options_.tenant) && tenant != "common" && tenant != "organizations")
        return oauth_error(90002, std::string(tenant));
    if (asked.endpoint.what == oauth_endpoint::kind::device_code)
        return begin_device_sign_in(asked, document);
    const auto type = asked.fields.find("grant_type");
    if (!type)
        return oauth_error(900144, "grant_type");
    if (*type == "refresh_token")
        return refresh(asked, document);
    if (*type == device_code_grant && asked.endpoint.what == oauth_endpoint::kind::token_v2)
        return poll_device_sign_in(asked, document);
    return oauth_error(70003, std::string(*type));
}

PARTNER_CENTER_DECL oauth_service::fault oauth_service::check_client(const request& asked, bool may_be_public)
{
    const auto id = asked.fields.find("client_id");
    if (!id)
        return oauth_error(900144, "client_id");
    if (!boost::beast::iequals(*id, options_.client_id))
        return oauth_error(700016, std::string(*id));
    if (const auto assertion = asked.fields.find("client_assertion")) {
        if (asked.fields.find("client_assertion_type") != jwt_bearer)
            return oauth_error(900144, "client_assertion_type");
        if (!assertions_)
            return oauth_error(700027, "the application has no certificate");
        return assertions_->check(*assertion, asked.token_url, asked.now);
    }
    if (const auto secret = asked.fields.find("client_secret"))
        return *secret == options_.client_secret ? fault() : fault(oauth_error(7000215));
    return may_be_public ? fault() : fault(oauth_error(7000218));
}

PARTNER_CENTER_DECL oauth_service::fault oauth_service::read_scope(std::string_view scope, grant& to)
{
    std::string_view rest = scope;
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        if (part == "offline_access") {
            to.offline = true;
            continue;
        }
        const auto slash = part.rfind('/');
        if (slash == std::string_view::npos)
            continue;
        const std::string_view permission = part.substr(slash + 1);
        if (!to.audience.empty() || slash == 0 ||
            (permission != "user_impersonation" && permission != ".default"))
            return oauth_error(70011, std::string(scope));
        to.audience = part.substr(0, slash);
        to.scope = to.audience + "/user_impersonation";
    }
    return to.audience.empty() ? fault(oauth_error(70011, std::string(scope))) : fault();
}

PARTNER_CENTER_DECL oauth_service::fault oauth_service::read_grant(const request& asked, grant& to)
{
    // It is kept with each token and each sign-in.
    constexpr std::size_t longest = 1000;
    const auto resource = asked.fields.find("resource");
    if (asked.endpoint.what == oauth_endpoint::kind::token_v1) {
        if (!resource)
            return oauth_error(900144, "resource");
        if (resource->find("://") == std::string_view::npos || resource->size() > longest)
            return oauth_error(500011, std::string(*resource));
        to.audience = *resource;
        to.scope = "user_impersonation";
        to.offline = true;
        return std::nullopt;
    }
    if (resource)
        return oauth_error(901002);
    const auto scope = asked.fields.find("scope");
    if (scope && scope->size() > longest)
        return oauth_error(70011, std::string(*scope));
    return scope ? read_scope(*scope, to) : fault(oauth_error(900144, "scope"));
}

PARTNER_CENTER_DECL oauth_service::fault oauth_service::refresh(const request& asked, std::string& document)
{
    if (fault error = check_client(asked, options_.public_client))
        return error;
    const auto token = asked.fields.find("refresh_token");
    if (!token)
        return oauth_error(900144, "refresh_token");
    grant what;
    if (fault error = read_grant(asked, what))
        return error;
    switch (tokens_.judge_refresh(*token, asked.now)) {
    case refresh_verdict::unknown: return oauth_error(70000);
    case refresh_verdict::revoked: return oauth_error(50173);
    case refresh_verdict::unused_too_long: return oauth_error(700082, "90.00:00:00");
    case refresh_verdict::good: break;
    }
    std::string next;
    if (options_.rotate_refresh_tokens && what.offline) {
        next = sign_in(asked.now);
        tokens_.replace_refresh(*token, asked.now + options_.replaced_refresh_token_lifetime);
    } else {
        tokens_.prolong_refresh(*token, asked.now + options_.refresh_token_lifetime);
    }
    document = issue(asked, what, next);
    return std::nullopt;
}

PARTNER_CENTER_DECL std::string oauth_service::issue(const request& asked, const grant& what,
                                                     const std::string& refresh_token)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(options_.access_token_lifetime).count();
    const std::string token = "access." + new_id_();
    tokens_.add_access(token, what.audience, asked.now + options_.access_token_lifetime);

    json::object answer;
    answer["token_type"] = "Bearer";
    answer["scope"] = what.scope;
    if (asked.endpoint.what == oauth_endpoint::kind::token_v1) {
        const auto now = std::chrono::floor<std::chrono::seconds>(asked.now).time_since_epoch().count();
        answer["expires_in"] = std::to_string(seconds);
        answer["ext_expires_in"] = std::to_string(seconds);
        answer["expires_on"] = std::to_string(now + seconds);
        answer["not_before"] = std::to_string(now - 300);
        answer["resource"] = what.audience;
        if (options_.refresh_in)
            answer["refresh_in"] = std::to_string(options_.refresh_in->count());
    } else {
        answer["expires_in"] = seconds;
        answer["ext_expires_in"] = seconds;
        if (options_.refresh_in)
            answer["refresh_in"] = options_.refresh_in->count();
    }
    answer["access_token"] = token;
    if (!refresh_token.empty())
        answer["refresh_token"] = refresh_token;
    return json::serialize(answer);
}

PARTNER_CENTER_DECL std::string oauth_service::sign_in(time_point now)
{
    std::string token = "refresh." + new_id_() + "." + new_id_();
    tokens_.add_refresh(token, now + options_.refresh_token_lifetime);
    return token;
}

// Nine letters, none of which is taken for another or makes a word.
inline std::string make_user_code(const std::string& id)
{
    static constexpr std::string_view letters = "BCDFGHJKLMNPQRST";
    std::string code;
    for (const char c : id)
        if (const int digit = hex_digit(c); digit >= 0 && code.size() != 9)
            code += letters[static_cast<std::size_t>(digit)];
    return code;
}

PARTNER_CENTER_DECL oauth_service::fault oauth_service::begin_device_sign_in(const request& asked,
                                                                             std::string& document)
{
    if (fault error = check_client(asked, true))
        return error;
    grant what;
    if (fault error = read_grant(asked, what))
        return error;
    device_sign_in begun;
    begun.device_code = "device." + new_id_();
    begun.user_code = make_user_code(new_id_());
    begun.scope = *asked.fields.find("scope");
    begun.expiry = asked.now + options_.device_code_lifetime;
    begun.interval = options_.device_code_interval;
    begun.slow_down = options_.device_code_slow_down;
    begun.approve_after = options_.approve_device_code_after;
    const std::string address = "https://" + asked.host + "/devicelogin";

    json::object answer;
    answer["user_code"] = begun.user_code;
    answer["device_code"] = begun.device_code;
    answer["verification_uri"] = address;
    answer["expires_in"] = std::chrono::floor<std::chrono::seconds>(options_.device_code_lifetime).count();
    answer["interval"] = begun.interval.count();
    answer["message"] = "To sign in, use a web browser to open the page " + address + " and enter the code " +
                        begun.user_code + " to authenticate.";
    document = json::serialize(answer);
    sign_ins_.add(std::move(begun));
    return std::nullopt;
}

PARTNER_CENTER_DECL oauth_service::fault oauth_service::poll_device_sign_in(const request& asked,
                                                                            std::string& document)
{
    if (fault error = check_client(asked, true))
        return error;
    const auto code = asked.fields.find("device_code");
    if (!code)
        return oauth_error(900144, "device_code");
    grant what;
    std::string scope;
    switch (sign_ins_.poll(*code, asked.now, scope)) {
    case device_verdict::unknown: return oauth_error(70018);
    case device_verdict::pending: return oauth_error(70016);
    case device_verdict::slow_down: return oauth_error(70016, {}, "slow_down");
    case device_verdict::declined: return oauth_error(65004);
    case device_verdict::expired: return oauth_error(70019);
    case device_verdict::approved: break;
    }
    if (fault error = read_scope(scope, what))
        return error;
    document = issue(asked, what, what.offline ? sign_in(asked.now) : std::string());
    return std::nullopt;
}

PARTNER_CENTER_DECL std::optional<std::string_view> oauth_service::audience_of(std::string_view token,
                                                                               time_point now) const
{
    const auto* const found = tokens_.find_access(token, now);
    return found == nullptr ? std::nullopt : std::optional<std::string_view>(found->audience);
}

// With and without a slash at the end, both are in use.
PARTNER_CENTER_DECL bool oauth_service::accepts_audience(std::string_view audience) const
{
    const auto bare = [](std::string_view text) { return text.substr(0, text.size() - text.ends_with('/')); };
    return options_.audience.empty() || boost::beast::iequals(bare(audience), bare(options_.audience));
}

} // namespace partner_center::testing::detail

#endif
