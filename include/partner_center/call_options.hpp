// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_CALL_OPTIONS_HPP
#define PARTNER_CENTER_CALL_OPTIONS_HPP

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace partner_center {

namespace detail {
class call_options_access;
}

/**
 * What one call does differently from its client: `call_options{}.if_match(etag).timeout(5s)`.
 *
 * Values are checked when the call starts; one that cannot be sent fails the call with
 * @ref errc::invalid_argument, which names it. A regular type.
 */
class call_options {
public:
    /// Whatever the client's options say.
    call_options() noexcept {}

    /**
     * Apply the change only if the resource still has this etag (RFC 9110, section 13.1.1).
     *
     * @param etag As found in `attributes.etag`: it is quoted unless it already is. "*" means any.
     */
    call_options& if_match(std::string etag) &
    {
        if_match_ = std::move(etag);
        return *this;
    }
    /// @overload
    call_options&& if_match(std::string etag) && { return std::move(if_match(std::move(etag))); }

    /// The MS-RequestId, a `guid`: a service that has seen it already does not apply the change again.
    /// Default: a new one.
    call_options& request_id(std::string guid) &
    {
        request_id_ = std::move(guid);
        return *this;
    }
    /// @overload
    call_options&& request_id(std::string guid) && { return std::move(request_id(std::move(guid))); }

    /// The MS-CorrelationId, a `guid` that groups calls in logs. Default: a new one.
    call_options& correlation_id(std::string guid) &
    {
        correlation_id_ = std::move(guid);
        return *this;
    }
    /// @overload
    call_options&& correlation_id(std::string guid) && { return std::move(correlation_id(std::move(guid))); }

    /// The X-Locale: the `name` of a language, such as "en-US". Default: the client's.
    call_options& locale(std::string name) &
    {
        locale_ = std::move(name);
        return *this;
    }
    /// @overload
    call_options&& locale(std::string name) && { return std::move(locale(std::move(name))); }

    /// The most time, `limit`, that the whole call may take, from its start to its completion. Default: the
    /// client's.
    call_options& timeout(std::chrono::steady_clock::duration limit) & noexcept
    {
        timeout_ = limit;
        return *this;
    }
    /// @overload
    call_options&& timeout(std::chrono::steady_clock::duration limit) && noexcept
    {
        return std::move(timeout(limit));
    }

    /// Whether an update shall `wait` for `100 Continue` before it sends the body. Default: the client's.
    call_options& expect_continue(bool wait) & noexcept
    {
        expect_continue_ = wait;
        return *this;
    }
    /// @overload
    call_options&& expect_continue(bool wait) && noexcept { return std::move(expect_continue(wait)); }

    /// Whether an update shall `refuse` a resource that breaks a documented limit. Default: the client's.
    call_options& validate(bool refuse) & noexcept
    {
        validate_ = refuse;
        return *this;
    }
    /// @overload
    call_options&& validate(bool refuse) && noexcept { return std::move(validate(refuse)); }

    /// Whether to `ask` if the token was issued with multi-factor authentication; the answer is in
    /// `diagnostics::mfa_compliant`. Default: the client's.
    call_options& validate_mfa(bool ask) & noexcept
    {
        validate_mfa_ = ask;
        return *this;
    }
    /// @overload
    call_options&& validate_mfa(bool ask) && noexcept { return std::move(validate_mfa(ask)); }

    /// Whether both say the same.
    friend bool operator==(const call_options&, const call_options&) = default;

private:
    friend class detail::call_options_access;

    std::optional<std::string> if_match_;
    std::optional<std::string> request_id_;
    std::optional<std::string> correlation_id_;
    std::optional<std::string> locale_;
    std::optional<std::chrono::steady_clock::duration> timeout_;
    std::optional<bool> expect_continue_;
    std::optional<bool> validate_;
    std::optional<bool> validate_mfa_;
};

} // namespace partner_center

#endif
