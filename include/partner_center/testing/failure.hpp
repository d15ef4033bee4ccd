// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_FAILURE_HPP
#define PARTNER_CENTER_TESTING_FAILURE_HPP

#include <partner_center/detail/config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partner_center::testing {

namespace detail {
class failure_script;
}

/// What an emulator does to a request on purpose.
///
/// The names that begin with `apply_and_` let the request be served first, so that a PUT changes the profile
/// (if it is in order), and the log says `applied`; the others leave everything as it is.
///
/// Not an aggregate, so that it may be built inside a `co_await` expression.
class failure {
public:
    using header_list = std::vector<std::pair<std::string, std::string>>;

    /// How the exchange ends.
    enum class ending {
        as_usual, ///< By the answer that belongs to the request.
        answer,   ///< By another answer.
        close,    ///< Without an answer, by closing the connection in order.
        reset     ///< Without an answer, by resetting the connection.
    };

    /// Answers with this status, before the body of a request that waits for 100 is sent.
    ///
    /// @param status 200 to 599.
    /// @param body Sent as `application/json`, unless a header says otherwise; may be empty.
    /// @param headers More header lines. Content-Length, Transfer-Encoding and Connection are the emulator's.
    /// @throws std::invalid_argument The status is out of its range, or a header is malformed or not allowed;
    ///         the text names it.
    [[nodiscard]] PARTNER_CENTER_DECL static failure answer(unsigned status, std::string body = {},
                                                            const header_list& headers = {});

    /// Answers like the authority with an error document.
    ///
    /// @param code The number after AADSTS. For those that the emulator knows the status, the text and the
    ///        rest of the document are those of the code; for others the status is 400.
    /// @param error The document's `error`; an empty one stands for the one that belongs to the code.
    [[nodiscard]] PARTNER_CENTER_DECL static failure oauth(int code, std::string error = {});

    /// Ends the connection without an answer when the request is complete.
    [[nodiscard]] PARTNER_CENTER_DECL static failure close();
    [[nodiscard]] PARTNER_CENTER_DECL static failure reset();

    /// Serves the request, and then keeps the answer back. Parameters and errors as above.
    [[nodiscard]] PARTNER_CENTER_DECL static failure
    apply_and_answer(unsigned status = 503, std::string body = {}, const header_list& headers = {});
    [[nodiscard]] PARTNER_CENTER_DECL static failure apply_and_close();
    [[nodiscard]] PARTNER_CENTER_DECL static failure apply_and_reset();

    /// Serves the request later, or serves it and answers later.
    /// @throws std::invalid_argument The time is negative or more than a day.
    [[nodiscard]] PARTNER_CENTER_DECL static failure delay(std::chrono::milliseconds time);
    [[nodiscard]] PARTNER_CENTER_DECL static failure apply_and_delay(std::chrono::milliseconds time);

    /// Waits so long before any of it happens. Throws as delay().
    PARTNER_CENTER_DECL failure& after(std::chrono::milliseconds time);

    [[nodiscard]] ending how() const noexcept { return ending_; }
    [[nodiscard]] bool applies() const noexcept { return applies_; }
    [[nodiscard]] std::chrono::milliseconds time_before() const noexcept { return before_; }
    [[nodiscard]] std::chrono::milliseconds time_after() const noexcept { return after_; }
    [[nodiscard]] unsigned status() const noexcept { return status_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }
    [[nodiscard]] const std::string& content_type() const noexcept { return content_type_; }
    [[nodiscard]] const std::string& header_lines() const noexcept { return header_lines_; }
    [[nodiscard]] int oauth_code() const noexcept { return oauth_code_; }
    [[nodiscard]] const std::string& oauth_error() const noexcept { return oauth_error_; }

private:
    failure(ending how, bool applies)
        : ending_{how}
        , applies_{applies}
    {
    }

    ending ending_;
    bool applies_;
    std::chrono::milliseconds before_{0};
    std::chrono::milliseconds after_{0};
    unsigned status_ = 0;
    std::string body_;
    std::string content_type_;
    std::string header_lines_;
    int oauth_code_ = 0;
    std::string oauth_error_;
};

/// Which requests of an emulator fail, and how.
///
/// @code
/// service.add_failure(failure::answer(503));
/// service.add_failure(failure_rule(failure::apply_and_reset()).method("PUT").skip(1).times(2));
/// service.add_failure(failure_rule(failure::oauth(50076)).path("*/token"));
/// service.add_failure(failure_rule({failure::reset(), failure::apply_and_close()}).randomly(0.1, 42));
/// @endcode
class failure_rule {
public:
    /// By itself, the rule is for the next request.
    failure_rule(failure what)
        : failures_{std::move(what)}
    {
    }

    /// Takes the failures in turn, and with randomly() by chance. Once each unless times() says otherwise.
    /// @throws std::invalid_argument There is none.
    PARTNER_CENTER_DECL failure_rule(std::vector<failure> failures);

    /// Only requests with this method; case counts.
    PARTNER_CENTER_DECL failure_rule& method(std::string name);

    /// Only requests whose path, without the query, is this one. A `*` stands for any number of characters.
    PARTNER_CENTER_DECL failure_rule& path(std::string pattern);

    /// Leaves the first of the matching requests alone.
    PARTNER_CENTER_DECL failure_rule& skip(std::size_t requests);

    /// How many requests fail before the rule is used up.
    PARTNER_CENTER_DECL failure_rule& times(std::size_t requests);

    /// The rule is never used up.
    PARTNER_CENTER_DECL failure_rule& always();

    /// A matching request fails with this probability; the seed decides which, so that the n-th request has
    /// the same fate in each run. The rule is not used up unless times() is called after this.
    /// @throws std::invalid_argument The probability is not between 0 and 1.
    PARTNER_CENTER_DECL failure_rule& randomly(double probability, std::uint64_t seed);

private:
    friend class detail::failure_script;

    static constexpr std::size_t for_ever = std::numeric_limits<std::size_t>::max();

    PARTNER_CENTER_DECL bool matches(std::string_view method, std::string_view path) const;
    PARTNER_CENTER_DECL const failure* strike();

    std::vector<failure> failures_;
    std::string method_;
    std::optional<std::string> path_;
    std::size_t skip_ = 0;
    std::size_t times_ = 1;
    std::size_t next_ = 0;
    double probability_ = 1;
    std::mt19937_64 chance_;
};

} // namespace partner_center::testing

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/failure.ipp>
#endif

#endif
