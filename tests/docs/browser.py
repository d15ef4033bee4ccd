# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""A headless Chromium, driven by its DevTools protocol over a pair of pipes: no port, no package."""
import contextlib
import json
import os
import select
import subprocess
import tempfile
import time


class BrowserError(Exception):
    pass


class Browser:
    """One page of one browser. Ends with the `with` block, whatever happens in it."""

    def __init__(self, program="chromium", seconds=30):
        self.seconds = seconds
        self.events = []
        self.buffer = b""
        self.last_id = 0
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self.writer = os.pipe()
        self.reader, from_browser = os.pipe()
        self.log = open(os.path.join(self.profile.name, "log"), "w+", encoding="utf-8", errors="replace")
        # It reads from descriptor 3 and writes to descriptor 4.
        wiring = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        arguments = [
            "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
            "--disable-extensions", "--disable-sync", "--hide-scrollbars", "--mute-audio",
            "--allow-file-access-from-files", f"--user-data-dir={self.profile.name}/profile", "about:blank"]
        try:
            self.process = subprocess.Popen(
                ["bash", "-c", wiring, program, *arguments], pass_fds=(to_browser, from_browser),
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        finally:
            os.close(to_browser)
            os.close(from_browser)
        try:
            self.session = None
            page = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
            attached = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
            self.session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(domain + ".enable")
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        os.close(self.writer)
        os.close(self.reader)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, 9)
            self.process.wait()
        self.log.close()
        self.profile.cleanup()

    def call(self, method, **parameters):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        try:
            os.write(self.writer, json.dumps(message).encode() + b"\0")
        except BrokenPipeError as failure:
            raise BrowserError(self.why()) from failure
        end = time.monotonic() + self.seconds
        while True:
            answer = self.receive(end, method)
            if answer.get("id") == self.last_id:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event):
        end = time.monotonic() + self.seconds
        for seen in self.events:
            if seen.get("method") == event:
                return
        while True:
            self.events.append(self.receive(end, event))
            if self.events[-1].get("method") == event:
                return

    def receive(self, end, what):
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.reader], [], [], left)[0]:
                raise BrowserError(f"{what}: the browser did not answer within {self.seconds} s")
            piece = os.read(self.reader, 1 << 20)
            if not piece:
                raise BrowserError(self.why())
            self.buffer += piece
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def why(self):
        self.log.flush()
        self.log.seek(0)
        return "the browser has ended:\n" + self.log.read()[-2000:]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(result["exceptionDetails"]["exception"].get("description", "a script failed"))
        return result["result"].get("value")

    def look(self, width, height, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url):
        self.events.clear()
        result = self.call("Page.navigate", url=url)
        if "errorText" in result:
            raise BrowserError(f"{url}: {result['errorText']}")
        self.wait_for("Page.loadEventFired")

    def complaints(self):
        """What the page wrote to the console as an error, or could not load."""
        found = []
        for event in self.events:
            method, given = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                details = given["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif method == "Runtime.consoleAPICalled" and given["type"] in ("error", "warning", "assert"):
                found.append(" ".join(str(a.get("value", a.get("description"))) for a in given["args"]))
            elif method == "Log.entryAdded" and given["entry"]["level"] in ("error", "warning"):
                found.append(f"{given['entry']['text']} {given['entry'].get('url', '')}".strip())
            elif method == "Network.loadingFailed" and not given.get("canceled"):
                found.append("could not load something: " + given["errorText"])
        return found
