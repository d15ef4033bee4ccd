// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_IMPL_MODIFICATION_IPP
#define PARTNER_CENTER_IMPL_MODIFICATION_IPP

#include <partner_center/client_options.hpp>
#include <partner_center/condition.hpp>
#include <partner_center/detail/call.hpp>
#include <partner_center/detail/guid.hpp>
#include <partner_center/detail/modification.hpp>
#include <partner_center/detail/retry.hpp>
#include <partner_center/detail/service_error.hpp>
#include <partner_center/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <new>
#include <string_view>
#include <utility>

namespace partner_center::detail {

PARTNER_CENTER_DECL std::chrono::steady_clock::duration modify_pause(unsigned lost_rounds,
                                                                     double jitter) noexcept
{
    constexpr unsigned doublings = 5;
    constexpr std::chrono::duration<double, std::milli> first(50);
    const auto most = first * (1U << std::min(lost_rounds == 0 ? 0 : lost_rounds - 1, doublings));
    return std::chrono::duration_cast<std::chrono::steady_clock::duration>(most * jitter);
}

PARTNER_CENTER_DECL modification::modification(const call_maker& client, call_options&& options,
                                               diagnostics* told)
    : options_(std::move(options))
    , told_(told)
    , rounds_left_(client.settings().max_modify_rounds)
{
    if (call_options_access::if_match(options_))
        refuse("call_options::if_match: a modify names the etag that it read");
    else if (call_options_access::request_id(options_))
        refuse("call_options::request_id: a modify makes one for each of its requests");
    const auto limit = call_options_access::timeout(options_).value_or(client.settings().timeout);
    if (limit > clock::duration::zero()) // or else the first call refuses it
        deadline_ = time_after(limit);
    if (!call_options_access::correlation_id(options_))
        options_.correlation_id(make_guid());
}

PARTNER_CENTER_DECL void modification::refuse(std::string_view why)
{
    diag.description = why;
    ec = errc::invalid_argument;
}

PARTNER_CENTER_DECL modification::clock::duration modification::time_left() const
{
    return deadline_ - clock::now();
}

PARTNER_CENTER_DECL void modification::check_time(asio::cancellation_type cancelled)
{
    if (!std::exchange(looked_, true))
        cancelled_before_ = cancelled;
    if (ec)
        return;
    if (cancelled != cancelled_before_)
        ec = asio::error::operation_aborted;
    else if (time_left() <= clock::duration::zero())
        ec = errc::call_timeout;
}

PARTNER_CENTER_DECL bool modification::is_stopped(const error_code& thrown)
{
    if (thrown != asio::error::operation_aborted || time_left() > clock::duration::zero())
        return false;
    ec = errc::call_timeout;
    return true;
}

PARTNER_CENTER_DECL call_options modification::read_options() const
{
    call_options with = options_;
    if (deadline_ != clock::time_point::max())
        with.timeout(std::max(time_left(), clock::duration(1)));
    return with;
}

PARTNER_CENTER_DECL call_options modification::write_options(std::string&& etag) const
{
    call_options with = read_options();
    if (!etag.empty())
        with.if_match(std::move(etag));
    return with;
}

PARTNER_CENTER_DECL bool modification::has_another_round()
{
    if (ec)
        note_what_is_open();
    if (ec != condition::conflict || --rounds_left_ == 0)
        return false;
    pause_ = modify_pause(++lost_rounds_, random_jitter());
    if (pause_ >= time_left())
        return false;
    ec = {};
    return true;
}

PARTNER_CENTER_DECL void modification::note_what_is_open() noexcept
{
    left_open_ = left_open_ || diag.may_have_been_applied;
    if (told_)
        told_->may_have_been_applied = left_open_;
}

PARTNER_CENTER_DECL void modification::fail()
{
    diag.may_have_been_applied = left_open_;
    throw_error(ec, diag);
}

PARTNER_CENTER_DECL void modification::succeed() noexcept
{
    if (told_)
        *told_ = std::move(diag);
}

inline error_code describe_failure(const std::exception_ptr& thrown, diagnostics& to)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const error& e) {
        // First what matters, should there be no memory for the rest.
        const bool left_open = to.may_have_been_applied || e.diagnostics().may_have_been_applied;
        to.may_have_been_applied = left_open;
        to = e.diagnostics();
        to.may_have_been_applied = left_open;
        return e.code();
    } catch (const boost::system::system_error& e) {
        to.description = bounded_text(e.what(), {});
        return e.code() ? e.code() : make_error_code(errc::change_failed);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& e) {
        to.description = bounded_text(e.what(), {});
    } catch (...) {
        to.description = "an exception that is no std::exception";
    }
    return errc::change_failed;
}

PARTNER_CENTER_DECL error_code failure_of_modify(const std::exception_ptr& thrown, diagnostics* diag)
{
    diagnostics unwanted;
    diagnostics& to = diag ? *diag : unwanted;
    const bool left_open = to.may_have_been_applied;
    to = diagnostics();
    to.may_have_been_applied = left_open;
    try {
        return describe_failure(thrown, to);
    } catch (const std::bad_alloc&) {
        // The change's, or ours: the handler has to be called all the same.
        return make_error_code(boost::system::errc::not_enough_memory);
    }
}

} // namespace partner_center::detail

#endif
