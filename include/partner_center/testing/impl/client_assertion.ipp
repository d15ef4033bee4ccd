// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTING_IMPL_CLIENT_ASSERTION_IPP
#define PARTNER_CENTER_TESTING_IMPL_CLIENT_ASSERTION_IPP

#include <partner_center/testing/detail/client_assertion.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdint>
#include <stdexcept>

namespace partner_center::testing::detail {

inline constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

PARTNER_CENTER_DECL std::optional<std::string> base64url_decoded(std::string_view text)
{
    std::string result;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = base64url_alphabet.find(c);
        if (value == std::string_view::npos)
            return std::nullopt;
        bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            result += static_cast<char>(static_cast<unsigned char>(bits >> count & 0xFFU));
        }
    }
    // What is left over must be zero bits, and fewer than one digit has.
    if (count >= 6 || (bits & ((1U << count) - 1U)) != 0)
        return std::nullopt;
    return result;
}

PARTNER_CENTER_DECL std::string base64url_encoded(std::string_view bytes)
{
    std::string result;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = (bits << 8U | static_cast<unsigned char>(c)) & 0xFFFFU;
        count += 8;
        while (count >= 6) {
            count -= 6;
            result += base64url_alphabet[bits >> count & 0x3FU];
        }
    }
    if (count != 0)
        result += base64url_alphabet[bits << (6U - count) & 0x3FU];
    return result;
}

inline std::shared_ptr<X509> read_certificate(const std::string& pem)
{
    const std::shared_ptr<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all);
    std::shared_ptr<X509> certificate(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr,
                                      &X509_free);
    ERR_clear_error();
    if (!certificate)
        throw std::invalid_argument("oauth_options: client_certificate_pem holds no certificate");
    return certificate;
}

PARTNER_CENTER_DECL assertion_checker::assertion_checker(const std::string& certificate_pem,
                                                         std::string client_id)
    : client_id_{std::move(client_id)}
{
    const std::shared_ptr<X509> certificate = read_certificate(certificate_pem);
    key_.reset(X509_get_pubkey(certificate.get()), &EVP_PKEY_free);
    if (!key_ || EVP_PKEY_get_base_id(key_.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key_.get()) < 2048)
        throw std::invalid_argument(
            "oauth_options: client_certificate_pem must have an RSA key of 2048 bits or more");
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (X509_digest(certificate.get(), EVP_sha256(), digest, &size) != 1)
        throw std::runtime_error("oauth_options: the certificate's digest cannot be made");
    thumbprint_ = base64url_encoded(std::string_view(reinterpret_cast<const char*>(digest), size));
}

PARTNER_CENTER_DECL bool assertion_checker::verifies(std::string_view text, std::string_view signature) const
{
    const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    // RFC 7518, section 3.5: SHA-256 for the text and for MGF1, and a salt as long as the digest.
    const bool good =
        context && EVP_DigestVerifyInit(context.get(), &parameters, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1 &&
        EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, EVP_sha256()) == 1 &&
        EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                         signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                         text.size()) == 1;
    ERR_clear_error();
    return good;
}

inline std::optional<json::object> decode_part(std::string_view part)
{
    const auto text = base64url_decoded(part);
    if (!text)
        return std::nullopt;
    boost::system::error_code ec;
    json::value value = json::parse(*text, ec);
    if (ec || !value.is_object())
        return std::nullopt;
    return std::move(value.get_object());
}

inline std::string_view text_member(const json::object& object, std::string_view name)
{
    const json::value* const value = object.if_contains(name);
    const json::string* const text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

inline std::optional<std::chrono::system_clock::time_point> time_member(const json::object& object,
                                                                        std::string_view name)
{
    const json::value* const value = object.if_contains(name);
    const std::int64_t* const seconds = value == nullptr ? nullptr : value->if_int64();
    // The clock cannot hold every number of seconds.
    if (seconds == nullptr || *seconds < 0 || *seconds > std::int64_t{4'000'000'000})
        return std::nullopt;
    return std::chrono::system_clock::time_point(std::chrono::seconds(*seconds));
}

inline std::optional<oauth_error> check_claims(const json::object& claims, std::string_view client_id,
                                               std::string_view token_url,
                                               std::chrono::system_clock::time_point now)
{
    constexpr std::chrono::minutes skew{5};
    if (text_member(claims, "iss") != client_id)
        return oauth_error(700021, "'iss' is not the client id");
    if (text_member(claims, "sub") != client_id)
        return oauth_error(700021, "'sub' is not the client id");
    if (text_member(claims, "aud") != token_url)
        return oauth_error(700023, "'aud' is not '" + std::string(token_url) + "'");
    const auto expiry = time_member(claims, "exp");
    const auto begin = time_member(claims, "nbf");
    if (!expiry || *expiry <= now)
        return oauth_error(700024, "'exp' is absent or has passed");
    if (*expiry > now + std::chrono::minutes{10})
        return oauth_error(700024, "'exp' is more than 10 minutes away");
    if ((claims.contains("nbf") && !begin) || (begin && *begin > now + skew))
        return oauth_error(700024, "'nbf' is no time or has not come");
    // It is kept until the assertion has expired.
    if (const std::string_view id = text_member(claims, "jti"); id.empty() || id.size() > 256)
        return oauth_error(50027, "'jti' is absent, or longer than 256 bytes");
    return std::nullopt;
}

PARTNER_CENTER_DECL std::optional<oauth_error>
assertion_checker::check(std::string_view jwt, std::string_view token_url, time_point now)
{
    const auto first = jwt.find('.');
    const auto second = first == std::string_view::npos ? first : jwt.find('.', first + 1);
    if (second == std::string_view::npos)
        return oauth_error(50027, "it has not three parts");
    const auto header = decode_part(jwt.substr(0, first));
    const auto claims = decode_part(jwt.substr(first + 1, second - first - 1));
    const auto signature = base64url_decoded(jwt.substr(second + 1));
    if (!header || !claims || !signature)
        return oauth_error(50027, "a part is not base64url or not a JSON object");
    if (text_member(*header, "alg") != "PS256")
        return oauth_error(50027, "'alg' is not PS256");
    if (text_member(*header, "x5t#S256") != thumbprint_)
        return oauth_error(700027, "'x5t#S256' names no certificate of the application");
    if (!verifies(jwt.substr(0, second), *signature))
        return oauth_error(700027, "the signature is not the certificate's");
    if (auto error = check_claims(*claims, client_id_, token_url, now))
        return error;
    return use(std::string(text_member(*claims, "jti")), *time_member(*claims, "exp"), now);
}

PARTNER_CENTER_DECL std::optional<oauth_error> assertion_checker::use(std::string id, time_point expiry,
                                                                      time_point now)
{
    constexpr std::size_t most = 10'000;
    std::erase_if(used_, [now](const auto& entry) { return entry.second <= now; });
    for (const auto& [used, unused] : used_)
        if (used == id)
            return oauth_error(700027, "its 'jti' was used before");
    if (used_.size() == most)
        used_.pop_front();
    used_.emplace_back(std::move(id), expiry);
    return std::nullopt;
}

} // namespace partner_center::testing::detail

#endif
