#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# header_map.sh: what it costs to include each public header by itself, as a table in Markdown: seconds of
# processor time (the fastest of three) to read it, header-only and with PARTNER_CENTER_SEPARATE_COMPILATION,
# and preprocessed lines. CXX names the compiler.
set -euo pipefail

include=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../include" && pwd)
compile=("${CXX:-g++}" -std=c++20 -O2 -I "$include" -x c++)
separate=-DPARTNER_CENTER_SEPARATE_COMPILATION
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# seconds HEADER ARGUMENT...
seconds() {
    local TIMEFORMAT=%U header=$1 round
    for round in 1 2 3; do
        { time "${compile[@]}" "${@:2}" -fsyntax-only - <<<"#include <$header>" 2>"$log"; } 2>&1 || {
            cat "$log" >&2
            exit 1
        }
    done | sort -n | head -n 1
}
lines() { "${compile[@]}" "${@:2}" -E -P - <<<"#include <$1>" | grep -c .; }

cd "$include"
echo '| header | s | lines | s, compiled | lines, compiled |'
echo '| --- | ---: | ---: | ---: | ---: |'
for header in partner_center.hpp partner_center/*.hpp partner_center/testing/emulator.hpp; do
    [[ $header != */src.hpp ]] || continue
    printf '| `%s` | %.2f | %d | %.2f | %d |\n' "$header" "$(seconds "$header")" "$(lines "$header")" \
        "$(seconds "$header" $separate)" "$(lines "$header" $separate)"
done
