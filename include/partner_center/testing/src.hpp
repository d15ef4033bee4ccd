// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_SRC_HPP
#define PARTNER_CENTER_TESTING_SRC_HPP

/// @file
/// The bodies of `partner_center/testing` for a program that defines PARTNER_CENTER_SEPARATE_COMPILATION: to
/// be included by exactly one of its files. They use those of `<partner_center/src.hpp>`.

#include <partner_center/detail/config.hpp>

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#error "define PARTNER_CENTER_SEPARATE_COMPILATION for all files of the program"
#endif

#include <partner_center/testing/impl/certificates.ipp>
#include <partner_center/testing/impl/check_options.ipp>
#include <partner_center/testing/impl/client_assertion.ipp>
#include <partner_center/testing/impl/device_codes.ipp>
#include <partner_center/testing/impl/emulator.ipp>
#include <partner_center/testing/impl/emulator_document.ipp>
#include <partner_center/testing/impl/emulator_http.ipp>
#include <partner_center/testing/impl/emulator_listener.ipp>
#include <partner_center/testing/impl/emulator_service.ipp>
#include <partner_center/testing/impl/emulator_session.ipp>
#include <partner_center/testing/impl/emulator_state.ipp>
#include <partner_center/testing/impl/failure.ipp>
#include <partner_center/testing/impl/failure_script.ipp>
#include <partner_center/testing/impl/form.ipp>
#include <partner_center/testing/impl/oauth_error.ipp>
#include <partner_center/testing/impl/oauth_service.ipp>
#include <partner_center/testing/impl/oauth_tokens.ipp>
#include <partner_center/testing/impl/recorded_request.ipp>
#include <partner_center/testing/impl/request_log.ipp>
#include <partner_center/testing/impl/state_file.ipp>
#include <partner_center/testing/impl/throttle.ipp>

#endif
