#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# run.sh [--seconds N | --runs N | --smoke [--seconds N]] [TARGET...]: installs what is missing, builds the
# fuzz targets under AddressSanitizer and UndefinedBehaviorSanitizer, and runs them, all unless some are
# named: one after the other, for 60 seconds each unless told otherwise, on the inputs of corpus/ first. What
# a run learns is kept in build/fuzz/learned/ for the next one. One line per target says what came out; status
# 1 after a finding, whose input is printed, and after a run that has tried fewer inputs than it was to.
#
# --smoke   two at a time, starting from corpus/ alone, with the same chance each time: what a change is
#           checked with
# --replay FILE TARGET   runs one input, such as a finding
# --keep    takes from what was learned what reaches more than corpus/ does, as little of it as possible
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/fuzz
learned=$build/learned

usage() {
    sed -n 's/^# \{0,1\}//; 5,/^set /{ /^set /!p }' "$here/run.sh" >&2
    exit 2
}
fail() {
    echo "error: $*" >&2
    exit 2
}

# The longest input worth its time.
declare -A longest=(
    [base_url]=128 [error_body]=256 [proxy]=160 [resource_json]=400 [response_split]=224 [retry_after]=64
    [token_answer]=256 [whole_call]=128
)

limits=()
wanted_seconds=60
wanted_runs=
at_once=1
mode=fuzz
replayed=
targets=()
while [[ $# -gt 0 ]]; do
    case $1 in
    --seconds | --runs)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "$1 wants a number, not '${2:-}'"
        [[ ${#limits[@]} -eq 0 ]] || fail "--seconds and --runs exclude each other"
        if [[ $1 == --runs ]]; then
            limits=("-runs=$2") wanted_runs=$2 wanted_seconds=
        else
            limits=("-max_total_time=$2") wanted_seconds=$2
        fi
        shift
        ;;
    --smoke)
        at_once=2
        mode=smoke
        ;;
    --keep) mode=keep ;;
    --replay)
        mode=replay
        [[ -f ${2:-} ]] || fail "there is no file '${2:-}'"
        replayed=$(realpath "$2")
        shift
        ;;
    -*) usage ;;
    *)
        [[ -v longest[$1] ]] || fail "there is no target '$1', but: ${!longest[*]}"
        targets+=("$1")
        ;;
    esac
    shift
done
[[ ${#limits[@]} -gt 0 ]] || limits=(-max_total_time=60)
[[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <(printf '%s\n' "${!longest[@]}" | sort)
cd "$here"
[[ $mode != replay || ${#targets[@]} -eq 1 ]] || fail "--replay wants one target"

work=$(mktemp -d)
stop() {
    local running
    mapfile -t running < <(jobs -p)
    [[ ${#running[@]} -eq 0 ]] || kill "${running[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

quietly() {
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 2
    }
}
quietly "$root/cmake/install-deps.sh" build sanitizers
# Of the library too, so that the fuzzer sees where its inputs lead.
flags="-O2 -g1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
quietly cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++-19 \
    "-DCMAKE_CXX_FLAGS=$flags" -DPARTNER_CENTER_BUILD_FUZZERS=ON -DPARTNER_CENTER_BUILD_TESTS=OFF \
    -DPARTNER_CENTER_BUILD_EXAMPLES=OFF
quietly cmake --build "$build" --target "${targets[@]/#/fuzz_}"

# Freed memory is kept from use for less long than usual: there is much of it.
export ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=8:detect_stack_use_after_return=0
ASAN_OPTIONS+=:max_malloc_fill_size=0:intercept_strcmp=0:intercept_strlen=0
export UBSAN_OPTIONS=print_stacktrace=1
export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-19/bin/llvm-symbolizer

run_target() {
    local name=$1
    shift
    local options=(-timeout=20 -rss_limit_mb=1024 "-max_len=${longest[$name]}")
    options+=("-artifact_prefix=$build/$name-")
    # It looks for leaks by itself, after many calls at once.
    [[ $name != whole_call ]] || options+=(-detect_leaks=0)
    [[ ! -f dictionaries/$name.txt ]] || options+=("-dict=dictionaries/$name.txt")
    "$build/tests/fuzz/fuzz_$name" "${options[@]}" "$@"
}

# Why a run that has found nothing is no success; nothing when it is one. `total` is the number of executions,
# `made` that of inputs that were made: to read the corpus once more is no fuzzing. In half a minute two
# processors make a hundred times as many as are required here: whole_call 10,000, the others a million and more.
shortfall() {
    local name=$1 total=$2 made=$3 least=1
    if [[ -z $wanted_runs && $wanted_seconds -ge 30 ]]; then
        [[ $name == whole_call ]] && least=100 || least=1000
    fi
    if [[ -z $total ]]; then
        echo "it did not come to its end"
    elif [[ -n $wanted_runs && $total -lt $wanted_runs ]]; then
        echo "it made $total executions of $wanted_runs"
    elif [[ -z $wanted_runs && $made -lt $least ]]; then
        echo "it tried $made inputs of its own, and not $least"
    fi
}

# The one line of a target, out of what libFuzzer has written; status 1 when it found something, or did not do
# what it was to.
report() {
    local name=$1 status=$2 log=$3 last runs total read_in seconds edges inputs findings=0 input missing
    last=$(grep -E '^#[0-9]+.*cov: ' "$log" | tail -n 1 || true)
    runs=$(sed -nE 's/^#([0-9]+).*/\1/p' <<<"$last")
    # Only who comes to the end writes these: all executions, and those that the corpus took.
    total=$(sed -nE 's/^Done ([0-9]+) runs in [0-9]+ second.*/\1/p' "$log" | tail -n 1)
    read_in=$(sed -nE 's/^#([0-9]+)[[:space:]]+INITED.*/\1/p' "$log" | tail -n 1)
    runs=${total:-$runs}
    seconds=$(sed -nE 's/^Done [0-9]+ runs in ([0-9]+) second.*/\1/p' "$log" | tail -n 1)
    edges=$(sed -nE 's/.*cov: ([0-9]+).*/\1/p' <<<"$last")
    inputs=$(sed -nE 's/.*corp: ([0-9]+).*/\1/p' <<<"$last")
    [[ $status -eq 0 ]] || findings=1
    printf '%-15s %10s executions %8s a second %6s edges %5s inputs %2s findings\n' "$name" "${runs:-0}" \
        "$((${runs:-0} / (${seconds:-0} > 0 ? seconds : 1)))" \
        "${edges:-0}" "${inputs:-0}" "$findings"
    if [[ $findings -eq 0 ]]; then
        missing=$(shortfall "$name" "$total" "$((${total:-0} - ${read_in:-0}))")
        [[ -n $missing ]] || return 0
        echo "$name: nothing was found, but $missing; the end of what the fuzzer has written:"
        tail -n 20 "$log"
        return 1
    fi
    grep -vE '^#[0-9]|^INFO|^	NEW|^"' "$log" | head -n 60 || true
    input=$(sed -nE 's/.*Test unit written to (.*)/\1/p' "$log" | head -n 1)
    if [[ -n $input ]]; then
        echo "$name: the input is in $input:"
        od -An -tx1 -v "$input"
        echo "$name: to run it again: tests/fuzz/run.sh --replay $input $name"
    fi
    return 1
}

fuzz_target() {
    local name=$1 status=0 corpus=$learned/$1 log=$work/$1.log fuzzer
    local chance=()
    # A check of one change must not fail by what was there before, and is found some day.
    [[ $mode != smoke ]] || { corpus=$work/learned/$name chance=(-seed=1); }
    mkdir -p "$corpus" "$here/corpus/$name"
    run_target "$name" "${limits[@]}" "${chance[@]}" "$corpus" "corpus/$name" >"$log" 2>&1 &
    fuzzer=$!
    trap 'kill "$fuzzer"' TERM
    wait "$fuzzer" || status=$?
    report "$name" "$status" "$log"
}

keep_target() {
    local name=$1 status=0
    mkdir -p "$learned/$name" "corpus/$name"
    # Not how often a place is reached, which takes ten times as many.
    run_target "$name" -set_cover_merge=1 -use_counters=0 "corpus/$name" "$learned/$name" >"$work/log" 2>&1 ||
        status=$?
    [[ $status -eq 0 ]] || cat "$work/log" >&2
    echo "$name: $(find "corpus/$name" -type f | wc -l) inputs, $(cat "corpus/$name"/* | wc -c) bytes"
    return "$status"
}

found=0
at_work=0
for name in "${targets[@]}"; do
    case $mode in
    replay) run_target "$name" "$replayed" || exit 1 ;;
    keep) keep_target "$name" || exit 1 ;;
    *)
        if [[ $at_work -eq $at_once ]]; then
            wait -n || found=1
            at_work=$((at_work - 1))
        fi
        fuzz_target "$name" &
        at_work=$((at_work + 1))
        ;;
    esac
done
for (( ; at_work > 0; at_work--)); do
    wait -n || found=1
done
exit "$found"
