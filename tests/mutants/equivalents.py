# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""Reads equivalent.txt."""
import re
import sys


def read_equivalents(path):
    """A mutant's key -> why it changes nothing."""
    reasons, head = {}, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            head = re.fullmatch(r"(\S+), (\S+): (.+)", line)
            fits = head
        else:
            fits = head and re.fullmatch(r"\s+(.+) -> (.+?) because (.+)", line)
            if fits:
                before, after, why = fits.groups()
                reasons[f"{head[1]} | {head[2]} | {head[3]} | {before} -> {after}"] = why
        if not fits:
            sys.exit(f"error: {path}:{number}: 'FILE, FUNCTION: LINE' or '  BEFORE -> AFTER because WHY'?")
    return reasons
