#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# notices.sh: spoils copies of the headers and of the guide in one place each, and expects the documentation's
# build to fail and to name it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
noticed=0

# expect MESSAGE FILE SED_PROGRAM: FILE is below the copy, which is made anew each time.
expect() {
    local message=$1 file=$2 program=$3
    rm -rf "$work/copy"
    mkdir -p "$work/copy/cmake"
    cp -r "$root/include" "$work/copy/include"
    cp -r "$root/cmake/docs" "$root/cmake/install-deps.sh" "$work/copy/cmake/"
    sed -i -E "$program" "$work/copy/$file"
    if cmp -s "$work/copy/$file" "$root/$file"; then
        echo "error: '$program' changes nothing in $file" >&2
        exit 1
    fi
    if "$work/copy/cmake/docs/build.sh" "$work/out" >"$work/log" 2>&1; then
        echo "error: nobody noticed '$program' in $file" >&2
        exit 1
    fi
    if ! grep -qF -- "$message" "$work/log"; then
        cat "$work/log" >&2
        echo "error: '$program' in $file was expected to be noticed by: $message" >&2
        exit 1
    fi
    noticed=$((noticed + 1))
}

public=include/partner_center
expect 'partner_center::violation::path is not documented' $public/violation.hpp '/The member: its JSON/d'
expect 'partner_center::violation is not documented' $public/violation.hpp '/A documented limit that/d'
expect 'partner_center::phase::done is not documented' $public/diagnostics.hpp 's| ///< Completed\.||'
expect 'PARTNER_CENTER_VERSION_MINOR is not documented' $public/version.hpp '/The second number/d'
expect 'partner_center::resource is not documented' $public/resource.hpp \
    '/^\/\/\/ A @ref json_mapped type/,/^template/{/^\/\/\//d}'
expect "nothing explains the parameter 'change'" $public/testing/emulator.hpp '/@param change/d'
expect "'lifetimes' belongs before 'thread safety'" $public/transport.hpp \
    's/@par Lifetimes/@par Threads/; s/@par Thread safety/@par Lifetimes/'
expect "unable to resolve reference to 'no_such_name'" $public/client.hpp \
    's/@ref validate$/@ref no_such_name/'
guide=cmake/docs/pages/20_errors.md
expect 'errc::stale_etag is not explained' $guide '/^### stale_etag/d'
expect "multiple use of section label 'condition_conflict'" $guide \
    's/^(### conflict .*)$/\1\n**What to do:** nothing.\n\1/'
expect 'errc::no_such_error is explained, but does not exist' $guide \
    's/^### empty_body .*$/### no_such_error {#errc_no_such_error}/'
expect 'nothing says what to do' $guide 's/\*\*What to do:\*\* begin again/Begin again/'
expect 'retry_options::no_such_option` does not exist' cmake/docs/pages/50_retry.md \
    's/retry_options::hold_back/retry_options::no_such_option/'
echo "$noticed faults of the documentation were noticed"
