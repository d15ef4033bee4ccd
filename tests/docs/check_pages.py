#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""check_pages.py HTML_DIR SCREENSHOTS_DIR: looks at every page in a browser, on a desktop and on a telephone,
in light and dark, and follows every link. Fails on what a reader would stumble over.
"""
import base64
import pathlib
import shutil
import sys
import urllib.parse

from browser import Browser, BrowserError

DESKTOP, PHONE = (1280, 900), (390, 844)

# What must be there, so that a documentation without half of its pages does not pass.
WANTED = ["index", "errors", "cancellation", "threads", "retry", "authentication", "testing", "performance",
          "design", "namespacepartner__center", "classpartner__center_1_1client",
          "classpartner__center_1_1testing_1_1emulator"]

LINKS = """[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"""
ANCHORS = """[...document.querySelectorAll('[id], a[name]')].map(e => e.id || e.name)"""
OVERFLOW = """(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return '';
    const guilty = [...document.querySelectorAll('main *')].find(e =>
        e.getBoundingClientRect().right > wide + 1
        && !e.closest('pre, .fragment, .memproto, table.markdownTable, figure'));
    return guilty ? guilty.tagName + '.' + guilty.className : 'something';
})()"""

# WCAG 2.1, success criterion 1.4.3: 4.5 to 1.
CONTRAST = """(() => {
    const channels = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const luminance = ([r, g, b]) => {
        const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const [x, y, z] = [r, g, b].map(c => linear(c / 255));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const color = channels(getComputedStyle(e).backgroundColor);
            if (color.length === 3 || color[3] > 0) return color;
        }
        return [255, 255, 255];
    };
    const faint = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.closest('svg, script')) continue;
        if (!element.getClientRects().length) continue;
        const [a, b] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) faint.add(`${element.tagName}.${element.className} ${ratio.toFixed(1)}`);
    }
    return [...faint].slice(0, 3).join(', ');
})()"""

SEARCH = """(async () => {
    const field = document.getElementById('search');
    field.value = 'stale_etag';
    field.dispatchEvent(new Event('input'));
    const first = document.querySelector('#found a');
    return first ? first.getAttribute('href') : '';
})()"""


class Check:
    def __init__(self, folder, screenshots):
        self.folder = folder
        self.screenshots = screenshots
        self.failures = []
        self.pictures = 0
        self.links = {}
        self.anchors = {}

    def fail(self, page, what):
        self.failures.append(f"{page}: {what}")

    def photograph(self, browser, name):
        size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 4000), "scale": 1}
        picture = browser.call("Page.captureScreenshot", format="png", clip=clip,
                               captureBeyondViewport=True, optimizeForSpeed=True)
        (self.screenshots / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))
        self.pictures += 1

    def visit(self, browser, page):
        name = page.name.removesuffix(".html")
        # Reference pages are all of one kind: a picture in each of two looks is enough.
        guide = not name.startswith(("class", "struct", "concept"))
        for size, label in ((DESKTOP, "desktop"), (PHONE, "phone")):
            browser.look(*size, "light")
            browser.open(page.as_uri())
            if label == "desktop":
                self.links[page.name] = browser.evaluate(LINKS)
                self.anchors[page.name] = set(browser.evaluate(ANCHORS))
            wide = browser.evaluate(OVERFLOW)
            if wide:
                self.fail(page.name, f"is wider than a {label}: {wide}")
            for scheme in ("light", "dark"):
                browser.look(*size, scheme)
                faint = browser.evaluate(CONTRAST)
                if faint:
                    self.fail(page.name, f"is hard to read in {scheme}: {faint}")
                if guide or (label, scheme) in (("desktop", "light"), ("phone", "dark")):
                    self.photograph(browser, f"{name}.{label}.{scheme}")
            for complaint in browser.complaints():
                self.fail(page.name, f"({label}) {complaint}")

    def follow_links(self):
        count = 0
        for page, links in self.links.items():
            for link in links:
                target, _, anchor = link.partition("#")
                if urllib.parse.urlsplit(target).scheme:
                    continue
                count += 1
                target = urllib.parse.unquote(target) or page
                if target not in self.anchors:
                    self.fail(page, f"leads to {target}, which does not exist")
                elif anchor and urllib.parse.unquote(anchor) not in self.anchors[target]:
                    self.fail(page, f"leads to {target}#{anchor}, which does not exist")
        return count

    def check_search(self, browser):
        browser.look(*DESKTOP, "light")
        browser.open((self.folder / "index.html").as_uri())
        if "#" not in browser.evaluate(SEARCH):
            self.fail("index.html", "the search does not find stale_etag")
        entries = browser.evaluate("names.map(entry => entry.url)")
        self.links["names.js"] = entries
        if len(entries) < 100:
            self.fail("names.js", f"has {len(entries)} names only")


def main():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} HTML_DIR SCREENSHOTS_DIR")
    folder, screenshots = (pathlib.Path(given).resolve() for given in sys.argv[1:])
    shutil.rmtree(screenshots, ignore_errors=True)
    screenshots.mkdir(parents=True)
    check = Check(folder, screenshots)
    for name in WANTED:
        if not (folder / f"{name}.html").is_file():
            check.fail(f"{name}.html", "is missing")
    pages = sorted(folder.glob("*.html"))
    try:
        with Browser() as browser:
            for page in pages:
                check.visit(browser, page)
            check.check_search(browser)
    except BrowserError as failure:
        check.fail("the browser", str(failure))
    links = check.follow_links()
    for failure in check.failures:
        print(failure, file=sys.stderr)
    if check.failures:
        sys.exit(f"error: {len(check.failures)} failures")
    looks = f"at {DESKTOP[0]} and {PHONE[0]} pixels in light and dark"
    print(f"{len(pages)} pages {looks}: no console error, nothing too wide or too faint, "
          f"{links} links lead somewhere; {check.pictures} screenshots in {screenshots}")


if __name__ == "__main__":
    main()
