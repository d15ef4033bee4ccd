#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [PRESET [CTEST_ARGUMENT...]]: installs what is missing, builds everything and runs the tests.
# Presets: dev (the default), release, clang, asan, tsan.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=${1:-dev}
shift || true

groups=(build examples tests)
case $preset in
dev | release | asan) ;;
clang | tsan) groups+=("$preset") ;;
*)
    echo "usage: ${0##*/} [dev|release|clang|asan|tsan [CTEST_ARGUMENT...]]" >&2
    exit 2
    ;;
esac

step() { echo "==> $*" >&2; }
cd "$root"

step "Installing missing packages"
cmake/install-deps.sh "${groups[@]}"

step "Configuring preset $preset"
cmake --preset "$preset"

step "Building preset $preset"
cmake --build --preset "$preset"

step "Running the tests of preset $preset"
ctest --preset "$preset" "$@"

if [[ $# -eq 0 ]]; then
    step "Searching the log for secrets"
    tests/integration/search_for_secrets.sh "build/$preset/tests/transcript" \
        "build/$preset/Testing/Temporary/LastTest.log"
fi
