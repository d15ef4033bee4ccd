// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_DETAIL_RECEIVER_HPP
#define PARTNER_CENTER_DETAIL_RECEIVER_HPP

#include <partner_center/call_options.hpp>
#include <partner_center/detail/shared_object.hpp>
#include <partner_center/diagnostics.hpp>
#include <partner_center/errc.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/json/value.hpp>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace partner_center {
struct OrganizationProfile;
struct client_options;
} // namespace partner_center

namespace partner_center::detail {

class call_context;
class receiver;
struct call_request;
template <class>
struct resource_functions;

// What follows is called by pointers, and not virtual: a compiler that sees a virtual function being called
// optimizes every one that overrides it, and by that the whole library, in each file that only makes calls.

/// A call as its caller sees it.
class call_handle {
public:
    /// Begins the call; it completes by its receiver, never inside this function.
    void start() { functions_.start(*this); }
    /// Ends the call early if it is still under way, from any thread. `total` acts on a change only while
    /// nothing of it was sent.
    void cancel(asio::cancellation_type type) { functions_.cancel(*this, type); }

protected:
    struct functions {
        void (*start)(call_handle&);
        void (*cancel)(call_handle&, asio::cancellation_type);
    };

    /// The functions of a class that has both.
    template <class Call>
    static const functions& functions_of() noexcept
    {
        static constexpr functions made{[](call_handle& handle) { static_cast<Call&>(handle).start(); },
                                        [](call_handle& handle, asio::cancellation_type type) {
                                            static_cast<Call&>(handle).cancel(type);
                                        }};
        return made;
    }

    explicit call_handle(const functions& of) noexcept
        : functions_(of)
    {
    }
    ~call_handle() = default;

private:
    const functions& functions_;
};

/// What makes the calls of a client. Only the file that makes a client compiles what a call does: the many
/// that use one get by with this header.
class call_maker : public shared_object {
public:
    /// Where calls run.
    const asio::any_io_executor& executor() const noexcept { return *executor_; }
    /// What the client was told.
    const client_options& settings() const noexcept { return *settings_; }
    /// Of the resource that nearly every file reads and writes: so they are compiled but once.
    const resource_functions<OrganizationProfile>& profile_functions() const noexcept
    {
        return functions_->profile;
    }

    ref<const call_request> read(std::string_view path, call_options&& options) const
    {
        return functions_->read(*this, path, std::move(options));
    }
    ref<const call_request> write(std::string_view path, std::string&& body, std::string&& broken_limits,
                                  call_options&& options) const
    {
        return functions_->write(*this, path, std::move(body), std::move(broken_limits), std::move(options));
    }
    /// A call that was not begun.
    std::shared_ptr<call_handle> make_call(ref<const call_request> request,
                                           std::unique_ptr<receiver> caller) const
    {
        return functions_->make_call(std::move(request), std::move(caller));
    }
    /// Throws what a call has failed with.
    [[noreturn]] void fail(const error_code& ec, diagnostics& diag) const
    {
        functions_->fail(ec, diag);
        std::abort(); // it has thrown
    }

protected:
    struct functions {
        ref<const call_request> (*read)(const call_maker&, std::string_view path, call_options&&);
        ref<const call_request> (*write)(const call_maker&, std::string_view path, std::string&& body,
                                         std::string&& broken_limits, call_options&&);
        std::shared_ptr<call_handle> (*make_call)(ref<const call_request>, std::unique_ptr<receiver>);
        void (*fail)(const error_code&, diagnostics&);
        const resource_functions<OrganizationProfile>& profile;
    };

    /// Before anything else is called. What is referred to must live as long as this.
    void set_up(const functions& with, const asio::any_io_executor& executor,
                const client_options& settings) noexcept
    {
        functions_ = &with;
        executor_ = &executor;
        settings_ = &settings;
    }

private:
    const functions* functions_ = nullptr;
    const asio::any_io_executor* executor_ = nullptr;
    const client_options* settings_ = nullptr;
};

/// What a call asks for, before it is formatted.
struct call_request : shared_object {
    ref<const call_maker> client;
    std::string_view method;
    std::string_view path;
    std::string body;
    bool has_body = false;
    std::string broken_limits; ///< See @ref list_violations.
    call_options options;

    PARTNER_CENTER_DECL explicit call_request(const call_maker& maker) noexcept;
    PARTNER_CENTER_DECL ~call_request() override;
};

using shared_request = ref<const call_request>;

PARTNER_CENTER_DECL shared_request make_read_request(const call_maker& client, std::string_view path,
                                                     call_options&& options);
PARTNER_CENTER_DECL shared_request make_write_request(const call_maker& client, std::string_view path,
                                                      std::string&& body, std::string&& broken_limits,
                                                      call_options&& options);

/// The caller's end of a call: all that depends on the resource and on the completion handler.
class receiver {
public:
    receiver() = default;
    receiver(const receiver&) = delete;
    receiver& operator=(const receiver&) = delete;
    virtual ~receiver() = default;

    /// Takes the resource out of the document of a 200; sets `reason` on failure. In the call's strand.
    virtual error_code decode(const json::value& document, std::string& reason) = 0;

    /// Passes the outcome on to the handler, on the handler's executor. `keep_alive` holds this object and
    /// the diagnostics; both are let go before the handler is called. What the handler throws comes out of
    /// this too, if it is called inside; unless @ref taken, it was not called, and this may be tried again.
    virtual void complete(std::shared_ptr<call_context> keep_alive, const error_code& ec,
                          diagnostics& diag) = 0;

    /// The handler has, or is about to have, the outcome. In the call's strand, while the call lives.
    bool taken() const noexcept { return taken_; }

protected:
    bool taken_ = false;
};

/// Throws an @ref error.
[[noreturn]] PARTNER_CENTER_DECL void throw_error(const error_code& ec, diagnostics& diag);

} // namespace partner_center::detail

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/impl/receiver.ipp>
#endif

#endif
