#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# libcxx.sh [CTEST_ARGUMENT...]: builds library, tests and examples with clang and libc++, and runs the tests.
# libc++ is unpacked, not installed: its package drives out other versions of itself. PARTNER_CENTER_JOBS is
# how many files to compile at once, 1 if not set.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/own_boost.sh"

work=$root/build/libcxx
"$root/cmake/install-deps.sh" build examples tests clang

step "Unpacking libc++"
apt_options=()
unpack "$work/unpacked" libc++-19-dev libc++abi-19-dev libunwind-19-dev || skip "libc++ cannot be had"
llvm=$work/unpacked/usr/lib/llvm-19
version=$(boost_package "$work/package" /usr/include)

step "Building with libc++ and Boost $version"
cmake -S "$root" -B "$work/build" -G Ninja -DBoost_DIR="$work/package" -DCMAKE_BUILD_TYPE=None \
    -DPARTNER_CENTER_INSTALL=OFF -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_CXX_FLAGS="-O0 -nostdinc++ -isystem $llvm/include/c++/v1 ${CXXFLAGS-}" \
    -DCMAKE_EXE_LINKER_FLAGS=-nostdlib++ \
    -DCMAKE_CXX_STANDARD_LIBRARIES="-L$llvm/lib -Wl,-Bstatic -lc++ -lc++abi -lunwind -Wl,-Bdynamic"
cmake --build "$work/build" -j "${PARTNER_CENTER_JOBS:-1}"

step "Running the tests with libc++"
ctest --test-dir "$work/build" --output-on-failure --no-tests=error "$@"
echo "passed with libc++ and Boost $version"
