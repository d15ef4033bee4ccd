// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_ERROR_HPP
#define PARTNER_CENTER_ERROR_HPP

#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>

#include <boost/system/system_error.hpp>

#include <memory>
#include <string>
#include <utility>

namespace partner_center {

/**
 * The exception of this library: an `error_code` with the @ref diagnostics of the call.
 *
 * `what()` is the sentence of @ref describe. Copies share their content and never throw.
 */
class error : public boost::system::system_error {
public:
    /// As a call ends with: the code `ec`, and what `diag` says of the call.
    /// @throws std::bad_alloc Memory is exhausted.
    error(const error_code& ec, partner_center::diagnostics diag)
        : error(ec, std::make_shared<const content>(ec, std::move(diag)))
    {
    }

    /// What is known of the call. Valid as long as this exception or a copy lives.
    const partner_center::diagnostics& diagnostics() const noexcept { return content_->diag; }

    /// The sentence of @ref describe. Valid as long as this exception or a copy lives.
    const char* what() const noexcept override { return content_->sentence.c_str(); }

private:
    struct content {
        content(const error_code& ec, partner_center::diagnostics&& d)
            : diag(std::move(d))
            , sentence(describe(ec, diag))
        {
        }
        partner_center::diagnostics diag;
        std::string sentence;
    };

    error(const error_code& ec, std::shared_ptr<const content> c)
        : system_error(ec)
        , content_(std::move(c))
    {
    }

    std::shared_ptr<const content> content_;
};

} // namespace partner_center

#endif
