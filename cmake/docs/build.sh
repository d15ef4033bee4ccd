#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# build.sh [OUT]: installs what is missing and makes the documentation, OUT/html/index.html. OUT is build/docs
# unless given. Fails on any warning, and on a public name that is not documented.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${1:-$root/build/docs}
include=$root/include

"$root/cmake/install-deps.sh" docs

mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -rf "$out/html" "$out/xml"

version=$(sed -n 's/^#define PARTNER_CENTER_VERSION_STRING "\(.*\)"$/\1/p' \
    "$include/partner_center/version.hpp")
if [[ -z $version ]]; then
    echo "error: $include/partner_center/version.hpp does not name the version" >&2
    exit 1
fi

"$here/website.py" navigation "$here/pages" >"$out/navigation.html"
sed -e "/@NAVIGATION@/{r $out/navigation.html
d}" "$here/header.html.in" >"$out/header.html"
sed -e "s|@VERSION@|$version|g; s|@OUT@|$out|g; s|@INCLUDE@|$include|g; s|@HERE@|$here|g" \
    "$here/Doxyfile.in" >"$out/Doxyfile"

# Some of what is wrong Doxygen tells without calling it a warning.
status=0
doxygen "$out/Doxyfile" >"$out/doxygen.log" 2>&1 || status=$?
if [[ $status -ne 0 || -s $out/doxygen.log ]]; then
    cat "$out/doxygen.log" >&2
    echo "error: Doxygen is not content" >&2
    exit 1
fi

"$here/coverage.py" "$out/xml"
"$here/error_guide.py" "$out/xml" "$here/pages"
"$here/website.py" mentions "$out/xml" "$here/pages"
cp "$here/search.js" "$out/html/"
"$here/website.py" names "$out/xml" >"$out/html/names.js"
pages=$("$here/website.py" finish "$out/html")
echo "$pages pages: $out/html/index.html"
