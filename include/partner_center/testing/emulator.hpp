// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_EMULATOR_HPP
#define PARTNER_CENTER_TESTING_EMULATOR_HPP

#include <partner_center/organization_profile.hpp>
#include <partner_center/testing/emulator_options.hpp>
#include <partner_center/testing/failure.hpp>
#include <partner_center/testing/recorded_request.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace partner_center::testing {

/// Partner Center on loopback, over real TLS, for tests without the service.
///
/// It serves GET and PUT of `/v1/profiles/organization` with state, and answers as the service is documented
/// to:
///
///  - GET, PUT: 200 with the stored profile; PUT replaces all of it, keeps unknown members, makes a new etag.
///  - No bearer token, or another one: 401, WWW-Authenticate, no body.
///  - Another path: 404. Another method: 405, Allow.
///  - Content-Type other than application/json: 400, code 2000; a missing one is accepted.
///  - A body that is not JSON, or no object: 400, code 2000.
///  - A member of the wrong type, a broken limit of the address: 400, code 3000, JSON path in the
///    description.
///  - attributes.etag present and not the present etag: 400, code 2055; emulator_options::on_conflict changes
///    it.
///  - If-Match without the present etag: 412, code 800036; the same option changes it.
///  - An expectation other than 100-continue: 417.
///  - A body or a head beyond its limit: 413, 431, and the connection is closed.
///  - A head that is not HTTP/1: 400, and the connection is closed.
///  - More requests than emulator_options::throttle lets through: 429, Retry-After, the gateway's message.
///
/// It is also the authority that issues tokens, so that the authority of a client may be base_url():
///
///  - POST `/{tenant}/oauth2/token`: the refresh token grant of v1, with `resource`; numbers are strings.
///  - POST `/{tenant}/oauth2/v2.0/token`: the refresh token grant and the device code grant, with `scope`.
///  - POST `/{tenant}/oauth2/v2.0/devicecode`: begins a sign-in with a device code.
///
/// The application proves itself by its secret or by a client assertion: PS256, `x5t#S256` of the
/// certificate, for the token's URL as the Host header names it, of the application, good for 10 minutes at
/// most, used once. What is wrong is answered with the error document of the AADSTS code that fits. An access
/// token is accepted by the API until it expires; emulator_options::oauth says for how long, and whether
/// refresh tokens are replaced by each use.
///
/// Failures can be put in the way of requests with add_failure().
///
/// MS-RequestId and MS-CorrelationId are echoed, or made where absent. A PUT that repeats the MS-RequestId of
/// one that was applied gets that one's answer and changes nothing, whatever its body. `Expect: 100-continue`
/// is answered with 100 only when the head is acceptable.
///
/// Construction makes an authority and a certificate for localhost, 127.0.0.1 and ::1, and listens before it
/// returns. All members may be called from any thread. Nothing a peer sends or leaves unsent makes an
/// emulator hang, and its memory is bounded by the options.
///
/// @code
/// testing::emulator partner_center;
/// options.base_url = partner_center.base_url();
/// net.tls->add_certificate_authority(asio::buffer(partner_center.ca_pem()));
/// credential::bearer(partner_center.token());
/// @endcode
class emulator {
public:
    /// Runs on a thread of its own.
    ///
    /// @param options What it is told at its start.
    /// @throws std::invalid_argument An option is out of its range; the text names it.
    /// @throws std::runtime_error The state file cannot be read or holds no profile, or the certificate
    ///         cannot be made; the text names the file or the step.
    /// @throws boost::system::system_error It cannot listen; the text names address and port.
    PARTNER_CENTER_DECL explicit emulator(emulator_options options = {});

    /// Runs on the caller's executor, of which any number of threads may take part; no strand is needed.
    ///
    /// The execution context must outlive the emulator. After stop(), or destruction, the connections are
    /// closed as soon as the context runs again; nothing waits for it. Throws as the other constructor.
    ///
    /// @param executor Where it runs.
    /// @param options What it is told at its start.
    PARTNER_CENTER_DECL explicit emulator(asio::any_io_executor executor, emulator_options options = {});

    emulator(const emulator&) = delete;
    emulator& operator=(const emulator&) = delete;

    /// Calls stop().
    PARTNER_CENTER_DECL ~emulator();

    /// `https://localhost:PORT`; the address in place of localhost where that does not lead to it.
    [[nodiscard]] PARTNER_CENTER_DECL std::string base_url() const;

    /// The port listened on.
    [[nodiscard]] PARTNER_CENTER_DECL unsigned short port() const noexcept;

    /// The certificate that a client has to trust, as PEM.
    [[nodiscard]] PARTNER_CENTER_DECL const std::string& ca_pem() const noexcept;

    /// Writes ca_pem() to the file `path`.
    /// @throws std::runtime_error It cannot be written; the text names it.
    PARTNER_CENTER_DECL void write_ca_file(const std::filesystem::path& path) const;

    /// The bearer token that is accepted, besides those that the authority has issued.
    [[nodiscard]] PARTNER_CENTER_DECL std::string token() const;

    /// Accepts this `token` from now on, in place of the former token(); those that the authority has issued
    /// stay good.
    /// @throws std::invalid_argument It is empty or has a byte that no token can have (RFC 6750,
    /// section 2.1).
    PARTNER_CENTER_DECL void set_token(std::string token);

    /// The stored profile.
    /// @throws std::exception set_document() stored what is no profile; the text says where.
    [[nodiscard]] PARTNER_CENTER_DECL OrganizationProfile profile() const;

    /// Stores a `profile` as if somebody else had updated it: it gets a new etag, whatever etag it brings.
    /// Throws as set_document().
    PARTNER_CENTER_DECL void set_profile(const OrganizationProfile& profile);

    /// The stored profile as the document that is sent.
    [[nodiscard]] PARTNER_CENTER_DECL json::object document() const;

    /// Stores a `document` as it is, even one that a PUT could not have brought.
    ///
    /// The service's own members are filled in where absent. An etag in the document is kept, unless it is
    /// the present one; otherwise the document gets a new one.
    /// @throws std::runtime_error The state file cannot be written; the text names it. Nothing is changed
    /// then.
    PARTNER_CENTER_DECL void set_document(json::object document);

    /// Changes the stored profile in one step, as an editor behind the client's back: it gets a new etag, and
    /// no request comes in between.
    ///
    /// @param change Must not call this emulator.
    /// @throws std::exception What the function throws, or set_document() or profile() would. Nothing is
    /// changed then.
    PARTNER_CENTER_DECL void edit(const std::function<void(OrganizationProfile&)>& change);

    /// The tenant: the first of three things that a client needs to get tokens from the authority.
    [[nodiscard]] PARTNER_CENTER_DECL std::string tenant() const;
    /// The application's id, the second.
    [[nodiscard]] PARTNER_CENTER_DECL std::string client_id() const;
    /// The application's secret, the third.
    [[nodiscard]] PARTNER_CENTER_DECL std::string client_secret() const;

    /// The refresh token that was issued last.
    [[nodiscard]] PARTNER_CENTER_DECL std::string refresh_token() const;

    /// A person signs in again: issues a refresh token. Those before stay as they are.
    PARTNER_CENTER_DECL std::string new_refresh_token();

    /// The API refuses all access tokens that were issued so far with 401. Not token(), which was not issued.
    PARTNER_CENTER_DECL void revoke_access_tokens();

    /// The authority refuses all refresh tokens that were issued so far (AADSTS50173).
    PARTNER_CENTER_DECL void revoke_refresh_tokens();

    /// The user codes of device sign-ins that nobody has decided, the oldest first.
    [[nodiscard]] PARTNER_CENTER_DECL std::vector<std::string> pending_user_codes() const;

    /// A person enters the user code and agrees. The next poll learns of it.
    /// @param user_code One of pending_user_codes().
    /// @return Whether a sign-in with that code was waiting for it, and its time was not up.
    PARTNER_CENTER_DECL bool approve_device_code(std::string_view user_code);
    /// A person enters the `user_code` and declines. Returns as approve_device_code().
    PARTNER_CENTER_DECL bool decline_device_code(std::string_view user_code);
    /// The time of the `user_code` is up. Returns as approve_device_code().
    PARTNER_CENTER_DECL bool expire_device_code(std::string_view user_code);

    /// Lets requests fail from now on. Rules are asked in the order in which they were added, and the first
    /// that strikes decides. A request whose head is refused as malformed or too large is not counted.
    /// @param rule Which requests, and how.
    PARTNER_CENTER_DECL void add_failure(failure_rule rule);

    /// Forgets all rules. A request that was struck already keeps its fate.
    PARTNER_CENTER_DECL void clear_failures();

    /// Bounds the requests of the API from now on, beginning with a new window, or bounds them no more.
    /// @param options The bound, or nothing.
    /// @throws std::invalid_argument The window or the wait is out of its range.
    PARTNER_CENTER_DECL void set_throttle(std::optional<throttle_options> options);

    /// The present etag, as it stands in the document.
    [[nodiscard]] PARTNER_CENTER_DECL std::string etag() const;

    /// The last requests, in the order of their answers. A request is in here before its answer is sent, or
    /// kept back.
    [[nodiscard]] PARTNER_CENTER_DECL std::vector<recorded_request> requests() const;

    /// Forgets the requests so far. What was applied is not forgotten.
    PARTNER_CENTER_DECL void clear_requests();

    /// How many connections were accepted so far.
    [[nodiscard]] PARTNER_CENTER_DECL std::size_t connections_accepted() const;

    /// Stops listening and closes all connections, without waiting for any peer. May be called again.
    /// State and log stay readable.
    PARTNER_CENTER_DECL void stop();

private:
    struct runner;
    std::unique_ptr<runner> runner_;
};

} // namespace partner_center::testing

#ifndef PARTNER_CENTER_SEPARATE_COMPILATION
#include <partner_center/testing/impl/emulator.ipp>
#endif

#endif
