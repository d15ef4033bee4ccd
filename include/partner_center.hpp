// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_HPP
#define PARTNER_CENTER_HPP

#include <partner_center/address.hpp>
#include <partner_center/call_options.hpp>
#include <partner_center/client.hpp>
#include <partner_center/client_options.hpp>
#include <partner_center/cloud.hpp>
#include <partner_center/condition.hpp>
#include <partner_center/credential.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>
#include <partner_center/error.hpp>
#include <partner_center/event.hpp>
#include <partner_center/links.hpp>
#include <partner_center/organization_profile.hpp>
#include <partner_center/proxy_options.hpp>
#include <partner_center/resource.hpp>
#include <partner_center/resource_attributes.hpp>
#include <partner_center/retry_options.hpp>
#include <partner_center/transport.hpp>
#include <partner_center/transport_options.hpp>
#include <partner_center/validate.hpp>
#include <partner_center/version.hpp>
#include <partner_center/violation.hpp>

#endif
