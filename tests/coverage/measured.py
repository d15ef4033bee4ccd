# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""What gcov has counted in the headers, put together from all object files and instances of templates."""
import collections
import json
import re
import subprocess

BELOW = "include/partner_center/"

# Lines that hold code for the compiler only: where a function is left, or an exception passes.
NO_CODE = re.compile(r"[{}();,\s]*(else)?\s*(//.*)?")


class Line:
    def __init__(self, number, text):
        self.number = number
        self.text = text
        self.count = 0
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


def decisions(branches):
    """How often the branches were taken that are no part of a call that may throw. Such a call has two,
    one of them for the exception; a program has more of those than of its own decisions, and most are
    taken only when memory runs out just there."""
    kept = []
    for branch in branches:
        if not branch["throw"]:
            kept.append(branch)
        elif kept and kept[-1]["fallthrough"]:
            kept.pop() # the call that returns
    return [branch["count"] for branch in kept]


def gcov(objects, folder):
    """The documents, one an object file."""
    ran = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", *objects], cwd=folder,
                         capture_output=True)
    if ran.returncode != 0:
        raise OSError("gcov: " + ran.stderr.decode(errors="replace"))
    return [json.loads(document) for document in ran.stdout.splitlines() if document]


def measure(root, build):
    """All files below include/partner_center/ that have code."""
    objects = sorted(map(str, build.rglob("*.gcda")))
    counts = collections.defaultdict(int) # by file and line
    branches = {} # by file, line and their number
    for start in range(0, len(objects), 20):
        for document in gcov(objects[start:start + 20], build):
            for file in document["files"]:
                name = file["file"].partition("/" + BELOW)[2]
                if not name:
                    continue
                for line in file["lines"]:
                    counts[name, line["line_number"]] += line["count"]
                    taken = decisions(line["branches"])
                    if not taken:
                        continue
                    # Instances of a template have the same branches, unless `if constexpr` is among them.
                    key = name, line["line_number"], len(taken)
                    before = branches.get(key)
                    branches[key] = [a + b for a, b in zip(before, taken)] if before else taken
    return sorted(assemble(root, counts, branches), key=lambda file: file.name)


def assemble(root, counts, branches):
    lines = collections.defaultdict(dict)
    source = {}
    for (name, number), count in counts.items():
        if name not in source:
            source[name] = (root / BELOW / name).read_text(encoding="utf-8").splitlines()
        text = source[name][number - 1].strip()
        if count == 0 and NO_CODE.fullmatch(text):
            continue
        line = lines[name][number] = Line(number, text)
        line.count = count
    for (name, number, _), taken in branches.items():
        if number in lines[name] and not NO_CODE.fullmatch(lines[name][number].text):
            lines[name][number].branches += taken
    return [File(name, [found[number] for number in sorted(found)]) for name, found in lines.items()]
