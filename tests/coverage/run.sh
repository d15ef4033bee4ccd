#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh: installs what is missing, builds the unit, integration and memory tests with clang's counters in
# build/coverage, runs them, and reports which lines and branches of include/partner_center they reach, by
# file. Fails below 97 % of the lines or 90 % of the branches, and when uncovered.txt does not name the lines
# that no test reaches, or names others. What is missed is in build/coverage/missed.txt, and in color in
# build/coverage/pages/index.html.
#
# It is clang that counts, and not g++ with gcovr, for two reasons. What gcov 12 reads of a coroutine is its
# first and its last line: the bodies, which are most of a call, would go unseen. And g++ counts what it has
# made: the way of an exception out of every call, for one, which is taken only when memory runs out there
# (integration/memory_exhaustion.cpp tries that, at every allocation). clang counts what is written: a line
# is reached when the region it belongs to is, and a branch is a condition that was true, or false. Neither
# what a compiler adds to a coroutine nor exceptions count; so a line behind a call that always throws
# counts, too. Lines and branches of a template count as reached when an instance of it reaches them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/coverage

[[ $# -eq 0 ]] || {
    echo "usage: ${0##*/}" >&2
    exit 2
}

mkdir -p "$build"
quietly() {
    "$@" >"$build/build.log" 2>&1 || {
        cat "$build/build.log" >&2
        exit 1
    }
}
quietly "$root/cmake/install-deps.sh" build tests coverage

# Counters in Asio's templates and in the tests would only cost time.
counted=$build/counted.txt
printf '%s\n' '[clang]' 'default:skip' 'source:*/include/partner_center/*=allow' >"$build/counted.new"
cmp --silent "$build/counted.new" "$counted" || mv "$build/counted.new" "$counted"
# Atomic, for the library has threads.
flags="-O0 -fprofile-instr-generate -fcoverage-mapping -fprofile-update=atomic -fprofile-list=$counted"
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_CXX_FLAGS="$flags" -DPARTNER_CENTER_BUILD_TESTS=ON -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
quietly cmake --build "$build" --target unit_tests integration_tests memory_tests
echo "built after $SECONDS s"

rm -rf "$build/profiles" "$build/pages"
# Each test is a process; %m has those of one program add to the same files.
export LLVM_PROFILE_FILE=$build/profiles/%2m.profraw
quietly ctest --test-dir "$build" --output-on-failure --parallel 2 --no-tests=error \
    --tests-regex '^(unit|integration)/'
echo "$(grep -E '% tests passed' "$build/build.log"), after $SECONDS s"

cd "$build"
quietly llvm-profdata-19 merge -o coverage.profdata profiles/*.profraw
counts=(-instr-profile=coverage.profdata
    tests/unit_tests -object tests/integration_tests -object tests/memory_tests)
# It warns of functions that have no counts in object files which do not call them.
llvm-cov-19 export -format=text "${counts[@]}" >coverage.json 2>build.log || {
    cat build.log >&2
    exit 1
}
quietly llvm-cov-19 show -format=html -show-branches=count -output-dir=pages "${counts[@]}"
python3 -B "$here/report.py" "$build"
echo "finished after $SECONDS s"
