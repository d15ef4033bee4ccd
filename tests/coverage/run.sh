#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh: installs what is missing, builds the unit, integration and memory tests with g++'s counters in
# build/coverage, runs them, and reports which lines and branches of include/partner_center they reach, by
# file. Fails below 97 % of the lines or 90 % of the branches, and when uncovered.txt does not name the lines
# that no test reaches, or names others. What is missed is in build/coverage/missed.txt, and in color in
# build/coverage/pages/index.html.
#
# Only functions of include/partner_center are instrumented: the counters of Asio's templates would make the
# build a third slower, and the data ten times as large. A branch is one way out of a decision. The two of a
# call that may throw are left out: g++ makes them for nearly every call, and most are taken only when memory
# runs out there, which integration/memory_exhaustion.cpp tries, at every allocation. Lines and branches of a
# template count as reached when an instance of it reaches them, in any of the programs. What g++ adds to a
# coroutine belongs to no line of the headers, or is a call that may throw.
#
# gcovr draws the pages. Its sums come first, and have fewer branches: it reads gcov's text, which does not
# tell the exceptions of calls apart where an object file never made the call, and counts those as branches
# missed. The limits are for what report.py reads in gcov's JSON, which does.
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

# Threads count at the same time: without atomic counters the sums do not add up, and some become negative.
flags="-O0 --coverage -fprofile-update=atomic -fprofile-filter-files=.*/include/partner_center/.*"
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=g++ \
    -DCMAKE_CXX_FLAGS="$flags" -DPARTNER_CENTER_BUILD_TESTS=ON -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
quietly cmake --build "$build" --target unit_tests integration_tests memory_tests
echo "built after $SECONDS s"

find "$build" -name '*.gcda' -delete
quietly ctest --test-dir "$build" --output-on-failure --parallel 2 --no-tests=error \
    --tests-regex '^(unit|integration)/'
echo "$(grep -E '% tests passed' "$build/build.log"), after $SECONDS s"

rm -rf "$build/pages"
mkdir "$build/pages"
(cd "$build" && gcovr --root "$root" --object-directory "$build" --filter "$root/include/partner_center/" \
    --exclude-throw-branches --exclude-unreachable-branches --html-details pages/index.html \
    --html-title partner_center --print-summary . | grep -E '^(lines|branches):' | sed 's/^/gcovr: /')
python3 -B "$here/report.py" "$build"
echo "finished after $SECONDS s"
