// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_EMULATOR_SERVICE_IPP
#define PARTNER_CENTER_TESTING_IMPL_EMULATOR_SERVICE_IPP

#include <partner_center/testing/detail/emulator_service.hpp>

#include <partner_center/detail/json_document.hpp>
#include <partner_center/testing/detail/emulator_document.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <exception>

namespace partner_center::testing::detail {

PARTNER_CENTER_DECL std::span<const emulator_service::route> emulator_service::routes()
{
    static constexpr std::string_view organization = "/v1/profiles/organization";
    static constexpr route table[] = {
        {organization, "GET", true, &emulator_service::get_organization},
        {organization, "PUT", true, &emulator_service::put_organization},
    };
    return table;
}

PARTNER_CENTER_DECL const emulator_service::route* emulator_service::find_route(std::string_view path,
                                                                                std::string_view method)
{
    for (const route& r : routes())
        if (r.path == path && r.method == method)
            return &r;
    return nullptr;
}

PARTNER_CENTER_DECL std::string emulator_service::allowed_methods(std::string_view path)
{
    std::string methods;
    for (const route& r : routes())
        if (r.path == path)
            methods += (methods.empty() ? "" : ", ") + std::string(r.method);
    return methods;
}

PARTNER_CENTER_DECL emulator_service::emulator_service(std::string token, json::object document,
                                                       emulator_sources sources, emulator_limits limits)
    : token_{std::move(token)}
    , sources_{std::move(sources)}
    , limits_{limits}
{
    std::string etag(etag_of(document));
    if (etag.empty())
        etag = next_etag();
    complete_document(document, etag);
    etag_ = std::move(etag);
    document_ = std::make_shared<const std::string>(json::serialize(document));
}

inline emulator_response unauthorized(const exchange_ids& ids)
{
    emulator_response response(401);
    response.headers = "WWW-Authenticate: OAuth realm=urn:cpsvc:cpid:" + ids.correlation_id + "\r\n";
    return response;
}

inline emulator_response refuse_audience()
{
    return make_failure(401, 900420, "The token is for another audience.");
}

inline emulator_response refuse_conflict(conflict_answer form, bool in_header)
{
    if (form == conflict_answer::by_place)
        form = in_header ? conflict_answer::http_412 : conflict_answer::http_400;
    const std::string_view path = in_header ? std::string_view() : "/attributes/etag";
    switch (form) {
    case conflict_answer::http_400:
        return make_failure(400, 2055, "The etag is no longer valid; get the profile again.", path);
    case conflict_answer::http_409:
        return make_failure(409, 409, "The profile was changed meanwhile; get it again.", path);
    case conflict_answer::http_417:
        return make_failure(417, 800036, "Precondition failed: the etag is not the present one.", path);
    case conflict_answer::by_place:
    case conflict_answer::http_412: break;
    }
    return make_failure(412, 800036,
                        in_header ? "Precondition failed: If-Match does not name the present etag."
                                  : "Precondition failed: the etag is not the present one.",
                        path);
}

inline emulator_response unknown_path(std::string_view path)
{
    return make_failure(404, 404, "No resource at '" + std::string(path.substr(0, 200)) + "'.");
}

inline emulator_response wrong_method(const std::string& allowed)
{
    emulator_response response = make_failure(405, 405, "Allowed methods: " + allowed + ".");
    response.headers = "Allow: " + allowed + "\r\n";
    return response;
}

inline std::optional<emulator_response> refuse_expectation(const request_head& head)
{
    // HTTP/1.0 knows no expectations (RFC 9110, section 10.1.1).
    const std::string_view expectation = as_view(head[http::field::expect]);
    if (head.version() < 11 || expectation.empty() || boost::beast::iequals(expectation, "100-continue"))
        return std::nullopt;
    return make_failure(417, 417, "Unknown expectation '" + std::string(expectation.substr(0, 200)) + "'.");
}

PARTNER_CENTER_DECL std::optional<emulator_response>
emulator_service::refuse_head(const request_head& head, const exchange_ids& ids,
                              std::optional<std::uint64_t> content_length) const
{
    const std::string_view path = path_of(as_view(head.target()));
    const route* const found = find_route(path, as_view(head.method_string()));
    if (found == nullptr || found->needs_token)
        if (const token_verdict verdict = judge(head); verdict != token_verdict::good)
            return verdict == token_verdict::unknown ? unauthorized(ids) : refuse_audience();
    if (found == nullptr) {
        const std::string allowed = allowed_methods(path);
        return allowed.empty() ? unknown_path(path) : wrong_method(allowed);
    }
    if (auto refused = refuse_expectation(head))
        return refused;
    if (content_length.value_or(0) > limits_.body_size)
        return make_failure(413, 413,
                            "The body may have " + std::to_string(limits_.body_size) + " bytes at most.");
    // One that repeats an applied request gets the answer of then, though its etag is not the present one.
    if (found->method != "PUT" || find_applied(ids) != nullptr)
        return std::nullopt;
    const auto type = head.find(http::field::content_type);
    if (type != head.end() && !is_json(as_view(type->value())))
        return make_failure(400, 2000, "Content-Type must be application/json.");
    const auto condition = head.find(http::field::if_match);
    if (condition != head.end() && !if_match_holds(as_view(condition->value()), etag_))
        return refuse_conflict(limits_.on_conflict, true);
    return std::nullopt;
}

PARTNER_CENTER_DECL token_verdict emulator_service::judge(const request_head& head) const
{
    const std::string_view token = bearer_of(as_view(head[http::field::authorization]));
    if (token.empty())
        return token_verdict::unknown;
    if (token == token_)
        return token_verdict::good;
    return sources_.judge_token ? sources_.judge_token(token) : token_verdict::unknown;
}

PARTNER_CENTER_DECL std::string emulator_service::more_headers(const request_head& head) const
{
    if (!limits_.mfa_compliant || !boost::beast::iequals(trim(as_view(head["ValidateMfa"])), "true") ||
        judge(head) != token_verdict::good)
        return {};
    return std::string("isMfaCompliant: ") + (*limits_.mfa_compliant ? "true" : "false") + "\r\n";
}

PARTNER_CENTER_DECL emulator_response emulator_service::answer(const request_head& head,
                                                               const exchange_ids& ids, std::string_view body)
{
    if (auto refused = refuse_head(head, ids, body.size()))
        return *std::move(refused);
    const route* const found = find_route(path_of(as_view(head.target())), as_view(head.method_string()));
    return (this->*found->handle)(ids, body);
}

PARTNER_CENTER_DECL emulator_response emulator_service::get_organization(const exchange_ids&,
                                                                         std::string_view)
{
    emulator_response response(200);
    response.body = document_;
    return response;
}

inline emulator_response refuse_document(const document_fault& fault)
{
    if (fault.path.empty())
        return make_failure(400, 2000, "The body: " + fault.reason);
    return make_failure(400, 3000, fault.reason, fault.path);
}

PARTNER_CENTER_DECL emulator_response emulator_service::put_organization(const exchange_ids& ids,
                                                                         std::string_view body)
{
    if (const emulator_response* const before = find_applied(ids))
        return *before;

    // Most documents fit here, and one that does is parsed without an allocation.
    unsigned char space[8192];
    json::monotonic_resource memory(space, sizeof space);
    boost::system::error_code ec;
    json::value document = json::parse(json::string_view(body.data(), body.size()), ec, &memory,
                                       partner_center::detail::with_exact_numbers(json::parse_options()));
    if (ec)
        return make_failure(400, 2000, "The body is not valid JSON: " + ec.message() + ".");
    if (const auto fault = find_fault(document))
        return refuse_document(*fault);
    json::object& profile = document.get_object();
    if (const std::string_view etag = etag_of(profile); !etag.empty() && !same_etag(etag, etag_))
        return refuse_conflict(limits_.on_conflict, false);

    complete_document(profile, next_etag());
    try {
        commit(profile);
    } catch (const std::exception& e) {
        return make_failure(500, 500, std::string("Nothing was changed: ") + e.what());
    }
    emulator_response response(200);
    response.body = document_;
    remember(ids, response);
    response.applied = true;
    return response;
}

PARTNER_CENTER_DECL void emulator_service::set_document(json::object document)
{
    const std::string etag(etag_of(document));
    complete_document(document, etag.empty() || etag == etag_ ? next_etag() : etag);
    commit(document);
}

PARTNER_CENTER_DECL std::string emulator_service::next_etag() const
{
    for (;;) {
        std::string etag = sources_.new_etag();
        if (etag != etag_)
            return etag;
    }
}

PARTNER_CENTER_DECL void emulator_service::commit(const json::object& document)
{
    auto text = std::make_shared<const std::string>(json::serialize(document));
    std::string etag(etag_of(document));
    if (sources_.store)
        sources_.store(*text);
    document_ = std::move(text);
    etag_ = std::move(etag);
}

// GUIDs are the same in either case.
inline std::string as_key(std::string id)
{
    for (char& c : id)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return id;
}

PARTNER_CENTER_DECL const emulator_response* emulator_service::find_applied(const exchange_ids& ids) const
{
    if (!ids.chosen_by_client)
        return nullptr;
    const auto found = applied_.find(as_key(ids.request_id));
    return found == applied_.end() ? nullptr : &found->second;
}

// The id is in here twice, and a client may make it as long as a head can be.
inline std::size_t remembered_size(const std::string& key, const emulator_response& response)
{
    return 2 * key.size() + response.body->size();
}

PARTNER_CENTER_DECL void emulator_service::remember(const exchange_ids& ids,
                                                    const emulator_response& response)
{
    if (!ids.chosen_by_client)
        return;
    const std::string& key = applied_order_.emplace_back(as_key(ids.request_id));
    applied_.insert_or_assign(key, response);
    applied_bytes_ += remembered_size(key, response);
    while (applied_order_.size() > limits_.remembered_requests || applied_bytes_ > limits_.remembered_bytes) {
        const auto oldest = applied_.find(applied_order_.front());
        applied_bytes_ -= remembered_size(oldest->first, oldest->second);
        applied_.erase(oldest);
        applied_order_.pop_front();
    }
}

} // namespace partner_center::testing::detail

#endif
