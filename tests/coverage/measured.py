# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""What llvm-cov has counted in the headers, of all programs and all instances of a template together."""
import collections
import json
import re

BELOW = "include/partner_center/"

# Lines within a function that are counted, although nothing happens there.
NO_CODE = re.compile(r"([{}();,\s]|else|try|default:|public:|private:)*(//.*)?")


class Line:
    def __init__(self, number, text, count):
        self.number = number
        self.text = text
        self.count = count
        self.branches = []

    @property
    def not_taken(self):
        return self.branches.count(0)


class File:
    def __init__(self, name, lines):
        self.name = name
        self.lines = lines

    @property
    def missed(self):
        return [line for line in self.lines if line.count == 0]

    @property
    def branches(self):
        return sum(len(line.branches) for line in self.lines)

    @property
    def not_taken(self):
        return sum(line.not_taken for line in self.lines)


class Segment:
    """From here to the next one, the count is the same (llvm::coverage::CoverageSegment)."""

    def __init__(self, line, column, count, has_count, is_entry, is_gap):
        self.line = line
        self.count = count
        self.has_count = has_count
        self.is_gap = is_gap
        self.is_skipped = is_entry and not has_count
        self.begins = is_entry and has_count and not is_gap


def line_counts(segments, length):
    """How often each line was reached that has code: by what begins on it, or else by what surrounds it. A
    gap, which lies between two statements, surrounds nothing: on its last line counts what follows it, where
    llvm-cov's own count is that of the gap."""
    by_line = collections.defaultdict(list)
    for segment in segments:
        by_line[segment.line].append(segment)
    around = None
    for number in range(1, length + 1):
        here = by_line.get(number, [])
        in_gap = around is not None and around.is_gap
        inside = around is not None and around.has_count and not in_gap
        counts = [segment.count for segment in here if segment.begins]
        if inside and not (here and here[0].is_skipped):
            counts.append(around.count)
        elif in_gap and here and here[0].has_count and not here[0].is_gap:
            counts.append(here[0].count)
        if counts:
            yield number, max(counts)
        if here:
            around = here[-1]


def branch_counts(branches):
    """By line: how often each condition was true, and how often false."""
    conditions = collections.defaultdict(lambda: [0, 0])
    for line, column, end_line, end_column, true, false, *_ in branches:
        counts = conditions[line, column, end_line, end_column]
        counts[0] += true
        counts[1] += false
    by_line = collections.defaultdict(list)
    for place, counts in sorted(conditions.items()):
        by_line[place[0]] += counts
    return by_line


def measure(root, exported):
    """All files below include/partner_center/ that have code, from llvm-cov's JSON."""
    files = []
    for file in json.loads(exported.read_text(encoding="utf-8"))["data"][0]["files"]:
        name = file["filename"].partition("/" + BELOW)[2]
        if not name:
            continue
        source = (root / BELOW / name).read_text(encoding="utf-8").splitlines()
        branches = branch_counts(file["branches"])
        lines = []
        for number, count in line_counts([Segment(*s) for s in file["segments"]], len(source)):
            text = source[number - 1].strip()
            if NO_CODE.fullmatch(text):
                continue
            line = Line(number, text, count)
            line.branches = branches.get(number, [])
            lines.append(line)
        if lines:
            files.append(File(name, lines))
    return sorted(files, key=lambda file: file.name)
