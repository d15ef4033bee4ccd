#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# compile_time.sh [--check] [--repeats N]: how long it takes to compile, header-only and at -O2,
#   calls_update    a file that is handed a client and calls it, as most files of a program that uses one;
#   compiled        the same file with PARTNER_CENTER_SEPARATE_COMPILATION, as with partner_center::compiled;
#   our_update      a whole program in one file: options, transport, client, call and main;
#   bare_coroutine  a program with one coroutine of Asio and nothing else;
#   hand_written    what our_update does, written by hand with Beast.
# The fastest of N rounds (default 3) counts: other work on the machine only adds to the time. CXX names the
# compiler. With --check, all but our_update, and the exit status is 1 when a bar is missed: calls_update takes at
# most 0.22 of hand_written, and compiled at most 1.25 of bare_coroutine.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compile=("${CXX:-g++}" -std=c++20 -O2 -I "$here/../../include")
bar=0.22
bar_compiled=1.25
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

# compiler NAME ARGUMENT...: runs the compiler on what goes by that name.
compiler() {
    local source=$1 mode=()
    [[ $1 != compiled ]] || { source=calls_update mode=(-DPARTNER_CENTER_SEPARATE_COMPILATION); }
    "${compile[@]}" "${mode[@]}" "$here/$source.cpp" "${@:2}"
}

# Appends the seconds of processor time in user mode, which a busy machine disturbs least.
compile_once() {
    local TIMEFORMAT=%U
    { time compiler "$1" -c -o "$work/$1.o" 2>"$work/$1.log"; } 2>>"$work/$1.times" || {
        cat "$work/$1.log" >&2
        echo "$1 does not compile" >&2
        exit 1
    }
}

fastest() { sort -n "$work/$1.times" | head -n 1; }
ratio() { awk "BEGIN { printf \"%.3f\", $(fastest "$1") / $(fastest "$2") }"; }
lines() { compiler "$1" -E -P | grep -c .; }

files=(calls_update compiled our_update bare_coroutine hand_written)
[[ $check == no ]] || files=(calls_update compiled bare_coroutine hand_written)
for ((i = 0; i < repeats; i++)); do
    for file in "${files[@]}"; do
        compile_once "$file"
    done
done

"${compile[0]}" --version | head -n 1
printf '%-14s %8s %8s %20s\n' '' 'user s' 'ratio' 'preprocessed lines'
for file in "${files[@]}"; do
    printf '%-14s %8.2f %8.3f %20d\n' "$file" "$(fastest "$file")" "$(ratio "$file" hand_written)" \
        "$(lines "$file")"
done

header_only=$(ratio calls_update hand_written)
compiled=$(ratio compiled bare_coroutine)
echo "fastest of $repeats; calls_update / hand_written $header_only, at most $bar;" \
    "compiled / bare_coroutine $compiled, at most $bar_compiled"
[[ $check == no ]] || awk "BEGIN { exit !($header_only <= $bar && $compiled <= $bar_compiled) }"
