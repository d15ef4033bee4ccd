#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# rules.sh COMPILER INCLUDE_DIR: what the headers may include and use.
set -euo pipefail

compiler=$1
include_dir=$2
failures=0

fail() {
    echo "$1"
    failures=$((failures + 1))
}

# Resources cost their users Boost.JSON and nothing else.
for name in organization_profile address links resource_attributes validate; do
    header=partner_center/$name.hpp
    dependencies=$("$compiler" -std=c++20 -I "$include_dir" -M -x c++ "$include_dir/$header")
    heavy=$(grep -Eo '[^ ]*/(boost/asio|boost/beast|openssl)/[^ ]*' <<<"$dependencies" | head -n 3 || true)
    [[ -z $heavy ]] || fail "$header must not include network headers, but includes:"$'\n'"$heavy"
done

# Whole-library headers and Beast's stream operations multiply the time users wait for their compiler.
forbid() { # PATTERN MESSAGE [EXCEPTION]
    local found
    found=$(grep -rnE "$1" "$include_dir" | grep -vE "${3:-^$}" || true)
    [[ -z $found ]] || fail "$2"$'\n'"$found"
}
forbid '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]boost/(asio|beast|json)\.hpp' \
    "include the parts of a library, never all of it:"
forbid '(http|beast)::async_(read|write)' \
    "format and parse messages in buffers, never through Beast's stream operations:"
forbid '#[[:space:]]*include[[:space:]]*[<"]boost/beast/http/(read|write)\.hpp' \
    "Beast's stream operations are not used, so do not include them:"

# What differs from one system to the next is left to Boost, OpenSSL and the standard library. Only the
# environment is asked for directly, in one place.
forbid '^[[:space:]]*#[[:space:]]*include[[:space:]]*([^<[:space:]]|<([^>]*\.h>|csignal>))' \
    "include nothing of the system, nor in quotes:" '<openssl/[a-z0-9]+\.h>'
forbid 'include[[:space:]]*<boost/(process|interprocess|asio/(posix|local|windows|detail|signal_set))' \
    "these parts of Boost are not the same on every system:"
forbid '(^|[^[:alnum:]_>])::[a-z_]+[[:space:]]*\(' "call no function of the system:" '::(operator|new) '
forbid '\<(fopen|fork|getpid|select|signal|sigaction|set(env|sockopt)|[a-z]+_r)[[:space:]]*\(' \
    "call no function of the system:"
forbid '\<(_WIN32|_MSC_VER|__linux__|__APPLE__|__unix__|_POSIX[A-Z_]*|errno)\>' "ask for no system:"
forbid '\<getenv\>' "only one file asks for the environment:" 'impl/proxy_options\.ipp:'

[[ $failures -eq 0 ]]
