#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [EXAMPLE] [ARGUMENT...]: installs what is missing, builds one example program and runs it with the
# arguments; update_profile unless another one is named. Nothing else is built, so that the first update is
# not far from the first look at this project: the last line says how many seconds. Without
# PARTNER_CENTER_TOKEN and PARTNER_CENTER_BASE_URL an example talks to an emulator that it starts.
#
# run.sh --all: builds all of them, and lists them with what they show.
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

# Every example: its name and its first comment.
list() {
    local file name
    for file in "$root"/examples/*.cpp "$root"/examples/*/main.cpp; do
        name=${file#"$root/examples/"}
        name=${name%/main.cpp}
        printf '  %-24s %s\n' "${name%.cpp}" "$(sed -n '/^$/,$ { s,^// ,,p; T; q }' "$file")"
    done
}

example=update_profile
if [[ ${1-} == --all ]]; then
    example=all
elif [[ $# -gt 0 && $1 != -* ]]; then
    example=$1
    shift
    [[ $example != */* && (-f $root/examples/$example.cpp || -f $root/examples/$example/main.cpp) ]] || {
        { echo "error: there is no example '$example'. There are:" && list; } >&2
        exit 2
    }
fi

mkdir -p "$build"
step "Installing missing packages"
quietly "$root/cmake/install-deps.sh" build examples
installed=$SECONDS

step "Configuring $build"
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release \
    -DPARTNER_CENTER_BUILD_EXAMPLES=ON -DPARTNER_CENTER_BUILD_TESTS=OFF

step "Building ${example/#all/all examples}"
quietly cmake --build "$build" --target "$example"
built=$((SECONDS - installed))

if [[ $example == all ]]; then
    step "Built in $built s. examples/run.sh NAME runs one of"
    list
    exit
fi

step "Running $example"
program=$build/examples/$example
[[ -f $program ]] || program=$program/$example
status=0
"$program" "$@" || status=$?
if [[ $status -eq 0 ]]; then
    step "Succeeded $SECONDS s after the start (packages: $installed s, build: $built s)"
else
    step "Failed with exit status $status"
fi
exit "$status"
