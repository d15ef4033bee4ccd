#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""promises.py: whether the files and the test cases that tests/README.md names are there.

A quoted name belongs to the file before it in the same row.
"""

import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
TEST_CASE = re.compile(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)')
# A file of the tests, or a name in quotes.
MENTION = re.compile(r'`((?:[a-z_]+/)+[a-z_]+\.(?:cpp|sh|py|mjs|txt))`|"([^"]+)"')


def test_cases(file):
    """The names of the test cases in a file; they may be written in pieces."""
    text = file.read_text(encoding="utf-8")
    return {"".join(re.findall(r'"((?:[^"\\]|\\.)*)"', name)) for name in TEST_CASE.findall(text)}


def mistakes(row):
    """What a row names that is not there, and how many mentions it has."""
    file = None
    names = set()
    for path, name in MENTION.findall(row):
        if path:
            file = TESTS / path
            yield None if file.is_file() else f"there is no file tests/{path}"
            names = test_cases(file) if file.suffix == ".cpp" and file.is_file() else set()
        elif file is not None:
            yield None if name in names else f"{file.relative_to(TESTS)} has no test case \"{name}\""


def main():
    found = []
    mentions = 0
    for row in (TESTS / "README.md").read_text(encoding="utf-8").splitlines():
        if not row.startswith("|"):
            continue
        for mistake in mistakes(row):
            mentions += 1
            if mistake:
                found.append(mistake)
    print("\n".join(found + [f"{mentions} files and test cases are named, {len(found)} are not there"]))
    return 1 if found or mentions < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
