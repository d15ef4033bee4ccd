#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""report.py BUILD_DIR: prints the lines and branches of include/ that the tests reach, by file, the worst
file last, and the totals. Fails below the limits, on a line that is not reached and that uncovered.txt
does not name, and on one that it names without need. Writes to BUILD_DIR/missed.txt which lines are not
reached and which branches not taken.

In uncovered.txt, lines that begin in the first column say why; the indented ones below are what the reason
is for, `FILE: LINE OF SOURCE`, FILE below include/partner_center: by the text, not by its number, so that
an edit elsewhere changes nothing. Where a file has the same line more than once, it is named as often as
it is missed. `FILE? LINE OF SOURCE` is what some runs reach and others do not.
"""
import collections
import pathlib
import re
import sys

from measured import BELOW, measure

LEAST_LINES, LEAST_BRANCHES = 97.0, 90.0


class Failure(Exception):
    pass


def percent(missed, total):
    return 100.0 * (total - missed) / total if total else 100.0


def row(name, lines, missed_lines, branches, missed_branches):
    return (f"{name:42} {lines:6} {missed_lines:7} {percent(missed_lines, lines):6.1f} %"
            f" {branches:9} {missed_branches:7} {percent(missed_branches, branches):6.1f} %")


def print_table(files):
    print(f"{BELOW:42} {'lines':>6} {'missed':>7} {'':8} {'branches':>9} {'missed':>7}")
    for file in sorted(files, key=lambda f: (len(f.missed), f.not_taken, f.name)):
        print(row(file.name, len(file.lines), len(file.missed), file.branches, file.not_taken))
    totals = [sum(len(f.lines) for f in files), sum(len(f.missed) for f in files),
              sum(f.branches for f in files), sum(f.not_taken for f in files)]
    print(row(f"all {len(files)} files", *totals))
    return totals


def write_details(files, path):
    with open(path, "w", encoding="utf-8") as out:
        for file in files:
            for line in file.lines:
                if line.count == 0:
                    out.write(f"{file.name}:{line.number}: not reached: {line.text}\n")
                elif line.not_taken:
                    out.write(f"{file.name}:{line.number}: {line.not_taken} of {len(line.branches)}"
                              f" branches not taken: {line.text}\n")


def read_named(path):
    """Two counters of (file, text): what no run reaches, and what some do."""
    never, sometimes = collections.Counter(), collections.Counter()
    has_reason = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line[0].isspace():
            has_reason = True
            continue
        match = re.fullmatch(r"\s+([\w/.]+)([:?]) (.*\S)\s*", line)
        if not match or not has_reason:
            raise Failure(f"{path}:{number}: neither a reason nor, below one, 'FILE: LINE OF SOURCE'")
        (never if match[2] == ":" else sometimes)[match[1], match[3]] += 1
    return never, sometimes


def compare(files, never, sometimes):
    """What is wrong with uncovered.txt."""
    missed, there = collections.defaultdict(list), collections.Counter()
    for file in files:
        for line in file.lines:
            there[file.name, line.text] += 1
            if line.count == 0:
                missed[file.name, line.text].append(line.number)
    for key, numbers in sorted(missed.items()):
        if len(numbers) > never[key] + sometimes[key]:
            yield f"no test reaches {BELOW}{key[0]}:{', '.join(map(str, numbers))}: {key[1]}"
    for key in sorted(never | sometimes):
        if there[key] < never[key] + sometimes[key]:
            yield f"uncovered.txt names a line that is not there: {key[0]}: {key[1]}"
        elif len(missed[key]) < never[key]:
            yield f"uncovered.txt names a line that is reached: {key[0]}: {key[1]}"


def main(build):
    here = pathlib.Path(__file__).resolve().parent
    root = here.parent.parent
    files = measure(root, build / "coverage.json")
    write_details(files, build / "missed.txt")
    lines, missed, branches, not_taken = print_table(files)

    complaints = list(compare(files, *read_named(here / "uncovered.txt")))
    measured = {file.name for file in files}
    bodies = (str(path.relative_to(root / BELOW)) for path in (root / BELOW).rglob("*.ipp"))
    complaints += [f"nothing was measured of {BELOW}{name}" for name in sorted(bodies)
                   if name not in measured]
    if percent(missed, lines) < LEAST_LINES:
        complaints.append(f"less than {LEAST_LINES} % of the lines are reached")
    if percent(not_taken, branches) < LEAST_BRANCHES:
        complaints.append(f"less than {LEAST_BRANCHES} % of the branches are taken")
    for complaint in complaints:
        print(f"error: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
    except (Failure, OSError) as e:
        sys.exit(f"error: {e}")
