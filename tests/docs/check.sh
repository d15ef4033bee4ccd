#!/usr/bin/env bash
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# check.sh [OUT]: makes the documentation in OUT (build/docs), shows that what is missing in it is noticed,
# and looks at every page in a browser. Installs what is missing. Screenshots go to OUT/screenshots. Then looks
# for the tests that tests/README.md names.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${1:-$root/build/docs}

"$root/cmake/install-deps.sh" docs browser
"$root/cmake/docs/build.sh" "$out"
"$here/notices.sh"
python3 -B "$here/stumbles.py"
python3 -B "$here/check_pages.py" "$out/html" "$out/screenshots"
python3 -B "$here/promises.py"
