// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_EXECUTOR_PROVIDER_HPP
#define PARTNER_CENTER_DETAIL_EXECUTOR_PROVIDER_HPP

#include <partner_center/detail/config.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <concepts>

namespace partner_center::detail {

/// What has an executor and is none, such as `io_context`.
// clang-format off
template <class T>
concept executor_provider = !std::convertible_to<T&, asio::any_io_executor> && requires(T& context) {
    { context.get_executor() } -> std::convertible_to<asio::any_io_executor>;
};
// clang-format on

} // namespace partner_center::detail

#endif
