#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# extract.sh PAGE...: prints the C++ of the pages as one header. The code of a page is in a namespace of its
# own, page_NAME, without its includes, which come first, and what it puts in namespace partner_center.
set -euo pipefail

[[ $# -gt 0 ]] || {
    echo "usage: ${0##*/} PAGE..." >&2
    exit 2
}

awk '
    FNR == 1 { match($0, /[{]#[a-z_]+[}]/); page = substr($0, RSTART + 2, RLENGTH - 3) }
    /^```cpp$/ { block = ""; inside = 1; next }
    inside && /^```$/ {
        inside = 0
        if (block ~ /^namespace partner_center [{]/) library = library block
        else text[page] = text[page] block
        if (!(page in order)) { order[page] = ++pages; names[pages] = page }
        next
    }
    inside && /^#include/ { if (!known[$0]++) includes = includes $0 "\n"; next }
    inside { block = block $0 "\n" }
    END {
        printf "%s\nnamespace asio = boost::asio;\nnamespace pc = partner_center;\n%s", includes, library
        for (i = 1; i <= pages; ++i)
            printf "\nnamespace page_%s {\n%s} // namespace page_%s\n", names[i], text[names[i]], names[i]
    }' "$@"
