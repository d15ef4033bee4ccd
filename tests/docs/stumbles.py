#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""stumbles.py: shows that check_pages.py notices what a reader would stumble over, each on its own page."""
import pathlib
import sys
import tempfile

from browser import Browser
from check_pages import Check

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"/><link rel="icon" href="data:,"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<style>body {{ color: #111; background: #fff; }}</style></head>
<body><main>{}</main></body></html>"""

# The page's body, and what has to be said of it; nothing of the first.
FAULTS = {
    "sound": ('<p id="here"><a href="sound.html#here">Near.</a></p>', None),
    "wide": ('<p style="width: 700px">wide</p>', "is wider than a phone"),
    "faint": ('<p style="color: #bbb">faint</p>', "is hard to read in light"),
    "faint_in_dark": ("<style>@media (prefers-color-scheme: dark) { p { color: #eee; } }</style><p>faint</p>",
                      "is hard to read in dark"),
    "loud": ('<p>loud</p><script>console.error("something broke")</script>', "something broke"),
    "thrown": ("<p>thrown</p><script>no_such_function()</script>", "no_such_function is not defined"),
    "unloaded": ('<p>unloaded</p><img src="no_such_picture.png" alt=""/>', "could not load something"),
    "dead_link": ('<p><a href="no_such_page.html">dead</a></p>', "leads to no_such_page.html"),
    "dead_anchor": ('<p><a href="sound.html#there">dead</a></p>', "leads to sound.html#there"),
}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check = Check(folder, folder)
        with Browser() as browser:
            for page, (body, _) in FAULTS.items():
                path = folder / f"{page}.html"
                path.write_text(PAGE.format(body), encoding="utf-8")
                check.visit(browser, path)
        check.follow_links()
    wrong = []
    for page, (_, expected) in FAULTS.items():
        said = [failure for failure in check.failures if failure.startswith(page + ".html: ")]
        if expected is None and said:
            wrong.append(f"nothing is wrong with the page '{page}', but: {said}")
        elif expected is not None and not any(expected in failure for failure in said):
            wrong.append(f"'{expected}' was expected of the page '{page}', but: {said}")
    for failure in wrong:
        print(failure, file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(f"{len(FAULTS) - 1} faults of pages were noticed")


if __name__ == "__main__":
    main()
