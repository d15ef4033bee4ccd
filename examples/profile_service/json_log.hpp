// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PROFILE_SERVICE_JSON_LOG_HPP
#define PROFILE_SERVICE_JSON_LOG_HPP

#include <partner_center/event.hpp>

#include <boost/json/object.hpp>

#include <ostream>

namespace profile_service {

/// A log of one JSON object a line, each with its time and the name of an event. For one thread.
class json_log {
public:
    explicit json_log(std::ostream& to)
        : to_(to)
    {
    }

    void write(boost::json::object fields);

    /// What happens on the connections to Partner Center: for `transport_options::on_event`. An event has no
    /// token, and no part of a body.
    void write(const partner_center::event& e);

private:
    std::ostream& to_;
};

} // namespace profile_service

#endif
