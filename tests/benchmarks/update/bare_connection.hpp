// Copyright (c) 2026 The partner_center authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#ifndef PARTNER_CENTER_TESTS_BENCHMARKS_UPDATE_BARE_CONNECTION_HPP
#define PARTNER_CENTER_TESTS_BENCHMARKS_UPDATE_BARE_CONNECTION_HPP

#include "common.hpp"

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace benchmarks {

/// A connection on which prepared bytes are written and an answer is read, and little more: what any client
/// costs. Only the ids are new in each request.
class bare_connection {
public:
    bare_connection(SSL_CTX* context, const arguments& given, const std::string& authorization,
                    std::string_view body);

    /// @throws std::runtime_error The answer is not 200, or no such connection.
    void exchange();

private:
    std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
    std::string request_;
    std::size_t id_begin_ = 0; // of twelve digits in the request's id
    std::uint64_t count_ = 0;
    std::array<char, 16 * 1024> answer_;
};

/// Trusts the certificates of the file.
class bare_context {
public:
    explicit bare_context(const std::string& ca_file);
    SSL_CTX* get() const { return context_.get(); }

private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

/// Makes all the calls, each connection in a thread of its own.
void make_bare_calls(std::vector<std::unique_ptr<bare_connection>>& connections, recorder& calls);

} // namespace benchmarks

#endif
