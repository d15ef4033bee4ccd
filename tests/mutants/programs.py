# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""The test programs that hold all mutants, and how a mutant is tried."""
import collections
import hashlib
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

NAMES = ("unit_tests", "integration_tests")
TOO_LONG = "half a minute*"  # of traffic: tells no more of a decision than a second of it

FAILED = re.compile("^FAILED (.*)$", re.MULTILINE)


def escaped(test):
    return test.replace("\\", "\\\\").replace(",", "\\,")


def told_by(status, output):
    """What has become of a run: None when all passed, or "hung", "crashed", or "failed" with the first test."""
    if status == 0:
        return None, None
    if status is None:
        return "hung", None
    failed = FAILED.findall(output)
    return ("failed", failed[0]) if failed else ("crashed", None)


def restrict():
    # A mutant may ask for memory for ever.
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_daemons(folder):
    """Servers that a test has started, and could not end."""
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if folder.encode() in path.read_bytes():
                os.kill(int(path.parent.name), signal.SIGTERM)
        except OSError:
            pass  # it has ended by itself


class Programs:
    def __init__(self, folder, mutants, budget):
        """`budget`: the seconds of tests with sockets that a mutant gets at most."""
        self.folder = folder
        self.budget = budget
        self.mutants = mutants
        self.place_of = {one.id: (one.file, one.function) for one in mutants}
        # Not below the build folder: the path of a socket in it may have 107 characters.
        self.scratch = tempfile.TemporaryDirectory(prefix="mutants-")
        self.reaching = {name: collections.defaultdict(list) for name in NAMES}  # mutant -> tests
        self.seconds = {}
        self.catches = collections.Counter()  # (file and function, test)
        self.relevance = collections.Counter()
        self.lock = threading.Lock()

    def run(self, name, arguments, seconds, **environment):
        """The program's status, None when it hung, and what it printed."""
        scratch = tempfile.mkdtemp(dir=self.scratch.name)
        child = subprocess.Popen(
            [self.folder / name, "--no-intro", "--no-path-filenames", *arguments], cwd=scratch,
            env=os.environ | {"TMPDIR": scratch} | environment, preexec_fn=restrict,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        try:
            output, _ = child.communicate(timeout=seconds)
            status = child.returncode
        except subprocess.TimeoutExpired:
            output, status = b"", None
        finally:
            try:
                os.killpg(child.pid, signal.SIGKILL)  # also the servers that a test has started
            except ProcessLookupError:
                pass
            child.wait()
            end_daemons(scratch)
            shutil.rmtree(scratch, ignore_errors=True)
        return status, output.decode(errors="replace")

    def trace(self):
        """All tests, without a mutant: must pass, and tell which mutants they reach."""
        for name in NAMES:
            # A program that has not changed would tell the same once more.
            digest = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()[:16]
            path = self.folder / f"{name}.{digest}"
            if not path.exists():
                began = path.with_suffix(".part")
                status, output = self.run(name, [f"--test-case-exclude={TOO_LONG}"], 1800,
                                          PARTNER_CENTER_MUTANT_TRACE=str(began))
                if status not in (0, 1):
                    sys.exit(f"{name} crashes or hangs without a mutant:\n{output[-4000:]}")
                self.leave_out(name, set(FAILED.findall(output)), began)
                began.rename(path)
            for line in path.read_text().splitlines():
                seconds, test, reached = line.split("\t")
                self.seconds[test] = float(seconds)
                for mutant in reached.split():
                    self.reaching[name][int(mutant)].append(test)
            self.spread(name)
            self.weigh(name)
        print(f"{len(self.seconds)} tests pass without a mutant, in {sum(self.seconds.values()):.0f} s",
              file=sys.stderr, flush=True)

    def leave_out(self, name, failed, path):
        """A test that fails only now and then says nothing of a mutant."""
        lines = path.read_text().splitlines(keepends=True)
        for test in failed:
            status, output = self.run(name, [f"--test-case={escaped(test)}"], 300)
            if status != 0:
                sys.exit(f"{name} fails without a mutant:\n{output[-4000:]}")
            print(f"left out, for it has failed once without a mutant: {test}", file=sys.stderr)
        path.write_text("".join(line for line in lines if line.split("\t")[1] not in failed))

    def spread(self, name):
        """What is computed once, for the first test, concerns all unit tests, and others about it."""
        reaching = self.reaching[name]
        tests_of = collections.defaultdict(set)
        for mutant in self.mutants:
            if not mutant.once:
                tests_of[mutant.file].update(reaching[mutant.id])
                tests_of[mutant.file, mutant.function].update(reaching[mutant.id])
        for mutant in self.mutants:
            if mutant.once:
                near = tests_of[mutant.file, mutant.function] or tests_of[mutant.file]
                reaching[mutant.id] = sorted(self.seconds if name == NAMES[0] else near)

    def weigh(self, name):
        """A test that reaches what few others do in a function is about that function."""
        for mutant, tests in self.reaching[name].items():
            for test in tests:
                self.relevance[self.place_of[mutant], test] += 1 / len(tests)

    def run_tests(self, name, tests, mutant, patience=1):
        names = ",".join(map(escaped, tests))
        limit = (15 if name == "integration_tests" else 5) + 4 * self.seconds_of(tests)
        return self.run(name, [f"--test-case={names}"], patience * limit, PARTNER_CENTER_MUTANT=str(mutant))

    def seconds_of(self, tests):
        return sum(self.seconds[test] for test in tests)

    def batches(self, tests, budget):
        """First those of half a second together, then longer ones."""
        batch, sum_of_seconds, most = [], 0, 0.5
        for test in tests:
            if self.seconds[test] > budget:
                continue
            budget -= self.seconds[test]
            batch.append(test)
            sum_of_seconds += self.seconds[test]
            if sum_of_seconds > most or len(batch) == 300:
                yield batch
                batch, sum_of_seconds, most = [], 0, most * 2
        if batch:
            yield batch

    def try_mutant(self, mutant):
        place = self.place_of[mutant.id]
        for name in NAMES:
            with self.lock:
                # What has caught a mutant of the same function is likely to catch this one.
                order = sorted(self.reaching[name][mutant.id], key=lambda test: (
                    -self.catches[place, test], -self.relevance[place, test], self.seconds[test]))
            for batch in self.batches(order, self.budget if name == "integration_tests" else 60):
                outcome = self.try_batch(name, batch, mutant, place)
                if outcome:
                    return outcome
        return "survived"

    def try_batch(self, name, batch, mutant, place):
        while batch:
            outcome, test = told_by(*self.run_tests(name, batch, mutant.id))
            if outcome in ("hung", "crashed"):
                outcome, test = self.confirm(name, batch, mutant.id, outcome)
            if outcome != "failed":
                return outcome
            if self.is_caught_by(name, test, mutant.id):
                with self.lock:
                    self.catches[place, test] += 1
                return "failed"
            print(f"not reliable: {test}", file=sys.stderr, flush=True)
            batch = [other for other in batch if other != test]
        return None

    def confirm(self, name, batch, mutant, outcome):
        """What a batch that hung or crashed without naming a test comes to when it is run again: all of its
        tests have to pass without the mutant, and what they do with it has to happen twice."""
        began = time.monotonic()
        without, test = told_by(*self.run_tests(name, batch, -1))
        if without == "failed":
            return without, test  # is_caught_by tells whether it is reliable
        if without:
            print(f"not reliable: {len(batch)} tests, {without} without a mutant: {', '.join(batch)}",
                  file=sys.stderr, flush=True)
            return None, None
        # To wait for what never ends is the dearest of all outcomes. The time that the tests have just taken
        # tells whether the machine is slow: only then may they need longer than the limit, which is four
        # times what they took at first, and more.
        is_slow = time.monotonic() - began > 1 + 2 * self.seconds_of(batch)
        again, test = told_by(*self.run_tests(name, batch, mutant, patience=2 if is_slow else 1))
        if not again:
            print(f"not reliable: {outcome} only once: {', '.join(batch)}", file=sys.stderr, flush=True)
        return again, test

    def is_caught_by(self, name, test, mutant):
        return self.run_tests(name, [test], mutant)[0] != 0 and self.run_tests(name, [test], -1)[0] == 0
