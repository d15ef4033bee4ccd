#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [--jobs N] [--budget SECONDS] [--again] [FILE...]: installs what is missing, builds the tests, and
# changes one decision of the library after the other, to see whether a test fails: in
# include/partner_center/impl/FILE.ipp, or in all the files that decide. Prints a line for each file, and what
# no test has noticed. Each change gets the tests that reach it, of those with sockets the ones that are about
# it first, for a minute unless told otherwise. --again tries only what the last run has not seen caught.
# Fails when fewer than 95 percent are caught; equivalent.txt names what changes nothing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/mutants

mkdir -p "$build"
quietly() {
    "$@" >"$build/build.log" 2>&1 || {
        cat "$build/build.log" >&2
        exit 1
    }
}
quietly "$root/cmake/install-deps.sh" build tests mutants
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O0 \
    -DCMAKE_CXX_COMPILER=g++ -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
quietly cmake --build "$build" --target unit_tests integration_tests
exec python3 -B "$here/check.py" "$root" "$build" "$@"
