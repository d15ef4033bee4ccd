// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_INTEGRATION_SCRIPTED_NAMES_HPP
#define PARTNER_CENTER_TESTS_INTEGRATION_SCRIPTED_NAMES_HPP

#include <memory>
#include <string>

namespace partner_center::testing {

namespace detail {
struct name_script;
}

/// A host name of this program, for which the system's resolver answers what a test wants.
///
/// The program has a getaddrinfo of its own, which passes every other name on to the system. Each look-up
/// takes the next answer of the script; after the last one the name is 127.0.0.1. May be used from any
/// thread; must outlive the look-ups, except that its destructor answers the one that waits.
class scripted_name {
public:
    scripted_name();
    ~scripted_name();
    scripted_name(const scripted_name&) = delete;
    scripted_name& operator=(const scripted_name&) = delete;

    /// Below "names.test", and unlike that of any other object.
    [[nodiscard]] const std::string& text() const { return text_; }

    /// A look-up succeeds.
    void then_found();

    /// A look-up fails. @param error A code of getaddrinfo, such as EAI_NONAME.
    void then_fails(int error);

    /// A look-up hangs until answer(), but not for longer than 20 s, and succeeds.
    void then_hangs();

    /// Answers the look-up that hangs, or the next one that would.
    void answer();

private:
    std::string text_;
    std::shared_ptr<detail::name_script> script_;
};

} // namespace partner_center::testing

#endif
