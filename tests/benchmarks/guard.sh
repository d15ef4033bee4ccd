#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# guard.sh [--record]: what does not depend on how busy a machine is must not grow unnoticed: the allocations
# and instructions of an update (update/library.cpp without Expect, in the steady state), and the preprocessed
# lines of each public header. Compares with guard.txt, which allows 5 percent more, and no allocation more;
# --record writes it anew.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/guard
recorded=$here/guard.txt
work=$(mktemp -d)
stop() {
    [[ ! -s $work/server/pid ]] || kill "$(<"$work/server/pid")" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

quietly() {
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
}
quietly "$root/cmake/install-deps.sh" build benchmarks
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=None "-DCMAKE_CXX_FLAGS=-O2 -g1 -DNDEBUG" \
    -DCMAKE_CXX_COMPILER=g++ -DPARTNER_CENTER_BUILD_BENCHMARKS=ON -DPARTNER_CENTER_BUILD_TESTS=OFF \
    -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
quietly cmake --build "$build" --target update_library
program=$build/tests/benchmarks/update/update_library
port=$("$here/update/start_nginx.sh" "$work/server" 0)
ca_file=$work/server/certificate.pem

instructions() {
    quietly timeout 300 valgrind --tool=callgrind --callgrind-out-file="$work/callgrind" "$program" "$port" \
        "$ca_file" "$1" 1
    sed -n 's/^totals: //p' "$work/callgrind"
}
few=$(instructions 50)
many=$(instructions 250)
{
    echo "instructions_of_an_update $(((many - few) / 200))"
    timeout 60 "$program" "$port" "$ca_file" 2000 1 |
        sed -n 's/.*"allocations_per_call": \([0-9]*\).*/allocations_of_an_update \1/p'
    cd "$root/include"
    for header in partner_center.hpp partner_center/*.hpp; do
        [[ $header != */src.hpp ]] || continue
        echo "lines_of_$header $(g++ -std=c++20 -I . -E -P "$header" 2>/dev/null | grep -c .)"
    done
} >"$work/now"

if [[ ${1:-} == --record ]]; then
    cp "$work/now" "$recorded"
    exit 0
fi
awk '
    NR == FNR { was[$1] = $2; next }
    !($1 in was) { print $1 ": " $2 ", and not in guard.txt: see --record"; grown = 1; next }
    {
        most = $1 ~ /^allocations/ ? was[$1] : was[$1] * 1.05
        if ($2 > most) { print $1 ": " $2 " where it was " was[$1]; grown = 1 }
    }
    $1 !~ /^lines/ { print $1 " " $2 " (recorded: " was[$1] ")" }
    END { exit grown }
' "$recorded" "$work/now"
