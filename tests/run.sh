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
dev | release) ;;
clang) groups+=(clang) ;;
asan | tsan) groups+=(sanitizers) ;;
*)
    echo "usage: ${0##*/} [dev|release|clang|asan|tsan [CTEST_ARGUMENT...]]" >&2
    exit 2
    ;;
esac

step() { echo "==> $*" >&2; }
cd "$root"

step "Installing missing packages"
cmake/install-deps.sh "${groups[@]}"

# The authority of integration/client_foreign_authority.cpp; one copy serves all presets.
package=oauth2-mock-server
version=8.2.3
if ! grep -qs "\"version\": \"$version\"" "build/npm/node_modules/$package/package.json"; then
    step "Installing $package $version"
    mkdir -p build
    folder=$(mktemp -d build/npm.XXXXXX)
    npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
        "$package@$version" || { rm -rf "$folder"; exit 1; }
    rm -rf build/npm
    mv -T "$folder" build/npm
fi

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
