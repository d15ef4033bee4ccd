#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [ARGUMENT...]: installs what is missing, builds the examples and runs update_profile with the
# arguments. Without PARTNER_CENTER_TOKEN and PARTNER_CENTER_BASE_URL it talks to the built-in emulator.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/examples
log=$build/build.log
SECONDS=0

step() { echo "==> $*" >&2; }

# Shows the output of a step only when it fails.
quietly() {
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
}

mkdir -p "$build"
step "Installing missing packages"
quietly "$root/cmake/install-deps.sh" build examples

step "Configuring $build"
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release \
    -DPARTNER_CENTER_BUILD_EXAMPLES=ON -DPARTNER_CENTER_BUILD_TESTS=OFF

step "Building the examples"
quietly cmake --build "$build"

step "Running update_profile"
status=0
"$build/examples/update_profile" "$@" || status=$?
if [[ $status -eq 0 ]]; then
    step "Succeeded $SECONDS s after the start"
else
    step "Failed with exit status $status"
fi
exit "$status"
