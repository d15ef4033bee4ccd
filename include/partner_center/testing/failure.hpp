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
    /// Names and values of header lines.
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

    /// Ends the connection without an answer when the request is complete, or its body is seen to be too
    /// large.
    [[nodiscard]] PARTNER_CENTER_DECL static failure close();
    /// Resets the connection without an answer at the same time.
    [[nodiscard]] PARTNER_CENTER_DECL static failure reset();

    /// Serves the request, but gives another answer: `status`, `body` and `headers` as of answer().
    [[nodiscard]] PARTNER_CENTER_DECL static failure
    apply_and_answer(unsigned status = 503, std::string body = {}, const header_list& headers = {});
    /// Serves the request, but closes the connection in place of the answer.
    [[nodiscard]] PARTNER_CENTER_DECL static failure apply_and_close();
    /// Serves the request, but resets the connection in place of the answer.
    [[nodiscard]] PARTNER_CENTER_DECL static failure apply_and_reset();

    /// Serves the request later.
    /// @param time How much later.
    /// @throws std::invalid_argument The time is negative or more than a day.
    [[nodiscard]] PARTNER_CENTER_DECL static failure delay(std::chrono::milliseconds time);
    /// Serves the request, and answers later by `time`. Throws as delay().
    [[nodiscard]] PARTNER_CENTER_DECL static failure apply_and_delay(std::chrono::milliseconds time);

    /// Waits for so long a `time` before any of it happens. Throws as delay().
    PARTNER_CENTER_DECL failure& after(std::chrono::milliseconds time);

    /// How the exchange ends.
    [[nodiscard]] ending how() const noexcept { return ending_; }
    /// Whether the request is served first.
    [[nodiscard]] bool applies() const noexcept { return applies_; }
    /// The wait before the request is served.
    [[nodiscard]] std::chrono::milliseconds time_before() const noexcept { return before_; }
    /// The wait between that and the answer.
    [[nodiscard]] std::chrono::milliseconds time_after() const noexcept { return after_; }
    /// The status of the other answer; 0 without one.
    [[nodiscard]] unsigned status() const noexcept { return status_; }
    /// The body of the other answer.
    [[nodiscard]] const std::string& body() const noexcept { return body_; }
    /// The Content-Type of the other answer.
    [[nodiscard]] const std::string& content_type() const noexcept { return content_type_; }
    /// The further header lines of the other answer, as they are sent.
    [[nodiscard]] const std::string& header_lines() const noexcept { return header_lines_; }
    /// The AADSTS code of an error document of the authority; 0 without one.
    [[nodiscard]] int oauth_code() const noexcept { return oauth_code_; }
    /// The `error` of that document; empty for the one that belongs to the code.
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
    /// By itself, the rule is for the next request; `what` happens to it.
    failure_rule(failure what)
        : failures_{std::move(what)}
    {
    }

    /// Takes the `failures` in turn, and with randomly() by chance. Once each unless times() says otherwise.
    /// @throws std::invalid_argument There is none.
    PARTNER_CENTER_DECL failure_rule(std::vector<failure> failures);

    /// Only requests with the method `name`; case counts.
    PARTNER_CENTER_DECL failure_rule& method(std::string name);

    /// Only requests whose path, without the query, is this `pattern`. A `*` stands for any number of
    /// characters.
    PARTNER_CENTER_DECL failure_rule& path(std::string pattern);

    /// Leaves the first of the matching `requests` alone: so many.
    PARTNER_CENTER_DECL failure_rule& skip(std::size_t requests);

    /// How many `requests` fail before the rule is used up.
    PARTNER_CENTER_DECL failure_rule& times(std::size_t requests);

    /// The rule is never used up.
    PARTNER_CENTER_DECL failure_rule& always();

    /// A matching request fails with this `probability`; the `seed` decides which, so that the n-th request
    /// has the same fate in each run. The rule is not used up unless times() is called after this.
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
    bool by_chance_ = false;
    double probability_ = 1;
    std::mt19937_64 chance_;
};

} // namespace partner_center::testing

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/failure.ipp>
#endif

#endif
