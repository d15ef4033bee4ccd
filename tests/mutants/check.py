#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""check.py ROOT BUILD [--jobs N] [--again] [FILE...]: whether the tests notice when a decision is changed.

BUILD has the tests built. The library is compiled once more, with a switch for each mutant of the files
below, and linked to the tests. Only the tests that reach a mutant are run with it. A failure, a hang or a crash
counts when it comes again with the mutant and not without.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

from equivalents import read_equivalents
from programs import NAMES, Programs
from switchable import Source

# What decides: retry, making and reuse of connections, the meaning of failures, the life of tokens, and modify.
FILES = ["retry", "retry_after", "exchange", "lease", "origin_pool", "connection_pool", "response_reader",
         "condition", "service_error", "token_error", "errc", "call", "pooled_request", "cached_tokens",
         "refresh_token_source", "token_response", "device_poll", "modification", "connection",
         "connector", "proxy_tunnel", "called_source", "client_state"]
WANTED = 0.95


def write_sources(root, tree, refused):
    """A copy of the headers with the switches. `refused` are (file, line) that do not compile with them."""
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(root / "include", tree)
    mutants, uncompiled, first = [], [], 0
    for name in FILES:
        path = tree / "partner_center" / "impl" / f"{name}.ipp"
        lines = {line for file, line in refused if file == path.name}
        source = Source(path.name, path.read_text(), first, lines)
        path.write_text(source.write())
        mutants += source.mutants
        uncompiled += source.refused
        first = source.next_id
    return mutants, uncompiled


def compile_library(root, build):
    tree, refused = build / "mutants" / "include", set()
    library = build / "mutants" / "library.cpp"
    library.parent.mkdir(exist_ok=True)
    library.write_text("#include <partner_center/src.hpp>\n")
    here = root / "tests" / "mutants"
    command = ["g++", "-std=c++20", "-O0", "-w", "-I", tree, "-DPARTNER_CENTER_SEPARATE_COMPILATION",
               "-DBOOST_ASIO_NO_DEPRECATED", "-c"]
    subprocess.run(command + [here / "switch.cpp", "-o", library.with_name("switch.o")], check=True)
    while True:
        mutants, uncompiled = write_sources(root, tree, refused)
        done = subprocess.run(
            command + ["-include", here / "switch.hpp", library, "-o", library.with_suffix(".o")],
            capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return mutants, uncompiled
        found = {(file, int(line)) for file, line in
                 re.findall(r"/impl/(\w+\.ipp):(\d+):\d+: (?:fatal )?error:", done.stderr)}
        if not found - refused:
            sys.exit(f"the library does not compile with the switches:\n{done.stderr}")
        refused |= found


def link(build, program):
    """The tests' own link command, with our objects in the place of the library."""
    command = subprocess.run(["ninja", "-C", build, "-t", "commands", "-s", f"tests/{program}"],
                             capture_output=True, text=True, check=True).stdout.strip().splitlines()[-1]
    words = shlex.split(command.removeprefix(": && ").removesuffix(" && :"))
    words[words.index("-o") + 1] = f"mutants/{program}"
    words = [word for word in words if word != "libpartner_center_compiled.a"]
    at = next(i for i, word in enumerate(words) if word.endswith("libpartner_center_testing_compiled.a"))
    words[at:at] = ["mutants/library.o", "mutants/switch.o"]
    subprocess.run(words, cwd=build, check=True)


def report(mutants, uncompiled, outcomes, equivalents):
    good = True
    caught = counted = 0
    survivors = []
    for file in dict.fromkeys(one.file for one in mutants + uncompiled):
        of_file = [one for one in mutants if one.file == file]
        alive = [one for one in of_file if outcomes[one.key()] == "survived"]
        same = [one for one in alive if one.key() in equivalents]
        refused = sum(one.file == file for one in uncompiled)
        dead = len(of_file) - len(alive)
        survivors += [one for one in alive if one.key() not in equivalents]
        caught += dead
        counted += len(of_file) - len(same)
        print(f"{file}: {len(of_file)} mutants, {dead} caught, {len(alive) - len(same)} survived, "
              f"{len(same)} equivalent, {refused} did not compile")
    for one in survivors:
        print(f"survived: {one.file}:{one.line}, {one.function}: {one.source}\n    {one.change()}")
    known = {one.key() for one in mutants}
    files = {one.file for one in mutants}
    for key in equivalents:
        if key in known and outcomes[key] != "survived":
            print(f"error: equivalent.txt names a mutant that is caught: {key}")
            good = False
        elif key not in known and key.split(" | ")[0] in files:
            print(f"error: equivalent.txt names a mutant that is gone: {key}")
            good = False
    share = caught / counted if counted else 1
    how = collections.Counter(outcomes[one.key()] for one in mutants)
    print(f"in all: {len(mutants)} mutants, {caught} caught of {counted} that are not equivalent "
          f"({100 * share:.1f} %); {', '.join(f'{count} {name}' for name, count in sorted(how.items()))}")
    if share < WANTED:
        print(f"error: fewer than {100 * WANTED:.0f} % are caught")
        good = False
    return good


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--budget", type=float, default=60, metavar="SECONDS",
                        help="of tests with sockets that are run with a mutant at most, those about it first")
    parser.add_argument("--again", action="store_true",
                        help="only what survived the last time, and is not in equivalent.txt")
    parser.add_argument("files", nargs="*", metavar="FILE", help="of " + ", ".join(FILES))
    given = parser.parse_intermixed_args()
    for name in given.files:
        if name not in FILES:
            parser.error(f"{name} is none of {', '.join(FILES)}")
    return given


def try_all(programs, mutants, outcomes, jobs, results):
    """Adds to the outcomes; those of other files that `results` holds stay there."""
    before = json.loads(results.read_text()) if results.exists() else {}
    todo = [one for one in mutants if one.key() not in outcomes]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(programs.try_mutant, one): one for one in todo}
        for done in concurrent.futures.as_completed(running):
            outcomes[running[done].key()] = done.result()
            results.write_text(json.dumps(before | outcomes, indent=0))
            if len(outcomes) % 25 == 0:
                print(f"{len(outcomes)} of {len(mutants)}", file=sys.stderr, flush=True)


def main():
    given = arguments()
    root, build = given.root.resolve(), given.build.resolve()
    mutants, uncompiled = compile_library(root, build)
    for program in NAMES:
        link(build, program)
    programs = Programs(build / "mutants", mutants, given.budget)
    programs.trace()

    files = {f"{name}.ipp" for name in given.files or FILES}
    mutants = [one for one in mutants if one.file in files]
    uncompiled = [one for one in uncompiled if one.file in files]
    equivalents = read_equivalents(root / "tests" / "mutants" / "equivalent.txt")
    results = build / "mutants" / "results.json"
    outcomes = {}
    if given.again and results.exists():
        before = json.loads(results.read_text())
        known = {one.key() for one in mutants}
        outcomes = {key: outcome for key, outcome in before.items()
                    if key in known and (outcome != "survived" or key in equivalents)}
    try_all(programs, mutants, outcomes, given.jobs, results)
    return 0 if report(mutants, uncompiled, outcomes, equivalents) else 1


if __name__ == "__main__":
    sys.exit(main())
