#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""website.py navigation PAGES_DIR: prints the contents for the header of every page.
website.py names XML_DIR: prints names.js, what search.js searches.
website.py mentions XML_DIR PAGES_DIR: fails when a page mentions a name that does not exist.
website.py finish HTML_DIR: mends what Doxygen leaves behind, deletes the files that no page leads to, and
prints how many pages there are.
"""
import html
import json
import pathlib
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ET


# "# Title {#name}", and the file name of the page that Doxygen makes of it.
def title_and_url(page):
    first = page.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# (.+) \{#(\w+)\}", first)
    if not match:
        sys.exit(f"error: {page} does not begin with '# Title {{#name}}'")
    title, name = match.groups()
    return title, "index.html" if name == "mainpage" else name.replace("_", "__") + ".html"


def navigation(pages):
    entries = [title_and_url(page) for page in sorted(pages.glob("*.md"))]
    reference = [("partner_center", "namespacepartner__center.html"),
                 ("partner_center::testing", "namespacepartner__center_1_1testing.html")]
    for heading, links in (("Guide", entries), ("Reference", reference)):
        print(f"<h2>{heading}</h2>\n<ul>")
        for title, url in links:
            print(f'<li><a href="{url}">{html.escape(title)}</a></li>')
        print("</ul>")


def text_of(node):
    return "" if node is None else " ".join("".join(node.itertext()).split())


def is_public(node):
    return node.get("prot", "public") != "private"


def url_of_member(identifier):
    page, _, anchor = identifier.rpartition("_1")
    return f"{page}.html#{anchor}"


def names_of_compound(compound):
    scope = compound.findtext("compoundname")
    url = compound.get("id") + ".html"
    if compound.get("kind") == "page":
        if scope != "index":
            yield compound.findtext("title"), url, ""
        for section in [*compound.iter("sect1"), *compound.iter("sect2")]:
            yield section.findtext("title"), url_of_member(section.get("id")), compound.findtext("title")
        return
    short = scope.removeprefix("partner_center::")
    yield short, url, text_of(compound.find("briefdescription"))
    prefix = "" if scope == "partner_center" else short + "::"
    for member in compound.iter("memberdef"):
        name = prefix + member.findtext("name")
        if not is_public(member) or member.get("kind") == "friend":
            continue
        yield name, url_of_member(member.get("id")), text_of(member.find("briefdescription"))
        for value in member.findall("enumvalue"):
            brief = text_of(value.find("briefdescription")) or text_of(value.find("detaileddescription"))
            yield f"{name}::{value.findtext('name')}", url_of_member(value.get("id")), brief


def entries_of(folder):
    entries = {}
    for entry in ET.parse(folder / "index.xml").getroot():
        if entry.get("kind") not in ("class", "struct", "concept", "namespace", "page"):
            continue
        compound = ET.parse(folder / f"{entry.get('refid')}.xml").getroot()[0]
        name = compound.findtext("compoundname")
        if not is_public(compound):
            continue
        if compound.get("kind") != "page" and not name.startswith("partner_center"):
            continue
        for name, url, brief in names_of_compound(compound):
            # Overloads are found by the first of them.
            entries.setdefault(name, {"name": name, "url": url, "brief": brief})
    return entries


def names(folder):
    print("const names = " + json.dumps(list(entries_of(folder).values()), indent=0) + ";")


# A mention is `scope::name` in a sentence, with or without what stands in parentheses behind it.
def mentions(folder, pages):
    known = entries_of(folder)
    wrong = []
    for page in sorted(pages.glob("*.md")):
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for name in re.findall(r"`((?:[a-z_]\w*::)+\w+)(?:\([^`]*\))?`", text):
            # Those of others, and of CMake, which have two colons, too.
            if re.match(r"(asio|boost|std|duration|io_context)::|partner_center::\w*compiled$", name):
                continue
            if name not in known and "testing::" + name not in known:
                wrong.append(f"{page.name}: `{name}` does not exist")
    if wrong:
        sys.exit("\n".join(wrong))


# A link to the list of nested classes of a class whose nested classes are private, so that there is no list.
def without_dead_summary(page):
    def mend(match):
        links = re.findall(r'<a href="#([\w-]+)">.*?</a>', match.group(0))
        kept = [f'<a href="#{name}">{text}</a>' for name, text in
                re.findall(r'<a href="#([\w-]+)">(.*?)</a>', match.group(0)) if f'id="{name}"' in page]
        return match.group(0) if len(kept) == len(links) else f'<div class="summary">{" | ".join(kept)}</div>'
    return re.sub(r'<div class="summary">.*?</div>', mend, page, flags=re.S)


# It takes the pattern of an address for an address.
def without_links_in_code(page):
    return re.sub(r'(<code>[^<]*)<a href="https?://[^"]*">([^<]*)</a>', r"\1\2", page)


# Where a telephone has no room for a long name, it may be broken as people would.
def with_breaks_in_names(page):
    def name(match):
        return re.sub(r"(::|_|/)(?=\w)", r"\1<wbr/>", match.group(0))

    def names_of_table(match):
        return re.sub(r"(?<=<code>)[^<]+", name, match.group(0))

    def names_of_contents(match):
        return re.sub(r'(?<=">)[^<]+(?=</a>)', name, match.group(0))
    page = re.sub(r'<table class="markdownTable">.*?</table>', names_of_table, page, flags=re.S)
    return re.sub(r'<div class="toc">.*?</div>', names_of_contents, page, flags=re.S)


def finish(folder):
    for path in folder.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        mended = with_breaks_in_names(without_links_in_code(without_dead_summary(page)))
        mended = re.sub(r'(<td class="memItemLeft")[^>]*>&#160;</td>', r"\1></td>", mended)
        if mended != page:
            path.write_text(mended, encoding="utf-8")
    prune(folder)


def prune(folder):
    reached, waiting = set(), ["index.html", "style.css"]
    while waiting:
        name = waiting.pop()
        path = folder / name
        if name in reached or not path.is_file():
            continue
        reached.add(name)
        if name.endswith(".html"):
            for link in re.findall(r'(?:href|src)="([^"#?]+)', path.read_text(encoding="utf-8")):
                waiting.append(urllib.parse.unquote(html.unescape(link)))
    for path in folder.iterdir():
        if path.is_file() and path.name not in reached:
            path.unlink()
    print(sum(name.endswith(".html") for name in reached))


def main():
    tasks = {"navigation": (navigation, 1), "names": (names, 1), "mentions": (mentions, 2),
             "finish": (finish, 1)}
    task, folders = tasks.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if not task or len(sys.argv) != 2 + folders:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(tasks)} DIR...")
    task(*map(pathlib.Path, sys.argv[2:]))


if __name__ == "__main__":
    main()
