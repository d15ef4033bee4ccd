#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [UPDATES [SEED]]: installs what is missing, builds soak.cpp with -O2 and runs it: a million updates
# unless told otherwise, and a random seed, which it prints.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/soak
updates=${1:-1000000}
seed=${2:-$((RANDOM * 32768 + RANDOM + 1))}

mkdir -p "$build"
quietly() {
    "$@" >"$build/build.log" 2>&1 || {
        cat "$build/build.log" >&2
        exit 1
    }
}
quietly "$root/cmake/install-deps.sh" build
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=g++ \
    -DPARTNER_CENTER_BUILD_SOAK=ON -DPARTNER_CENTER_BUILD_TESTS=OFF -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
quietly cmake --build "$build"
exec timeout --verbose 3600 "$build/tests/soak/soak" "$updates" "$seed"
