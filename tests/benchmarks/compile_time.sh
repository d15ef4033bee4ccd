#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# compile_time.sh [--check] [--repeats N]: how long one file that updates a profile takes to compile, with
# the library (header-only, -O2) and written by hand with Beast. CXX names the compiler. With --check, the
# exit status is 1 when the library takes more than 0.30 of the other's time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compile=("${CXX:-g++}" -std=c++20 -O2 -I "$here/../../include")
bar=0.30
repeats=3
check=no

while [[ $# -gt 0 ]]; do
    case $1 in
    --check) check=yes ;;
    --repeats)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "--repeats needs a number" >&2; exit 2; }
        repeats=$2
        shift
        ;;
    *) echo "usage: ${0##*/} [--check] [--repeats N]" >&2; exit 2 ;;
    esac
    shift
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Appends the seconds of processor time in user mode, which a busy machine disturbs least.
compile_once() {
    local TIMEFORMAT=%U
    { time "${compile[@]}" -c "$here/$1.cpp" -o "$work/$1.o" 2>"$work/$1.log"; } 2>>"$work/$1.times" || {
        cat "$work/$1.log" >&2
        echo "$1.cpp does not compile" >&2
        exit 1
    }
}

median() { sort -n "$work/$1.times" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
lines() { "${compile[@]}" -E -P "$here/$1.cpp" | grep -c .; }

for ((i = 0; i < repeats; i++)); do
    compile_once our_update
    compile_once hand_written
done

ours=$(median our_update)
theirs=$(median hand_written)
ratio=$(awk "BEGIN { printf \"%.3f\", $ours / $theirs }")

"${compile[0]}" --version | head -n 1
printf '%-14s %8s %20s\n' '' 'user s' 'preprocessed lines'
printf '%-14s %8.2f %20d\n' our_update "$ours" "$(lines our_update)" hand_written "$theirs" "$(lines hand_written)"
echo "ratio $ratio, at most $bar (median of $repeats)"

[[ $check == no ]] || awk "BEGIN { exit !($ratio <= $bar) }"
