// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_DETAIL_EMULATOR_SERVICE_HPP
#define PARTNER_CENTER_TESTING_DETAIL_EMULATOR_SERVICE_HPP

#include <partner_center/testing/detail/emulator_http.hpp>

#include <boost/json/object.hpp>

#include <partner_center/testing/conflict_answer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace partner_center::testing::detail {

/// What the API thinks of a bearer token.
enum class token_verdict { good, unknown, wrong_audience };

/// What comes to the service from outside.
class emulator_sources {
public:
    emulator_sources() {}

    std::function<std::string()> new_etag;
    std::function<void(const std::string& document)> store; ///< May be empty. A throw means: not stored.

    /// Judges the tokens other than the service's own; may be empty, which refuses them all.
    std::function<token_verdict(std::string_view token)> judge_token;
};

class emulator_limits {
public:
    emulator_limits() {}

    std::size_t body_size = 1U << 20U;
    std::size_t remembered_requests = 1000;   ///< How many applied request ids are kept, and
    std::size_t remembered_bytes = 1U << 24U; ///< what they and their answers may hold together.
    conflict_answer on_conflict = conflict_answer::by_place;
    std::optional<bool> mfa_compliant; ///< What a request with ValidateMfa is told, if anything.
};

/// What the emulated service knows, and how it answers: one request in, one response out.
///
/// No socket and no clock are behind it. Not thread-safe.
class emulator_service {
public:
    PARTNER_CENTER_DECL emulator_service(std::string token, json::object document, emulator_sources sources,
                                         emulator_limits limits = {});

    /// The answer to a request whose head alone is reason to refuse it.
    [[nodiscard]] PARTNER_CENTER_DECL std::optional<emulator_response>
    refuse_head(const request_head& head, const exchange_ids& ids,
                std::optional<std::uint64_t> content_length) const;

    /// The answer to a complete request.
    PARTNER_CENTER_DECL emulator_response answer(const request_head& head, const exchange_ids& ids,
                                                 std::string_view body);

    /// The header lines that each answer to this request gets besides its own, once its token is accepted.
    [[nodiscard]] PARTNER_CENTER_DECL std::string more_headers(const request_head& head) const;

    [[nodiscard]] const std::string& token() const { return token_; }
    void set_token(std::string token) { token_ = std::move(token); }
    [[nodiscard]] const std::string& etag() const { return etag_; }

    /// The stored document as JSON text.
    [[nodiscard]] const std::string& document() const { return *document_; }

    /// Replaces the document. An etag of its own is kept unless it is the present one; otherwise it gets a
    /// new one.
    PARTNER_CENTER_DECL void set_document(json::object document);

private:
    // Another resource is another row in routes() and a member function for each of its methods.
    struct route {
        std::string_view path;
        std::string_view method;
        bool needs_token;
        emulator_response (emulator_service::*handle)(const exchange_ids&, std::string_view body);
    };

    PARTNER_CENTER_DECL static std::span<const route> routes();
    PARTNER_CENTER_DECL static const route* find_route(std::string_view path, std::string_view method);
    PARTNER_CENTER_DECL static std::string allowed_methods(std::string_view path);

    PARTNER_CENTER_DECL emulator_response get_organization(const exchange_ids& ids, std::string_view body);
    PARTNER_CENTER_DECL emulator_response put_organization(const exchange_ids& ids, std::string_view body);

    PARTNER_CENTER_DECL token_verdict judge(const request_head& head) const;
    PARTNER_CENTER_DECL std::string next_etag() const;
    PARTNER_CENTER_DECL void commit(const json::object& document);
    PARTNER_CENTER_DECL const emulator_response* find_applied(const exchange_ids& ids) const;
    PARTNER_CENTER_DECL void remember(const exchange_ids& ids, const emulator_response& response);

    std::string token_;
    std::string etag_;
    std::shared_ptr<const std::string> document_;
    emulator_sources sources_;
    emulator_limits limits_;
    std::unordered_map<std::string, emulator_response> applied_;
    std::deque<std::string> applied_order_;
    std::size_t applied_bytes_ = 0;
};

} // namespace partner_center::testing::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/emulator_service.ipp>
#endif

#endif
