#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""error_guide.py XML_DIR PAGES_DIR: fails when the guide to errors misses an errc or a condition, has one
that does not exist, or says nothing of what to do.

The guide has a heading "### name {#errc_name}" or "{#condition_name}" for each.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET


def values_of(folder, enumeration):
    namespace = ET.parse(folder / "namespacepartner__center.xml").getroot()
    for member in namespace.iter("memberdef"):
        if member.get("kind") == "enum" and member.findtext("name") == enumeration:
            return [value.findtext("name") for value in member.findall("enumvalue")]
    sys.exit(f"error: there is no enumeration {enumeration}")


def main():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} XML_DIR PAGES_DIR")
    pages = pathlib.Path(sys.argv[2]).glob("*.md")
    guides = [page for page in pages if "{#errors}" in page.read_text(encoding="utf-8")]
    if len(guides) != 1:
        sys.exit(f"error: {len(guides)} pages are called {{#errors}}")
    text = guides[0].read_text(encoding="utf-8")
    complaints = []
    for enumeration in ("errc", "condition"):
        expected = values_of(pathlib.Path(sys.argv[1]), enumeration)
        found = re.findall(rf"^### (\w+) {{#{enumeration}_\1}}$", text, re.M)
        complaints += [f"{enumeration}::{name} is not explained" for name in expected if name not in found]
        complaints += [f"{enumeration}::{name} is explained, but does not exist" for name in found
                       if name not in expected]
    for heading, body in re.findall(r"^### (.+)\n((?:(?!^#).*\n)*)", text, re.M):
        if "**What to do:**" not in " ".join(body.split()):
            complaints.append(f"{heading}: nothing says what to do")
    for complaint in complaints:
        print(f"{guides[0].name}: {complaint}", file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
