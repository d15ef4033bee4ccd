#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [--counts] [--repeats N] [--calls N] [--svg FILE]: what an update costs, by this client and by
# others. Installs what is missing, builds the programs of update/ with -O2, runs them side by side against
# one nginx, and prints a table and whether the project's bars are met. Writes results.json and results.svg to
# build/benchmarks.
#
#   --counts     only instructions and allocations, which do not depend on the machine
#   --repeats N  rounds of measurements; the medians are shown (default 7)
#   --calls N    calls of one measurement, one at a time (default 5000); four times as many with 32 at once
#   --svg FILE   also writes the picture there
#
# The server gets one processor and the program that is measured another.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/benchmarks
programs=$build/tests/benchmarks/update
records=$build/records.jsonl
counts_only=no
repeats=7
calls=5000
svg=

usage() {
    echo "usage: ${0##*/} [--counts] [--repeats N] [--calls N] [--svg FILE]" >&2
    exit 2
}
number() { [[ ${1:-} =~ ^[1-9][0-9]{0,6}$ ]] || usage; echo "$1"; }
step() { echo "==> $*" >&2; }

while [[ $# -gt 0 ]]; do
    case $1 in
    --counts) counts_only=yes ;;
    --repeats)
        repeats=$(number "${2:-}")
        shift
        ;;
    --calls)
        calls=$(number "${2:-}")
        shift
        ;;
    --svg)
        [[ -n ${2:-} ]] || usage
        svg=$(realpath -m "$2")
        shift
        ;;
    *) usage ;;
    esac
    shift
done

# Shows the output of a step only when it fails.
quietly() {
    "$@" >"$build/build.log" 2>&1 || {
        cat "$build/build.log" >&2
        exit 1
    }
}

mkdir -p "$build"
step "Installing missing packages"
quietly "$root/cmake/install-deps.sh" build benchmarks

step "Building $build"
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=None "-DCMAKE_CXX_FLAGS=-O2 -g1 -DNDEBUG" \
    -DPARTNER_CENTER_BUILD_BENCHMARKS=ON -DPARTNER_CENTER_BUILD_TESTS=OFF -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
targets=(library beast curl httplib floor emulator)
quietly cmake --build "$build" --target "${targets[@]/#/update_}"

read -r server_cpu client_cpu < <(
    python3 -c 'import os; cpus = sorted(os.sched_getaffinity(0)); print(cpus[0], cpus[1 % len(cpus)])'
)
[[ $server_cpu != "$client_cpu" ]] || echo "warning: only one processor; times mean little" >&2

server=$(mktemp -d)
stop_server() {
    [[ ! -s $server/pid ]] || kill "$(<"$server/pid")" 2>/dev/null || true
    rm -rf "$server"
}
trap stop_server EXIT
step "Starting nginx"
port=$("$here/update/start_nginx.sh" "$server" "$server_cpu")
ca_file=$server/certificate.pem

# The contestants: a letter, a program and its arguments.
contestants=("a library --expect" "b library" "c beast" "d curl" "e httplib" "f floor")

# measure NAME PROGRAM CALLS IN_FLIGHT [ARGUMENT...]: appends what the program prints, with its name.
measure() {
    local name=$1 program=$2 line
    shift 2
    line=$(timeout 300 taskset --cpu-list "$client_cpu" "$programs/update_$program" "$port" "$ca_file" "$@")
    echo "{\"program\": \"$name\", ${line#\{}" >>"$records"
}

# Instructions in user mode of a run of so many calls.
instructions() {
    local calls=$1 program=$2
    shift 2
    timeout 300 valgrind --tool=callgrind --callgrind-out-file="$build/callgrind.out" \
        "$programs/update_$program" "$port" "$ca_file" "$calls" 1 "$@" >"$build/callgrind.log" 2>&1 || {
        cat "$build/callgrind.log" >&2
        exit 1
    }
    sed -n 's/^totals: //p' "$build/callgrind.out"
}

: >"$records"
step "Counting instructions"
for contestant in "${contestants[@]}"; do
    read -r name program arguments <<<"$contestant"
    # shellcheck disable=SC2086 # none or one argument
    few=$(instructions 50 "$program" $arguments) many=$(instructions 250 "$program" $arguments)
    echo "{\"program\": \"$name\", \"instructions_per_call\": $(((many - few) / 200))}" >>"$records"
done

if [[ $counts_only == yes ]]; then
    repeats=1
    calls=500
fi
for ((round = 1; round <= repeats; round++)); do
    step "Measuring, round $round of $repeats"
    for contestant in "${contestants[@]}"; do
        read -r name program arguments <<<"$contestant"
        # shellcheck disable=SC2086
        measure "$name" "$program" "$calls" 1 $arguments
        [[ $counts_only == no ]] || continue
        # Default options are eight connections; who writes by hand gives each call its own.
        [[ $name != a ]] || arguments+=" --connections 8"
        # shellcheck disable=SC2086
        measure "$name" "$program" $((4 * calls)) 32 $arguments
    done
    [[ $counts_only == no ]] || continue
    measure nginx floor $((2 * calls)) 8
    measure emulator emulator $((2 * calls)) 8 --server-cpu "$server_cpu"
done

[[ $counts_only == no ]] || sed -i 's/"wall_s.*"p99_us": [0-9.]*, //' "$records"
python3 "$here/update/report.py" "$records" "$build/results.json" "$build/results.svg"
[[ -z $svg ]] || cp "$build/results.svg" "$svg"
step "Written: $build/results.json and results.svg${svg:+, $svg}"
