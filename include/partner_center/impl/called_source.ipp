// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_CALLED_SOURCE_IPP
#define PARTNER_CENTER_IMPL_CALLED_SOURCE_IPP

#include <partner_center/detail/called_source.hpp>
#include <partner_center/detail/request_format.hpp>
#include <partner_center/detail/service_error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <new>
#include <string_view>

namespace partner_center::detail {

inline error_code code_of_source(const std::exception_ptr& thrown, diagnostics& diag)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& e) {
        diag.description = bounded_text(e.what(), {});
        // It was not the call that was cancelled; and a code may be none.
        if (e.code() && e.code() != asio::error::operation_aborted)
            return e.code();
    } catch (const std::bad_alloc&) {
        return make_error_code(boost::system::errc::not_enough_memory);
    } catch (const std::exception& e) {
        diag.description = bounded_text(e.what(), {});
    } catch (...) {
        diag.description = "the source of tokens threw what is no std::exception";
    }
    return errc::token_request_failed;
}

PARTNER_CENTER_DECL void called_answer::operator()(const std::exception_ptr& thrown, access_token given)
{
    constexpr std::chrono::minutes margin{5};
    signal_.reset();
    diagnostics& diag = question_.asked().diag;
    diag.phase = phase::token;
    error_code ec;
    shared_token token;
    try {
        if (thrown) {
            ec = code_of_source(thrown, diag);
        } else if (const std::string_view why = check_token(given.token); !why.empty()) {
            diag.description.append("the bearer token: ").append(why);
            ec = errc::invalid_argument;
        } else {
            const auto from = refresh_time(given, std::chrono::system_clock::now(), margin);
            token = new held_token(std::move(given.token), given.expires, from);
        }
    } catch (const std::bad_alloc&) {
        ec = make_error_code(boost::system::errc::not_enough_memory);
    }
    question_.finish(ec, std::move(token));
}

} // namespace partner_center::detail

#endif
