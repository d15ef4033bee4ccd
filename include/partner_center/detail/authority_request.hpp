// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_AUTHORITY_REQUEST_HPP
#define PARTNER_CENTER_DETAIL_AUTHORITY_REQUEST_HPP

#include <partner_center/detail/pooled_request.hpp>
#include <partner_center/detail/task.hpp>

namespace partner_center::detail {

/// A request that asks for tokens, and so needs none itself. Nothing depends on how often it is sent.
class authority_request : public pooled_request {
protected:
    using pooled_request::pooled_request;

private:
    bool is_prepared() final { return true; }
    task prepare(work&) final { co_return error_code(); }
    error_code decode(work&) final { return {}; }
    bool is_change() const noexcept final { return false; }
    bool may_retry() const noexcept override { return true; }
    bool can_renew_token() const noexcept final { return false; }
    void renew_token(work&) final {}
    bool is_harmless_to_cancel() const noexcept final { return true; }
};

} // namespace partner_center::detail

#endif
