#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# report.py RECORDS RESULTS.json RESULTS.svg: prints the medians of what ../run.sh has recorded, as a table,
# and writes them as JSON and as a picture. Needs the standard library only.

import json
import statistics
import sys

NAMES = {
    "a": "this client, default options",
    "b": "this client, without Expect",
    "c": "by hand on Boost.Beast",
    "d": "libcurl",
    "e": "cpp-httplib",
    "f": "floor: bare OpenSSL",
}

# Title, key, calls in flight, format.
COLUMNS = [
    ("instr.", "instructions_per_call", None, "{:,.0f}"),
    ("allocs", "allocations_per_call", 1, "{:.1f}"),
    ("bytes", "allocated_bytes_per_call", 1, "{:,.0f}"),
    ("CPU us", "cpu_us_per_call", 1, "{:.1f}"),
    ("calls/s", "calls_per_s", 1, "{:,.0f}"),
    ("p50 us", "p50_us", 1, "{:,.0f}"),
    ("p99 us", "p99_us", 1, "{:,.0f}"),
    ("CPU us", "cpu_us_per_call", 32, "{:.1f}"),
    ("calls/s", "calls_per_s", 32, "{:,.0f}"),
    ("p50 us", "p50_us", 32, "{:,.0f}"),
    ("p99 us", "p99_us", 32, "{:,.0f}"),
    ("peak MiB", "peak_mib", 32, "{:.1f}"),
]


class Results:
    def __init__(self, path):
        self.values = {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                self.add(json.loads(line))

    def add(self, record):
        if "peak_kib" in record:
            record["peak_mib"] = record["peak_kib"] / 1024
        for key, value in record.items():
            if key not in ("program", "in_flight"):
                self.values.setdefault((record["program"], record.get("in_flight"), key), []).append(value)

    def all(self, program, key, in_flight):
        return self.values.get((program, in_flight, key), [])

    def median(self, program, key, in_flight):
        values = self.all(program, key, in_flight)
        return statistics.median(values) if values else None

    def ratio(self, key, in_flight, program, other):
        """Round by round, for what disturbs one program disturbs its neighbours."""
        pairs = zip(self.all(program, key, in_flight), self.all(other, key, in_flight))
        ratios = [a / b for a, b in pairs if b]
        return statistics.median(ratios) if ratios else None


def bars(results):
    """What is demanded: text, measured, limit, and whether the limit is the least instead of the most."""
    ratio = results.ratio
    allocations = results.median("b", "allocations_per_call", 1)
    return [
        ("instructions per call, (b) / (c)", ratio("instructions_per_call", None, "b", "c"), 0.60, False),
        ("allocations per call, (b)", allocations, 20, False),
        ("CPU per call, 32 in flight, (b) / (c)", ratio("cpu_us_per_call", 32, "b", "c"), 0.80, False),
        ("CPU per call, 1 in flight, (b) / (d)", ratio("cpu_us_per_call", 1, "b", "d"), 0.90, False),
        ("p99 latency, 32 in flight, (b) / (c)", ratio("p99_us", 32, "b", "c"), 1.00, False),
        ("calls served, emulator / nginx", ratio("calls_per_s", 8, "emulator", "nginx"), 0.50, True),
    ]


def print_table(results):
    rows = []
    for letter, name in NAMES.items():
        values = [results.median(letter, key, in_flight) for _, key, in_flight, _ in COLUMNS]
        shapes = [shape for _, _, _, shape in COLUMNS]
        cells = [shape.format(v) if v is not None else "-" for v, shape in zip(values, shapes)]
        rows.append([f"({letter}) {name}"] + cells)
    used = [i for i in range(len(COLUMNS) + 1) if any(row[i] != "-" for row in rows)]
    titles = [""] + [column[0] for column in COLUMNS]
    groups = [""] + [{None: "", 1: "1 at once", 32: "32 at once"}[column[2]] for column in COLUMNS]
    widths = [max(len(line[i]) for line in rows + [titles, groups]) for i in range(len(titles))]
    shown = [""] + ["" if groups[i] == groups[i - 1] else groups[i] for i in range(1, len(groups))]
    for line in [shown, titles] + rows:
        first = line[0].ljust(widths[0])
        print("  ".join([first] + [line[i].rjust(widths[i]) for i in used if i]).rstrip())
    print("\nMedians. With 32 at once, (a) has its default of 8 connections, the others have 32.\n")


def print_bars(results):
    for text, value, limit, least in bars(results):
        if value is None:
            continue
        met = value >= limit if least else value <= limit
        bound = "at least" if least else "at most"
        print(f"{text:<40} {value:8.2f}   {bound} {limit:<6g} {'met' if met else 'NOT MET'}")


def measured(results, letter, name):
    values = {"name": name}
    for _, key, in_flight, _ in COLUMNS:
        full_key = key if in_flight is None else f"{key}, {in_flight} in flight"
        values[full_key] = results.median(letter, key, in_flight)
    return values


def write_json(results, path):
    document = {
        "programs": {letter: measured(results, letter, name) for letter, name in NAMES.items()},
        "servers": {
            name: {"calls_per_s": results.median(name, "calls_per_s", 8)} for name in ("nginx", "emulator")
        },
        "bars": [
            {"what": text, "measured": value, "at least" if least else "at most": limit}
            for text, value, limit, least in bars(results)
        ],
    }
    with open(path, "w", encoding="utf-8") as out:
        json.dump(document, out, indent=2)
        out.write("\n")


def panel(results, top, title, key, in_flight, shape):
    """One group of horizontal bars; returns its lines and where the next begins."""
    rows = [(n, l, results.median(l, key, in_flight)) for l, n in NAMES.items()]
    rows = [row for row in rows if row[2] is not None]
    if not rows:
        return [], top
    most = max(value for _, _, value in rows)
    lines = [f'<text x="20" y="{top + 18}" class="title">{title}</text>']
    y = top + 30
    for name, letter, value in rows:
        width = max(1.0, 380 * value / most)
        kind = "ours" if letter in "ab" else "theirs"
        lines.append(f'<text x="230" y="{y + 13}" class="name">{name}</text>')
        lines.append(f'<rect x="240" y="{y}" width="{width:.1f}" height="17" rx="2" class="{kind}"/>')
        lines.append(f'<text x="{246 + width:.1f}" y="{y + 13}">{shape.format(value)}</text>')
        y += 22
    return lines, y + 14


def write_svg(results, path):
    panels = [
        ("Instructions per call, in user mode", "instructions_per_call", None, "{:,.0f}"),
        ("Allocations per call", "allocations_per_call", 1, "{:.0f}"),
        ("Microseconds of processor per call, 32 calls at once", "cpu_us_per_call", 32, "{:.1f}"),
        ("Microseconds of processor per call, one at a time", "cpu_us_per_call", 1, "{:.1f}"),
    ]
    lines, top = [], 10
    for shown in panels:
        more, top = panel(results, top, *shown)
        lines += more
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {top}" width="720" height="{top}" '
        'role="img">',
        "<title>What an update of the organization profile costs: less is better</title>",
        "<style>text { font: 13px sans-serif; fill: #24292f } .title { font-weight: bold } "
        ".name { text-anchor: end } .ours { fill: #1a7f64 } .theirs { fill: #9aa4af }</style>",
        f'<rect width="720" height="{top}" rx="6" fill="#ffffff"/>',
    ]
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(head + lines + ["</svg>"]) + "\n")


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: report.py RECORDS RESULTS.json RESULTS.svg")
    results = Results(sys.argv[1])
    print_table(results)
    print_bars(results)
    write_json(results, sys.argv[2])
    write_svg(results, sys.argv[3])


if __name__ == "__main__":
    main()
